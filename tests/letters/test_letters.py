"""Every letter on every example case: what it holds, what it may not hold, when it is refused."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from indicated.errors import InputError, SupportError
from indicated.letters import letter
from indicated.messages import languages
from indicated.model import Article, Assessment, Chart, Library, Outcome, Section, Support
from indicated.report import check_article, to_html, to_json, to_markdown
from indicated.report.letters import LETTERS, Letterhead, LetterRefused, blanks
from indicated.report.letters.letterhead import letterhead_of

from .conftest import CASES, ROOT, Write

CARRIED = {Outcome.INDICATED, Outcome.INDICATED_WITH_CHANGES, Outcome.CONDITIONAL}
UNDECIDED = {Outcome.CANNOT_DETERMINE, Outcome.NO_POLICY}
INDICATED, NOT_INDICATED, OPEN = (
    "cpap-ahi-9-hypertension", "bariatric-bmi-38-medicare", "sciatica-mri-no-dates",
)  # fmt: skip
FILLED = letterhead_of((ROOT / "letterhead.yaml").read_text(encoding="utf-8"))


def refuses(kind: str, outcome: Outcome) -> bool:
    """What each letter is refused for."""
    if kind == "necessity":
        return outcome not in CARRIED
    return kind == "notice" and outcome in UNDECIDED


def sections(article: Article) -> dict[str, Section]:
    found: dict[str, Section] = {}
    queue = list(article.sections)
    while queue:
        section = queue.pop(0)
        found[section.id] = section
        queue += section.parts
    return found


def text(article: Article, id: str) -> str:
    section = sections(article)[id]
    said = [s.text for b in section.blocks for s in b.sentences]
    said += [s.text for b in section.blocks for row in b.rows for s in row]
    return "\n".join([*said, *(text(article, p.id) for p in section.parts)])


# --- every letter, every case, every language -------------------------------------------------


@pytest.mark.parametrize("language", languages())
@pytest.mark.parametrize("kind", LETTERS)
@pytest.mark.parametrize("name", CASES)
def test_every_letter_is_written_or_refused_by_the_outcome(
    write: Write, assessed: Callable[..., Assessment], name: str, kind: str, language: str
) -> None:
    outcome = assessed(name).determinations[0].outcome
    if refuses(kind, outcome):
        with pytest.raises(LetterRefused):
            write(kind, name, language=language)
        return
    written = write(kind, name, language=language).article
    assert (written.kind, written.language) == (kind, language)
    assert written.sentences()


@pytest.mark.parametrize("kind", LETTERS)
@pytest.mark.parametrize("name", CASES)
def test_a_letter_says_nothing_that_the_article_does_not_support(
    write: Write, assessed: Callable[..., Assessment], library: Library, name: str, kind: str
) -> None:
    """Besides: fields of the letterhead, words of the denial, codes of the library, and counts of
    the letter itself. Everything else stands in a support of the article."""
    case = assessed(name)
    if refuses(kind, case.determinations[0].outcome):
        return
    written = write(kind, name, letterhead=FILLED)
    held = {line for s in case.article.sentences() for by in s.support for line in lines_of(by)}
    codes = {c for k in library.concepts.by_id.values() for held in k.codes.values() for c in held}

    def own(sentence_id: str, by: Support) -> bool:
        if by.kind == "form":
            return set(by.text.split("\n")) <= set(FILLED.words())
        if by.source and by.source.document.startswith("denial:"):
            return by.source.quote in case_text(written, by.source.document)
        if sentence_id == "letter.codes":
            name_of, _, listed = by.text.split("\n")
            known = {k.label for k in library.concepts.by_id.values()}
            return name_of in known and set(listed.split(", ")) <= codes
        return sentence_id in COUNTED or by.text == case.article.program

    for sentence in written.article.sentences():
        for by in sentence.support:
            strange = lines_of(by) - held
            assert not strange or own(sentence.id, by), (sentence.id, by.kind, by.key)


def lines_of(by: Support) -> set[str]:
    """A support's lines, whether or not they stand at a sentence's begin or end."""
    return {line[:1].lower() + line[1:].removesuffix(".") for line in by.text.split("\n")}


# Sentences on the letter itself: how many reasons came out how, by when to answer, hashes.
COUNTED = {
    *(f"letter.count_{v}" for v in ("answered", "in_part", "conceded", "open", "not_a_criterion", "unplaced")),
    "letter.verdict", "letter.answer_by", "letter.enclosed", "letter.enclosed_dated", "method.document", "record.document", "record.undated",
    "record.dated", "references.count_seen", "references.count_secondary",
    "references.count_unverified", "references.entry",
}  # fmt: skip


def case_text(written: Assessment, document: str) -> str:
    return written.case.chart.document(document).text


@pytest.mark.parametrize("kind", ["necessity", "appeal", "notice", "peer-to-peer"])
def test_a_letter_renders_like_any_article(write: Write, kind: str) -> None:
    written = write(kind, INDICATED)
    found = to_json(written)["article"]
    assert len(found["sentences"]) == len(written.article.sentences())
    title = written.article.title
    assert title in to_html(written.article)
    assert title.split(":")[0] in to_markdown(written.article)


# --- codes, dates, duration, follow-up --------------------------------------------------------


THERE = {  # example -> its codes, the length of an approval, a word of the follow-up plan
    INDICATED: (("E0601", "I10"), "12 weeks", "Usage"),
    "emphysema-pizz-fev1-48": (("J0256", "J43"), "12 months", "FEV1"),
    "cll-infections-igg-380": (("J1566", "C91.10"), "6 months", "trough"),
}


@pytest.mark.parametrize("name", THERE)
@pytest.mark.parametrize("kind", ["necessity", "appeal", "notice", "peer-to-peer"])
def test_codes_dates_duration_and_follow_up_are_there(write: Write, kind: str, name: str) -> None:
    written = write(kind, name).article
    request = text(written, "request")
    codes, length, plan = THERE[name]
    for wanted in (*codes, "20 Nov 2026", length):
        assert wanted in request
    assert plan in text(written, "monitoring")


def test_a_letter_is_framed_and_says_what_is_enclosed(write: Write) -> None:
    written = write("necessity", INDICATED, letterhead=FILLED).article
    ids = [s.id for s in written.sections]
    assert ids[:3] == ["letterhead", "request", "salutation"]
    assert ids.index("signature") < ids.index("enclosures") < ids.index("review")
    assert "Dear Medical Director:" in text(written, "salutation")
    signed = text(written, "signature").split("\n")
    assert signed[-4:] == [line for key in SIGNED for line in FILLED.lines(f"signer.{key}")]
    enclosed = text(written, "enclosures")
    assert "Home Sleep Apnea Test (type III), 3 Sep 2026 [P1]" in enclosed
    assert {label for label, _ in written.record} == set(re.findall(r"\[(P\d+)\]", enclosed))
    asked = write("request", OPEN).article
    assert "enclosures" not in sections(asked), "a plan encloses no record"


SIGNED = ("name", "role", "license", "contact")


def test_a_necessity_letter_names_what_the_record_does_not_show(write: Write) -> None:
    assert "instructed in the use" in text(write("necessity", INDICATED).article, "missing")


# --- refusals ---------------------------------------------------------------------------------


def test_a_refused_letter_says_what_is_in_the_way(write: Write) -> None:
    with pytest.raises(SupportError, match="in the way: At least one obesity-related"):
        write("necessity", NOT_INDICATED)


def test_an_open_case_says_what_to_add_first(write: Write) -> None:
    with pytest.raises(LetterRefused, match="to add first: Send start and end") as refused:
        write("necessity", OPEN)
    assert "in the way" not in str(refused.value), "unknown is never worded as not met"


def test_an_appeal_needs_a_denial(assessed: Callable[..., Assessment], library: Library) -> None:
    with pytest.raises(InputError, match="none was given"):
        letter("appeal", assessed(INDICATED), library)


@pytest.mark.parametrize("item", [0, 99])
def test_an_item_that_is_not_there_is_refused(write: Write, item: int) -> None:
    with pytest.raises(InputError, match=f"no item {item}"):
        write("request", INDICATED, item=item)


def test_any_item_of_a_plan_can_have_its_own_letter(write: Write) -> None:
    titles = {write("peer-to-peer", "lung-transplant", item=n).article.title for n in (1, 2)}
    assert len(titles) == 2


# --- notices ----------------------------------------------------------------------------------


def test_an_adverse_notice_has_reason_criterion_change_and_rights(write: Write) -> None:
    written = write("notice", NOT_INDICATED, letterhead=FILLED).article
    assert "must be reviewed and signed by a physician" in text(written, "direct-answer")
    assert re.search(r"obesity-related condition.*not met.*\[P\d", text(written, "reason"))
    assert re.search(r"\[\d+", text(written, "letter-criteria")), "criteria come with a source"
    assert "180 days" in text(written, "appeal-rights")
    assert "free of charge" in text(written, "copy")
    assert "12 weeks" not in text(written, "request")
    assert sections(written)["missing"].blocks


def test_an_approval_has_no_appeal_and_needs_no_physician(write: Write) -> None:
    written = write("notice", INDICATED).article
    assert "appeal-rights" not in sections(written)
    assert "physician" not in text(written, "direct-answer")


def test_a_closed_record_is_not_shown_and_never_not_indicated(write: Write) -> None:
    written = write("notice", OPEN, closed=True).article
    assert "not shown by this record" in text(written, "direct-answer")
    assert "does not say that the treatment is not indicated" in text(written, "reason")
    decided = [s.text for s in written.sentences() if s.id.startswith("answer.")]
    assert not any("is not indicated" in said for said in decided)


# --- requests for information -----------------------------------------------------------------


def test_a_request_has_one_line_for_each_missing_item(
    write: Write, assessed: Callable[..., Assessment]
) -> None:
    d = assessed(OPEN).determinations[0]
    written = write("request", OPEN).article
    lines = [s.text for s in sections(written)["missing-1"].blocks[-1].sentences]
    asks = {m.ask.removesuffix(".") for m in d.missing}
    assert len(lines) == len(set(lines)) >= len(asks)
    assert all(any(a.split(".")[0][1:] in line for line in lines) for a in asks)
    first = {id for way in d.settles[:1] for id, _ in way.needs}
    asked_first = {m.ask[1:20] for m in d.missing if m.id in first}
    assert any(a in lines[0] for a in asked_first), "what settles most stands first"


def test_a_request_without_anything_missing_says_so(write: Write) -> None:
    assert "Nothing that would change" in text(write("request", INDICATED).article, "salutation")


def test_a_closed_record_is_asked_for_nothing(write: Write) -> None:
    written = write("request", OPEN, closed=True).article
    assert "no further information" in text(written, "salutation")
    assert "answer" not in sections(written)


def test_the_day_to_answer_by_is_counted(write: Write) -> None:
    written = write("request", OPEN, letterhead=FILLED).article
    assert "Within 14 days: by 4 Dec 2026." in text(written, "answer")


# --- the peer-to-peer sheet --------------------------------------------------------------------


def test_the_sheet_has_objections_what_not_to_claim_and_questions(write: Write) -> None:
    written = write("peer-to-peer", OPEN).article
    assert len(sections(written)["case"].blocks[0].sentences) <= 5
    assert "offer to send" in text(written, "objections")
    assert "Not shown by the record" in text(written, "not-claimed")
    assert "Which criterion of your policy" in text(written, "asks")


def test_a_supporting_point_is_never_conceded_as_deciding(write: Write) -> None:
    said = text(write("peer-to-peer", INDICATED).article, "objections")
    assert "only supports; it does not decide. The record: no excessive daytime sleepiness" in said


# --- fields and blanks ------------------------------------------------------------------------


@pytest.mark.parametrize("kind", LETTERS)
def test_what_the_letterhead_leaves_out_is_a_marked_blank(write: Write, kind: str) -> None:
    if kind == "request":
        assert any("days within which" in b for b in blanks(write(kind, OPEN).article))
    left = blanks(write(kind, INDICATED).article)
    assert left
    assert all(b.startswith("[to be filled: ") for b in left)
    assert blanks(write(kind, INDICATED, letterhead=FILLED).article) == ()
    page = to_html(write(kind, INDICATED).article)
    assert f'<span class="blank">{left[0]}</span>'.replace("'", "&#39;") in page


def test_names_come_from_the_letterhead_alone(write: Write) -> None:
    filled = write("appeal", INDICATED, letterhead=FILLED).article
    assert "Pat Example" in text(filled, "request")
    bare = "\n".join(s.text for s in write("appeal", INDICATED).article.sentences())
    for private in ("Pat Example", "Sample", "01/01/1970"):
        assert private not in bare


def test_a_field_that_nobody_filled_in_is_refused(write: Write, library: Library) -> None:
    written = write("notice", INDICATED, letterhead=FILLED)
    problems = check_article(
        written.article, written.case, library.concepts, form=Letterhead().words()
    )
    assert {p.rule for p in problems} >= {"passage", "privacy"}
    form = FILLED.words()
    assert not check_article(written.article, written.case, library.concepts, form=form)


def test_the_denial_is_quoted_and_is_no_part_of_what_was_assessed(
    write: Write, assessed: Callable[..., Assessment], denial: Chart
) -> None:
    before, after = assessed(INDICATED), write("appeal", INDICATED)
    assert after.facts is before.facts
    assert after.determinations[0] is before.determinations[0]
    assert len(after.case.chart.documents) == len(before.case.chart.documents) + len(
        denial.documents
    )
