"""Numbers with their units, ranges and comparators, as a chart writes them.

Nothing is converted and nothing corrected: "2.4 mg" stays 2.4 mg. Only notations that are one
number in two pieces are put together: 5'4" is 64 in, 3 lb 11 oz is 3.6875 lb, 14.9K is 14900.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal
from functools import cache

from indicated.facts.fold import fold
from indicated.facts.parts import Number, Spanned, apart
from indicated.model import Quantity
from indicated.units import unit_code, unit_names

_SMALL = (
    "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven",
    "twelve",
)  # fmt: skip
WORDS = {word: Decimal(n) for n, word in enumerate(_SMALL, start=1)} | {
    "fifteen": Decimal(15),
    "twenty": Decimal(20),
    "thirty": Decimal(30),
}
TIME = frozenset({"d", "wk", "mo", "a", "h", "min"})

_DIGITS = r"\d{1,3}(?:,\d{3})+(?:\.\d{1,9})?|\d{1,12}(?:\.\d{1,9})?|\.\d{1,9}"
_NUMBER = re.compile(
    rf"(?P<cmp>(?<![-=])(?:<=|>=|=<|[<>\u2264\u2265])|"
    r"(?<!\w)(?:less than or equal to|greater than or equal to|no more than|not more than|"
    r"no less than|at least|at most|up to|less than|fewer than|more than|greater than|higher than|"
    r"lower than|in excess of|minimum of|maximum of|below|above|under|over|exceeding|exceeds))?"
    rf"\s?(?<![\w.,/])(?P<sign>[-\u2212+])?(?<!\d-)(?P<a>{_DIGITS}|(?:{'|'.join(WORDS)})(?!\w))"
    rf"(?P<k>k(?![\w/]))?"
    rf"(?:\s?(?P<u1>%|mg|g|mcg|ml|kg|lb|lbs)?\s?(?:-|\u2013|\u2014|\bto\b)\s?(?P<b>{_DIGITS}|(?:{'|'.join(WORDS)})(?!\w)))?",
    re.IGNORECASE,
)
# Where a number may stand. Looking for these first, and only from a little before one of them for
# the whole notation, reads a page several times faster; `_AHEAD` is longer than any comparator.
_DIGIT_OR_WORD = re.compile(rf"\d|\b(?:{'|'.join(WORDS)})\b", re.IGNORECASE)
_AHEAD = 28
_BELOW = ("less than", "fewer than", "lower than", "below", "under", "<")
_AT_MOST = ("no more than", "not more than", "at most", "up to", "maximum of", "<=", "=<",
            "\u2264", "less than or equal to")  # fmt: skip
_AT_LEAST = ("no less than", "at least", "minimum of", ">=", "=>", "\u2265",
             "greater than or equal to")  # fmt: skip
_OR_MORE = re.compile(r"\s?(?:or (?:more|greater|above|higher|over)|and (?:above|over)|\+)(?!\w)")
_OR_LESS = re.compile(r"\s?or (?:less|fewer|below|lower|under)(?!\w)")
_FEET = re.compile(
    r"(?P<ft>\d)\s?(?:'|ft\.?|feet|foot)\s?(?P<in>\d{1,2}(?:\.\d{1,2})?)\s?(?:''|\"|in\b|inch(?:es)?)?(?!\w)"
)
_POUNDS = re.compile(
    r"(?P<lb>\d{1,3})\s?(?:lbs?|pounds?)\.?,?\s(?P<oz>\d{1,2}(?:\.\d)?)\s?(?:oz|ounces?)(?!\w)"
)
_PER = re.compile(
    r"\s?(?:/|per )\s?"
    r"(?P<per>day|d|wk|week|month|mo|dose|hr|h|hour|24 ?h|session|visit|infusion)(?!\w)"
)
_PER_TIME = {
    "day": "d", "d": "d", "24h": "d", "24 h": "d", "wk": "wk", "week": "wk", "month": "mo",
    "mo": "mo", "hr": "h", "h": "h", "hour": "h",
}  # fmt: skip
_IDENTIFIER = re.compile(r"0\d{2,}|\d{9,}")  # a record or phone number measures nothing
_FOREIGN = re.compile(
    r"\s?[a-z\u03bc%]{1,12}(?:/[a-z0-9\u03bc.]{1,12}){1,3}|\s?(?:meq|iu|oz|miu|mosm|ng|pg)(?!\w)"
)
# One letter that is a unit only as it stands; the words "in" and "a" are none in running text.
_LETTERS = {"g": "g", "m": "m", "d": "d", "h": "h", "l": "lL", "y": "y", "u": "uU", "c": "C"}
_NO_UNIT = frozenset({"a", "in", "x", '"', "'"})
_GLOSS = re.compile(r"\s?\(([a-z0-9\u03bc%]{1,12})\)")
_GLOSSED = re.compile(r"[a-z]+\s?\(([a-z]{1,6})\)\s?/\s?[a-z ]+\(([a-z0-9]{1,6})\)")
_FOLD = re.compile(r"-[A-Za-z]{3,}")
_INCH = re.compile(r"\s?in(?:\.|(?=\s*(?:$|[,;)|]|tall|and|\()))")


@cache
def _units() -> re.Pattern[str]:
    """Every unit name, longest first."""
    names = sorted({fold(n) for n in unit_names()} - _NO_UNIT, key=len, reverse=True)
    parts = (re.escape(n) + (r"(?!\w)" if n[-1].isalnum() else "") for n in names)
    return re.compile("|".join(parts))


@cache
def unit_at(folded: str) -> str | None:
    """The UCUM code of a unit's name in folded form."""
    for name in unit_names():
        if fold(name) == folded:
            return unit_code(name)
    return None


def match_unit(text: str, folded: str, at: int) -> tuple[str, int] | None:
    """The unit that begins at an offset (or one blank later), and where it ends.

    >>> match_unit("12 mg/dL.", "12 mg/dl.", 2)
    ('mg/dL', 8)
    """
    begin = at + 1 if folded[at : at + 1] == " " else at
    glossed = _GLOSSED.match(folded, begin)
    if glossed and (code := unit_at(f"{glossed[1]}/{glossed[2]}")):
        return code, glossed.end()
    match = _units().match(folded, begin)
    if match is None:
        inch = _INCH.match(folded, at)
        return ("[in_i]", inch.end()) if inch else None
    name = match[0]
    if name in _LETTERS and text[begin] not in _LETTERS[name]:
        return None
    code = unit_at(name)
    if code is None:
        return None
    gloss = _GLOSS.match(folded, match.end())  # "milligrams (mg)"
    same = gloss is not None and unit_at(gloss[1]) == code
    return code, gloss.end() if gloss and same else match.end()


def find_numbers(text: str, folded: str, taken: Sequence[Spanned]) -> list[Number]:
    """Every number outside of `taken` (dates and names with digits), in order."""
    found: list[Number] = []
    at = 0
    while (near := _DIGIT_OR_WORD.search(text, at)) is not None:
        match = _NUMBER.search(text, max(at, near.start() - _AHEAD))
        if match is None:
            break
        whole = _composite(folded, match.start("a"))
        number = whole or _number(text, folded, match)
        at = max(match.end("a"), number.end if number else 0)
        if number is not None and not _IDENTIFIER.fullmatch(match["a"]):
            found.append(number)
    return apart(found, taken)


def _composite(folded: str, at: int) -> Number | None:
    """Feet with inches, pounds with ounces."""
    feet = _FEET.match(folded, at)
    if feet and Decimal(feet["in"]) < 12:
        inches = Decimal(feet["ft"]) * 12 + Decimal(feet["in"])
        return Number(at, feet.end(), Quantity.of(inches, "[in_i]"), feet.end())
    pounds = _POUNDS.match(folded, at)
    if pounds:
        weight = Decimal(pounds["lb"]) + Decimal(pounds["oz"]) / 16
        return Number(at, pounds.end(), Quantity.of(weight, "[lb_av]"), pounds.end())
    return None


def _number(text: str, folded: str, match: re.Match[str]) -> Number | None:
    low = _value(match["a"], match["k"], match["sign"])
    high, digits = low, match.end("k") if match["k"] else match.end("a")
    if match["b"] and not _from_to(folded, match):
        second = _value(match["b"], None, None)
        if second > low and not _stuck(text, match.end("b")):
            high, digits = second, match.end("b")
    word = not match["a"][-1].isdigit()
    unit = match_unit(text, folded, digits)
    if unit is None and (_stuck(text, digits) or _FOLD.match(text, digits)):
        return None
    end, code = (unit[1], unit[0]) if unit else (digits, "")
    per, foreign = "", False
    if unit and (more := _PER.match(folded, end)):
        per, end = _PER_TIME.get(more["per"], "dose"), more.end()
    elif unit and folded[end : end + 1] == "/" and folded[end + 1 : end + 2].isalnum():
        wrong = _FOREIGN.match(folded, digits)
        code, end, foreign = "", wrong.end() if wrong else end, True
    elif unit is None and (odd := _FOREIGN.match(folded, digits)):
        end, foreign = odd.end(), True
    quantity = _bounded(match["cmp"], low, high, code, folded, digits)
    tail = _OR_MORE.match(folded, digits) or _OR_LESS.match(folded, digits)
    if tail and unit is None and (later := match_unit(text, folded, tail.end())):
        quantity = Quantity(quantity.low, quantity.high, later[0], quantity.open)
        end = later[1]
    elif tail and unit is None:
        end = tail.end()
    start = (
        match.start("cmp")
        if match["cmp"]
        else match.start("sign")
        if match["sign"]
        else match.start("a")
    )
    return Number(start, end, quantity, digits, foreign, word, per)


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
    """Whether "10 to 20" is a change from one to the other rather than a range."""
    return folded[max(0, match.start("a") - 5) : match.start("a")].endswith("from ") and (
        " to " in folded[match.end("a") : match.start("b")]
    )


def _value(digits: str, thousand: str | None, sign: str | None) -> Decimal:
    word = WORDS.get(digits.lower())
    value = word if word is not None else Decimal(digits.replace(",", ""))
    if thousand:
        value *= 1000
    return -value if sign and sign in "-\u2212" else value


def _bounded(
    compare: str | None, low: Decimal, high: Decimal, code: str, folded: str, digits: int
) -> Quantity:
    if compare is None:
        if _OR_MORE.match(folded, digits):
            return Quantity(low, None, code)
        if _OR_LESS.match(folded, digits):
            return Quantity(None, high, code)
        return Quantity(low, high, code)
    word = compare.lower()
    if word in _BELOW:
        return Quantity(None, high, code, True)
    if word in _AT_MOST:
        return Quantity(None, high, code)
    if word in _AT_LEAST:
        return Quantity(low, None, code)
    if word == "over" and code in TIME:
        return Quantity(low, high, code)
    return Quantity(low, None, code, True)
