"""Facts as a long table: one row a fact, one schema for Parquet files, whoever writes them.

`row_of` and `fact_of` are each other's inverse: a fact that was written is read again as it was.
Numbers are exact decimals; one that the table cannot hold is refused, never rounded. A case of
which nothing was read has one row without a concept, so that nobody drops out for being silent.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from indicated.errors import InputError
from indicated.model import (
    Asserter,
    Assertion,
    Day,
    Fact,
    Mark,
    Quantity,
    Source,
    Therapy,
    When,
)

WHOLE, PLACES = 26, 12  # digits before and after the point
NUMBER = f"DECIMAL({WHOLE + PLACES},{PLACES})"
QUANTITY = f'STRUCT(low {NUMBER}, high {NUMBER}, unit VARCHAR, "open" BOOLEAN)'
THERAPY = (
    f"STRUCT(dose {QUANTITY}, every {QUANTITY}, route VARCHAR, duration {QUANTITY}, "
    "response VARCHAR, ended_because VARCHAR, adequate BOOLEAN, taken BOOLEAN)"
)
SOURCE = (
    'STRUCT(document VARCHAR, quote VARCHAR, "start" INTEGER, "end" INTEGER, page INTEGER, '
    'path VARCHAR, locator VARCHAR, "by" VARCHAR, "at" VARCHAR)'
)

# column -> its type in SQL, and what it holds
COLUMNS: Mapping[str, tuple[str, str]] = {
    "case_id": ("VARCHAR", "whose fact it is; every row of a case has the same"),
    "ord": ("INTEGER", "the fact's place among those of its case, from 0"),
    "concept": ("VARCHAR", "a concept's id; none in the one row of a case without any fact"),
    "assertion": ("VARCHAR", "present, absent, possible, planned, hypothetical, family, "
                  "historical, or not_documented: sought and not there"),
    "asserter": ("VARCHAR", "who says it: provider, laboratory, patient, payer, letter, question, "
                 "attested, computed, label"),
    "value_low": (NUMBER, "the number, or the lower end of a range; none: open below"),
    "value_high": (NUMBER, "the same number again, or the upper end; none: open above"),
    "value_unit": ("VARCHAR", 'UCUM code; "" for a number without one; none where there is none'),
    "value_open": ("BOOLEAN", 'whether the ends themselves are excluded ("< 10")'),
    "value_words": ("VARCHAR", "a value in words, instead of a number"),
    "start_from": ("DATE", "the first day on which it can have begun; none: not known"),
    "start_to": ("DATE", "the last such day; the same where the day is known"),
    "end_from": ("DATE", "the first day on which it can have ended"),
    "end_to": ("DATE", "the last such day"),
    "ongoing": ("BOOLEAN", "whether it goes on"),
    "assumed": ("BOOLEAN", "whether the day was taken from a document without a date"),
    "therapy": (THERAPY, "of a treatment: dose, interval, route, duration, response, why it "
                "ended, whether it was adequate, and whether it was taken at all"),
    "site": ("VARCHAR[]", "parts of the body"),
    "shown_by": ("VARCHAR[]", "how it was shown: imaging, biopsy, culture, test, examination"),
    "during": ("VARCHAR[]", "treatments in effect when the value was taken"),
    "marks": ("VARCHAR[]", "how it was obtained: code_only, unit_missing, ..."),
    "sources": (SOURCE + "[]", "where the words stand"),
    "formula": ("VARCHAR", "of a computed fact: its arithmetic in words"),
    "inputs": ("VARCHAR", "of a computed fact: its inputs, as JSON of rows like this one"),
}  # fmt: skip

Row = dict[str, Any]


def row_of(fact: Fact, case: str, ord: int) -> Row:
    """A fact as one row. Raises `InputError` for a number with more digits than the table holds."""
    value = fact.value if isinstance(fact.value, Quantity) else None
    number = _quantity(value) or dict.fromkeys(("low", "high", "unit", "open"))
    when = fact.when
    return {
        "case_id": case,
        "ord": ord,
        "concept": fact.concept,
        "assertion": fact.assertion.value,
        "asserter": fact.asserter.value,
        **{f"value_{key}": x for key, x in number.items()},
        "value_words": fact.value if isinstance(fact.value, str) else None,
        "start_from": when.start.earliest if when.start else None,
        "start_to": when.start.latest if when.start else None,
        "end_from": when.end.earliest if when.end else None,
        "end_to": when.end.latest if when.end else None,
        "ongoing": when.ongoing,
        "assumed": when.assumed,
        "therapy": _therapy(fact.therapy),
        "site": sorted(fact.site),
        "shown_by": sorted(fact.shown_by),
        "during": sorted(fact.during),
        "marks": sorted(m.value for m in fact.marks),
        "sources": [_source(s) for s in fact.sources],
        "formula": fact.formula,
        "inputs": as_json([row_of(f, case, i) for i, f in enumerate(fact.inputs)])
        if fact.inputs
        else "",
    }


def nothing_said(case: str) -> Row:
    """The one row of a case without any fact."""
    return {**dict.fromkeys(COLUMNS), "case_id": case, "ord": 0}


def rows_of(case: str, facts: Sequence[Fact]) -> Iterator[Row]:
    """The rows of a case, in the order of its facts; one row where there are none."""
    if not facts:
        yield nothing_said(case)
    for ord, fact in enumerate(facts):
        yield row_of(fact, case, ord)


def _number(x: Decimal | None) -> Decimal | None:
    if x is None:
        return None
    fits = x.is_finite() and abs(x) < Decimal(10) ** (WHOLE - 1)
    if not fits or x != round(x, PLACES):
        raise InputError(
            "a number has more digits than the table holds",
            why=f"It holds {WHOLE - 1} before and {PLACES} after the point, and rounds nothing.",
            do="Give the value in another unit.",
        )
    return x


def _quantity(q: Quantity | None) -> Row | None:
    if q is None:
        return None
    return {"low": _number(q.low), "high": _number(q.high), "unit": q.unit, "open": q.open}


def _therapy(t: Therapy | None) -> Row | None:
    if t is None:
        return None
    return {
        "dose": _quantity(t.dose),
        "every": _quantity(t.every),
        "route": t.route,
        "duration": _quantity(t.duration),
        "response": t.response,
        "ended_because": t.ended_because,
        "adequate": t.adequate,
        "taken": t.taken,
    }


def _source(s: Source) -> Row:
    return {
        "document": s.document,
        "quote": s.quote,
        "start": s.start,
        "end": s.end,
        "page": s.page,
        "path": s.path,
        "locator": s.locator,
        "by": s.by,
        "at": s.at.isoformat() if s.at else None,
    }


def as_json(thing: Any) -> str:
    """Rows as JSON; decimals keep every digit as text, days are written as 2026-01-31."""
    return json.dumps(thing, ensure_ascii=False, default=_plain)


def _plain(x: Any) -> str:
    if isinstance(x, Decimal):
        return format(x, "f")
    assert isinstance(x, date)
    return x.isoformat()


# --- and back ------------------------------------------------------------------------------


def fact_of(row: Mapping[str, Any]) -> Fact | None:
    """The fact of a row; None for the row of a case without any."""
    if row["concept"] is None:
        return None
    value: Quantity | str | None = row["value_words"]
    if row["value_unit"] is not None:
        value = _quantity_of({key: row[f"value_{key}"] for key in ("low", "high", "unit", "open")})
    inputs = (fact_of(r) for r in json.loads(row["inputs"])) if row["inputs"] else ()
    return Fact(
        concept=row["concept"],
        assertion=Assertion(row["assertion"]),
        value=value,
        when=When(
            _day_of(row["start_from"], row["start_to"]),
            _day_of(row["end_from"], row["end_to"]),
            bool(row["ongoing"]),
            bool(row["assumed"]),
        ),
        asserter=Asserter(row["asserter"]),
        therapy=_therapy_of(row["therapy"]),
        site=frozenset(row["site"] or ()),
        shown_by=frozenset(row["shown_by"] or ()),
        during=frozenset(row["during"] or ()),
        marks=frozenset(Mark(m) for m in row["marks"] or ()),
        sources=tuple(_source_of(s) for s in row["sources"] or ()),
        formula=row["formula"] or "",
        inputs=tuple(f for f in inputs if f is not None),
    )


def facts_of(rows: Iterable[Mapping[str, Any]]) -> tuple[Fact, ...]:
    """The facts of one case's rows, in their order."""
    listed = sorted(rows, key=lambda row: row["ord"])
    return tuple(f for row in listed if (f := fact_of(row)) is not None)


def _day_of(start: Any, end: Any) -> Day | None:
    if start is None:
        return None
    return Day(*(x if isinstance(x, date) else date.fromisoformat(x) for x in (start, end)))


def _quantity_of(q: Mapping[str, Any] | None) -> Quantity | None:
    if q is None:
        return None
    low, high = (None if x is None else Decimal(x) for x in (q["low"], q["high"]))
    return Quantity(low, high, q["unit"] or "", bool(q["open"]))


def _therapy_of(t: Mapping[str, Any] | None) -> Therapy | None:
    if t is None:
        return None
    return Therapy(
        dose=_quantity_of(t["dose"]),
        every=_quantity_of(t["every"]),
        route=t["route"] or "",
        duration=_quantity_of(t["duration"]),
        response=t["response"] or "",
        ended_because=t["ended_because"] or "",
        adequate=t["adequate"],
        taken=t["taken"] is not False,
    )


def _source_of(s: Mapping[str, Any]) -> Source:
    return Source(
        document=s["document"] or "",
        quote=s["quote"] or "",
        start=s["start"],
        end=s["end"],
        page=s["page"],
        path=s["path"] or "",
        locator=s["locator"] or "",
        by=s["by"] or "",
        at=datetime.fromisoformat(s["at"]) if s["at"] else None,
    )
