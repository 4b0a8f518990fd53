"""The story of a follow-up question: newcomers read `assess.py` first.

A question on top of an assessment is placed; what it supposes is read like a chart, put in place of
what it contradicts, and judged; the answer is written with the same support as the article. The
assessment that stands is never touched, and what is supposed never becomes a fact of the record.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from indicated.ask import (
    chart_oddities,
    from_before_treatment,
    otherwise,
    place,
    supposing,
    taken_for,
)
from indicated.assess import PROGRAM, context_of
from indicated.criteria import with_profile
from indicated.errors import InputError
from indicated.facts import as_assumed, confirmed, of_record, read_facts, suppose
from indicated.judge import determine, overridden
from indicated.model import (
    Article,
    Asserter,
    Assessment,
    Chart,
    Determination,
    Document,
    Drift,
    Fact,
    Facts,
    FollowUp,
    FollowUpKind,
    Library,
    RequestedItem,
    Turn,
)
from indicated.report import Answered, write_reply
from indicated.settings import Settings


@dataclass(frozen=True)
class Reply:
    """A question as it was placed, its answer, and what would be determined if it supposes."""

    follow_up: FollowUp
    article: Article
    determinations: tuple[Determination, ...] = ()


def follow_up(
    asked: str,
    standing: Assessment,
    library: Library,
    settings: Settings | None = None,
    *,
    turns: Sequence[Turn] = (),
    drift: Drift | None = None,
    proposed: FollowUpKind | None = None,
) -> Reply:
    """Answer one question. `turns` is the conversation so far, `drift` what the case judged anew
    gives otherwise than when it was stored; `proposed` what a model takes the question for, which
    counts only where the program cannot place it.

    Pure: the same question on the same assessment gives the same answer. A question that cannot be
    placed is answered with that, and with the questions that can be asked of this very case.
    """
    if not asked.strip():
        raise InputError("the question is empty", do='Ask one, such as "What is missing?".')
    settings = settings or Settings()
    library = with_profile(library, settings.profile).on(standing.case.as_of)
    found = place(asked, standing, turns, library)
    found, facts, aside = _supposed(found, standing, turns, library)
    if proposed and found.kind is FollowUpKind.NOTHING:
        found = taken_for(asked, proposed, standing, library) or found
    judged = _judged(found, facts, standing, library, settings)
    told = Answered(found, standing, facts, aside, *judged, drift or Drift(), tuple(turns))
    return Reply(found, write_reply(told, library, program=PROGRAM), judged[0])


def _supposed(
    found: FollowUp, standing: Assessment, turns: Sequence[Turn], library: Library
) -> tuple[FollowUp, Facts, tuple[Fact, ...]]:
    """What is supposed as facts, with the facts of the record that are left beside them."""
    case, concepts = standing.case, library.concepts
    facts, day = standing.facts, standing.case.as_of
    if not found.text and not found.without:
        return found, facts, ()
    words = Document("question", found.text, day, kind="note")
    read = read_facts(Chart((words,)), concepts, as_of=day).items
    found = supposing(found, read, standing, library)
    if found.kind is FollowUpKind.NOTHING:
        return otherwise(found, standing, turns, library), facts, ()
    if found.without:
        kept = tuple(d for d in case.chart.documents if d.id not in found.without)
        facts = read_facts(
            Chart(kept), concepts, as_of=day, answers=case.answers, struck=case.struck,
            proposed=of_record(confirmed(case.proposed, case.ticks), case.chart),
        )  # fmt: skip
        odd = chart_oddities(facts, concepts)
        facts = replace(facts, conflicts=(*facts.conflicts, *odd))
    before, shift = from_before_treatment(found.text), len(case.question) + 1
    assumed = as_assumed(found.assumed, facts, as_of=day, shift=shift, before=before)
    facts, aside = suppose(facts, assumed, concepts, library.derived)
    return replace(found, assumed=assumed), facts, aside


def _judged(
    found: FollowUp, facts: Facts, standing: Assessment, library: Library, settings: Settings
) -> tuple[tuple[Determination, ...], Determination | None]:
    """The case's items over the facts as supposed, and the treatment to compare with."""
    case, concepts = standing.case, library.concepts
    context = context_of(case, library, settings)
    asked = Document("question", case.question, case.as_of, kind="question")
    stated = read_facts(Chart((asked,)), concepts, as_of=case.as_of).items
    claims = tuple(replace(f, asserter=Asserter.QUESTION) for f in stated)
    after: tuple[Determination, ...] = ()
    if found.assumed or found.without:
        items = [d.item for d in standing.determinations]
        judged = (determine(item, facts, claims, context) for item in items)
        after = tuple(overridden(d, case.overrides) for d in judged)
    if not found.other:
        return after, None
    concept = concepts[found.other]
    item = RequestedItem("compared", concept.id, concept.label, kind=concept.kind)
    return after, determine(item, facts, claims, context)
