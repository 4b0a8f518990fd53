"""A number with its unit, "12 months": the only thing ever read out of a string of a policy."""

from __future__ import annotations

import re
from decimal import Decimal

from indicated.criteria.lines import near
from indicated.errors import UnitError
from indicated.model import Quantity
from indicated.units import unit_code, unit_names

_NUMBER = r"[-+]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?|[-+]?\.\d+"
_FORM = re.compile(
    rf"\s*(?P<sign><=|>=|<|>|≤|≥)?\s*(?P<low>{_NUMBER})"
    rf"(?:\s*(?:-|–|to)\s*(?P<high>{_NUMBER}))?\s*(?P<unit>.*?)\s*",
    re.DOTALL,
)


def number(text: str) -> Decimal:
    """A number as written, with thousands commas.

    >>> number("1,200.5")
    Decimal('1200.5')
    """
    return Decimal(text.replace(",", ""))


def parse_quantity(text: str) -> Quantity:
    """A number or range with its unit as a UCUM code; a bare number has the unit "".

    Raises `UnitError` when there is no number or the unit is not known.

    >>> parse_quantity("0.3-0.5 g/kg")
    Quantity(low=Decimal('0.3'), high=Decimal('0.5'), unit='g/kg', open=False)
    >>> parse_quantity("< 2 %").open, parse_quantity("12 months").unit
    (True, 'mo')
    """
    match = _FORM.fullmatch(text)
    if not match:
        raise UnitError(
            f'"{text}" is not a number with a unit',
            why="A threshold that cannot be read cannot be held against a chart.",
            do='Write "number unit", for example "12 months".',
        )
    low = number(match["low"])
    high = number(match["high"]) if match["high"] else low
    if high < low:
        raise UnitError(
            f'"{text}" is a range whose end lies before its beginning',
            do="Write the lower number first.",
        )
    unit = _unit(match["unit"])
    sign = match["sign"]
    if sign in ("<", "<=", "≤"):
        return Quantity(None, high, unit, open=sign == "<")
    if sign in (">", ">=", "≥"):
        return Quantity(low, None, unit, open=sign == ">")
    return Quantity(low, high, unit)


def parse_unit(text: str) -> str:
    """The UCUM code of a unit that must be known. Raises `UnitError` naming near ones."""
    return _unit(text.strip())


def _unit(text: str) -> str:
    if not text:
        return ""
    code = unit_code(text)
    if code is None:
        hint = near(text.casefold(), unit_names())
        raise UnitError(
            f'unknown unit "{text}"',
            why="A number whose unit is not known cannot be compared with a chart's.",
            do=hint or "Use a unit of library/units.yaml, or add it there.",
        )
    return code
