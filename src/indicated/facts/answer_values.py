"""Concepts, numbers, days and sites as a person writes them on an answer sheet.

What is doubtful is refused: each function raises `ValueError` with what is wrong, why it matters
and what to do. Values are never repeated in it.
"""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import replace
from datetime import date
from decimal import Decimal
from functools import cache

from rapidfuzz import fuzz, process

from indicated.model import Concept, Concepts, Day, Quantity
from indicated.units import convert, convertible, dimension, plain, shown, unit_code

_NUMBER = r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?|\.\d+"
_FORM = re.compile(
    rf"(?P<sign><=|>=|<|>|≤|≥)?\s*(?P<low>[-+]?(?:{_NUMBER}))"
    rf"(?:\s*(?:-|–|to)\s*(?P<high>{_NUMBER}))?\s*(?P<unit>.*)",
    re.DOTALL,
)
_IMPLIED = frozenset({"{score}", "{count}", "[pH]"})  # written without a unit


def value_of(text: str, concept: Concept) -> Quantity | str:
    """The value of a concept: a number in a unit that fits it and can be, one of its levels, or a
    word. Raises `ValueError` with what is wrong, why it matters and what to do.

    >>> ends = (Decimal(0), Decimal(30))
    >>> score = Concept("moca", "MoCA", "score", unit="{score}", plausible=ends)
    >>> value_of("21", score).unit
    '{score}'
    >>> value_of("210", score)
    Traceback (most recent call last):
    ValueError: ('the value lies outside of what is possible', '', 'It can be 0 to 30.')
    """
    if concept.levels and text.casefold() in concept.levels:
        return text.casefold()
    unit = shown(concept.unit) or concept.unit
    if not _FORM.fullmatch(text):
        if concept.levels:
            levels = ", ".join(concept.levels)
            raise ValueError("the value is not one of its levels", "", f"Write one of: {levels}.")
        if concept.unit:
            why = "A criterion compares its number."
            raise ValueError("the value needs a number", why, f"Write a number in {unit}.")
        return text
    quantity = amount_of(text)
    if not quantity.unit and concept.unit in _IMPLIED:
        quantity = replace(quantity, unit=concept.unit)
    if quantity.unit == "%" and concept.unit.startswith("%{"):
        quantity = replace(quantity, unit=concept.unit)  # "% predicted" is written as "%"
    if not concept.unit:
        return quantity
    if not quantity.unit:
        raise ValueError(
            "the value has no unit", "A unit is never guessed.", f"Write it in {unit}."
        )
    if not convertible(quantity.unit, concept.unit, concept.molar_mass):
        why = f'The unit does not fit "{concept.id}".'
        raise ValueError("the value is in the wrong unit", why, f"Write it in {unit}.")
    if concept.plausible:
        low, high = concept.plausible
        ends = [x for x in (quantity.low, quantity.high) if x is not None]
        ends = [convert(x, quantity.unit, concept.unit, concept.molar_mass) for x in ends]
        if any(not low <= x <= high for x in ends):
            do = f"It can be {plain(low)} to {plain(high)} {shown(concept.unit)}".rstrip() + "."
            raise ValueError("the value lies outside of what is possible", "", do)
    return quantity


def amount_of(text: str, *, time: bool = False) -> Quantity:
    """A number or range with its unit; `time`: a length of time. Raises `ValueError` as above.

    >>> amount_of("35-40 %").high, amount_of("< 10 mg/dL").open
    (Decimal('40'), True)
    >>> amount_of("6 weeks", time=True).unit
    'wk'
    """
    match = _FORM.fullmatch(text)
    if not match:
        do = "Write a number and a unit, such as 6 weeks." if time else "Write a number and a unit."
        raise ValueError("a number is needed", "", do)
    low = Decimal(match["low"].replace(",", ""))
    high = Decimal(match["high"].replace(",", "")) if match["high"] else low
    if high < low:
        raise ValueError("the range ends below its beginning", "", "Write the lower number first.")
    unit = unit_code(match["unit"].strip()) if match["unit"].strip() else ""
    if unit is None:
        do = "Write it as a laboratory does: mg/dL, 10*9/L, weeks."
        raise ValueError(
            "the unit is not known", "A number of an unknown unit compares to nothing.", do
        )
    if time and (not unit or dimension(unit) != "time"):
        raise ValueError("a length of time is needed", "", "Write days, weeks, months or years.")
    sign = match["sign"]
    if sign:
        upper = sign in ("<", "<=", "≤")
        ends = (None, high) if upper else (low, None)
        return Quantity(ends[0], ends[1], unit, open=sign in ("<", ">"))
    return Quantity(low, high, unit)


def concept_of(name: str, concepts: Concepts) -> Concept:
    """The concept of that id or name.

    >>> concept_of("igg", Concepts({"igg": Concept("igg", "IgG", "measurement")})).id
    'igg'
    """
    folded = " ".join(name.split()).casefold()
    names = _names(concepts)
    ids = [folded] if folded in concepts else sorted(names.get(folded, ()))
    if len(ids) > 1:
        what = f'"{name[:60]}" is the name of several concepts'
        raise ValueError(what, "", f"Write the id: {' or '.join(ids)}.")
    if not ids:
        known = [*concepts.by_id, *names]
        near = process.extractOne(folded, known, scorer=fuzz.ratio, score_cutoff=60)
        do = f'Did you mean "{near[0]}"?' if near else "Write the id of a concept of the library."
        raise ValueError(f'unknown concept "{name[:60]}"', "Nothing would ask for it.", do)
    return concepts[ids[0]]


@cache
def _named(concepts: tuple[tuple[str, tuple[str, ...]], ...]) -> dict[str, frozenset[str]]:
    by: dict[str, set[str]] = {}
    for id, names in concepts:
        for name in names:
            by.setdefault(" ".join(name.split()).casefold(), set()).add(id)
    return {name: frozenset(ids) for name, ids in by.items()}


def _names(concepts: Concepts) -> dict[str, frozenset[str]]:
    """Every name of every concept, case-folded, with the ids that it may mean."""
    return _named(
        tuple((c.id, (c.label, *c.names, *c.abbreviations)) for c in concepts.by_id.values())
    )


def site_of(text: str) -> str:
    """A part of the body in normal form: words in small letters, spinal levels as they are."""
    return text if re.search(r"\d", text) else "-".join(text.casefold().split())


def day_of(text: str) -> Day:
    """The days that "2026-01-31", "2026-01" or "2026" may mean. Raises `ValueError`.

    >>> day_of("2026-02").latest
    datetime.date(2026, 2, 28)
    """
    match = re.fullmatch(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?", text)
    if not match:
        raise ValueError(text)
    year, month, day = (int(g) if g else 0 for g in match.groups())
    if day:
        return Day.of(date(year, month, day))
    if month:
        first = date(year, month, 1)
        return Day(first, first.replace(day=monthrange(year, month)[1]))
    return Day(date(year, 1, 1), date(year, 12, 31))
