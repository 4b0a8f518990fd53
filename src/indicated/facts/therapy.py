"""Treatments: one statement each, with its regimen, its time and its outcome."""

from __future__ import annotations

import re
from dataclasses import replace

from indicated.facts import regimen
from indicated.facts.context import Reading
from indicated.facts.courses import Course, course_of
from indicated.facts.frame import Frame
from indicated.facts.marks import site_of
from indicated.facts.meaning import THERAPIES, Meaning, meaning
from indicated.facts.outcome import ended, response_of
from indicated.facts.parts import Cue, Dated, Mention, Span, Spanned, within
from indicated.facts.spans import source
from indicated.facts.when import dates_of, each_of, role
from indicated.model import UNDATED, Assertion, Concepts, Day, Fact, Mark, Therapy, When


def therapies(
    frame: Reading, concepts: Concepts, bound: frozenset[int], earlier: frozenset[int]
) -> list[Fact]:
    """Every statement on a treatment.

    `bound` holds the numbers that are values of measurements, `earlier` the treatments (by where
    they stand) under which only values taken earlier are given.
    """
    named = [(m, i) for m in frame.mentions if (i := _therapy_id(m, concepts))]
    facts = []
    for place, (mention, id) in enumerate(named):
        meant = meaning(frame, mention, concepts[id].kind)
        if meant is None:
            continue
        if mention.start in earlier:
            meant.effects.pop("current", None)
        course = course_of(frame, mention, [m for m, _ in named], place, bound)
        dates = dates_of(frame, mention)
        for own in ([d] for d in dates) if each_of(frame, dates) else (dates,):
            facts.append(_fact(frame, course, id, meant, own, concepts))
    if facts:
        facts += _carried(frame, [m for m, _ in named], facts, bound)
    return facts


def _therapy_id(mention: Mention, concepts: Concepts) -> str:
    """The treatment that a name means; "" where it means none, or several that are not kin."""
    ids = [c for c in mention.concepts if concepts[c].kind in THERAPIES]
    if len(ids) <= 1:
        return ids[0] if ids and len(mention.concepts) == 1 else _only_kind(ids, mention, concepts)
    broad = [i for i in ids if all(concepts.is_a(other, i) for other in ids)]
    return broad[0] if broad else ""


def _only_kind(ids: list[str], mention: Mention, concepts: Concepts) -> str:
    """A name shared with a measurement is the treatment only where no value goes with it."""
    others = [c for c in mention.concepts if concepts[c].kind not in THERAPIES]
    measured = all(concepts[c].kind in ("measurement", "score") for c in others)
    return ids[0] if ids and measured else ""


# --- the fact ------------------------------------------------------------------------------


def _fact(
    frame: Frame, course: Course, id: str, meant: Meaning, dates: list[Dated], concepts: Concepts
) -> Fact:
    effects, page = meant.effects, frame.page
    reason, why = ended(frame, course, meant, concepts)
    response, how = response_of(effects)
    never_taken = reason in ("contraindication", "declined") and not (
        {"started", "used", "stopped"} & effects.keys()
    )
    adequate = True if "adequate" in effects else False if "inadequate" in effects else None
    detail = Therapy(
        dose=course.dose, every=course.every, route=course.route, duration=course.duration,
        response=response, ended_because=reason, adequate=adequate, taken=not never_taken,
    )  # fmt: skip
    when, assumed = _when(frame, course.mention, meant, dates, reason)
    assertion = meant.assertion
    if assertion in (Assertion.NOT_DOCUMENTED, Assertion.ABSENT):
        detail = Therapy(taken=False)
    if assertion is Assertion.PRESENT and _over(frame, meant, reason, when):
        assertion = Assertion.HISTORICAL
    words: list[Spanned] = [course.mention, *course.words, *why, *how, *dates]
    words += [effects[e] for e in _shown(effects, assertion)]
    sites, where = site_of(frame, course.mention)
    marks = set(course.marks) | ({Mark.DATE_ASSUMED} if assumed else set())
    return Fact(
        concept=id, assertion=assertion, when=when, asserter=meant.asserter,
        therapy=detail, site=sites, marks=frozenset(marks),
        sources=(source(page.document, [*words, *where]),),
    )  # fmt: skip


def _shown(effects: dict[str, Cue], assertion: Assertion) -> list[str]:
    """The cues whose words belong into the quotation."""
    by = {
        Assertion.ABSENT: ("never", "absent"),
        Assertion.NOT_DOCUMENTED: ("not_documented", "not_on_file", "absent", "never"),
        Assertion.PLANNED: ("planned",),
        Assertion.POSSIBLE: ("possible",),
        Assertion.HYPOTHETICAL: ("hypothetical",),
        Assertion.FAMILY: ("family",),
    }.get(assertion, ("current", "stopped", "inadequate", "adequate"))
    return [e for e in (*by, "says") if e in effects]


_FORMER = frozenset({"prior", "previous", "previously", "former", "formerly", "formerly on", "past",
                     "previously on", "prior therapy", "prior treatment", "past treatment",
                     "prior therapies", "past therapy", "in the past"})  # fmt: skip


def _over(frame: Frame, meant: Meaning, reason: str, when: When) -> bool:
    """Whether a treatment is over and nothing says why: taken once, not now."""
    if reason not in ("", "other") or when.ongoing:
        return False
    if frame.sentence.section == "past-medications" or "stopped" in meant.effects:
        return True
    cue = meant.effects.get("used")
    return reason == "other" or (cue is not None and frame.text[cue.start : cue.end] in _FORMER)


_TRIED = re.compile(r" (?:trials?|courses?|use|therapy|exposure|history)\b")


def _when(
    frame: Frame, mention: Mention, meant: Meaning, dates: list[Dated], reason: str
) -> tuple[When, bool]:
    page, effects = frame.page, meant.effects
    assumed = page.assumed
    if meant.assertion is Assertion.ABSENT:
        ever = meant.ever or _TRIED.match(frame.text, mention.end)
        day = Day.of(page.today)
        return When(None if ever else day, day, assumed=assumed), assumed
    if meant.assertion in (Assertion.PLANNED, Assertion.NOT_DOCUMENTED):
        return When.on(page.today, assumed=assumed), assumed
    over = bool({"past", "stopped"} & effects.keys()) or reason in (
        "no-response", "intolerance", "completed", "other"
    )  # fmt: skip
    running = (
        not over
        and reason not in ("contraindication", "declined")
        and ("current" in effects or frame.sentence.section == "medications")
    )
    if not dates:
        return (When(None, None, True, assumed), assumed) if running else (UNDATED, False)
    relative = assumed and any(d.kind in ("ago", "window", "anchor") for d in dates)
    start = next((d for d in dates if role(frame, d) == "start"), None)
    if start is None and "started" in effects and dates[0].kind != "window":
        start = dates[0]
    end = next((d for d in dates if d is not start and role(frame, d) == "end"), None)
    if end is None and over and "stopped" in effects and dates[-1] is not start:
        end = dates[-1]
    if start is None and end is not None and _interval(frame, dates):
        start = dates[0]
    if dates[0].kind == "window" and start is None:
        window = dates[0]
        if running:
            return When(window.first, None, True, relative), relative
        day = Day(window.first.earliest, window.last.latest)
        return When(day, day, assumed=relative), relative
    if start is None and end is None:
        first = Day(dates[0].first.earliest, dates[0].last.latest)
        if running:  # a day on which it was going on; when it began is not said
            return When(None, None, True, relative), relative
        if len(dates) > 1 and _interval(frame, dates):
            return When(first, dates[-1].last, assumed=relative), relative
        return When(first, first, assumed=relative), relative
    since = (
        start is not None
        and frame.page.lower[max(0, start.start - 8) : start.start + 5].find("since") >= 0
    )
    ongoing = end is None and (running or (since and not over))
    return When(
        start.first if start else None, end.last if end else None, ongoing, relative
    ), relative


def _interval(frame: Frame, dates: list[Dated]) -> bool:
    if len(dates) < 2:
        return False
    return (
        re.fullmatch(
            r"\s?(?:-|to|through|until|\u2013)\s?", frame.page.lower[dates[0].end : dates[1].start]
        )
        is not None
    )


def _carried(
    frame: Frame, named: list[Mention], facts: list[Fact], bound: frozenset[int]
) -> list[Fact]:
    """A plan without a name: "on IVIG 60 g monthly; recommends increasing to 80 g"."""
    out = []
    for number in frame.numbers:
        low, high = frame.clause(number.start)
        if number.start in bound or not regimen.is_dose(number):
            continue
        if any(low <= m.start < high for m in named) or any(
            low <= m.start < high for m in frame.mentions
        ):
            continue
        cues = [c for c in within(frame.cues, low, number.start) if c.has("planned")]
        before = [f for f in facts if f.sources[0].end is not None and f.sources[0].end <= low]
        if not cues or not before:
            continue
        last = before[-1]
        every = regimen.intervals(frame.page.lower, frame.text, number.end, high)
        detail = Therapy(dose=number.quantity, every=every[0].quantity if every else None)
        spans: list[Spanned] = [number, cues[-1], *(Span(e.start, e.end) for e in every[:1])]
        when = When.on(frame.page.today, assumed=frame.page.assumed)
        cited = source(frame.page.document, spans)
        plan = replace(last, assertion=Assertion.PLANNED, therapy=detail, when=when)
        out.append(replace(plan, marks=frozenset(), sources=(cited,)))
    return out
