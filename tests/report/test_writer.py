"""What the article says, in which order, and how it words what is not known."""

from __future__ import annotations

import re
from dataclasses import replace
from importlib.resources import files

import pytest
import yaml

from indicated.messages import Messages, load_messages
from indicated.model import (
    Article,
    Chart,
    Document,
    Fact,
    Outcome,
    Quantity,
    Section,
    Source,
    Support,
)
from indicated.report import to_html, to_markdown
from indicated.report.cite import check_article
from indicated.report.page import STATES, Page
from indicated.report.paper import data
from indicated.report.tokens import NAMED_KINDS

from . import sample

ORDER = [
    "question", "review", "direct-answer", "determinations", "status", "classification",
    "missing", "premises", "pitfalls", "monitoring", "summary", "references", "record",
    "provenance", "disclaimer", "follow-ups",
]  # fmt: skip


class Counting(dict):  # type: ignore[type-arg]
    """A table of messages that remembers what was asked of it."""

    def __init__(self, table: dict[str, str]):
        super().__init__(table)
        self.used: set[str] = set()

    def __getitem__(self, key: str) -> str:
        self.used.add(key)
        return str(super().__getitem__(key))

    def get(self, key: str, default: str | None = None) -> str | None:  # type: ignore[override]
        if key in self:
            self.used.add(key)
        return super().get(key, default)


@pytest.fixture(scope="module")
def articles() -> dict[str, Article]:
    return {name: told.article() for name, told in sample.variants().items()}


def parts(section: Section) -> list[Section]:
    return [section, *(s for part in section.parts for s in parts(part))]


def find(article: Article, id: str) -> Section:
    (found,) = [s for top in article.sections for s in parts(top) if s.id == id]
    return found


def text(article: Article, id: str) -> str:
    found = []
    for section in parts(find(article, id)):
        found.append(section.heading)
        for block in section.blocks:
            found += [s.text for s in block.sentences]
            found += [" | ".join(c.text for c in row) for row in block.rows]
    return "\n".join(found)


# --- order and completeness -------------------------------------------------------------------


def test_every_section_is_there_in_order_in_every_case(articles: dict[str, Article]) -> None:
    for article in articles.values():
        assert [s.id for s in article.sections] == ORDER
        for section in article.sections:
            assert any(s.blocks for s in parts(section)), section.id


def test_an_item_has_its_parts_in_order(articles: dict[str, Article]) -> None:
    ids = [s.id for s in find(articles["main"], "item-1").parts]
    assert ids == [f"item-1-{x}" for x in ("determination", "criteria", "dose", "evidence")]
    assert find(articles["main"], "item-2-exceptions")


# Tables of words: which words there are is checked in test_words.py against what may occur.
TABLES = {
    "asserter", "assertion", "authority", "certainty", "checked", "clause", "clause_closed", "detail", "dose_truth",
    "ended", "exception_truth", "icon", "label_truth", "leaning", "mark", "mark_asked", "necessity", "outcome",
    "outcome_closed", "phase", "premise", "response", "said_by",
    "shown_by", "standing", "state", "status", "truth",
    "truth_exclusion", "truth_plain", "unit", "unit_one", "weight",
}  # fmt: skip
CLAUSES = {  # of the stages before: see tests/report/test_clauses.py
    "because", "conflict", "dose_says", "leans", "oddity", "phase_because", "premise_says", "sides",
    "where", "why",
}  # fmt: skip
ELSEWHERE = CLAUSES | {
    "facts",
    "marked",
    "sheet",
}  # not of an article: see tests/serve/test_messages.py
ELSEWHERE |= {"shared", "site", "withheld", "role"}  # pages that leave: tests/serve/test_sharing.py
ELSEWHERE |= {"opened"}  # the page of sources: tests/evidence/test_opened.py
ELSEWHERE |= {
    id.split(".")[0] for id in load_messages().table if id.startswith("letter")
}  # tests/letters
REPLY = files("indicated").joinpath("library/messages/en/reply.yaml").read_text(encoding="utf-8")
REPLIES = {f"{part}.{id}" for part, ids in yaml.safe_load(REPLY).items() for id in ids}
CHECK = files("indicated").joinpath("library/messages/en/check.yaml").read_text(encoding="utf-8")
REPLIES |= {  # of a text that is checked: tests/claims
    f"{part}.{id}" for part, ids in yaml.safe_load(CHECK).items() for id in ids
}


def test_every_message_is_used_and_none_is_missing() -> None:
    counted = Counting(dict(load_messages().table))
    words = Messages(counted)
    for told in sample.variants().values():
        article = told.article(messages=words)
        for state in STATES:
            chart = {label: "chart.html#w" for label, _ in article.record}
            lists = {"chart": chart, "sources": {"1": "sources.html#source-1"}}
            to_html(article, state=state, signed="a physician", messages=words, **lists)
            page = Page(article, state=state, signed="a physician", messages=words)
            data(page)
            assert page.subject  # stands on the further pages of letters
    unused = {
        id
        for id in set(counted) - counted.used - REPLIES
        if id.split(".")[0] not in TABLES | ELSEWHERE
    }
    assert sorted(unused) == []


def test_messages_hold_no_number_and_no_treatment() -> None:
    named = [c for c in sample.CONCEPTS.by_id.values() if c.kind in (*NAMED_KINDS, "disease")]
    names = {n.casefold() for c in named for n in (c.label, *c.names)}
    for id, template in load_messages().table.items():
        named_so = id.startswith("letter_system.")  # ICD-10 is a name
        assert named_so or not re.search(r"\d", template), id
        assert not any(name in template.casefold() for name in names if len(name) > 4), id


def test_the_title_names_what_the_question_asks_and_counts_the_rest() -> None:
    title = sample.variants()["plan"].article().title
    assert title.endswith("intravenous immunoglobulin, and 1 more of the plan")


def test_labels_of_other_uses_are_folded_on_the_page_and_kept_in_text() -> None:
    article = sample.variants()["many labels"].article()
    folded = [b for s in article.sections for p in (s, *s.parts) for b in p.blocks if b.folded]
    assert folded
    assert "<details" in to_html(article)
    assert folded[0].rows[0][2].text.split(" [")[0] in to_markdown(article).replace("\\", "")


def test_an_exception_that_only_the_order_closes_is_named_in_the_answer() -> None:
    said = text(sample.variants()["as ordered"].article(), "direct-answer")
    assert "As requested: alpha-1" in said
    assert "Another request may be open to this patient." in said
    assert "Another request" not in text(sample.variants()["main"].article(), "direct-answer")


def test_a_plans_own_rules_are_named_in_the_answer() -> None:
    said = text(sample.variants()["bare"].article(), "direct-answer")
    assert "The rules of the plan profile Plan A are applied here" in said


# --- the direct answer ------------------------------------------------------------------------


def test_the_answer_names_every_item_and_the_contradicted_premise(
    articles: dict[str, Article],
) -> None:
    said = text(articles["main"], "direct-answer")
    assert "Whether intravenous immunoglobulin is indicated cannot be determined" in said
    assert "augmentation (Prolastin) is not indicated under the criteria “Alpha-1" in said
    assert "An exception stays open: a time-limited course" in said
    assert "hyperimmunoglobulinemia, the record shows low immunoglobulins. [P1] [P2]" in said


def test_the_premise_that_findings_rest_on_is_named_first(articles: dict[str, Article]) -> None:
    other = replace(sample.PREMISES[0], standing="contradicted", says="another premise is wrong")
    told = replace(sample.MAIN, premises=(other, sample.PREMISES[1]))
    said = text(told.article(), "direct-answer")
    assert "the record shows low immunoglobulins" in said
    assert "Further premises that the record contradicts: 1" in said


def test_a_premise_that_agrees_is_not_named_in_the_answer() -> None:
    told = replace(sample.MAIN, premises=sample.PREMISES[:1])
    said = text(told.article(), "direct-answer")
    assert "premise" not in said
    assert "takes for granted" not in said


@pytest.mark.parametrize(
    ("case", "words"),
    [
        ("closed", "Whether intravenous immunoglobulin is indicated is not shown by this record"),
        ("conditional", "is indicated only on a condition under the criteria"),
        ("conditional", "The condition: An immunologist prescribes it."),
        ("exception", "The condition: a time-limited course during an acute rejection"),
        ("changes", "What fits: 0.3–0.5 g/kg every 4 weeks."),
        ("indicated", "Intravenous immunoglobulin is indicated under the criteria"),
        ("no policy", "no policy of the library covers it, so no determination is made"),
        ("nothing", "Nothing could be judged."),
    ],
)
def test_each_outcome_has_its_words(articles: dict[str, Article], case: str, words: str) -> None:
    assert words in text(articles[case], "direct-answer")


def test_unknown_is_never_worded_as_not_indicated() -> None:
    for closed in (False, True):
        chart = replace(sample.CASE.chart, closed=closed)
        told = replace(
            sample.MAIN,
            case=replace(sample.CASE, chart=chart),
            determinations=(replace(sample.IG, missing=(), settles=()),),
        )
        article = told.article()
        for id in ("direct-answer", "item-1-determination", "classification", "summary"):
            said = text(article, id).casefold()
            assert "not indicated" not in said
            assert "not medically necessary" not in said
    words = load_messages()
    for table in ("outcome", "outcome_closed", "clause", "clause_closed", "necessity"):
        assert "indicated" not in words.word(
            table, Outcome.CANNOT_DETERMINE.value
        ) or "not indicated" not in words.word(table, Outcome.CANNOT_DETERMINE.value)


def test_a_leaning_is_labelled_and_stands_in_its_box_alone(articles: dict[str, Article]) -> None:
    article = articles["main"]
    assert "Leaning, not a determination | Leans neither way: too little" in text(
        article, "item-1-determination"
    )
    assert "Leans" not in text(article, "direct-answer") + text(article, "summary")


# --- criteria, exceptions, dose ---------------------------------------------------------------


def test_the_criteria_table_shows_finding_data_and_source(articles: dict[str, Article]) -> None:
    rows = text(articles["main"], "item-1-criteria").splitlines()
    (baseline,) = [r for r in rows if r.startswith("› IgG before treatment")]
    assert "? unknown: both values were drawn on immunoglobulin" in baseline
    assert "serum IgG 495 mg/dL, 3 Nov 2025 [P1]" in baseline.replace("Serum", "serum")
    assert baseline.endswith("section 4.1]")
    assert any(r.startswith("› › The response to a pneumococcal vaccine") for r in rows)
    assert any("□ not met, does not rule it out" in r for r in rows)
    assert any("any chart of a treated patient would mention it" in r for r in rows)


def test_silence_a_search_and_a_claim_are_told_apart(articles: dict[str, Article]) -> None:
    said = text(articles["main"], "item-1-criteria")
    assert "the record does not say | Nothing found in the record" in said
    assert "not there | Looked for in the record and not there" in said
    assert "it is claimed, and no note shows it" in said


def test_an_exception_names_trigger_and_what_is_lacking(articles: dict[str, Article]) -> None:
    said = text(articles["main"], "item-2-exceptions")
    assert "on this condition: a time-limited course" in said
    assert "Trigger met: Acute rejection or respiratory infection is active. The record:" in said
    assert "Lacking (unknown): Free elastase" in said
    assert "To show it: Send the lavage result" in said
    assert "Trigger not met: The request is for one episode" in said


def test_dose_arithmetic_shows_every_authority(articles: dict[str, Article]) -> None:
    said = text(articles["main"], "item-1-dose")
    assert "dose ÷ body weight in kilograms (adjusted weight)" in said
    assert "No body weight was found in the record" in said
    assert "60 g is 0.8 g/kg at 75 kg" in said
    assert "0.2–0.4 g/kg every 3–4 weeks | 0.8–1 g/kg against 0.2–0.4 g/kg | Outside" in said
    assert "(this line decides)" in said
    assert "within at a body weight from 75 kg to 300 kg" in said


def test_a_computed_value_shows_formula_and_inputs() -> None:
    computed = Fact(
        "dose-per-kg",
        value=Quantity.of("0.8", "g/kg"),
        asserter=sample.Asserter.COMPUTED,
        formula="60 g ÷ 75 kg = 0.8 g/kg",
        inputs=(sample.IVIG,),
    )
    finding = sample.leaf("dose", "Within range", sample.MET, computed)
    told = replace(sample.MAIN, determinations=(replace(sample.IG, routes=(finding,), dose=None),))
    said = text(told.article(), "item-1-criteria")
    assert "0.8 g/kg (60 g ÷ 75 kg = 0.8 g/kg) [P" in said


# --- status, gaps, care -----------------------------------------------------------------------


def test_regulatory_practice_and_evidence_are_apart(articles: dict[str, Article]) -> None:
    rows = text(articles["main"], "status").splitlines()
    assert any(
        r.startswith("Regulatory status | In the United States this use is off") for r in rows
    )
    assert any(r.startswith("Practice | A survey") for r in rows)
    assert any(r.startswith("Evidence | Bacterial infections were 3") for r in rows)
    assert any(r.startswith("Privigen, adults and children | FDA |") for r in rows)
    kinds = [r.split(" | ")[0] for r in rows if "below" in r.casefold()]
    assert {"Label", "Practice", "Default used here, with its reason"} <= set(kinds)


def test_missing_begins_with_the_fewest_answers(articles: dict[str, Article]) -> None:
    lines = text(articles["main"], "missing").splitlines()
    first = next(i for i, line in enumerate(lines) if line.startswith("One answer settles it"))
    assert "IgG before treatment was below 400 mg/dL: not met" in lines[first]
    assert "These answers together settle it" in lines[first + 1]
    row = next(line for line in lines if line.startswith("IgG before treatment ("))
    assert row.endswith("No change by itself | Not indicated under these criteria")


def test_a_closed_record_is_asked_for_nothing(articles: dict[str, Article]) -> None:
    assert "nothing more is asked for" in text(articles["closed"], "missing")
    assert "settle it first" not in text(articles["closed"], "summary")


def test_called_up_warnings_come_first_with_the_patients_data(articles: dict[str, Article]) -> None:
    section = find(articles["main"], "monitoring")
    assert section.parts[0].id == "monitoring-chart"
    said = text(articles["main"], "monitoring-chart")
    assert "Boxed warning for thrombosis" in said
    assert "The record: coronary artery disease, since 5 Nov 2025 [P" in said
    assert "Whether this holds for the patient is unknown: A calcineurin inhibitor" in said
    assert "thrombosis" not in text(articles["main"], "monitoring-general")


def test_a_general_warning_is_not_said_to_be_called_up() -> None:
    general = sample.IG_POLICY.safety[2]
    called = (*sample.IG.warnings, (general, None))
    told = replace(sample.MAIN, determinations=(replace(sample.IG, warnings=called),))
    article = told.article()
    assert "Draw serology" not in text(article, "monitoring-chart")
    assert "Draw serology" in text(article, "monitoring-general")


def test_a_branch_is_spelled_out_once() -> None:
    again = replace(sample.IG_ROUTE, id="other", says="Another way")
    branch = sample.IG_ROUTE.parts[2]
    told = replace(
        sample.MAIN,
        determinations=(
            replace(sample.IG, routes=(sample.IG_ROUTE, replace(again, parts=(branch,)))),
        ),
    )
    rows = text(told.article(), "item-1-criteria").splitlines()
    assert sum("The response to a pneumococcal vaccine" in r for r in rows) == 1
    assert [r for r in rows if "? unknown: as shown above" in r and "Antibody failure" in r]


def test_conflicts_stand_with_both_sides(articles: dict[str, Article]) -> None:
    said = text(articles["main"], "premises")
    assert "moderate rejection is treated. The record: feeling well, 5 Nov 2025 [P" in said
    assert "acute rejection: moderate, 10 Nov 2025 [P" in said


# --- the trail --------------------------------------------------------------------------------


def test_references_say_what_was_checked(articles: dict[str, Article]) -> None:
    said = text(articles["main"], "references")
    assert "PMID 25090414" in said
    assert "Cited at p. 837. Checked: seen second-hand." in said
    assert "Checked: not verified." in said
    assert "Sources not verified: 1." in said
    assert "the text of these was not seen. [" in text(articles["main"], "item-1-evidence")


def test_the_record_shows_quotations_in_context(articles: dict[str, Article]) -> None:
    said = text(articles["main"], "record")
    assert "Laboratory 11/03/2025: “IgG 495 mg/dL (700-1600)”, IgM 39" in said
    assert "Immunology clinic note | 5 Nov 2025" in said
    assert "“D80.1 nonfamilial" not in said  # not used by any finding
    assert len(articles["main"].record) == said.count("\n[P")


def test_nobody_is_named_anywhere(articles: dict[str, Article]) -> None:
    for article in articles.values():
        everything = "\n".join(text(article, s.id) for s in article.sections)
        for name in ("Jane", "Example", "00123456", "04/05/1961", "Placeholder"):
            assert name not in everything
    assert "(withheld) recommends to increase" in text(articles["main"], "record")


def test_no_context_is_shown_from_a_line_that_tells_who_it_is() -> None:
    document = Document("d", "Patient: Jane Roe, IgG 7 mg/dL\nafter", sample.AS_OF, "Note")
    fact = sample.fact("igg", sample.at(document, "IgG 7 mg/dL"), Quantity.of(7, "mg/dL"))
    finding = sample.leaf("x", "IgG is known.", sample.MET, fact)
    bare = replace(sample.AAT, routes=(finding,), exceptions=(), missing=())
    case = replace(sample.CASE, chart=Chart((document,)))
    told = replace(
        sample.MAIN, case=case, determinations=(bare,), premises=(), facts=sample.Facts()
    )
    assert "[P1] | “IgG 7 mg/dL” [P1] | Note" in text(told.article(), "record")


def test_how_it_was_decided(articles: dict[str, Article]) -> None:
    said = text(articles["main"], "provenance")
    assert "ig-secondary-solid-organ-transplant, version 2025.1, a draft, not reviewed" in said
    assert sample.FACTS.hash[:16] in said
    assert "21 Nov 2025" in said
    assert "Not read: One page of a scanned letter" in said
    assert "could not be placed: 2" in said
    assert "carries no date: 1" in said
    assert "No record was given" in text(articles["nothing"], "provenance")


def test_a_draft_policy_is_announced_at_the_top(articles: dict[str, Article]) -> None:
    assert "Their state: a draft, not reviewed" in text(articles["main"], "review")


# --- facts that do not stand in their words ---------------------------------------------------


def _told(quote: str, value: Quantity) -> Article:
    document = Document("d", f"In the note: {quote} today.", sample.AS_OF, "Note")
    start = document.text.index(quote)
    fact = Fact("igg", value=value, sources=(Source("d", quote, start, start + len(quote)),))
    finding = sample.leaf("x", "IgG is known.", sample.MET, fact)
    case = replace(sample.CASE, chart=Chart((document,)))
    bare = replace(sample.AAT, routes=(finding,), exceptions=(), missing=())
    return replace(
        sample.MAIN, case=case, determinations=(bare,), premises=(), facts=sample.Facts()
    ).article()


def test_a_value_that_is_not_in_its_words_is_shown_as_the_words() -> None:
    said = text(_told("IgG four hundred", Quantity.of(400, "mg/dL")), "item-1-criteria")
    assert "“IgG four hundred” [P1]" in said
    assert "400" not in said
    said = text(_told("IgG 400", Quantity.of(400, "mg/dL")), "item-1-criteria")
    assert "Serum IgG 400 mg/dL [P1]" in said


@pytest.mark.parametrize(
    "quote",
    [
        "[1] IgG {low} “very”",
        "<script>alert(1)</script> IgG",
        "IgG [@x@] TODO",
        "a" * 400 + " b" * 200,
    ],
)
def test_odd_words_of_the_chart_do_not_break_an_article(quote: str) -> None:
    article = _told(quote, Quantity.of(7, "mg/dL"))
    assert "[1]" not in text(article, "record")
    assert check_article(article, replace(sample.CASE, chart=_chart(quote)), sample.CONCEPTS) == []


def _chart(quote: str) -> Chart:
    return Chart((Document("d", f"In the note: {quote} today.", sample.AS_OF, "Note"),))


def test_supports_are_one_kind_each(articles: dict[str, Article]) -> None:
    kinds = {s.kind for a in articles.values() for x in a.sentences() for s in x.support}
    assert kinds == {
        "record", "literature", "calculation", "finding", "policy", "request", "program",
    }  # fmt: skip
    assert all(isinstance(s, Support) for x in articles["main"].sentences() for s in x.support)
