"""Treatments: one statement each, with its regimen, its time and its outcome."""

from __future__ import annotations

import re
from dataclasses import replace

from indicated.facts import regimen
from indicated.facts.context import Reading
from indicated.facts.courses import Course, course_of
from indicated.facts.cues import alternatives, listed
from indicated.facts.effects import effects_of
from indicated.facts.fold import fold
from indicated.facts.frame import Frame
from indicated.facts.gaps import VALUES
from indicated.facts.marks import site_of
from indicated.facts.meaning import THERAPIES, Meaning, meaning
from indicated.facts.orphans import Kinds
from indicated.facts.outcome import ended, response_of
from indicated.facts.parts import Cue, Dated, Mention, Span, Spanned, within
from indicated.facts.spans import source, written_out
from indicated.facts.when import dates_of, each_of, goes_on, role, spanning
from indicated.model import UNDATED, Assertion, Concepts, Day, Fact, Mark, Therapy, When

NEAR_VALUE = 12  # characters between a name and its number


def therapies(
    frame: Reading, concepts: Concepts, bound: frozenset[int], earlier: frozenset[int]
) -> list[Fact]:
    """Every statement on a treatment.

    `bound` holds the numbers that are values of measurements, `earlier` the treatments (by where
    they stand) under which only values taken earlier are given.
    """
    named = [
        (m, i)
        for m in frame.mentions
        if (i := _therapy_id(frame, m, concepts)) and not _has_value(m, bound, concepts)
    ]
    if not named:
        return []
    names = [m for m, _ in named]
    told = effects_of(frame, names, _kinds(frame, concepts))
    facts: list[Fact] = []
    also: list[Fact] = []
    for place, (mention, id) in enumerate(named):
        effects = told[place]
        if _in_apposition(frame, named, place):  # "Synthroid (levothyroxine) 0.1 mg": once
            told[place + 1] = {**effects, **told[place + 1]}
            continue
        meant = meaning(frame, mention, concepts[id].kind, effects)
        if meant is None or _only_no_obstacle(frame, mention, meant):
            continue
        if mention.start in earlier:
            meant.effects.pop("current", None)
        course = course_of(frame, mention, names, place, bound)
        dates = [d for d in dates_of(frame, mention) if d.kind != "vague"]
        if again := meant.effects.get("resumed"):
            dates = [d for d in dates if d.start >= again.start]
        if since := _since_in_vain(frame, meant, dates):
            meant.effects["current"] = since
        for own in ([d] for d in dates) if each_of(frame, dates) else (dates,):
            fact = _fact(frame, course, id, meant, own, concepts)
            facts.append(fact)
            also += [replace(fact, concept=i) for i in _other_ids(mention, id, concepts)]
    if facts:
        facts += _carried(frame, names, facts, bound)
    return facts + also


def _kinds(frame: Frame, concepts: Concepts) -> Kinds:
    def called(mention: Mention, noun: str) -> bool:
        found = [concepts[c] for c in mention.concepts]
        if noun in listed("therapy", "stands_for_any"):
            return any(c.kind == "procedure" for c in found)
        return any(
            noun.removesuffix("s") in fold(name) for c in found for name in (c.label, *c.names)
        )

    return Kinds(
        treats=lambda m: bool(_therapy_id(frame, m, concepts)),
        measured=lambda m: all(concepts[c].kind in VALUES for c in m.concepts),
        called=called,
        troubles=lambda m: any(concepts[c].kind in ("symptom", "score") for c in m.concepts),
    )


_ENDED = frozenset({"current", "stopped", "past", "completed", "intolerance", "declined"})


def _since_in_vain(frame: Reading, meant: Meaning, dates: list[Dated]) -> Cue | None:
    """ "A since August without any benefit": it is still taken."""
    vain = meant.effects.get("no-response") or meant.effects.get("response-none")
    if vain is None or _ENDED & meant.effects.keys() or meant.assertion is not Assertion.PRESENT:
        return None
    if "fail" in frame.text[vain.start : vain.end]:
        return None
    begun = [d for d in dates if role(frame, d) == "start" and goes_on(frame, d)]
    if len(dates) != 1 or not begun or begun[0].end > vain.start:
        return None
    return Cue(begun[0].start, begun[0].end, (("current", "near"),))


_DONE = frozenset({"current", "started", "used", "stopped", "no-response", "response-good"})
_APPOSED = re.compile(r"\s?[(/\[]\s?(?:brand |generic |aka |i\.e\.,? )?")


def _in_apposition(frame: Frame, named: list[tuple[Mention, str]], place: int) -> bool:
    """Whether a name is at once given again by another name of the same treatment."""
    if place + 1 >= len(named) or named[place][1] != named[place + 1][1]:
        return False
    return (
        _APPOSED.fullmatch(frame.text, named[place][0].end, named[place + 1][0].start) is not None
    )


def _only_no_obstacle(frame: Frame, mention: Mention, meant: Meaning) -> bool:
    """ "There is no contraindication to A" says nothing of what was done with A."""
    if meant.effects.keys() & _DONE:
        return False
    low, _ = frame.clause(mention.start)
    if frame.text.find("no ", low, mention.start) < 0:
        return False
    found = list(alternatives("therapy", "obstacles").finditer(frame.text, low, mention.start))
    gap = frame.text[found[-1].end() : mention.start] if found else ""
    return bool(found) and len(gap.split()) <= 4 and not re.search(r"[;:.]", gap)


def _therapy_id(frame: Frame, mention: Mention, concepts: Concepts) -> str:
    """The treatment that a name means, the first of several where it is written out; "" where it
    means none, or where an abbreviation may mean either."""
    ids = [c for c in mention.concepts if concepts[c].kind in THERAPIES]
    if len(ids) <= 1:
        return ids[0] if ids and len(mention.concepts) == 1 else _only_kind(ids, mention, concepts)
    if not written_out(frame.page.document.text, mention):
        broad = [i for i in ids if all(concepts.is_a(other, i) for other in ids)]
        return broad[0] if broad else ""
    narrow = [i for i in ids if all(concepts.is_a(i, other) for other in ids)]
    if narrow:
        return narrow[0]
    return ids[0] if len(ids) == len(mention.concepts) else ""


def _has_value(mention: Mention, bound: frozenset[int], concepts: Concepts) -> bool:
    """ "Testosterone 240" is a level where the name is a measurement's too and has its number."""
    if all(concepts[c].kind in THERAPIES for c in mention.concepts):
        return False
    return any(0 < at - mention.end <= NEAR_VALUE for at in bound)


def _other_ids(mention: Mention, id: str, concepts: Concepts) -> list[str]:
    """Further treatments that the same name is given to: a drug that belongs to two lists."""
    ids = [c for c in mention.concepts if concepts[c].kind in THERAPIES]
    return [i for i in ids if i != id and not concepts.is_a(i, id) and not concepts.is_a(id, i)]


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
    response, how = response_of(effects, reason)
    again = effects.get("declined")
    again = again and alternatives("therapy", "further").search(
        frame.text, again.start, min(again.end + 16, frame.sentence.end)
    )  # type: ignore[assignment]
    never_taken = (
        not again
        and reason in ("contraindication", "declined")
        and not ({"started", "used", "stopped"} & effects.keys())
    )
    adequate = True if "adequate" in effects else False if "inadequate" in effects else None
    detail = Therapy(
        dose=course.dose, every=course.every, route=course.route, duration=course.duration,
        response=response, ended_because=reason, adequate=adequate, taken=not never_taken,
    )  # fmt: skip
    when, assumed = _when(frame, course.mention, meant, dates, reason)
    assertion = meant.assertion
    if assertion is Assertion.PRESENT and _to_come(frame, dates):
        assertion = Assertion.PLANNED
        when = When.on(page.today, assumed=page.assumed)
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


def _to_come(frame: Frame, dates: list[Dated]) -> bool:
    """Whether all that is dated of a treatment lies behind the day of the document."""
    return bool(dates) and all(d.first.earliest > frame.page.today for d in dates)


_ENDLESS = frozenset({"current", "started", "resumed", "used", "response-good", "adequate"})
_FORMER = frozenset({"prior", "previous", "previously", "former", "formerly", "formerly on", "past",
                     "previously on", "prior therapy", "prior treatment", "past treatment",
                     "prior therapies", "past therapy", "in the past"})  # fmt: skip


def _over(frame: Frame, meant: Meaning, reason: str, when: When) -> bool:
    """Whether a treatment is over and nothing says why: taken once, not now."""
    if reason not in ("", "other") or when.ongoing or "inadequate" in meant.effects:
        return False
    if frame.sentence.section == "past-medications" or "stopped" in meant.effects:
        return True
    if when.end is not None and when.start is None and not (_ENDLESS & meant.effects.keys()):
        return when.end.latest < frame.page.today  # "A until 2021"
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
    stopped = effects.get("stopped")
    near = stopped and start and (
        stopped.start < mention.start or 0 <= start.start - stopped.end <= 8
    )  # fmt: skip
    if start and near and "started" not in effects:
        return When(None, start.last, assumed=relative), relative  # "off A since December"
    if start is None and "started" in effects and dates[0].kind != "window":
        start = dates[0]
    end = next((d for d in dates if d is not start and role(frame, d) == "end"), None)
    if end is None and over and "stopped" in effects and dates[-1] is not start:
        end = dates[-1]
    if start is None and end is not None and spanning(frame, dates):
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
        if len(dates) > 1 and spanning(frame, dates):
            return When(first, dates[-1].last, assumed=relative), relative
        return When(first, first, assumed=relative), relative
    since = start is not None and goes_on(frame, start)
    ongoing = end is None and (running or (since and not over))
    return When(
        start.first if start else None, end.last if end else None, ongoing, relative
    ), relative


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
