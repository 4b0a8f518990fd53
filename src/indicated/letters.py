"""The story of a letter: an assessment, and for an appeal a denial, become a letter or form.

The denial is read for its reasons and quoted; it is no part of the record that was assessed, so
nothing that it says of the patient changes a finding.
"""

from __future__ import annotations

from dataclasses import replace

from indicated.ask import denial_reasons
from indicated.errors import InputError
from indicated.messages import load_messages
from indicated.model import Assessment, Chart, DenialReason, Document, Library
from indicated.report.desk import Story
from indicated.report.letters import Letterhead, about, write_letter

DENIED = "denial"


def letter(
    kind: str,
    assessment: Assessment,
    library: Library,
    *,
    letterhead: Letterhead | None = None,
    denial: Chart | None = None,
    item: int | None = None,
    language: str = "en",
) -> Assessment:
    """The assessment with the letter in the place of its article. Pure, like `assess`.

    Raises `InputError` for an appeal without a denial, and `LetterRefused` (a `SupportError`)
    where the findings do not carry the letter.
    """
    if kind == "appeal" and denial is None:
        raise InputError(
            "an appeal answers a denial, and none was given",
            do="Give its text: --denial denial.txt.",
        )
    a = assessment
    case = a.case
    reasons: tuple[DenialReason, ...] = ()
    if denial is not None:
        documents = tuple(_apart(d, n, language) for n, d in enumerate(denial.documents, 1))
        case = replace(
            case, chart=replace(case.chart, documents=(*case.chart.documents, *documents))
        )
        reasons = tuple(r for d in documents for r in denial_reasons(d, library.concepts))
    chosen = about(kind, a.determinations, item)
    story = Story(case, a.facts, a.items, a.premises, chosen, library, a.article.program)
    written = write_letter(kind, story, letterhead=letterhead, reasons=reasons, language=language)
    return replace(a, case=case, determinations=chosen, article=written)


def _apart(document: Document, n: int, language: str) -> Document:
    """A document of the denial, named as one, under an id that no document of the record has."""
    title = load_messages(language).template("letter_word.denial")
    return replace(document, id=f"{DENIED}:{n}:{document.id}", title=title, kind=DENIED, entries=())
