"""Quantities and their units: the one place where a number changes its unit.

The table is data (`library/units.yaml`). Units convert only within one dimension; mass
concentration and molar concentration convert only with the molar mass of the analyte, which
the concept carries. Whatever does not convert raises `UnitError`; nothing is guessed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal, localcontext
from functools import lru_cache
from importlib.resources import files

import yaml

from indicated.errors import UnitError


@dataclass(frozen=True, slots=True)
class Unit:
    """A UCUM code, what it measures, and its size against its dimension's base unit."""

    code: str
    dimension: str
    size: Decimal
    zero: Decimal = Decimal(0)  # added to a number before it is sized: 32 °F is 0 °C


@lru_cache(maxsize=1)
def _tables() -> tuple[dict[str, Unit], dict[str, str]]:
    text = files("indicated").joinpath("library/units.yaml").read_text(encoding="utf-8")
    units: dict[str, Unit] = {}
    names: dict[str, str] = {}
    for dimension, members in yaml.load(text, Loader=yaml.BaseLoader).items():
        for code, entry in members.items():
            units[code] = Unit(
                code, dimension, Decimal(entry["size"]), Decimal(entry.get("zero", 0))
            )
            for name in [code, *entry["names"]]:
                names.setdefault(name.casefold(), code)
    return units, names


def known_units() -> dict[str, Unit]:
    """Every unit the program knows, by UCUM code."""
    return dict(_tables()[0])


def unit_names() -> dict[str, str]:
    """Every name a chart may use for a unit, case-folded, with its UCUM code."""
    return dict(_tables()[1])


def unit_code(name: str) -> str | None:
    """The UCUM code of a unit as a chart writes it; None when it is not known.

    >>> unit_code("mcg/mL"), unit_code("months"), unit_code("furlongs")
    ('mg/L', 'mo', None)
    """
    return _tables()[1].get(" ".join(name.split()).casefold())


def dimension(code: str) -> str:
    """What a unit measures. Raises `UnitError` when the code is not known."""
    units = _tables()[0]
    if code not in units:
        raise UnitError(f'unit "{code}" is not known', do="Use a UCUM code of library/units.yaml.")
    return units[code].dimension


def convertible(from_unit: str, to_unit: str, molar_mass: Decimal | None = None) -> bool:
    """Whether `convert` would succeed.

    >>> convertible("mg/dL", "g/L"), convertible("mg/dL", "umol/L")
    (True, False)
    >>> convertible("%", "%{predicted}")
    False
    """
    try:
        factor(from_unit, to_unit, molar_mass)
    except UnitError:
        return False
    return True


def factor(from_unit: str, to_unit: str, molar_mass: Decimal | None = None) -> Decimal:
    """What one `from_unit` is in `to_unit`. `molar_mass` is in g/mol.

    Raises `UnitError` when the two measure different things.
    """
    if from_unit == to_unit:
        return Decimal(1)
    units = _tables()[0]
    a, b = dimension(from_unit), dimension(to_unit)
    ratio = units[from_unit].size / units[to_unit].size
    if a == b:
        return ratio
    if molar_mass and (a, b) == ("mass-concentration", "molar-concentration"):
        return ratio / molar_mass
    if molar_mass and (a, b) == ("molar-concentration", "mass-concentration"):
        return ratio * molar_mass
    raise UnitError(
        f'"{from_unit}" ({a}) cannot be compared with "{to_unit}" ({b})',
        why="The two measure different things; a comparison would be meaningless.",
        do="Give the value in a unit of the same kind, or the molar mass in the concept.",
    )


def convert(
    value: Decimal, from_unit: str, to_unit: str, molar_mass: Decimal | None = None
) -> Decimal:
    """`value` in another unit, exact where the table is exact.

    >>> plain(convert(Decimal("4.9"), "g/L", "mg/dL"))
    '490'
    >>> plain(convert(Decimal("100.4"), "[degF]", "Cel"), 2)
    '38'
    """
    if from_unit == to_unit:
        return value
    units = _tables()[0]
    with localcontext() as context:
        context.prec = 28
        ratio = factor(from_unit, to_unit, molar_mass)
        shift = units[from_unit].zero * ratio - units[to_unit].zero
        return tidy(value * ratio + shift)


def tidy(value: Decimal) -> Decimal:
    """The same number without the dust of division: 12 significant digits.

    >>> tidy(Decimal(1) / Decimal(3) * 3)
    Decimal('1.00000000000')
    """
    with localcontext() as context:
        context.prec = 12
        return +value


def plain(value: Decimal, digits: int | None = None) -> str:
    """A number as a reader writes it: no exponent, no trailing zeros, at most `digits` decimals.

    >>> plain(Decimal("490.0")), plain(Decimal("38.4376"), 1), plain(Decimal("1E+3"))
    ('490', '38.4', '1000')
    """
    if digits is not None:
        value = round(value, digits)
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


# How units are printed for readers; anything else prints as its UCUM code.
_SHOWN = {
    "a": "years", "mo": "months", "wk": "weeks", "d": "days", "h": "hours", "min": "minutes",
    "kg/m2": "kg/m²", "umol/L": "µmol/L", "ug": "µg", "{cells}/uL": "cells/µL", "[U]": "U",
    "%{predicted}": "% predicted", "{events}/h": "events/h", "d/mo": "days/month",
    "h/d": "hours/day", "{count}": "", "{score}": "", "{pack-years}": "pack-years",
    "mm[Hg]": "mmHg", "cm[H2O]": "cmH2O", "[lb_av]": "lb", "[in_i]": "in", "[ft_i]": "ft",
    "m2": "m²", "mg/m2": "mg/m²", "mL/a": "mL/year", "Cel": "°C", "[degF]": "°F",
    "deg": "°", "h/wk": "hours/week", "[oz_av]": "oz", "[stone_av]": "st", "[yd_i]": "yd",
    "[mi_i]": "miles", "uL": "µL", "umol": "µmol", "10*6/uL": "×10⁶/µL", "ug/dL": "µg/dL",
    "[pH]": "", "{SDS}": "SDS", "mL/min/{1.73_m2}": "mL/min/1.73 m²", "10*3/uL": "×10³/µL",
}  # fmt: skip


def shown(code: str) -> str:
    """A unit as a reader writes it.

    >>> shown("a"), shown("mg/dL")
    ('years', 'mg/dL')
    """
    return _SHOWN.get(code, code)


_WRITTEN = re.compile(r"\d+(?:[.,]\d+)?")


def written_numbers(text: str) -> set[str]:
    """The numbers that a text writes in digits, a decimal comma as a point.

    >>> sorted(written_numbers("IgG below 4,5 g/L for 12 months"))
    ['12', '4.5']
    """
    return {n.replace(",", ".") for n in _WRITTEN.findall(text)}
