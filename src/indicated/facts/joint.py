"""Several names with as many numbers behind them: "Ht/Wt 163cm/94kg", "WBC, Hgb 6.1, 11.4"."""

from __future__ import annotations

import re
from dataclasses import replace

from indicated.facts.amounts import DIGITS, digits_value, match_unit
from indicated.facts.cues import listed
from indicated.facts.frame import Frame
from indicated.facts.gaps import WORD, unit_in_gap
from indicated.facts.parts import Mention, Number, within
from indicated.facts.targets import no_value
from indicated.facts.units_of import fits, settle
from indicated.facts.value_numbers import Bound, candidates_of
from indicated.model import Concepts, Mark, Quantity

_BETWEEN = re.compile(r"\s?(?:/|,? and |,? & ?|,)\s?")
_OPENS = re.compile(r"\s?[(\[]\s?(?:in )?")
_CLOSES = re.compile(r"\s?[)\]]")
_DIVIDED = re.compile(r"\s?(?:/|,? and |,? & ?|,)\s?")
_DIGITS = re.compile(DIGITS)
_LEAD = re.compile(r"[\s:=a-z]{0,24}?(?=[\d.])")


def joint(
    frame: Frame, measured: list[Mention], concepts: Concepts, taken: set[int]
) -> list[Bound]:
    """The values of names that stand together, where as many numbers stand together behind them."""
    bound: list[Bound] = []
    for group in _groups(frame, measured):
        names = [(m, candidates_of(m, concepts)) for m in group]
        if any(c.parts or c.levels for _, candidates in names for c in candidates):
            continue
        numbers = _numbers(frame, group[-1].end, len(group))
        if numbers is None:
            continue
        found = []
        for (mention, candidates), number in zip(names, numbers, strict=True):
            unit = unit_in_gap(frame, mention, number, candidates)
            settled = settle(frame, number, candidates, adjacent=False, unit=unit)
            if settled is None or no_value(frame, mention, number):
                break
            found.append(Bound(number, mention, *settled))
        if len(found) == len(group):
            bound += _one_unit(found, concepts)
            taken |= {n.start for n in numbers}
            first, last = numbers[0].start, numbers[-1].end
            taken |= {n.start for n in frame.numbers if first <= n.start < last}
    return bound


def _one_unit(found: list[Bound], concepts: Concepts) -> list[Bound]:
    """In "IgG/IgA/IgM 352/40/22 mg/dL" the unit stands once, behind the last, for all of a kind."""
    last = found[-1].quantity
    unit = last.unit if isinstance(last, Quantity) else ""
    return [
        replace(
            b, quantity=replace(b.quantity, unit=unit), marks=b.marks - {Mark.UNIT_MISSING},
            extra=(*b.extra, found[-1].number),
        )
        if unit and Mark.UNIT_MISSING in b.marks and isinstance(b.quantity, Quantity)
        and fits(unit, concepts[b.concept]) else b
        for b in found
    ]  # fmt: skip


def _groups(frame: Frame, measured: list[Mention]) -> list[list[Mention]]:
    """Names with nothing but "/", a comma or "and" between them."""
    groups: list[list[Mention]] = []
    for mention in measured:
        last = groups[-1][-1] if groups else None
        end = _past_unit(frame, last.end) if last else 0
        if last and _BETWEEN.fullmatch(frame.page.lower, end, mention.start):
            groups[-1].append(mention)
        else:
            groups.append([mention])
    return [g for g in groups if len(g) > 1]


def _past_unit(frame: Frame, at: int) -> int:
    """Where a unit in brackets behind a name ends ("Weight (kg)"), or the name itself."""
    opens = _OPENS.match(frame.text, at)
    unit = match_unit(frame.page.document.text, frame.text, opens.end()) if opens else None
    closes = _CLOSES.match(frame.text, unit[1]) if unit else None
    return closes.end() if closes else at


def _numbers(frame: Frame, at: int, n: int) -> list[Number] | None:
    """Exactly `n` numbers behind each other, divided as the names are."""
    text, folded, end = frame.page.document.text, frame.text, frame.sentence.end
    lead = _LEAD.match(folded, _past_unit(frame, at), end)
    if lead is None or any(w not in listed("words", "links") for w in WORD.findall(lead[0])):
        return None
    at = lead.end()
    found: list[Number] = []
    while len(found) < n:
        digits = _DIGITS.match(text, at, end)
        if digits is None or within(frame.page.dates, at, at + 1):
            return None
        unit = match_unit(text, folded, digits.end())
        stop = unit[1] if unit else digits.end()
        quantity = Quantity.of(digits_value(digits[0]), unit[0] if unit else "")
        found.append(Number(at, stop, quantity, digits.end()))
        divided = _DIVIDED.match(folded, stop, end)
        more = divided is not None and _DIGITS.match(text, divided.end(), end) is not None
        if len(found) < n and not more:
            return None
        if len(found) == n:
            loose = text[stop : stop + 1]
            return None if loose.isalnum() or (more and divided and "/" in divided[0]) else found
        at = divided.end() if divided else stop
    return None
