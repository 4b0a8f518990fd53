"""Digits as they are written anywhere, and the units behind them.

"2.315,5" and "2,315.5" are one number; whether "12.480" is a large number or a precise one is
told from the numbers around it. Units are looked up as written, put together where a text spells
them out ("milligrams per deciliter (mg/dL)"), and powers of ten are read in any notation.
"""

from __future__ import annotations

import re
from decimal import Decimal
from functools import cache

from indicated.facts.fold import fold
from indicated.units import unit_code, unit_names

# Thousands with commas; with full stops and a decimal comma; with several full stops; with
# apostrophes or narrow blanks; a decimal comma; a plain number.
DIGITS = (
    r"\d{1,3}(?:,\d{3})+(?!\d)(?:\.\d{1,9})?|\d{1,3}(?:\.\d{3})+,\d{1,9}(?!\d)|"
    r"\d{1,3}(?:\.\d{3}){2,}(?!\d)|\d{1,3}(?:['\u2019\u00a0\u202f\u2009]\d{3})+(?!\d)|"
    r"\d{1,3} \d{3}(?=\s?/(?:[u\u00b5\u03bc]l|mm3|mm\u00b3|cumm))|"
    r"\d{1,4},\d{1,2}(?![\d,])|0,\d{1,9}(?!\d)|\d{1,12}(?:\.\d{1,9})?|(?<!\.)\.\d{1,9}"
)
_DOTTED = re.compile(r"[1-9]\d{0,2}\.\d{3}")
_DECIMAL_COMMA = re.compile(r"(?<![\w.,])\d{1,4},\d{1,2}(?![\d,])")
_NEIGHBOURHOOD = 200

# One letter that is a unit only as it stands; the words "in" and "a" are none in running text.
_LETTERS = {
    "g": "g", "m": "m", "d": "d", "h": "h", "l": "lL", "y": "y", "u": "uU", "c": "C", "f": "F",
    "k": "K",
}  # fmt: skip
_NO_UNIT = frozenset({"a", "in", "x", '"', "'"})
_GLOSS = re.compile(r"\s?\(([a-z0-9\u03bc%/.*^ ]{1,16})\)")
_GLOSSED = re.compile(r"[a-z]+\s?\(([a-z]{1,6})\)\s?/\s?[a-z ]+\(([a-z0-9]{1,6})\)")
_INCH = re.compile(r"\s?in(?:\.|(?=\s*(?:$|[,;)|/]|tall|and|\()))")
_FOOT = re.compile(r"'(?=\s|$|[,;.)])")
_POWER = re.compile(
    r"\s?[x\u00d7*\u00b7]?\s?10\s?(?:\^|\*{1,2}|e|\()?\s?(?P<n>[369]|12|[\u00b3\u2076\u2079])\)?"
    r"\s?(?:/|per )\s?(?P<of>[a-z\u03bc]{1,10}3?|mm\u00b3)(?!\w)"
)
_RAISED = {"\u00b3": "3", "\u2076": "6", "\u2079": "9"}
_PER = re.compile(r"\s?(?:/|per\b|an?\b|each\b|every\b)\s?(?=[a-z])")
_ALONE = re.compile(
    r"per (?P<of>[a-z\u03bc]{1,12}(?: (?:meter|metre|millimeter|millimetre))?)(?!\w)"
)


def digits_value(digits: str, *, european: bool = False) -> Decimal:
    """What digits say; `european` where a full stop before three digits parts thousands.

    >>> [str(digits_value(d)) for d in ("2,140", "2.315,5", "8,4", "1.250.000", "17'000", "0,125")]
    ['2140', '2315.5', '8.4', '1250000', '17000', '0.125']
    >>> str(digits_value("12.480")), str(digits_value("12.480", european=True))
    ('12.480', '12480')
    """
    plain = re.sub(r"['\u2019\s]", "", digits)
    comma, stop = plain.rfind(","), plain.rfind(".")
    if comma >= 0 and stop >= 0:
        grouping, mark = (".", ",") if comma > stop else (",", ".")
        return Decimal(plain.replace(grouping, "").replace(mark, "."))
    if comma >= 0:
        thousands = re.fullmatch(r"[1-9]\d{0,2}(?:,\d{3})+", plain)
        return Decimal(plain.replace(",", "" if thousands else "."))
    if plain.count(".") > 1 or (european and _DOTTED.fullmatch(plain)):
        return Decimal(plain.replace(".", ""))
    return Decimal(plain)


def is_european(text: str, start: int, digits: str) -> bool:
    """Whether the numbers around "12.480" have decimal commas."""
    if not _DOTTED.fullmatch(digits):
        return False
    low, high = max(0, start - _NEIGHBOURHOOD), start + len(digits) + _NEIGHBOURHOOD
    return _DECIMAL_COMMA.search(text, low, high) is not None


@cache
def unit_at(folded: str) -> str | None:
    """The UCUM code of a unit's name in folded form."""
    return _by_folded().get(folded)


@cache
def _by_folded() -> dict[str, str]:
    table: dict[str, str] = {}
    for name, code in unit_names().items():
        table.setdefault(fold(name), code)
    return table


def match_unit(text: str, folded: str, at: int) -> tuple[str, int] | None:
    """The unit that begins at an offset (or one blank later), and where it ends.

    >>> match_unit("12 mg/dL.", "12 mg/dl.", 2)
    ('mg/dL', 8)
    >>> match_unit("4 grams per deciliter", "4 grams per deciliter", 1)
    ('g/dL', 21)
    >>> match_unit("145 x 10^9/L", "145 x 10^9/l", 3)
    ('10*3/uL', 12)
    """
    begin = at + 1 if folded[at : at + 1] == " " else at
    found = _written_out(folded, at, begin) or _simple(text, folded, at, begin)
    if found is None:
        return None
    code, end = found
    gloss = _GLOSS.match(folded, end)  # "milligrams (mg)", "150' (feet)"
    return (code, gloss.end()) if gloss and unit_at(gloss[1].strip()) == code else (code, end)


def _written_out(folded: str, at: int, begin: int) -> tuple[str, int] | None:
    """Powers of ten, and units in several words that no table lists."""
    following = folded[begin : begin + 1]
    if following in ("x", "\u00d7", "*", "\u00b7", "1"):
        power = _POWER.match(folded, at)
        if power:
            n = _RAISED.get(power["n"], power["n"])
            code = unit_at(f"10*{n}/{power['of']}")
            return (code, power.end()) if code else None
    elif following == "p":
        alone = _ALONE.match(folded, begin)
        code = unit_at(f"/{alone['of']}") if alone else None
        return (code, alone.end()) if alone and code else None
    elif following.isalpha():
        glossed = _GLOSSED.match(folded, begin)
        code = unit_at(f"{glossed[1]}/{glossed[2]}") if glossed else None
        return (code, glossed.end()) if glossed and code else None
    return None


@cache
def _units_by_letter() -> dict[str, re.Pattern[str]]:
    """The unit names that begin with each letter, longest first."""
    by: dict[str, list[str]] = {}
    for name in sorted({fold(n) for n in unit_names()} - _NO_UNIT, key=len, reverse=True):
        by.setdefault(name[0], []).append(
            re.escape(name) + (r"(?!\w)" if name[-1].isalnum() else "")
        )
    return {letter: re.compile("|".join(names)) for letter, names in by.items()}


def _unit(folded: str, at: int) -> re.Match[str] | None:
    names = _units_by_letter().get(folded[at : at + 1])
    return names.match(folded, at) if names else None


def _simple(text: str, folded: str, at: int, begin: int) -> tuple[str, int] | None:
    match = _unit(folded, begin)
    if match is None:
        inch = _INCH.match(folded, at)
        if inch:
            return "[in_i]", inch.end()
        foot = _FOOT.match(folded, at)
        return ("[ft_i]", foot.end()) if foot and folded[at - 1 : at].isdigit() else None
    name, end = match[0], match.end()
    if name in _LETTERS and text[begin] not in _LETTERS[name]:
        return None
    code = unit_at(name)
    if code is None:
        return None
    per = _PER.match(folded, end)
    if per and (of := _unit(folded, per.end())):
        below = unit_at(of[0])
        both = unit_code(f"{code}/{below}") if below else None
        if both:
            return both, of.end()
    return code, end
