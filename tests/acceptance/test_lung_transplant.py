"""The shipped case, by what its article must say and must not say. Nothing here is read from the
article's wording alone where the determination itself can be asked."""

from __future__ import annotations

import re
from collections.abc import Mapping

import pytest

from indicated import assess, load_library
from indicated.model import Article, Assessment, Determination, Finding, Outcome, Phase, Section
from indicated.report import to_html, to_json, to_markdown
from indicated.serve.demo import demo_case
from indicated.truth import MET, UNKNOWN

OPEN_OR_SETTLED = {Outcome.CANNOT_DETERMINE, Outcome.CONDITIONAL}


@pytest.fixture(scope="module")
def case() -> Assessment:
    return assess(demo_case(), load_library())


@pytest.fixture(scope="module")
def article(case: Assessment) -> Article:
    return case.article


@pytest.fixture(scope="module")
def text(case: Assessment) -> str:
    return to_markdown(case.article)


def about(case: Assessment, policy: str) -> Determination:
    (found,) = [d for d in case.determinations if d.policy and d.policy.id == policy]
    return found


def leaves(findings: tuple[Finding, ...]) -> Mapping[str, Finding]:
    return {leaf.id: leaf for f in findings for leaf in f.leaves()}


def section(article: Article, id: str) -> str:
    def walk(sections: tuple[Section, ...]) -> list[Section]:
        return [s for top in sections for s in (top, *walk(top.parts))]

    (found,) = [s for s in walk(article.sections) if s.id == id]

    def words(s: Section) -> str:
        own = [x.text for b in s.blocks for x in b.sentences]
        own += [c.text for b in s.blocks for row in b.rows for c in row]
        return " ".join([*own, *(words(p) for p in s.parts)])

    return words(found)


# --- 1: one determination per item ---------------------------------------------------------


def test_the_items_of_the_plan_are_those_that_it_names(case: Assessment) -> None:
    assert [d.item.treatment for d in case.determinations] == [
        "intravenous-immunoglobulin",
        "alpha-1-antitrypsin-augmentation",
        "rejection-treatment",
        "infection-surveillance",
        "immunosuppression-management",
    ]


def test_immunoglobulin_comes_first_and_cannot_be_determined_yet(case: Assessment) -> None:
    first = case.determinations[0]
    assert first.policy is not None
    assert first.policy.id == "ig-solid-organ-transplant"
    assert first.outcome is Outcome.CANNOT_DETERMINE
    assert first.phase is Phase.DOSE_CHANGE


def test_the_fewest_facts_that_settle_immunoglobulin_are_named(case: Assessment) -> None:
    found = about(case, "ig-solid-organ-transplant")
    asks = " ".join(m.ask for m in found.missing)
    for wanted in ("before", "infection", "titres", "weight"):
        assert wanted in asks.lower()
    for m in found.missing:
        assert m.ask
    settled = {s.outcome for s in found.settles}
    assert settled & {Outcome.INDICATED, Outcome.INDICATED_WITH_CHANGES}


def test_whether_495_is_a_trough_stays_open(case: Assessment) -> None:
    found = leaves(about(case, "ig-solid-organ-transplant").findings())
    assert found["baseline-igg-low"].truth is UNKNOWN
    shown = {str(f.value.exact) for f in found["baseline-igg-low"].facts if f.value}  # type: ignore[union-attr]
    assert {"495", "609"} <= shown


def test_routine_augmentation_is_not_indicated_and_the_episode_route_is_shown(
    case: Assessment,
) -> None:
    found = about(case, "aat-augmentation-after-lung-transplant")
    assert found.outcome is Outcome.NOT_INDICATED
    exception = leaves(found.exceptions)
    assert exception["acute-rejection-now"].truth is MET
    assert exception["elastase-in-lavage"].truth is UNKNOWN


def test_rejection_management_and_surveillance_are_items_of_their_own(case: Assessment) -> None:
    treated = {d.policy.id for d in case.determinations if d.policy}
    assert "lung-transplant-rejection-treatment" in treated
    assert "lung-transplant-follow-up-care" in treated


# --- 2: what is wrong with the question and the record ---------------------------------------


def test_the_hyper_of_the_question_contradicts_the_record(
    case: Assessment, article: Article
) -> None:
    wrong = [p for p in case.premises if p.standing == "contradicted"]
    assert any("hyper" in p.says for p in wrong)
    assert "hyper" in section(article, "direct-answer")


@pytest.mark.parametrize("words", ["stable", "D80.1", "CD20"])
def test_oddities_of_the_record_are_said(article: Article, words: str) -> None:
    assert words in section(article, "premises")


def test_cd20_has_no_unit_and_a_code_is_no_proof(article: Article) -> None:
    said = section(article, "premises")
    assert re.search(r"CD20[^.]*\b35\b[^.]*unit|unit[^.]*CD20", said)
    assert re.search(r"code[^.]*not (proof|evidence)|label[^.]*not (proof|evidence)", said)


# --- 3: arithmetic ------------------------------------------------------------------------


def test_the_dose_is_computed_against_every_range(case: Assessment, text: str) -> None:
    dose = about(case, "ig-solid-organ-transplant").dose
    assert dose is not None
    assert "60 g is 0.8 g/kg at 75 kg" in dose.equivalents
    assert {r.line.kind for r in dose.rows} >= {"label", "guideline", "practice"}
    assert any("maximum" in q for q in dose.queries)
    assert "0.8 g/kg at 75 kg" in text


# --- 4: status and evidence ------------------------------------------------------------------


def test_regulatory_status_is_apart_from_practice_and_evidence_has_its_numbers(
    article: Article,
) -> None:
    status = section(article, "status")
    assert "off-label" in status
    assert "European" in status
    for number in ("11", "0.4 to 27.6", "765"):
        assert number in status


# --- 5: what the seed left out, and none of its errors ----------------------------------------


def test_warnings_called_up_by_this_chart_come_with_its_words(
    case: Assessment, article: Article
) -> None:
    called = [(s, f) for s, f in about(case, "ig-solid-organ-transplant").warnings if f is not None]
    assert any("thrombosis" in s.says.lower() for s, _ in called)
    assert any(re.search("kidney|renal", s.says.lower()) for s, _ in called)
    monitoring = section(article, "monitoring")
    assert "thrombosis" in monitoring.lower()


@pytest.mark.parametrize(
    "claim",
    [
        r"FDA[- ]approved for primary and secondary",
        r"(donor|transplanted) lungs? (produce|make)s? (normal )?alpha-1 antitrypsin(?! \(false)",
        r"D80\.1[^.]*confirm",
        r"evidence-based dose optimi[sz]ation",
        r"\[@",
        r"before each infusion",
    ],
)
def test_none_of_the_errors_of_the_first_article(text: str, claim: str) -> None:
    assert not re.search(claim, text, re.IGNORECASE)


def test_rejection_is_never_said_to_fail_the_exception(case: Assessment) -> None:
    exception = leaves(about(case, "aat-augmentation-after-lung-transplant").exceptions)
    assert exception["acute-rejection-now"].truth is MET


# --- 6: every section ------------------------------------------------------------------------


def test_every_section_is_there_in_order(article: Article) -> None:
    expected = [
        "question", "review", "direct-answer", "determinations", "status", "classification",
        "missing", "premises", "pitfalls", "monitoring", "summary", "references", "record",
        "provenance", "disclaimer", "follow-ups",
    ]  # fmt: skip
    ids = [s.id for s in article.sections]
    assert [i for i in ids if i in expected] == expected


def test_renderings_agree(case: Assessment, text: str) -> None:
    page, data = to_html(case.article), to_json(case)
    assert data["determinations"][0]["outcome"] == "cannot_determine"
    for number in ("495", "609", "60 g"):
        assert number in text
        assert number in page
    assert data["hashes"]["article"] == case.article.hash


def test_the_same_case_gives_the_same_bytes(case: Assessment) -> None:
    again = assess(demo_case(), load_library())
    assert to_json(again) == to_json(case)
    assert to_html(again.article) == to_html(case.article)
