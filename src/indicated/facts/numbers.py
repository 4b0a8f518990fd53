"""Numbers with their units, ranges and comparators, as a chart writes them.

Nothing is converted and nothing corrected: "2.4 mg" stays 2.4 mg. Only notations that are one
number in two pieces are put together: 5'4" is 64 in, 3 lb 11 oz is 3.6875 lb, 14.9K is 14900.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal

from indicated.facts.amounts import DIGITS, digits_value, is_european, match_unit
from indicated.facts.clock import duration_in_two
from indicated.facts.cues import alternatives, listed
from indicated.facts.parts import Number, Spanned, apart
from indicated.model import Quantity
from indicated.units import unit_code

_SMALL = (
    "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven",
    "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
    "twenty",
)  # fmt: skip
WORDS = {word: Decimal(n) for n, word in enumerate(_SMALL, start=1)} | {
    "thirty": Decimal(30),
    "forty": Decimal(40),
    "fifty": Decimal(50),
    "sixty": Decimal(60),
}
# "for a year", "more than a month": an article that counts a time, and no "a week" of a rate.
_A_TIME = (
    r"(?:(?<=for )|(?<=over )|(?<=than )|(?<=least )|(?<=about )|(?<=almost )|(?<=nearly )|"
    r"(?<=approximately )|(?<=lasting )|(?<=lasted ))a(?= (?:week|month|year)"
    r"(?!\w|-| (?:ago|back|prior|earlier|before|later|after|old)(?!\w)))"
)
TIME = frozenset({"d", "wk", "mo", "a", "h", "min"})

_NUMBER = re.compile(
    rf"(?P<cmp>(?<![-=])(?:[<>]\s?(?:/|or)\s?=|<=|>=|=<|<(?!-\s|-[->])|[>\u2264\u2265])|"
    r"(?<!\w)(?:less than or equal to|greater than or equal to|no more than|not more than|"
    r"no less than|not less than|no fewer than|not exceeding|at least|at most|up to|less than|"
    r"fewer than|more than|greater than|higher than|lower than|in excess of|minimum of|"
    r"maximum of|below|above|under|over|exceeding|exceeds))?"
    r"\s?(?:(?<!\w)|(?<=[\s(,][xX])(?=\d{1,3}\s?-?(?:days?|wks?|weeks?|mos?|months?|yrs?|years?)(?!\w)))"
    r"(?:(?<![.,])|(?<=\.\.)|(?<=[a-z],))(?:(?<!/)|(?<=[a-z%]/))(?<!\d:)"
    r"(?P<sign>[-\u2212+]|minus (?:\(-\)\s?)?|\(-\)\s?)?(?<!\d-)"
    rf"(?P<a>{DIGITS}|(?:{'|'.join(WORDS)})(?!\w)|{_A_TIME})(?P<k>k(?![\w/]))?"
    rf"(?:\s?(?P<u1>%|mg|g|mcg|ml|kg|lb|lbs|\u00b0)?\s?(?:-|\u2013|\u2014|\bto\b)\s?"
    rf"(?P<b>{DIGITS}|(?:{'|'.join(WORDS)})(?!\w)))?",
    re.IGNORECASE,
)
_AND = re.compile(rf"\s?(?:%|[a-z]{{1,5}}(?:/[a-z]{{1,5}})?)?\s?(?:and|&)\s(?P<b>{DIGITS})", re.I)
# Where a number may stand. Looking for these first, and only from a little before one of them for
# the whole notation, reads a page several times faster; `_AHEAD` is longer than any comparator.
_DIGIT = re.compile(r"(?<![a-wyz0-9_])\d")  # no number begins inside of a word but behind "x"
_NUMERAL = re.compile(rf"(?:{'|'.join(WORDS)})(?!\w)|{_A_TIME}")
_AHEAD = 28
_LONGEST = 80  # characters of a notation from its first digit or word on
# How a comparator or sign ends: where neither stands right before a number, it begins there.
_SIGNED = frozenset("<>=\u2264\u2265-\u2212+)")
_COMPARED = (
    "to", "least", "most", "than", "exceeding", "exceeds", "of", "below", "above", "under", "over",
    "minus",
)  # fmt: skip
_BELOW = ("less than", "fewer than", "lower than", "below", "under", "<")
_AT_MOST = ("no more than", "not more than", "not exceeding", "at most", "up to", "maximum of",
            "<=", "=<", "\u2264", "less than or equal to", "</=", "<or=")  # fmt: skip
_AT_LEAST = ("no less than", "not less than", "no fewer than", "at least", "minimum of", ">=",
             "=>", "\u2265", "greater than or equal to", ">/=", ">or=")  # fmt: skip
_OR_MORE = re.compile(
    r"\s?(?:or (?:more|greater|above|higher|over|better)|and (?:above|over|up)|\+)(?!\s?[\w/])|"
    r"\s?(?:or (?:more|greater|above|higher|over|better)|and (?:above|over|up))(?!\w)"
)
_OR_LESS = re.compile(r"\s?(?:or (?:less|fewer|below|lower|under)|and (?:below|under))(?!\w)")
_FEET = re.compile(
    r"(?P<ft>\d)\s?(?:'|ft\.?|feet|foot),?\s?(?:and )?(?P<in>\d{1,2}(?:\.\d{1,2})?)"
    r"\s?(?:''|\"|in\b\.?|inch(?:es)?)?(?!\w)"
)
_STONE = re.compile(
    r"(?P<st>\d{1,2})\s?(?:st|stones?),?\s?(?P<lb>\d{1,2})\s?(?:lbs?|pounds?)?(?!\w)"
)
_METRES = re.compile(r"(?P<m>[12])\s?m\s?(?P<cm>\d{2})\s?(?:cm)?(?!\w)")
_SUM = re.compile(r"(?P<a>\d{1,2})\s?\+\s?(?P<b>\d{1,2})\s?=\s?(?P<sum>\d{1,2})(?!\w|\.\d)")
_POUNDS = re.compile(
    r"(?P<lb>\d{1,3})\s?(?:lbs?|pounds?)\.?,?\s(?P<oz>\d{1,2}(?:\.\d)?)\s?(?:oz|ounces?)(?!\w)"
)
_PER = re.compile(
    r"\s?(?:/|per )\s?"
    r"(?P<per>day|d|wk|week|month|mo|dose|hr|h|hour|24 ?h(?:rs?|ours?)?|session|visit|infusion)"
    r"(?!\w)"
)
_PER_TIME = {
    "day": "d", "d": "d", "wk": "wk", "week": "wk", "month": "mo",
    "mo": "mo", "hr": "h", "h": "h", "hour": "h",
}  # fmt: skip
_IDENTIFIER = re.compile(r"0\d{2,}|\d{9,}")  # a record or phone number measures nothing
_FOREIGN = re.compile(
    r"\s?[a-z\u03bc%]{1,12}(?:/[a-z0-9\u03bc.]{1,12}){1,3}|\s?(?:meq|iu|oz|miu|mosm|ng|pg)(?!\w)"
)
_BEFORE_YEAR = re.compile(r"(?<![\w./])(?P<n>\d{1,5}(?:[.,]\d{1,3})?)\s?[^\d\s][^\s]{0,11} $")
_ONE_OF = re.compile(
    r" (?:of (?:the|these|those|them|his|her|our|my|which)|another|or the other|hand)\b"
)
_ONE_NOUN = re.compile(
    r" (?!before|after|in|on|of|at|from|is|was|were|has|had|that|which|who|taken|drawn)[a-z]{4,}"
)
_BY = re.compile(r"\b(?:up|down|by|gained|lost) $")  # "up 3 kg to 81 kg"
_NEXT_VALUE = re.compile(r"\d|[a-z]{1,12}\s?[:=]?\s?\d")
_FOLD = re.compile(r"-[A-Za-z]{3,}")


def find_numbers(text: str, folded: str, taken: Sequence[Spanned]) -> list[Number]:
    """Every number outside of `taken` (dates and names with digits), in order."""
    found: list[Number] = []
    at = 0
    for near in _beginnings(folded):
        if near < at:
            continue
        match = _NUMBER.search(text, _from(text, at, near), near + _LONGEST)
        if match is None or match.start("a") > near:
            continue  # a digit inside of a word, or one that belongs to the next
        whole = _composite(folded, match.start("a"))
        number = whole or _number(text, folded, match)
        at = max(match.end("a"), number.end if number else 0)
        if number is None or _IDENTIFIER.fullmatch(match["a"]):
            continue
        if not (number.word and _stands_for_name(folded, match, number)):
            found.append(number)
    return apart(found, taken)


def _beginnings(folded: str) -> list[int]:
    """Where a digit or a number in words stands."""
    found = [m.start() for m in _DIGIT.finditer(folded)]
    found += [m.start() for m in _NUMERAL.finditer(folded)
              if not m.start() or not _wordlike(folded[m.start() - 1])]  # fmt: skip
    return sorted(found)


def _wordlike(letter: str) -> bool:
    return letter.isalnum() or letter == "_"


def _from(text: str, at: int, digits: int) -> int:
    """From where a number is looked for whose digits or word begin there: before its comparator."""
    low = max(at, digits - _AHEAD)
    before = text[low:digits].rstrip()
    if before and (before[-1] in _SIGNED or before.lower().endswith(_COMPARED)):
        return low
    return digits


def _stands_for_name(folded: str, match: re.Match[str], number: Number) -> bool:
    """Whether "one" stands for what was named and counts nothing: "the one before", "one of"."""
    if number.quantity.unit or number.quantity.exact != 1:
        return False
    if _ONE_OF.match(folded, number.digits):
        return True
    ahead = alternatives("words", "before_one").pattern + r" $"
    if re.compile(ahead).search(folded, max(0, match.start("a") - 16), match.start("a")) is None:
        return False
    return _ONE_NOUN.match(folded, number.digits) is None


def year_of_value(text: str, folded: str, at: int) -> bool:
    """Whether a year alone stands behind a number with its unit: "FEV1 1.74 L 2024"."""
    near = _BEFORE_YEAR.search(folded, max(0, at - 24), at)
    if near is None:
        return False
    unit = match_unit(text, folded, near.end("n"))
    return unit is not None and unit[1] == at - 1


def _composite(folded: str, at: int) -> Number | None:
    """Feet with inches, pounds with ounces, stones with pounds, metres with centimetres; a sum."""
    feet = _FEET.match(folded, at)
    if feet and Decimal(feet["in"]) < 12:
        inches = Decimal(feet["ft"]) * 12 + Decimal(feet["in"])
        return Number(at, feet.end(), Quantity.of(inches, "[in_i]"), feet.end())
    pounds = _POUNDS.match(folded, at)
    if pounds:
        weight = Decimal(pounds["lb"]) + Decimal(pounds["oz"]) / 16
        return Number(at, pounds.end(), Quantity.of(weight, "[lb_av]"), pounds.end())
    if time := duration_in_two(folded, at):
        return time
    stone = _STONE.match(folded, at)
    if stone and Decimal(stone["lb"]) < 14:
        weight = Decimal(stone["st"]) * 14 + Decimal(stone["lb"])
        return Number(at, stone.end(), Quantity.of(weight, "[lb_av]"), stone.end())
    metres = _METRES.match(folded, at)
    if metres:
        length = Decimal(metres["m"]) * 100 + Decimal(metres["cm"])
        return Number(at, metres.end(), Quantity.of(length, "cm"), metres.end())
    total = _SUM.match(folded, at)
    if total and int(total["a"]) + int(total["b"]) == int(total["sum"]):
        return Number(at, total.end(), Quantity.of(total["sum"]), total.end())
    return None


def _number(text: str, folded: str, match: re.Match[str]) -> Number | None:
    low, high, digits = _ends(text, folded, match)
    word = not match["a"][-1].isdigit()
    unit = (unit_code("k") or "", digits) if match["k"] else match_unit(text, folded, digits)
    if unit and unit[0] in TIME and text[digits : digits + 1] == "\t":
        unit = None  # the head of the next column
    if unit is None and (_stuck(text, digits) or _FOLD.match(text, digits)):
        return None
    end, code = (unit[1], unit[0]) if unit else (digits, "")
    per, foreign = "", False
    if unit and (more := _PER.match(folded, end)):
        whole_day = more["per"].startswith("24")
        per, end = "d" if whole_day else _PER_TIME.get(more["per"], "dose"), more.end()
    elif unit and _goes_on(folded, end):
        wrong = _FOREIGN.match(folded, digits)
        code, end, foreign = "", wrong.end() if wrong else end, True
    elif unit is None and (odd := _FOREIGN.match(folded, digits)):
        end, foreign = odd.end(), True
    quantity = _bounded(match["cmp"], low, high, code, folded, (digits, end))
    tail = _OR_MORE.match(folded, digits) or _OR_LESS.match(folded, digits)
    if tail and unit is None and (later := match_unit(text, folded, tail.end())):
        quantity = Quantity(quantity.low, quantity.high, later[0], quantity.open)
        end = later[1]
    elif tail and unit is None:
        end = tail.end()
    elif after := _OR_MORE.match(folded, end) or _OR_LESS.match(folded, end):
        end = after.end()
    first = next(g for g in ("cmp", "sign", "a") if match[g])
    return Number(match.start(first), end, quantity, digits, foreign, word, per)


def _ends(text: str, folded: str, match: re.Match[str]) -> tuple[Decimal, Decimal, int]:
    """The lowest and the highest value that are written, and where their digits end."""
    low = _value(text, match, "a")
    if match["sign"] and match["sign"] != "+":
        low = -low
    digits = match.end("k") if match["k"] else match.end("a")
    if match["b"] and not _from_to(folded, match):
        second = _value(text, match, "b")
        if second > low and not _stuck(text, match.end("b")):
            return low, second, match.end("b")
    if folded[max(0, match.start("a") - 8) : match.start("a")].endswith("between "):
        both = _AND.match(text, digits)
        if both and not _stuck(text, both.end()):
            second = _value(text, both, "b")
            return (low, second, both.end()) if second > low else (low, low, digits)
    return low, low, digits


def _goes_on(folded: str, at: int) -> bool:
    """Whether a unit goes on in a way that no table knows: "mg/furlong", not "11.8kg/Ht 84cm"."""
    if folded[at : at + 1] != "/" or not folded[at + 1 : at + 2].isalnum():
        return False
    return _NEXT_VALUE.match(folded, at + 1) is None


def _stuck(text: str, at: int) -> bool:
    """Whether letters or more digits hang on the number: "64483x1", "3rd", "12/80"."""
    following = text[at : at + 2]
    if not following:
        return False
    if following[0].isalnum() or following[0] == "_":
        return True
    if following in ("-/", "+/"):
        return True
    return following[0] in "/:." and following[1:].isdigit()


def _from_to(folded: str, match: re.Match[str]) -> bool:
    """Whether "from 10 to 20" is a change from one to the other rather than a range."""
    start = match.start("a")
    if " to " not in folded[match.end("a") : match.start("b")]:
        return False
    if _BY.search(folded, max(0, start - 8), start):
        return True
    if not folded[max(0, start - 5) : start].endswith("from "):
        return False
    ahead = folded[max(0, start - 25) : start - 5].rstrip()
    ranging = list(alternatives("words", "range_from").finditer(ahead))
    return not (ranging and ranging[-1].end() == len(ahead))


def _value(text: str, match: re.Match[str], group: str) -> Decimal:
    digits = match[group]
    word = Decimal(1) if digits.lower() == "a" else WORDS.get(digits.lower())
    if word is not None:
        return word
    return digits_value(digits, european=is_european(text, match.start(group), digits))


def _risen(folded: str, digits: int) -> bool:
    """Whether "up to" says where a value has gone: "crept up to 161"."""
    at = folded.rfind("up to", max(0, digits - 24), digits)
    before = folded[max(0, at - 14) : at].split()
    return bool(before) and before[-1] in listed("words", "motion")


def _spread(folded: str, tails: tuple[int, int]) -> bool:
    """Whether "over" is a place: "erythema over 40% of the body", not "covers over 40% of it"."""
    if not folded.startswith(" of ", tails[1]):
        return False
    at = folded.rfind("over", max(0, tails[0] - 14), tails[0])
    before = folded[max(0, at - 14) : at].split()
    return bool(before) and before[-1] not in listed("words", "extent_words")


def _bounded(
    compare: str | None, low: Decimal, high: Decimal, code: str, folded: str, tails: tuple[int, int]
) -> Quantity:
    if compare is None:
        if any(_OR_MORE.match(folded, at) for at in tails):
            return Quantity(low, None, code)
        if any(_OR_LESS.match(folded, at) for at in tails):
            return Quantity(None, high, code)
        return Quantity(low, high, code)
    word = compare.lower()
    word = word.replace(" ", "") if word[0] in "<>" else word
    if word in _BELOW:
        return Quantity(None, high, code, True)
    if word == "up to" and _risen(folded, tails[0]):
        return Quantity(low, high, code)
    if word in _AT_MOST:
        return Quantity(None, high, code)
    if word in _AT_LEAST:
        return Quantity(low, None, code)
    if word == "over" and (code in TIME or _spread(folded, tails)):
        return Quantity(low, high, code)
    return Quantity(low, None, code, True)
