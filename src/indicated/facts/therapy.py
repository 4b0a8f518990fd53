"""Treatments: what was given, how much, how often, how long, with what effect, why it ended."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from functools import cache

from indicated.facts import regimen
from indicated.facts.context import Frame
from indicated.facts.fold import fold
from indicated.facts.cues import alternatives, listed, load, whole_words
from indicated.facts.marks import site_of
from indicated.facts.meaning import OUTCOMES, THERAPIES, Meaning, meaning
from indicated.facts.parts import Cue, Dated, Mention, Number, Span, Spanned, within
from indicated.facts.spans import source
from indicated.facts.when import dates_of, role
from indicated.model import UNDATED, Assertion, Concepts, Day, Fact, Mark, Quantity, Therapy, When

_BESIDE = re.compile(r"\s?(?:[(\[](?P<in>)|:\s|-\s|\s-\s|\|\s?)(?P<why>[^()\[\].;|]{2,60})(?=[)\].;|]|$)")


@dataclass
class Course:
    """What is gathered about one mention of a treatment."""

    mention: Mention
    start: int  # the stretch that is about it
    end: int
    dose: Quantity | None = None
    every: Quantity | None = None
    route: str = ""
    duration: Quantity | None = None
    words: list[Spanned] = field(default_factory=list)
    marks: set[Mark] = field(default_factory=set)


def therapies(
    frame: Frame, concepts: Concepts, bound: frozenset[int], earlier: frozenset[int]
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
        course = _course(frame, mention, [m for m, _ in named], place, bound)
        fact = _fact(frame, course, id, meant, concepts)
        if fact is not None:
            facts.append(fact)
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


# --- the regimen ---------------------------------------------------------------------------


def _course(
    frame: Frame, mention: Mention, named: list[Mention], place: int, bound: frozenset[int]
) -> Course:
    low, high = frame.clause(mention.start)
    previous = named[place - 1].end if place else low
    following = named[place + 1].start if place + 1 < len(named) else high
    course = Course(mention, max(low, previous), max(min(high, following), mention.end))
    numbers = [n for n in frame.numbers if n.start not in bound and low <= n.start < high]
    every = regimen.intervals(frame.page.lower, frame.text, course.start, course.end)
    _doses(frame, course, numbers, named, place)
    _every(frame, course, every)
    _durations(frame, course, numbers, every)
    for route in regimen.routes(frame.page.document.text, frame.text, course.start, course.end):
        near = route.start >= mention.end or mention.start - route.end <= 12
        if near and not _foreign(frame, course, route.start):
            course.route = course.route or route.name
            if route.name == course.route:
                course.words.append(Span(route.start, route.end))
            break
    return course


def _foreign(frame: Frame, course: Course, at: int) -> bool:
    """Whether a comma makes it part of another treatment: "mesalamine, X foam"."""
    if at < course.mention.start:
        return "," in frame.text[at : course.mention.start]
    last = max([course.mention.end, *(w.end for w in course.words if w.end <= at)])
    return re.search(r",(?= ?[a-z]+ [a-z])", frame.text[last : at + 1]) is not None


def _doses(
    frame: Frame, course: Course, numbers: list[Number], named: list[Mention], place: int
) -> None:
    mention = course.mention
    before = [
        n for n in numbers
        if course.start <= n.start and n.end <= mention.start
        and regimen.is_dose(n) and _leads_to(frame, n, mention)
        and not (place and frame.text[named[place - 1].end : n.start].strip() == "")
    ]  # fmt: skip
    behind = [n for n in numbers if mention.end <= n.start < course.end]
    doses = [n for n in behind if regimen.is_dose(n) and not _next_ones(frame, n, named, place)]
    chosen = before[-1] if before else _last_step(frame, doses)
    if chosen is None:
        chosen = next((n for n in behind if _bare_dose(frame, mention, n)), None)
        if chosen is not None and regimen.counted(frame.text, chosen) is None:
            course.marks.add(Mark.UNIT_MISSING)
        else:
            chosen = None
    if chosen is not None:
        course.dose = chosen.quantity
        course.words.append(chosen)
        if chosen.per in ("d", "wk", "mo", "h"):
            course.every = Quantity.of(1, chosen.per)


def _leads_to(frame: Frame, number: Number, mention: Mention) -> bool:
    """Whether an amount stands directly before the name: "60 g of IVIG", "90 mg weekly of"."""
    gap = frame.text[number.end : mention.start]
    if re.search(r"[,;:(]|\b(?:and|or|plus|with|then)\b", gap):
        return False
    return len(re.findall(r"\w+", gap)) <= 3


def _next_ones(frame: Frame, number: Number, named: list[Mention], place: int) -> bool:
    """Whether an amount behind a name belongs to the next name: "A and 60 g of B"."""
    if place + 1 >= len(named):
        return False
    following = named[place + 1]
    gap = frame.text[named[place].end : number.start]
    divided = re.search(r",|\band\b|\bplus\b|\bor\b", gap) is not None
    return divided and _leads_to(frame, number, following)


def _last_step(frame: Frame, doses: list[Number]) -> Number | None:
    """The first amount, or the one to which it was changed."""
    if not doses:
        return None
    chosen = doses[0]
    for number in doses[1:]:
        gap = frame.text[chosen.end : number.start]
        if re.search(r"(?:\bto|->|\u2192|=>)\s*(?:a dose of )?$", gap):
            chosen = number
        else:
            break
    return chosen


def _bare_dose(frame: Frame, mention: Mention, number: Number) -> bool:
    """ "Lexapro 20": an amount without a unit, directly behind the name."""
    if number.quantity.unit or number.word or number.foreign_unit or number.quantity.exact is None:
        return False
    if frame.text[mention.end : number.start] != " ":
        return False
    following = frame.text[number.end : number.end + 1]
    return following in ("", ",", ".", ";", ")") or frame.text[number.end : number.end + 3] in (" an", " qd", " bi", " da")


def _every(frame: Frame, course: Course, every: list[regimen.Every]) -> None:
    for one in every:
        near = one.start >= course.mention.end or course.mention.start - one.end <= 24
        if not near or _foreign(frame, course, one.start):
            continue
        course.every = one.quantity
        course.words.append(Span(one.start, one.end))
        return


def _durations(
    frame: Frame, course: Course, numbers: list[Number], every: list[regimen.Every]
) -> None:
    mention = course.mention
    for number in numbers:
        if any(e.start <= number.start < e.end for e in every):
            continue
        behind = mention.end <= number.start < course.end
        ahead = course.start <= number.start and number.end <= mention.start
        near = ahead and mention.start - number.end <= 20
        if not (behind or near) or _foreign(frame, course, number.start):
            continue
        if number.quantity.exact and (stop := _sessions(frame, course, number, ahead)):
            course.duration = replace(number.quantity, unit="{count}")
            course.words += [number, Span(number.start, stop)]
            return
        if regimen.is_duration(frame.page.lower, number, mention.end if behind else course.start):
            course.duration = number.quantity
            course.words.append(number)
            return


def _sessions(frame: Frame, course: Course, number: Number, ahead: bool) -> int | None:
    """Where a count of sittings ends: "36 visits", "24 supervised PT sessions"."""
    stop = regimen.counted(frame.text, number)
    if stop is None and ahead and not number.quantity.unit:
        end = course.mention.end
        stop = regimen.counted(frame.text, replace(number, digits=end, end=end))
    return stop


# --- why it ended, and with what effect ------------------------------------------------------


def _ended(frame: Frame, course: Course, meant: Meaning, concepts: Concepts) -> tuple[str, list[Spanned]]:
    """Why a treatment ended (or was never begun), with the words that say so."""
    effects = meant.effects
    if "contraindication" in effects:
        return "contraindication", [effects["contraindication"]]
    if "declined" in effects and not _of_a_value(frame, effects["declined"], concepts):
        return "declined", [effects["declined"]]
    for effect in ("stopped", "no-response", "intolerance", "completed"):
        if effect in effects:
            reason, words = _because(frame, effects[effect], concepts)
            if reason and not (effect == "intolerance" and reason == "other"):
                return reason, [effects[effect], *words]
    if "caused" in effects:
        cue = effects["caused"]
        reason, words = _reason_in(frame, cue.end, frame.clause(cue.start)[1], concepts)
        if reason == "intolerance":
            return reason, [cue, *words]
    if "intolerance" in effects:
        return "intolerance", [effects["intolerance"]]
    if "no-response" in effects:
        return "no-response", [effects["no-response"]]
    beside = _BESIDE.match(frame.page.lower, course.mention.end)
    if beside and _side_effects().fullmatch(fold(beside["why"]).strip()):
        return "intolerance", [Span(*beside.span("why"))]
    if frame.sentence.section == "allergies":
        return "intolerance", []
    if frame.sentence.section == "failed":
        return "no-response", []
    if "stopped" in effects:
        return "other", [effects["stopped"]]
    if "completed" in effects:
        return "completed", [effects["completed"]]
    return "", []


@cache
def _side_effects() -> re.Pattern[str]:
    """One side effect or several, and nothing else."""
    one = whole_words(load("therapy")["reasons"]["intolerance"]).pattern
    return re.compile(rf"(?:severe |mild |moderate )?{one}(?:(?:,| and|, and| or|/)\s?{one})*")


def _of_a_value(frame: Frame, cue: Cue, concepts: Concepts) -> bool:
    """ "FEV1 declined" is no refusal."""
    before = [m for m in frame.mentions if m.end <= cue.start]
    kinds = {concepts[c].kind for c in before[-1].concepts} if before else set()
    return bool(kinds & {"measurement", "score", "symptom"})


def _because(frame: Frame, cue: Cue, concepts: Concepts) -> tuple[str, list[Spanned]]:
    """The reason given behind an ending: "due to nausea"."""
    high = frame.sentence.end
    stop = re.compile(r"[.;]|,(?! (?:and|or) )").search(frame.text, cue.end, high)
    high = stop.start() if stop else high
    start = alternatives("therapy", "because").search(frame.text, cue.end, min(high, cue.end + 60))
    if start is None:
        return "", []
    reason, words = _reason_in(frame, start.end(), high, concepts)
    strong = start[0] not in ("for", "after", "with", "from", "given")
    return (reason or ("other" if strong and cue.has("stopped") else "")), words


def _reason_in(
    frame: Frame, low: int, high: int, concepts: Concepts
) -> tuple[str, list[Spanned]]:
    best: tuple[int, str, Span] | None = None
    for reason, phrases in load("therapy")["reasons"].items():
        for match in whole_words(phrases).finditer(frame.text, low, high):
            length = match.end() - match.start()
            if best is None or length > best[0]:
                best = (length, reason, Span(*match.span()))
            break
    if best:
        return best[1], [best[2]]
    for mention in within(frame.mentions, low, high):
        if any(concepts[c].kind in ("symptom", "disease", "event") for c in mention.concepts):
            return "intolerance", [mention]
    return "", []


def _response(effects: dict[str, Cue]) -> tuple[str, list[Spanned]]:
    for effect, word in (
        ("response-lost", "lost"), ("no-response", "none"), ("response-partial", "partial"),
        ("response-none", "none"), ("response-good", "good"),
    ):  # fmt: skip
        if effect in effects:
            return word, [effects[effect]]
    return "", []


# --- the fact ------------------------------------------------------------------------------


def _fact(
    frame: Frame, course: Course, id: str, meant: Meaning, concepts: Concepts
) -> Fact | None:
    effects, page = meant.effects, frame.page
    ended, why = _ended(frame, course, meant, concepts)
    response, how = _response(effects)
    never_taken = ended in ("contraindication", "declined") and not (
        {"started", "used", "stopped"} & effects.keys()
    )
    adequate = True if "adequate" in effects else False if "inadequate" in effects else None
    detail = Therapy(
        dose=course.dose, every=course.every, route=course.route, duration=course.duration,
        response=response, ended_because=ended, adequate=adequate, taken=not never_taken,
    )  # fmt: skip
    dates = dates_of(frame, course.mention)
    when, assumed = _when(frame, course.mention, meant, dates, ended)
    assertion = meant.assertion
    if assertion is Assertion.NOT_DOCUMENTED:
        detail = Therapy(taken=False)
    if assertion is Assertion.ABSENT:
        detail = Therapy(taken=False)
    if assertion is Assertion.PRESENT and _over(frame, meant, ended, when):
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


def _over(frame: Frame, meant: Meaning, ended: str, when: When) -> bool:
    """Whether a treatment is over and nothing says why: taken once, not now."""
    if ended not in ("", "other") or when.ongoing:
        return False
    if frame.sentence.section == "past-medications":
        return True
    cue = meant.effects.get("used")
    return ended == "other" or (cue is not None and frame.text[cue.start : cue.end] in _FORMER)


_TRIED = re.compile(r" (?:trials?|courses?|use|therapy|exposure|history)\b")


def _when(
    frame: Frame, mention: Mention, meant: Meaning, dates: list[Dated], ended: str
) -> tuple[When, bool]:
    page, effects = frame.page, meant.effects
    assumed = page.assumed
    if meant.assertion is Assertion.ABSENT:
        ever = meant.ever or _TRIED.match(frame.text, mention.end)
        day = Day.of(page.today)
        return When(None if ever else day, day, assumed=assumed), assumed
    if meant.assertion in (Assertion.PLANNED, Assertion.NOT_DOCUMENTED):
        return When.on(page.today, assumed=assumed), assumed
    over = ended in ("no-response", "intolerance", "completed", "other") or "past" in effects
    running = not over and ended not in ("contraindication", "declined") and (
        "current" in effects or frame.sentence.section == "medications"
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
    since = start is not None and frame.page.lower[max(0, start.start - 8) : start.start + 5].find("since") >= 0
    ongoing = end is None and (running or (since and not over))
    return When(
        start.first if start else None, end.last if end else None, ongoing, relative
    ), relative


def _interval(frame: Frame, dates: list[Dated]) -> bool:
    return re.fullmatch(r"\s?(?:-|to|through|until|\u2013)\s?", frame.page.lower[dates[0].end : dates[1].start]) is not None


def _carried(
    frame: Frame, named: list[Mention], facts: list[Fact], bound: frozenset[int]
) -> list[Fact]:
    """A plan without a name: "on IVIG 60 g monthly; recommends increasing to 80 g"."""
    out = []
    for number in frame.numbers:
        low, high = frame.clause(number.start)
        if number.start in bound or not regimen.is_dose(number):
            continue
        if any(low <= m.start < high for m in named) or any(low <= m.start < high for m in frame.mentions):
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
        out.append(replace(last, assertion=Assertion.PLANNED, therapy=detail, when=when, marks=frozenset(),
                           sources=(source(frame.page.document, spans),)))  # fmt: skip
    return out


__all__ = ["OUTCOMES", "listed", "therapies"]
