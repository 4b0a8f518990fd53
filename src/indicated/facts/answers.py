"""What persons answered to what was missing, as facts. Strict: a person can be asked again.

Every fact's source is that person and time. An item left empty is a question nobody answered, and
gives no fact. "absent" denies the time it was given for and no other: a day, a stretch, or (with
`to` alone) all time up to a day.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from indicated.facts.answer_file import Form, Place, form_of_data, form_of_file, form_of_text
from indicated.facts.answer_keys import AnswerKeys, SheetKeys, note
from indicated.facts.answer_values import amount_of, concept_of, day_of, site_of, value_of
from indicated.facts.merge import THERAPIES
from indicated.model import (
    UNDATED,
    Asserter,
    Assertion,
    Concept,
    Concepts,
    Day,
    Fact,
    Quantity,
    Source,
    Therapy,
    When,
)

MEASURED = frozenset({"measurement", "score"})
LASTING = frozenset({"disease", "symptom", "state"})  # said of the day on which it is said
NEVER_TAKEN = ("contraindication", "declined")
_THERAPY_KEYS = ("dose", "every", "route", "for", "response", "ended", "adequate", "taken")
_WHEN_KEYS = ("on", "from", "to", "ongoing")
_SAYS_NOTHING = frozenset({"concept", "site", "by", "role", "at", "remark"})  # without an answer


def load_answers(
    given: Path | str | Mapping[str, Any], concepts: Concepts, *, name: str = "answers"
) -> tuple[Fact, ...]:
    """The facts that persons attest: of a file, of YAML text, or of data parsed already.

    Raises `InputError` with file and line for every key, concept, unit or date that is not right.
    An answer sheet on which nothing is filled in gives no fact.

    >>> igg = Concept("igg", "immunoglobulin G", "measurement", ("IgG",), unit="mg/dL")
    >>> sheet = '''
    ... {by: A. Example, role: immunologist, at: 2025-11-21T09:30,
    ...  answers: [{concept: IgG, value: 310 mg/dL, on: 2024-03-02}, {concept: igg, value: }]}'''
    >>> (fact,) = load_answers(sheet, Concepts({"igg": igg}))
    >>> fact.asserter.value, fact.value.low, fact.sources[0].by
    ('attested', Decimal('310'), 'A. Example, immunologist')
    """
    if isinstance(given, Path):
        form = form_of_file(given)
    elif isinstance(given, str):
        form = form_of_text(given, name)
    else:
        form = form_of_data(given, name)
    try:
        sheet = SheetKeys.model_validate(form.data)
    except ValidationError as error:
        note(error, form)
        form.stop()
        raise AssertionError from error
    found: list[Fact] = []
    for i, keys in enumerate(sheet.answers):
        found += _Item(form, concepts, sheet, keys, ("answers", i)).facts()
    form.stop()
    return tuple(dict.fromkeys(found))


@dataclass
class _Item:
    """One answer of a sheet."""

    form: Form
    concepts: Concepts
    sheet: SheetKeys
    keys: AnswerKeys
    place: Place

    def facts(self) -> list[Fact]:
        """The facts it states; none where it is left empty or says that it is not known."""
        given, before = self.keys.given(), len(self.form.errors)
        about = [c for i, n in enumerate(self.keys.concept) if (c := self.concept(n, "concept", i))]
        if not given - _SAYS_NOTHING:
            if "remark" in given:
                self.wrong("remark", "a remark alone is no answer", "It would be lost.", _FILL)
            return []
        if self.keys.answer == "unknown":
            for key in sorted(given - _SAYS_NOTHING - {"answer"}):
                self.wrong(key, f'"{key}" beside "answer: unknown"', "", "Keep one of the two.")
            return []
        person = self.person()
        self.fits(about, given)
        if person is None or not about or len(self.form.errors) > before:
            return []
        by, at = person
        return [f for c in about for f in self.stated(c, by, at)]

    def wrong(self, key: str, what: str, why: str = "", do: str = "") -> None:
        self.form.add((*self.place, key), what, why, do)

    def person(self) -> tuple[str, datetime] | None:
        """Who answers, and when: the item's own, else the sheet's."""
        said = {k: getattr(self.keys, k) or getattr(self.sheet, k) for k in ("by", "role", "at")}
        for key, why in _WHO.items():
            if not said[key]:
                self.form.add(
                    self.place, f'"{key}" is missing', why, f'Add "{key}: ..." at the top.'
                )
        if not all(said.values()):
            return None
        own = self.keys.at is not None
        try:
            at = _time_of(said["at"])
        except ValueError:
            place: Place = (*self.place, "at") if own else ("at",)
            do = "Write 2026-01-31, or 2026-01-31T14:30."
            self.form.add(place, '"at" is not a day or a time', "", do)
            return None
        return f"{said['by']}, {said['role']}", at

    def concept(self, name: str, key: str, n: int) -> Concept | None:
        """The concept of that id or name."""
        try:
            return concept_of(name, self.concepts)
        except ValueError as error:
            self.form.add((*self.place, key, n), *error.args)
            return None

    # --- what does not go together ---------------------------------------------------------

    def fits(self, about: list[Concept], given: set[str]) -> None:
        keys, absent = self.keys, self.keys.answer == "absent"
        if absent:
            for key in sorted(given & {"value", "ongoing", "shown_by", *_THERAPY_KEYS}):
                self.wrong(
                    key, f'"{key}" beside "answer: absent"', "It cannot be both.", "Keep one."
                )
        elif len(about) > 1:
            ids = ", ".join(c.id for c in about)
            why = "Only an absence can be said of all of them at once."
            self.wrong(
                "concept", f"which of these is it: {ids}?", why, "Keep the one that applies."
            )
        if keys.on and (keys.from_ or keys.to):
            self.wrong("on", '"on" beside "from" or "to"', "Both say when.", "Keep one of them.")
        if keys.ongoing and (keys.to or keys.ended):
            self.wrong("ongoing", '"ongoing" beside an end', "It cannot be both.", "Keep one.")
        for concept in about:
            if concept.kind not in THERAPIES:
                for key in sorted(given.intersection(_THERAPY_KEYS)):
                    what = f'"{key}" says something of a treatment, and "{concept.id}" is none'
                    self.wrong(key, what, "", "Give it with the treatment's own concept.")
            if concept.kind in MEASURED and not absent and not keys.value and given & {"answer"}:
                why = 'That it was measured is no result, and "present" could be taken for one.'
                self.wrong("answer", "a measurement needs its value", why, 'Add "value: ...".')
            if concept.kind in MEASURED and keys.value and not (keys.on or keys.from_ or keys.to):
                why = "Without its day nobody can tell which value is the latest."
                self.wrong(
                    "value", "the value has no day", why, 'Add "on: 2026-01-31" (or 2026-01).'
                )

    # --- facts -------------------------------------------------------------------------------

    def stated(self, concept: Concept, by: str, at: datetime) -> list[Fact]:
        """One fact for each day that is given, else one."""
        keys = self.keys
        absent = keys.answer == "absent"
        value = None if absent else self.value(concept)
        therapy = self.therapy(concept, absent)
        during = [self.concept(name, "during", i) for i, name in enumerate(keys.during)]
        fact = Fact(
            concept.id,
            Assertion.ABSENT if absent else Assertion.PRESENT,
            value,
            asserter=Asserter.ATTESTED,
            therapy=therapy,
            site=frozenset(site_of(s) for s in keys.site),
            shown_by=frozenset(keys.shown_by),
            during=frozenset(c.id for c in during if c),
            sources=(Source(quote=self.words(concept), by=by, at=at),),
        )
        return [replace(fact, when=when) for when in self.times(concept, at.date(), absent)]

    def value(self, concept: Concept) -> Quantity | str | None:
        """A number with a unit that fits the concept, one of its levels, or a word."""
        text = self.keys.value
        if not text:
            return None
        try:
            return value_of(text, concept)
        except ValueError as error:
            self.wrong("value", *error.args)
            return None

    def therapy(self, concept: Concept, absent: bool) -> Therapy | None:
        """The details of a treatment; None where nothing but its name is given."""
        keys = self.keys
        if concept.kind not in THERAPIES:
            return None
        if absent:
            return Therapy(taken=False)
        given = keys.given()
        if not given.intersection((*_THERAPY_KEYS, *_WHEN_KEYS)):
            return None
        begun = given & {"on", "from", "to", "dose", "for", "response"}
        taken = (
            keys.taken if keys.taken is not None else bool(begun) or keys.ended not in NEVER_TAKEN
        )
        return Therapy(
            dose=self.amount("dose"), every=self.amount("every", time=True), route=keys.route or "",
            duration=self.amount("for", time=True), response=keys.response or "",
            ended_because=keys.ended or "", adequate=keys.adequate, taken=taken,
        )  # fmt: skip

    def amount(self, key: str, *, time: bool = False) -> Quantity | None:
        text = getattr(self.keys, f"{key}_" if key == "for" else key)
        if not text:
            return None
        try:
            return amount_of(text, time=time)
        except ValueError as error:
            self.wrong(key, *error.args)
            return None

    # --- time ----------------------------------------------------------------------------------

    def times(self, concept: Concept, today: date, absent: bool) -> list[When]:
        """When it was so: one time for each day given; never later than the answer itself."""
        keys = self.keys
        if keys.on:
            days = [self.day("on", text, today, i) for i, text in enumerate(keys.on)]
            return [When(d, d) for d in dict.fromkeys(days) if d]
        start, end = self.day("from", keys.from_, today), self.day("to", keys.to, today)
        if start and end and end.latest < start.earliest:
            self.wrong("to", '"to" lies before "from"', "It never was.", "Exchange the two.")
        here = Day.of(today)
        if absent:
            if not start and not end:
                return [When.on(today)]
            return [When(start, end or here)]
        if start or end:
            goes_on = keys.ongoing or (concept.kind in LASTING and not end)
            return [When(start, end, ongoing=bool(goes_on))]
        if keys.ongoing:
            return [When(ongoing=True)]
        return [When.on(today) if concept.kind in LASTING else UNDATED]

    def day(self, key: str, text: str | None, today: date, n: int | None = None) -> Day | None:
        if not text:
            return None
        place: Place = (*self.place, key) if n is None else (*self.place, key, n)
        try:
            day = day_of(text)
        except ValueError:
            do = "Write 2026-01-31, 2026-01 or 2026."
            self.form.add(place, f'"{key}" is not a date', "", do)
            return None
        if day.earliest > today:
            why = "Nobody can attest what has not happened yet."
            self.form.add(place, f'"{key}" lies after the answer itself', why, "Check both dates.")
            return None
        return Day(day.earliest, min(day.latest, today))

    def words(self, concept: Concept) -> str:
        """The answer in words: what a reader is shown as this person's statement."""
        said = self.keys.model_dump(by_alias=True, exclude_unset=True)
        parts = []
        for key, thing in said.items():
            if key in ("concept", "by", "role", "at", "remark") or thing in (None, "", []):
                continue
            text = ", ".join(thing) if isinstance(thing, list) else str(thing)
            text = {"True": "yes", "False": "no"}.get(text, text)
            parts.append(text if key in ("answer", "value") else f"{key.replace('_', ' ')} {text}")
        if self.keys.remark:
            parts.append(self.keys.remark)
        return f"{concept.label}: {'; '.join(parts)}"


_FILL = 'Fill in "answer" or "value" as well, or remove the remark.'
_WHO = {
    "by": "A fact without a person behind it is not attested.",
    "role": "A reader must know in which capacity it was said.",
    "at": "A statement without its time cannot be held against the record.",
}


def _time_of(text: str) -> datetime:
    if len(text) == 10:
        return datetime.combine(date.fromisoformat(text), time())
    return datetime.fromisoformat(text)
