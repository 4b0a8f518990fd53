"""What a leaf looks at: which facts are about it, which fit its qualifiers, and how they count."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from indicated.errors import UnitError
from indicated.judge import timing
from indicated.judge.compare import holds
from indicated.judge.record import Record
from indicated.model import (
    Asserter,
    Assertion,
    Concepts,
    Fact,
    Has,
    Mark,
    Qualifiers,
    Quantity,
    Relation,
)
from indicated.truth import MET, NOT_MET, UNKNOWN, Truth, all_of

CLAIMS = frozenset({Asserter.LETTER, Asserter.QUESTION, Asserter.PAYER})
LABELS_ONLY = frozenset({Mark.CODE_ONLY, Mark.COLONISATION})
PERSISTENT = frozenset({"disease"})
THERAPIES = frozenset({"drug", "device", "procedure"})

GOES_ON = "goes_on"  # why a treatment's end is open: it is being taken

SAYS_SO = {
    "": (Assertion.PRESENT, Assertion.HISTORICAL),
    "family": (Assertion.FAMILY,),
    "plan": (Assertion.PLANNED,),
}


@dataclass(frozen=True)
class About:
    """The facts about a leaf's concepts, by what they say."""

    present: tuple[Fact, ...]
    claimed: tuple[Fact, ...]
    possible: tuple[Fact, ...]
    denied: tuple[Fact, ...]
    partly: tuple[Fact, ...]  # a narrower concept is denied, which says nothing of the leaf's own
    sought: tuple[Fact, ...]
    denied_all: bool  # each concept of the leaf is said to be absent


def about(
    wanted: Sequence[str],
    facts: Sequence[Fact],
    concepts: Concepts,
    denies: Callable[[Fact], bool] = lambda _: True,
    said_of: str = "",
) -> About:
    """Sort the facts that speak of any of the concepts.

    `said_of` takes what is said of a blood relative or of what is planned instead of the patient's
    own present and past; no denial is ever read of these.

    Presence of a narrower concept is presence; absence of a broader one is absence; presence of
    an opposite is absence. Plans, hypotheses and other people's illnesses say nothing. `denies`
    says which statements of absence reach as far as the leaf asks.
    """
    present: list[Fact] = []
    claimed: list[Fact] = []
    possible: list[Fact] = []
    denied: list[Fact] = []
    partly: list[Fact] = []
    sought: list[Fact] = []
    denied_concepts: set[str] = set()
    for fact in facts:
        narrower = [c for c in wanted if concepts.is_a(fact.concept, c)]
        broader = [c for c in wanted if concepts.is_a(c, fact.concept)]
        opposed = [c for c in wanted if _opposes(fact.concept, c, concepts)]
        says_so = fact.assertion in SAYS_SO[said_of]
        if narrower and says_so:
            bare = _bare(fact, concepts)
            (claimed if bare else present).append(fact)
        elif narrower and fact.assertion is Assertion.POSSIBLE:
            possible.append(fact)
        elif (broader or narrower) and fact.assertion is Assertion.NOT_DOCUMENTED:
            sought.append(fact)
        absent = (broader and fact.assertion is Assertion.ABSENT) or (opposed and says_so)
        if absent and not said_of and not _bare(fact, concepts) and denies(fact):
            denied.append(fact)
            denied_concepts.update(broader, opposed)
        elif narrower and _denies(fact, concepts) and not said_of and denies(fact):
            partly.append(fact)
    return About(
        tuple(present),
        tuple(claimed),
        tuple(possible),
        tuple(denied),
        tuple(partly),
        tuple(sought),
        denied_concepts >= set(wanted),
    )


def _denies(fact: Fact, concepts: Concepts) -> bool:
    return fact.assertion is Assertion.ABSENT and not _bare(fact, concepts)


def _bare(fact: Fact, concepts: Concepts) -> bool:
    """A claim or a label without a note behind it. What is asked for is a fact of the request,
    whoever asks."""
    kind = concepts[fact.concept].kind if fact.concept in concepts else ""
    return kind != "request" and (fact.asserter in CLAIMS or bool(fact.marks & LABELS_ONLY))


def _opposes(fact_concept: str, wanted: str, concepts: Concepts) -> bool:
    """Whether the fact's concept is the opposite of the one wanted, or of a broader one."""
    opposites = {concepts[c].opposite for c in concepts.above(wanted) if c in concepts} - {""}
    return any(concepts.is_a(fact_concept, o) for o in opposites)


def reaches(denial: Fact, where: Qualifiers, record: Record) -> bool:
    """Whether a statement of absence speaks of the whole time that a leaf asks about.

    "No pneumonia" of one day denies that day, not the last 12 months; "never", "no history of", the
    absence of a lasting disease, and a denial from before the window on reach back. What was said
    before the window began says nothing of it. An opposite counts where it would count itself.
    """
    if denial.assertion is not Assertion.ABSENT:
        return qualifies(denial, where, record).truth is MET
    kind = record.concepts[denial.concept].kind if denial.concept in record.concepts else ""
    asks_of_the_past = (where.within is not None or where.relations) and not where.currently
    start, end = denial.when.start, denial.when.end
    if not asks_of_the_past or kind in PERSISTENT:
        return True
    if where.within is None or where.relations:
        return start is None
    begin = timing.shift(record.as_of, where.within, -1)
    if end is not None and end.latest < begin:
        return False
    return start is None or (end is not None and start != end and start.latest <= begin)


# --- qualifiers ----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Qualified:
    """Whether a fact fits, and why not. `definite`: no other fact of the kind could change it."""

    truth: Truth
    why: str = ""
    definite: bool = False


def qualifies(
    fact: Fact, where: Qualifiers, record: Record, denied: Sequence[Fact] = ()
) -> Qualified:
    """Whether a fact fits every qualifier. The first that is not met, else the first unknown."""
    checks = list(_checks(fact, where, record, denied))
    for wanted in (NOT_MET, UNKNOWN):
        for check in checks:
            if check.truth is wanted:
                return check
    return Qualified(MET)


def _checks(
    fact: Fact, where: Qualifiers, record: Record, denied: Sequence[Fact]
) -> list[Qualified]:
    therapy = fact.therapy
    found = []
    if where.within:
        truth = timing.within(fact.when, where.within, record.as_of)
        found.append(Qualified(truth, "stale" if truth is NOT_MET else "undated"))
    for relation in where.relations:
        truth = related(fact, relation, record)
        found.append(Qualified(truth, "unrelated" if truth is NOT_MET else "relation"))
    if where.currently:
        truth = _current(fact, record, denied)
        found.append(Qualified(truth, "current", definite=True))
    if where.lasting:
        lasted = timing.length(fact, record.as_of)
        truth = UNKNOWN if lasted is None else all_of([holds(lasted, b) for b in where.lasting])
        found.append(Qualified(truth, "other" if truth is NOT_MET else "length", definite=True))
    if where.dose:
        found.append(Qualified(_dosed(fact, where), "dose", definite=True))
    if where.ended_because:
        truth = _ended(fact, where.ended_because)
        why = "other" if truth is NOT_MET else GOES_ON if _goes_on(fact) else "ended"
        found.append(Qualified(truth, why, definite=True))
    if where.response:
        truth = _among(therapy.response if therapy else "", where.response)
        found.append(Qualified(truth, "other" if truth is NOT_MET else "response", definite=True))
    if where.shown_by:
        # Not shown so as far as the text says; that it was not shown so at all is never said.
        truth = MET if fact.shown_by & where.shown_by else UNKNOWN
        found.append(Qualified(truth, "shown"))
    if where.same_site and record.site:
        truth = UNKNOWN if not fact.site else MET if fact.site & record.site else NOT_MET
        found.append(Qualified(truth, "other" if truth is NOT_MET else "site"))
    if where.adequate and therapy:
        inadequate = therapy.adequate is False or not therapy.taken
        found.append(Qualified(NOT_MET if inadequate else MET, "other", definite=True))
    if therapy and not therapy.taken and not where.ended_because:
        # Declined or contraindicated: never had, so it is no instance of having had it.
        found.append(Qualified(NOT_MET, "other", definite=True))
    return found


def _among(word: str, wanted: frozenset[str]) -> Truth:
    if not word:
        return UNKNOWN
    return MET if word in wanted else NOT_MET


def _ended(fact: Fact, wanted: frozenset[str]) -> Truth:
    """Why it ended. One that goes on, or ran its course, without any effect has failed as much as
    one that was stopped for it; with a partial effect, or where no effect is told, that is open."""
    therapy = fact.therapy
    if therapy is None:
        return UNKNOWN
    reason, response = therapy.ended_because, therapy.response
    if reason in ("", "completed") and "completed" not in wanted:
        if response in ("none", "lost"):
            reason = "no-response"
        elif (reason and not response) or (response == "partial" and (reason or fact.when.ongoing)):
            return UNKNOWN
    if not reason and fact.when.ongoing:
        return NOT_MET if response == "good" else UNKNOWN
    return _among(reason, wanted)


def _goes_on(fact: Fact) -> bool:
    """Whether it is being taken, and nothing is told of its effect: where silence is read as no,
    it did not end."""
    therapy = fact.therapy
    told = therapy is not None and bool(therapy.ended_because or therapy.response)
    return bool(fact.when.ongoing) and not told


def _dosed(fact: Fact, where: Qualifiers) -> Truth:
    if fact.therapy is None or fact.therapy.dose is None:
        return UNKNOWN
    try:
        return all_of([holds(fact.therapy.dose, b) for b in where.dose])
    except UnitError:
        return UNKNOWN


def _current(fact: Fact, record: Record, denied: Sequence[Fact]) -> Truth:
    """Whether it holds on `as_of`: the latest statement on it counts."""
    if fact.assertion is Assertion.HISTORICAL:
        return NOT_MET
    if fact.therapy and fact.therapy.ended_because:
        return NOT_MET
    kind = record.concepts[fact.concept].kind if fact.concept in record.concepts else ""
    if kind in THERAPIES and fact.when.end and not fact.when.ongoing:
        over = fact.when.end.latest < record.as_of
        if fact.when.end == fact.when.start:  # one dose on one day: whether more follow is not said
            return UNKNOWN if over else MET
        return NOT_MET if over else UNKNOWN
    own = timing.newest(fact)
    said = (timing.newest(d) for d in denied if _speaks_of(d, fact, record.concepts))
    if own and any(day and day > own for day in said):
        return NOT_MET
    return MET if own or fact.when.ongoing else UNKNOWN


def _speaks_of(denial: Fact, fact: Fact, concepts: Concepts) -> bool:
    """Whether a denial is of what the fact says, or of something broader."""
    if denial.assertion is Assertion.ABSENT:
        return concepts.is_a(fact.concept, denial.concept)
    return _opposes(denial.concept, fact.concept, concepts)


def related(fact: Fact, relation: Relation, record: Record) -> Truth:
    """Before, after, since or during a concept's facts. Silence on the concept is unknown, unless
    the relation itself says why it counts as "never"."""
    if any(record.concepts.is_a(c, relation.concept) for c in fact.during):
        return {"during": MET, "before": NOT_MET}.get(relation.kind, UNKNOWN)
    never_said = Qualifiers(within=Quantity.of(1, "a"))  # a denial of the past, of any length
    other = about(
        (relation.concept,),
        record.facts,
        record.concepts,
        lambda denial: reaches(denial, never_said, record),
    )
    happened = [f for f in (*other.present, *other.claimed) if f.therapy is None or f.therapy.taken]
    own = timing.span(fact.when, record.as_of)
    if not happened:
        never = other.denied_all or relation.silence
        return (MET if relation.kind == "before" else NOT_MET) if never else UNKNOWN
    others = [timing.span(f.when, record.as_of) for f in _begun(happened, record.concepts)]
    place = {
        "before": timing.before,
        "after": timing.after_first,
        "since": timing.since_last,
        "during": timing.during,
    }[relation.kind]
    return place(own, others)


def _begun(happened: Sequence[Fact], concepts: Concepts) -> list[Fact]:
    """The facts that say when something took place. "On it" without a start is the same course as
    one whose beginning is stated ("since May"); a single dated dose states no beginning."""
    courses = [f for f in happened if f.when.start and f.when.end != f.when.start]
    return [
        f
        for f in happened
        if f.when.start is not None
        or not f.when.ongoing
        or not any(
            concepts.is_a(c.concept, f.concept) or concepts.is_a(f.concept, c.concept)
            for c in courses
        )
    ]


# --- counting ------------------------------------------------------------------------------


def count(facts: Sequence[Fact], test: Has, record: Record) -> int:
    """How many of what is asked for: members, classes, or episodes that lie apart."""
    if test.distinct == "concept":
        members = _most_specific({f.concept for f in facts}, record.concepts)
        return named_apart([f for f in facts if f.concept in members])
    if test.distinct == "class":
        classes = {
            record.concepts.member_class(f.concept, of)
            for f in facts
            for of in test.concepts
            if record.concepts.is_a(f.concept, of)
        }
        return len(classes - set(test.concepts))
    return _episodes(facts, test)


def _most_specific(ids: set[str], concepts: Concepts) -> set[str]:
    """A class named beside its member is the same treatment, not a second one."""
    return {i for i in ids if not any(o != i and concepts.is_a(o, i) for o in ids)}


def named_apart(facts: Sequence[Fact]) -> int:
    """How many concepts are named in words of their own. One word of a text may stand for several
    concepts (a drug in two lists of usual drugs); it is still one treatment."""
    places: dict[str, set[tuple[str, int, int]]] = {}
    for fact in facts:
        own = places.setdefault(fact.concept, set())
        for source in fact.sources:
            if source.start is not None and source.end is not None:
                own.add((source.document, source.start, source.end))
    n, taken = 0, set[tuple[str, int, int]]()
    for _, own in sorted(places.items(), key=lambda item: (len(item[1]), item[0])):
        if not own & taken:
            n, taken = n + 1, taken | own
    return n


def _episodes(facts: Sequence[Fact], test: Has) -> int:
    """Dated episodes at least `apart` (default: on different days) from each other, plus those that
    a text counts itself ("three pneumonias"). Undated mentions may all be one: at most one counts.
    """
    if test.times == 1:
        return 1 if facts else 0
    counted, days, undated = 0, [], 0
    for fact in facts:
        value = fact.value
        day = fact.when.start or fact.when.end
        if isinstance(value, Quantity) and value.unit == "{count}" and value.low is not None:
            counted = max(counted, int(value.low))
        elif day is None:
            undated = 1
        else:
            days.append((day.earliest, day.latest))
    return max(counted, _spaced(sorted(days), test), undated)


def _spaced(days: Sequence[tuple[date, date]], test: Has) -> int:
    """The most episodes for which it is certain that they lie far enough apart."""
    n, last = 0, None
    for earliest, latest in days:
        gap = timing.shift(last, test.apart, 1) if last and test.apart else last
        if last is None or gap is None or (earliest >= gap if test.apart else earliest > gap):
            n, last = n + 1, latest
    return n


def contradicting(met: Sequence[Fact], denied: Sequence[Fact], record: Record) -> list[Fact]:
    """Denials that cannot be true beside every fact that meets the leaf.

    A disease persists, so a later denial contradicts it; of anything else only a denial of ever
    having had it, or one of the same day, does.
    """
    return [denial for denial in denied if all(_contradicts(denial, fact, record) for fact in met)]


def _contradicts(denial: Fact, fact: Fact, record: Record) -> bool:
    if not _speaks_of(denial, fact, record.concepts):
        return False  # "A; no B" is no contradiction where A or B is asked for
    if denial.assertion is not Assertion.ABSENT:  # an opposite that is present
        return True
    kind = record.concepts[fact.concept].kind if fact.concept in record.concepts else ""
    said, seen = timing.newest(denial), timing.newest(fact)
    ever = denial.when.start is None
    if kind in PERSISTENT or ever:
        return said is None or seen is None or said >= seen
    return said is not None and said == seen


def trusting(fact: Fact) -> Fact:
    """The fact as scoping takes it: which policy is asked for is no finding, so claims count."""
    assertion = Assertion.PRESENT if fact.assertion is Assertion.POSSIBLE else fact.assertion
    asserter = Asserter.PROVIDER if fact.asserter in CLAIMS else fact.asserter
    return replace(fact, assertion=assertion, asserter=asserter, marks=fact.marks - LABELS_ONLY)
