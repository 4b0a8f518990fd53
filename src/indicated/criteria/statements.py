"""A fact or a request of an example, as the reader of a chart would give it."""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date

from indicated.criteria.lines import Place
from indicated.criteria.references import References
from indicated.criteria.tables_schema import FactKeys, RequestKeys
from indicated.model import (
    UNDATED,
    Asserter,
    Assertion,
    Concept,
    Day,
    Fact,
    Mark,
    Phase,
    Quantity,
    RequestedItem,
    Source,
    Therapy,
    When,
)
from indicated.units import convertible

_WORDS = ("product", "route", "place", "purpose", "code")
_STARTS_WITH_NUMBER = re.compile(r"\s*(?:[<>≤≥]=?\s*)?[-+]?\.?\d")


@dataclass
class FactReader:
    """Reads the facts and requests of one file of examples, noting problems as it goes."""

    refs: References

    def item(self, keys: RequestKeys, phase: Phase, place: Place) -> RequestedItem:
        treatment = self.refs.concept(keys.treatment, (*place, "treatment"))

        def quantity(name: str, kind: str = "") -> Quantity | None:
            return self.refs.quantity(getattr(keys, name), (*place, name), kind)

        every, duration = quantity("every", "time"), quantity("duration", "time")
        values: dict[str, Quantity | str | None] = {
            "dose": quantity("dose"),
            "interval": every,
            "duration": duration,
            "quantity": quantity("quantity"),
        }
        values |= {name: getattr(keys, name) for name in _WORDS}
        stated = [
            Fact(f"request.{name}", value=value, asserter=Asserter.QUESTION)
            for name, value in values.items()
            if value
        ]
        stated += [
            Fact("request.site", value=s, asserter=Asserter.QUESTION, site=frozenset({s}))
            for s in (*keys.site, *keys.parts)
        ]
        stated += [self.fact(f, (*place, "facts", i)) for i, f in enumerate(keys.facts)]
        return RequestedItem(
            id="item1",
            treatment=keys.treatment,
            words=treatment.label if treatment else keys.treatment,
            phase=phase,
            phase_because="The example says so.",
            product=keys.product,
            dose=quantity("dose"),
            every=every,
            current_dose=quantity("current_dose"),
            duration=duration,
            route=keys.route,
            codes=(keys.code,) if keys.code else (),
            place=keys.place,
            parts=tuple(keys.parts),
            facts=tuple(dict.fromkeys(stated)),
        )

    def fact(self, keys: FactKeys, place: Place) -> Fact:
        concept = self.refs.concept(keys.concept, (*place, "concept"))
        for i, id in enumerate(keys.during):
            self.refs.concept(id, (*place, "during", i))
        file = self.refs.problems.tree.file
        return Fact(
            concept=keys.concept,
            assertion=Assertion(keys.assertion),
            value=self.value(keys.value, concept, (*place, "value")),
            when=self.when(keys, place),
            asserter=Asserter(keys.asserter),
            therapy=self.therapy(keys, place),
            site=frozenset(keys.site),
            shown_by=frozenset(keys.shown_by),
            during=frozenset(keys.during),
            marks=frozenset(Mark(m) for m in keys.marks),
            sources=(Source(document=file, quote=_quote(keys)),),
        )

    def value(
        self, text: str | None, concept: Concept | None, place: Place
    ) -> Quantity | str | None:
        """A quantity where the text begins with a number, otherwise a word such as "severe"."""
        if text is None:
            return None
        if concept is not None and text in concept.levels:
            return text
        if not _STARTS_WITH_NUMBER.match(text):
            return text
        quantity = self.refs.quantity(text, place)
        if quantity is None or concept is None or not concept.unit:
            return quantity
        if not quantity.unit:
            if concept.unit in ("{score}", "{count}"):
                return Quantity(quantity.low, quantity.high, concept.unit, quantity.open)
            return quantity  # a chart may leave the unit out; what follows is the judge's business
        if not convertible(quantity.unit, concept.unit, concept.molar_mass):
            self.refs.problems.add(
                place,
                f'wrong unit "{quantity.unit}": the unit of "{concept.id}" is "{concept.unit}"',
                "The example would show what no chart can say.",
                f'Write it in "{concept.unit}".',
            )
        return quantity

    def when(self, keys: FactKeys, place: Place) -> When:
        if keys.on and (keys.from_ or keys.to):
            self.refs.problems.add(
                (*place, "on"), '"on" beside "from" or "to"', "Both say when.", "Keep one of them."
            )
        if keys.on:
            day = self.day(keys.on, (*place, "on"))
            return When(day, None, ongoing=True) if keys.ongoing and day else When(day, day)
        start = self.day(keys.from_, (*place, "from"))
        end = self.day(keys.to, (*place, "to"))
        if start and end and end.latest < start.earliest:
            self.refs.problems.add(
                (*place, "to"), '"to" lies before "from"', "It never was.", "Exchange the two."
            )
        if keys.ongoing and end:
            self.refs.problems.add(
                (*place, "ongoing"), '"ongoing" beside "to"', "It cannot be both.", "Keep one."
            )
        ongoing = bool(keys.ongoing)
        return When(start, end, ongoing=ongoing) if start or end or ongoing else UNDATED

    def day(self, text: str | None, place: Place) -> Day | None:
        """A day, a month or a year as the span of days it may mean."""
        if text is None:
            return None
        try:
            return day_of(text)
        except ValueError:
            self.refs.problems.add(
                place,
                f'"{text}" is not a date',
                "Without its day the fact is in no window of time.",
                "Write 2026-01-31, 2026-01 or 2026.",
            )
            return None

    def therapy(self, keys: FactKeys, place: Place) -> Therapy | None:
        given = keys.model_fields_set & {
            "dose", "every", "route", "duration", "response", "ended_because", "adequate", "taken",
        }  # fmt: skip
        if not given:
            return None
        return Therapy(
            dose=self.refs.quantity(keys.dose, (*place, "dose")),
            every=self.refs.quantity(keys.every, (*place, "every"), "time"),
            route=keys.route,
            duration=self.refs.quantity(keys.duration, (*place, "duration"), "time"),
            response=keys.response or "",
            ended_because=keys.ended_because or "",
            adequate=keys.adequate,
            taken=keys.taken is not False,
        )


def day_of(text: str) -> Day:
    """The days that "2026-01-31", "2026-01" or "2026" may mean. Raises ValueError.

    >>> day_of("2026-02").latest
    datetime.date(2026, 2, 28)
    """
    parts = [int(p) for p in text.split("-")]
    lengths = [len(p) for p in text.split("-")]
    if lengths != [4, 2, 2][: len(lengths)]:
        raise ValueError(text)
    if len(parts) == 1:
        return Day(date(parts[0], 1, 1), date(parts[0], 12, 31))
    if len(parts) == 2:
        first = date(parts[0], parts[1], 1)
        return Day(first, first.replace(day=monthrange(*parts)[1]))
    return Day.of(date(*parts))


def _quote(keys: FactKeys) -> str:
    given = keys.model_dump(by_alias=True, exclude_unset=True)
    return ", ".join(
        f"{k}: {', '.join(map(str, v)) if isinstance(v, list) else v}" for k, v in given.items()
    )
