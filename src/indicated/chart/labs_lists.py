"""Rows of a list of medicines, problems or allergies as statements."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache

from indicated.chart.labs_lines import Told, clean
from indicated.chart.labs_therapy import dose_of, interval_of, route_of, therapy_of
from indicated.cue_files import cue
from indicated.model import Coding, Day, Entry, Quantity, When

Cell = Callable[[str], str]
DayOf = Callable[[str], Day | None]
_ICD = re.compile(r"[A-TV-Z]\d[0-9A-Z](?:\.?[0-9A-Z]{1,4})?")
_COUNTED = re.compile(r"(?P<n>\d{1,3}(?:\.\d)?)\s?(?P<form>[A-Za-z]{2,14})")  # "2 tablets"
_NONE_KNOWN = re.compile(r"(?:no|none|nil)\b.*\b(?:known|allerg|problem|reported)|nkd?a\b", re.I)


@cache
def _statuses() -> dict[str, str]:
    return {word: status for status, words in cue("columns", "statuses").items() for word in words}


def status_of(text: str) -> str:
    """The word of the record for the status that a list writes; "" where it is none known.

    >>> status_of("Discontinued"), status_of("D/C'd"), status_of("whatever")
    ('stopped', 'stopped', '')
    """
    text = " ".join(text.lower().split()).rstrip(".")
    return _statuses().get(text) or _statuses().get(re.split(r"[,;(:]| - ", text)[0].strip(), "")


def list_row(kind: str, cell: Cell, day: DayOf, row: int) -> Told | None:
    """What one row says; None where it names nothing."""
    return {"medication": _medicine, "problem": _problem, "allergy": _allergy}[kind](cell, day, row)


def _medicine(cell: Cell, day: DayOf, row: int) -> Told | None:
    words = clean(cell("drug"))
    if not words:
        return None
    start, stop = day("start") or day("date"), day("stop")
    told = status_of(cell("status")) or status_of(cell("stop"))
    # An empty end is silence: only a status says that a medicine goes on.
    status = told or ("stopped" if stop else "")
    going_on = status == "active" and stop is None
    sig = cell("sig")
    every = interval_of(cell("frequency")) or interval_of(sig)
    route = route_of(cell("route")) or route_of(sig) or clean(cell("route")).lower()
    dose = dose_of(cell("dose"), cell("dose_unit")) or (dose_of(sig) if not cell("dose") else None)
    counted = _COUNTED.fullmatch(clean(cell("dose"))) if dose is None else None
    over = status in ("stopped", "not-done", "declined", "completed", "on-hold")
    reason = clean(cell("reason"))
    entry = Entry(
        "medication", 0, 0, f"row {row}", words, status=status,
        when=When(start, None if going_on else stop, ongoing=going_on),
        therapy=therapy_of(dose, every, route), reasons=(reason,) if reason and over else (),
        directions=clean(sig), value=Quantity.of(counted["n"]) if counted else None,
        written_unit=counted["form"] if counted else "",
    )  # fmt: skip
    tail = [clean(cell("dose"))] if cell("dose") and not (dose or counted) else []
    tail += [clean(cell("frequency"))] if cell("frequency") and every is None else []
    tail += [f"for {clean(cell('indication'))}"] if cell("indication") else []
    tail += [reason] if reason and not over else []
    return Told(entry, tuple(tail), remarks=_comment(cell))


def _problem(cell: Cell, day: DayOf, row: int) -> Told | None:
    code = clean(cell("icd") or cell("code")).upper()
    words = clean(cell("problem")) or code
    if not words:
        return None
    onset, over = day("onset") or day("start") or day("date"), day("resolved") or day("stop")
    status = status_of(cell("status"))
    status = {"stopped": "resolved", "completed": "resolved"}.get(status, status)
    status = status or ("resolved" if over else "")
    coded = (Coding(code, "icd10cm", words),) if _ICD.fullmatch(code) else ()
    going_on = status == "active" and over is None
    entry = Entry(
        "condition", 0, 0, f"row {row}", words, coded, status,
        when=When(onset, None if going_on else over, ongoing=going_on),
        severity=clean(cell("severity")), label=words == code,
    )  # fmt: skip
    return Told(entry, (code if words != code else "",), remarks=_comment(cell))


def _allergy(cell: Cell, day: DayOf, row: int) -> Told | None:
    words = clean(cell("allergen"))
    if not words:
        return None
    onset = day("onset") or day("date") or day("start")
    none_known = _NONE_KNOWN.match(words) is not None
    status = "refuted" if none_known else status_of(cell("status"))
    status = {"stopped": "resolved", "completed": "resolved"}.get(status, status)
    entry = Entry(
        "allergy", 0, 0, f"row {row}", "allergy" if none_known else words, status=status,
        reasons=(clean(cell("reaction")),) if cell("reaction") else (),
        when=When(onset, None, ongoing=status == "active"), severity=clean(cell("severity")),
    )  # fmt: skip
    return Told(entry, (), words if none_known else "", _comment(cell))


def _comment(cell: Cell) -> tuple[str, ...]:
    comment = clean(cell("comment"))
    return (f"Comment: {comment}",) if comment else ()
