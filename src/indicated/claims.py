"""The story of a text that is checked: a letter, an article, a model's answer.

The text is read as a document of a chart would be, and what it says of the patient is held against
the facts of the record; its verdicts against the determinations, statements and labels of the
policies that fit; its sums are done again. What nothing bears out is "not found", never wrong. The
text is no part of the record: nothing that it says changes a finding.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import cache

from indicated.ask import chart_oddities, prefix_slips, premise_of, same_value
from indicated.assess import assess
from indicated.errors import InputError
from indicated.evidence.adequacy import Sought
from indicated.evidence.asides import cue as kinds
from indicated.evidence.claims import Held, Literature, Told, check, verdict_treatments
from indicated.evidence.claims.judged import Judged
from indicated.evidence.claims.record import Record
from indicated.evidence.claims.words import cue
from indicated.facts import limits, outline, read_facts
from indicated.judge import derived_values, dose_against
from indicated.model import (
    Assessment,
    Case,
    Chart,
    Concepts,
    Conflict,
    Determination,
    Document,
    DoseCheck,
    Fact,
    Library,
    Limit,
    Mark,
    Outline,
    Passage,
    Premise,
    Quantity,
    TextCheck,
)
from indicated.report import placeholders
from indicated.settings import Settings

Passages = Callable[[Sought], Sequence[Passage]]  # of a collection, about what is sought
CODED = frozenset({Mark.CODE_ONLY})
CHECKED = "checked"  # the id of the text among the documents of its check


def check_text(
    text: str,
    case: Case,
    library: Library,
    settings: Settings | None = None,
    *,
    title: str = "",
    passages: Passages | None = None,
) -> TextCheck:
    """Go through a text sentence by sentence, beside the record of a case.

    Where the case asks nothing, it is asked about the treatments on which the text gives a verdict.
    `passages` gives those of a collection of literature that are about what is sought.
    Pure: the same text and case give the same check. Raises `InputError` for a text or a record
    without words.
    """
    if not text.strip():
        raise InputError("the text to check is empty", do="Give a file with words in it.")
    if not any(d.text.strip() for d in case.chart.documents):
        raise InputError(
            "there is no record to hold the text against",
            why="Without one nothing that the text says of the patient can be found.",
            do="Give the chart: --chart FOLDER.",
        )
    settings, concepts = settings or Settings(), library.concepts
    document = Document(CHECKED, text, case.as_of, title, kind="letter")
    parts = outline(text, concepts)
    if not case.question.strip():
        case = replace(case, question=_question(document, parts, library))
    assessment = assess(case, library, settings)
    read = read_facts(Chart((replace(document, written=None),)), concepts, as_of=case.as_of)
    held = _held(document, assessment, library, passages)
    claims, omissions = check(document, parts, read.items, held)
    return TextCheck(document, assessment, claims, omissions)


def _question(document: Document, parts: Outline, library: Library) -> str:
    """The question that the text answers: on the treatments that it gives a verdict on."""
    covered = [t for p in library.policies.values() for t in p.treatments]
    found = verdict_treatments(document, parts, library.concepts, list(dict.fromkeys(covered)))
    if not found:
        raise InputError(
            "the text gives no verdict on a treatment that the library has a policy for",
            why="The record is judged on a question, and none could be made from the text.",
            do="Give the question that it answers: --question FILE.",
        )
    *first, last = (library.concepts.label(t) for t in found)
    named = f"{', '.join(first)} and {last}" if first else last
    return str(cue("question")).format(treatments=named)


def _held(
    document: Document, assessment: Assessment, library: Library, passages: Passages | None
) -> Held:
    """The record, the determinations and the stages' ways of comparing, put together."""
    concepts, record = library.concepts, assessment.facts
    chart = record.items

    tolerances = {
        d.id: Quantity.of(d.agrees_within, d.unit) for d in library.derived if d.agrees_within
    }

    def premise(fact: Fact) -> Premise | None:
        return premise_of(fact, record, concepts)

    def same(a: Quantity | str | None, b: Quantity | str | None, concept: str) -> bool | None:
        close = _within(a, b, tolerances.get(concept))
        return close or same_value(a, b, concepts.by_id.get(concept))

    def doses(d: Determination, dose: Quantity, every: Quantity | None) -> DoseCheck | None:
        return dose_against(d, dose, every, chart, concepts)

    slips = [(p.fact, p.record) for p in prefix_slips(document, record, concepts)]

    def conflicts(own: Sequence[Fact]) -> list[Conflict]:
        odd = chart_oddities(replace(record, items=tuple(own)), concepts)
        return [c for c in odd if len(c.facts) > 1 and not any(f.marks & CODED for f in c.facts)]

    return Held(
        Record(chart, concepts, assessment.case.as_of, premise, same),
        Judged(assessment.determinations, library, doses),
        lambda stated: derived_values(stated, library.derived, concepts),
        placeholders,
        assessment.premises,
        slips,
        conflicts,
        _literature(passages, assessment.case, concepts) if passages else None,
    )


def _literature(passages: Passages, case: Case, concepts: Concepts) -> Literature:
    """The sentences of a collection's passages, each read as the text's own are."""
    asked = {c for n in outline(case.question, concepts).named for c in n.concepts if not n.negated}
    diseases = sorted(c for c in asked if concepts[c].kind in kinds("indications"))
    narrow = [d for d in diseases if not any(d != o and concepts.is_a(o, d) for o in diseases)]

    def read(text: str) -> tuple[tuple[Limit, ...], bool]:
        found = limits(text, concepts)
        return found.read, bool(found.unread)

    @cache
    def told(sought: Sought) -> tuple[Told, ...]:
        return tuple(t for p in passages(sought) for t in _told(p, concepts))

    return Literature(told, read, concepts, tuple(narrow))


def _told(passage: Passage, concepts: Concepts) -> Iterator[Told]:
    read = limits(passage.text, concepts, passage.section).read
    for start, end in outline(passage.text, concepts).sentences:
        at, text = passage.start + start, passage.text[start:end]
        narrowed = replace(passage, text=text, start=at, end=at + len(text))
        yield Told(narrowed, tuple(x for x in read if start <= x.start < end))


def _within(a: Quantity | str | None, b: Quantity | str | None, most: Quantity | None) -> bool:
    """Whether two values differ by no more than what rounding of a formula's inputs may do."""
    if most is None or not isinstance(a, Quantity) or not isinstance(b, Quantity):
        return False
    if a.exact is None or b.exact is None or most.exact is None or {a.unit, b.unit} != {most.unit}:
        return False
    return abs(a.exact - b.exact) <= most.exact
