"""What is missing is asked on a sheet; what a person fills in decides as was announced."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner, Result

from indicated import Case, assess, chart_from_text, load_library, read_chart
from indicated.errors import ExitCode, SupportError
from indicated.facts.answers import load_answers
from indicated.model import Assessment, Determination, Finding, Has, Library, Missing, Outcome, Role
from indicated.report import check_article, require_support, to_json, to_markdown
from indicated.serve.cli import main
from indicated.serve.demo import demo_case, demo_folder
from indicated.serve.sheet import _leaf, answer_sheet
from indicated.truth import MET, NOT_MET, Truth

CASES = Path(__file__).parents[2] / "examples/cases"
WHO = {"by": "Jane Roe, MD", "role": "transplant pulmonologist", "at": "2025-11-21T10:30"}
TODAY = "2025-11-21"


@pytest.fixture(scope="module")
def library() -> Library:
    return load_library()


def run(*args: object) -> Result:
    return CliRunner().invoke(main, [str(a) for a in args])


def fill(sheet: str, who: dict[str, str], *items: tuple[str, dict[str, str]]) -> str:
    """The sheet as a person would fill it in: keys get values where they stand empty."""
    for key, value in who.items():
        sheet = re.sub(rf"^{key}:$", f'{key}: "{value}"', sheet, count=1, flags=re.M)
    for concept, keys in items:
        start = sheet.index(f"- concept: {concept}\n")
        block = sheet[start:].split("\n\n")[0].split("\n  - ")[0]
        filled = block
        for key, value in keys.items():
            filled, n = re.subn(rf"^    {key}:.*$", f"    {key}: {value}", filled, flags=re.M)
            assert n == 1, f"the sheet has no place for {key} of {concept}"
        sheet = sheet.replace(block, filled, 1)
    return sheet


# --- through the command line ---------------------------------------------------------------------

DEMO = [
    "@" + str(demo_folder() / "question.txt"),
    "--chart",
    demo_folder() / "chart",
    "--as-of",
    TODAY,
]
SETTLED = {
    "indicated_with_changes": (
        ("igg", {"value": "310 mg/dL", "on": "2024-12"}),
        ("immunoglobulin", {"from": "2025-01-10", "ongoing": "true"}),
        ("impaired-vaccine-response", {"answer": "present", "on": "2024-12-20"}),
        ("serious-bacterial-infection", {"answer": "present", "on": "2025-08-01"}),
        ("weight", {"value": "75 kg", "on": TODAY}),
    ),
    "not_indicated": (
        ("igg", {"value": "910 mg/dL", "on": "2024-12"}),
        ("immunoglobulin", {"from": "2025-01-10", "ongoing": "true"}),
        ("impaired-vaccine-response", {"answer": "absent", "to": TODAY}),
        ("serious-bacterial-infection", {"answer": "absent", "to": TODAY}),
        ("bacterial-infection", {"answer": "absent", "to": TODAY}),
    ),
}  # fmt: skip


@pytest.fixture(scope="module")
def sheet(tmp_path_factory: pytest.TempPathFactory) -> str:
    path = tmp_path_factory.mktemp("ask") / "answers.yaml"
    result = run("sheet", *DEMO, "-o", path)
    assert result.exit_code == 0, result.output
    return path.read_text(encoding="utf-8")


@pytest.mark.parametrize("outcome", SETTLED)
def test_the_filled_sheet_gives_the_outcome_that_it_announced(
    sheet: str, outcome: str, tmp_path: Path
) -> None:
    before = json.loads(run("assess", *DEMO, "--format", "json").stdout)["determinations"][0]
    assert before["outcome"] == "cannot_determine"
    assert outcome in [way["outcome"] for way in before["settles"]]
    path = tmp_path / "answers.yaml"
    path.write_text(fill(sheet, WHO, *SETTLED[outcome]), encoding="utf-8")
    after = run("assess", *DEMO, "--answers", path, "--format", "json")
    assert after.exit_code == 0, after.output
    assert json.loads(after.stdout)["determinations"][0]["outcome"] == outcome


def test_the_sheet_asks_for_what_settles_it_first(sheet: str) -> None:
    settles = assess(demo_case(), load_library()).determinations[0].settles
    first = min(settles, key=lambda s: len(s.needs))
    places = [sheet.index(f"[{id}]") for id, _ in first.needs]
    others = [m.start() for m in re.finditer(r"\[[a-z][a-z0-9-]+\]$", sheet, re.M)]
    assert max(places) < sorted(others)[-1]
    assert sheet.index("- concept: igg\n") < sheet.index("- concept: prophylactic-antibiotics\n")
    assert "one of the answers (of 4) that together lead to: indicated, with changes" in " ".join(
        line.strip(" #") for line in sheet.splitlines()
    )


def test_an_empty_sheet_changes_nothing_and_says_so(sheet: str, tmp_path: Path) -> None:
    """A question that nobody answered is not answered with "no"."""
    path = tmp_path / "answers.yaml"
    path.write_text(sheet, encoding="utf-8")
    plain, answered = (
        run("assess", *DEMO, *more, "--format", "json") for more in ([], ["--answers", path])
    )
    assert answered.exit_code == 0, answered.output
    assert answered.stdout == plain.stdout
    assert "no answer is filled in" in answered.stderr


def test_every_criterion_that_is_missing_stands_on_the_sheet(sheet: str) -> None:
    found = assess(demo_case(), load_library())
    for determination in found.determinations:
        for missing in determination.missing:
            assert f"[{missing.id}]" in sheet
    parsed = yaml.safe_load(sheet)
    concepts = [
        c
        for a in parsed["answers"]
        for c in ([a["concept"]] if isinstance(a["concept"], str) else a["concept"])
    ]
    assert set(concepts) <= set(load_library().concepts.by_id)


def test_several_files_of_answers_and_a_mistake_in_one(sheet: str, tmp_path: Path) -> None:
    good, bad = tmp_path / "good.yaml", tmp_path / "bad.yaml"
    good.write_text(fill(sheet, WHO, ("weight", {"value": "75 kg", "on": TODAY})), encoding="utf-8")
    bad.write_text(
        fill(sheet, WHO, ("weight", {"value": "75 mg/dL", "on": TODAY})), encoding="utf-8"
    )
    result = run("assess", *DEMO, "--answers", good, "--answers", bad)
    assert result.exit_code == ExitCode.INPUT
    assert re.search(r"bad\.yaml:\d+: the value is in the wrong unit", result.stderr)
    assert "Traceback" not in result.stderr


def test_when_nothing_is_missing_the_sheet_says_so() -> None:
    folder = CASES / "bariatric-bmi-38-medicare"
    result = run("sheet", "What a lovely day.", "--chart", folder / "chart")
    assert result.exit_code == 0, result.output
    assert "answers: []" in result.stdout


def test_answers_in_a_batch_line(tmp_path: Path) -> None:
    line = {
        "id": "a", "question": "Is CPAP necessary for this adult with obstructive sleep apnea?",
        "chart": "Date: 2025-05-02\nObstructive sleep apnea.", "as_of": "2025-05-10",
    }  # fmt: skip
    answers = {
        **WHO,
        "at": "2025-05-09",
        "answers": [{"concept": "ahi", "value": "3 events/h", "on": "2025-05-01"}],
    }
    cases, out = tmp_path / "c.jsonl", tmp_path / "r.jsonl"
    lines = [line, {**line, "id": "b", "answers": answers}, {**line, "id": "c", "answers": [1]},
             {**line, "id": "d", "answers": {**answers, "at": ""}}]  # fmt: skip
    cases.write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
    assert run("batch", cases, "-o", out).exit_code == ExitCode.PARTIAL
    results = [json.loads(text) for text in out.read_text("utf-8").splitlines()]
    assert results[0]["determinations"][0]["outcome"] == "cannot_determine"
    assert results[1]["determinations"][0]["outcome"] == "not_indicated"
    assert "answer sheet" in results[2]["error"]["what"]
    assert '"at" is missing' in results[3]["error"]["what"]


# --- every open criterion of the shipped cases ------------------------------------------------------


def cases() -> list[Case]:
    found = []
    for folder in sorted(p.parent for p in CASES.glob("*/expected.yaml")):
        question = (folder / "question.txt").read_text(encoding="utf-8").strip()
        found.append(Case(question, read_chart(folder / "chart"), date(2025, 11, 21), folder.name))
    return found


def leaves(d: Determination) -> dict[str, Truth]:
    def walk(findings: tuple[Finding, ...]) -> dict[str, Truth]:
        return {leaf.id: leaf.truth for f in findings for leaf in f.leaves()}

    return walk(d.findings())


def plain(d: Determination, m: Missing, library: Library) -> str | None:
    """The concept, where a yes or no of one concept answers the criterion and nothing else."""
    leaf = _leaf(d, m.id)
    if leaf is None or not isinstance(leaf.test, Has) or len(leaf.test.concepts) != 1:
        return None
    where = replace(leaf.test.where, within=None, currently=False)
    kind = library.concepts[leaf.test.concepts[0]].kind
    simple = (
        where == type(where)() and leaf.test.times == 1 and kind not in ("measurement", "score")
    )
    return leaf.test.concepts[0] if simple else None


@pytest.mark.parametrize("answer", ["present", "absent"])
def test_each_answer_decides_its_criterion_as_announced(answer: str, library: Library) -> None:
    checked = 0
    for case in cases():
        before = assess(case, library)
        for n, d in enumerate(before.determinations):
            for m in (m for m in d.missing if m.role is not Role.SUPPORTING):
                concept = plain(d, m, library)
                if concept is None:
                    continue
                when = {"on": TODAY} if answer == "present" else {"to": TODAY}
                said = {**WHO, "answers": [{"concept": concept, "answer": answer, **when}]}
                answers = load_answers(said, library.concepts)
                after = assess(replace(case, answers=answers), library).determinations[n]
                old, new = leaves(d), leaves(after)
                wanted = MET if answer == "present" else NOT_MET
                if old[m.id] is not new[m.id]:
                    assert new[m.id] is wanted, (case.id, m.id)
                if {i for i in new if new[i] is not old.get(i)} == {m.id}:
                    announced = m.if_met if answer == "present" else m.if_not_met
                    assert after.outcome is announced, (case.id, m.id)
                    checked += 1
    assert checked >= 10


def test_a_change_is_asked_for_with_its_baseline(library: Library) -> None:
    question = "Is continuing Botox necessary for chronic migraine?"
    chart = chart_from_text("Date: 2025-11-02\nChronic migraine. On Botox.")
    case = Case(question, chart, date(2025, 11, 21))
    before = assess(case, library)
    sheet = answer_sheet(before, library)
    (copied,) = re.findall(r"^  - concept: headache-days\n(?:    .*\n)+", sheet, re.M)
    sheet = sheet.replace(copied, copied + copied)
    items = (
        ("headache-days", {"value": "20 d/mo", "on": "2024-12"}),
        ("botulinum-toxin", {"from": "2025-01-10", "ongoing": "true"}),
    )
    sheet = fill(sheet, WHO, *items)
    head, _, tail = sheet.rpartition("- concept: headache-days\n")
    tail = tail.replace("    value:", "    value: 6 d/mo #", 1).replace(
        "    on:", "    on: 2025-10 #", 1
    )
    answers = load_answers(f"{head}- concept: headache-days\n{tail}", library.concepts)
    after = assess(replace(case, answers=answers), library)
    old, new = (leaves(a.determinations[0]) for a in (before, after))
    changed = {id for id in new if old[id] is not MET and new[id] is MET}
    assert any("fewer" in id for id in changed), changed


# --- in the article -------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def answered(library: Library) -> Assessment:
    items = [
        {
            "concept": "weight",
            "value": "75 kg",
            "on": TODAY,
            "remark": "told by Dr. Smith, tel. 555-867-5309",
        }
    ]
    answers = load_answers({**WHO, "answers": items}, library.concepts)
    return assess(replace(demo_case(), answers=answers), library)


def test_the_statement_is_that_persons_with_name_and_time(answered: Assessment) -> None:
    text = to_markdown(answered.article)
    assert re.search(r"Body weight 75 kg, 21 Nov 2025, answered by Jane Roe, MD, transplant pulmonologist on 21 Nov 2025 \[P\d+\]", text)  # fmt: skip
    (source,) = [s for _, s in answered.article.record if s.by]
    assert (source.start, source.document) == (None, "")
    row = next(line for line in text.splitlines() if "Said by Jane Roe" in line)
    assert "“body weight: 75 kg; on 2025-11-21" in row


def test_nobody_else_is_named_by_an_answer(answered: Assessment) -> None:
    everything = to_markdown(answered.article) + json.dumps(to_json(answered))
    for name in ("Smith", "867-5309"):
        assert name not in everything


def test_a_name_that_nobody_signed_with_is_refused(answered: Assessment, library: Library) -> None:
    nobody = replace(answered.case, answers=())
    problems = check_article(answered.article, nobody, library.concepts)
    assert {p.rule for p in problems} >= {"privacy", "quotation"}
    with pytest.raises(SupportError):
        require_support(answered.article, nobody, library.concepts)


def test_who_signs_is_shown_by_name_alone(library: Library) -> None:
    who = {**WHO, "by": "Jane Roe, MD, MRN 12345, jane@clinic.org"}
    items = [{"concept": "weight", "value": "75 kg", "on": TODAY}]
    found = assess(
        replace(demo_case(), answers=load_answers({**who, "answers": items}, library.concepts)),
        library,
    )
    text = to_markdown(found.article)
    assert "Jane Roe, MD" in text
    assert "12345" not in text
    assert "jane@clinic.org" not in text


def test_an_answer_of_after_the_day_is_not_used_and_named(library: Library) -> None:
    items = [{"concept": "weight", "value": "75 kg", "on": TODAY}]
    answers = load_answers({**WHO, "at": "2025-11-22", "answers": items}, library.concepts)
    found = assess(replace(demo_case(), answers=answers), library)
    assert not [f for f in found.facts.items if f.concept == "weight"]
    assert "answers given after the as-of date, so not used: 1" in to_markdown(found.article)


def test_without_a_chart_the_question_stays_the_record(library: Library) -> None:
    question = "Is CPAP necessary for this adult with obstructive sleep apnea?"
    items = [{"concept": "ahi", "value": "3 events/h", "on": "2025-11-01"}]
    answers = load_answers({**WHO, "answers": items}, library.concepts)
    late = tuple(
        replace(f, sources=tuple(replace(s, at=datetime(2026, 1, 1)) for s in f.sources))
        for f in answers
    )
    case = Case(
        question, replace(demo_case().chart, documents=()), date(2025, 11, 21), answers=answers
    )
    assert assess(case, library).determinations[0].outcome is Outcome.NOT_INDICATED
    open_again = assess(replace(case, answers=late), library)
    assert open_again.determinations[0].outcome is Outcome.CANNOT_DETERMINE
    assert {f.concept for f in open_again.facts.items} >= {"obstructive-sleep-apnea"}


def test_a_contradiction_between_chart_and_answer_is_said(library: Library) -> None:
    items = [{"concept": "igg", "value": "900 mg/dL", "on": "2025-10-28"}]
    found = assess(
        replace(demo_case(), answers=load_answers({**WHO, "answers": items}, library.concepts)),
        library,
    )
    text = to_markdown(found.article)
    assert "two different values are given for the same day" in text
    assert "900 mg/dL, 28 Oct 2025, answered by Jane Roe" in text
