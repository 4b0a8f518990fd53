"""Conditions that a model points at in literature: what stands is read by the program itself, and no
lie reaches a draft."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner, Result

from indicated.drafts import draft
from indicated.drafts_assisted import pointed_at
from indicated.evidence.adequacy import Sought
from indicated.evidence.collection import Collection
from indicated.evidence.parts import Found, Piece
from indicated.model import Passage, Work
from indicated.propose import Answer, Request, Tally
from indicated.serve.cli import main
from tests.conftest import shipped_library

ROOT = Path(__file__).resolve().parents[2]
SOUGHT = Sought(("bariatric-surgery",), ("obesity",))
TEXT = """Bariatric surgery for obesity. What is asked for:

BMI
40 kg/m2 or more

LVEF | threshold | at least 30 %

Height | at least 30 %

Bariatric surgery for obesity needs an age of 18 years or older. An HbA1c below 9 % is asked for.

Ferritin was noted. A weight of at least 90 kg.

Not offered:

Serum IgG
below 400 mg/dL
"""


def said(concept: str, comparison: str, value: str, unit: str | None, quote: str) -> dict[str, Any]:
    return {
        "concept": concept,
        "comparison": comparison,
        "value": value,
        "unit": unit,
        "quote": quote,
    }


BMI = said("bmi", "at_least", "40", "kg/m2", "BMI\n40 kg/m2 or more")
LVEF = said("ejection-fraction", "at_least", "30", "%", "LVEF | threshold | at least 30 %")
HBA1C = said("a1c", "below", "9", "%", "HbA1c below 9 %")
IGG = said("igg", "below", "400", "mg/dL", "Serum IgG\nbelow 400 mg/dL")

# what is told -> why it falls
LIES = [
    # invented quotations
    ({**BMI, "quote": "BMI of 40 kg/m2 or more"}, "quotation_not_found"),
    ({**BMI, "quote": "BMI\n35 kg/m2 or more"}, "quotation_not_found"),
    ({**BMI, "quote": "…"}, "quotation_not_found"),
    # numbers shifted
    ({**BMI, "value": "35"}, "value_read_otherwise"),
    ({**BMI, "value": "4"}, "value_read_otherwise"),
    ({**BMI, "value": "400"}, "value_read_otherwise"),
    ({**BMI, "value": "40.5"}, "value_read_otherwise"),
    ({**BMI, "value": "30 40"}, "value_read_otherwise"),
    ({**LVEF, "value": "35"}, "value_read_otherwise"),
    ({**HBA1C, "value": "8"}, "read_otherwise"),
    # comparisons flipped
    ({**BMI, "comparison": "at_most"}, "comparison_read_otherwise"),
    ({**BMI, "comparison": "above"}, "comparison_read_otherwise"),
    ({**BMI, "comparison": "below"}, "comparison_read_otherwise"),
    ({**BMI, "comparison": "between"}, "comparison_read_otherwise"),
    ({**HBA1C, "comparison": "at_least"}, "read_otherwise"),
    # units
    ({**BMI, "unit": "kg"}, "unit_read_otherwise"),
    ({**BMI, "unit": "g/m2"}, "unit_read_otherwise"),
    ({**LVEF, "unit": "mL"}, "unit_read_otherwise"),
    # another thing
    ({**BMI, "concept": "ejection-fraction"}, "name_not_in_quotation"),
    ({**BMI, "concept": "sepsis"}, "concept_not_asked"),
    ({**BMI, "concept": "../policy"}, "concept_not_asked"),
    ({**BMI, "quote": "40 kg/m2 or more"}, "name_not_in_quotation"),
    ({**BMI, "quote": "BMI"}, "value_not_read"),
    (said("ferritin", "at_least", "90", "kg", "Ferritin was noted. A weight of at least 90 kg"), "read_otherwise"),
    (said("weight", "at_most", "90", "kg", "Ferritin was noted. A weight of at least 90 kg"), "read_otherwise"),
    (said("ejection-fraction", "at_least", "40", "kg/m2", "40 kg/m2 or more\n\nLVEF"), "not_plain"),
    (said("bmi", "at_least", "40", "kg/m2", TEXT[TEXT.index("BMI") : TEXT.index("LVEF") + 4]), "too_many_sentences"),
    ({**BMI, "quote": TEXT.strip()}, "too_many_sentences"),
    (said("height", "at_least", "30", "%", "Height | at least 30 %"), "unit_not_read"),
    # for whom it is not
    (IGG, "read_otherwise"),
    ({**IGG, "comparison": "at_least"}, "read_otherwise"),
    # what the program has read by itself
    (HBA1C, "known"),
]  # fmt: skip


@pytest.fixture
def collection(tmp_path: Path) -> Iterator[Collection]:
    with Collection(tmp_path / "c.sqlite", create=True) as made:
        made.add(Found(Work("", "A guideline", type="guideline"), (Piece(TEXT, "Who"),)))
        yield made


def passage(collection: Collection) -> Passage:
    (work,) = collection.works()
    (found,) = collection.passages(work)
    return found


def ask(
    collection: Collection, answer: str | None, *, inside: bool = False
) -> tuple[list[Any], Tally]:
    def model(requests: Sequence[Request]) -> Sequence[Answer]:
        return [Answer(answer, "" if answer is not None else "pending") for _ in requests]

    shown = [passage(collection)]
    found, tally = pointed_at(shown, SOUGHT, shipped_library().concepts, model, inside=inside)
    return list(found), tally


def told(*proposed: dict[str, Any]) -> str:
    return json.dumps({"limits": list(proposed)})


@pytest.mark.parametrize(
    "true", [BMI, {**BMI, "unit": None}, LVEF, {**LVEF, "value": "30"}], ids=range(4)
)
def test_what_is_pointed_at_and_read_so_is_taken(
    collection: Collection, true: dict[str, Any]
) -> None:
    [(where, limit)], tally = ask(collection, told(true))
    (bound,) = limit.bounds
    assert (limit.concept, bound.op) == (true["concept"], true["comparison"])
    assert str(bound.limit.exact) == true["value"]
    assert where.text[limit.start : limit.end].split()[0] == true["quote"].split()[0]
    assert tally.counts()["limits"]["taken"] == 1


@pytest.mark.parametrize(
    ("lie", "why"), LIES, ids=[f"{n}-{why}" for n, (_, why) in enumerate(LIES)]
)
def test_no_lie_is_taken(collection: Collection, lie: dict[str, Any], why: str) -> None:
    found, tally = ask(collection, told(lie))
    assert found == []
    assert tally.counts()["limits"]["dropped"] == {why: 1}


BACKWARDS = """Bariatric surgery for obesity. Lines of a table:

35 % or less
LVEF
9 % or less
HbA1c
at least 40 kg/m2
BMI
"""


def test_where_numbers_come_first_a_name_is_not_paired_with_the_next_number(tmp_path: Path) -> None:
    """The first line of a run says which of name and number comes first."""
    with Collection(tmp_path / "b.sqlite", create=True) as collection:
        collection.add(Found(Work("", "G"), (Piece(BACKWARDS, "Who"),)))
        wrong = said("ejection-fraction", "at_most", "9", "%", "LVEF\n9 % or less")
        found, tally = ask(collection, told(wrong))
        assert (found, tally.counts()["limits"]["dropped"]) == ([], {"not_plain": 1})
        right = said("ejection-fraction", "at_most", "35", "%", "35 % or less\nLVEF")
        last = said("bmi", "at_least", "40", "kg/m2", "at least 40 kg/m2\nBMI")
        found, _ = ask(collection, told(right, last))
        assert [limit.concept for _, limit in found] == ["ejection-fraction", "bmi"]


BAD = {
    "not_json": '{"limits": [', "empty": " ", "not_as_asked": '{"limits": [], "status": "reviewed"}', "pending": None,
}  # fmt: skip
SHAPELESS = [
    {**BMI, "criterion": "bmi at least 40"}, {**BMI, "comparison": "equal"}, {**BMI, "value": 40}, {**BMI, "quote": ""},
    {k: v for k, v in BMI.items() if k != "quote"}, {**BMI, "source": "doi:10.1000/another"},
]  # fmt: skip


@pytest.mark.parametrize("why", BAD)
def test_what_is_no_answer_is_counted(collection: Collection, why: str) -> None:
    found, tally = ask(collection, BAD[why])
    assert (found, tally.counts()["limits"]["dropped"]) == ([], {why: 1})


@pytest.mark.parametrize("proposed", SHAPELESS, ids=range(len(SHAPELESS)))
def test_what_is_not_in_the_shape_is_no_answer(
    collection: Collection, proposed: dict[str, Any]
) -> None:
    found, tally = ask(collection, told(BMI, proposed))
    assert (found, tally.counts()["limits"]["dropped"]) == ([], {"not_as_asked": 1})


def test_words_of_another_source_are_not_found_in_this_one(collection: Collection) -> None:
    other = "Bariatric surgery for obesity: LVEF\nat least 45 %"
    collection.add(Found(Work("", "Another", type="guideline"), (Piece(other, "Who"),)))
    lie = said("ejection-fraction", "at_least", "45", "%", "LVEF\nat least 45 %")
    first = next(w for w in collection.works() if w.title == "A guideline")
    shown = collection.passages(first)

    def model(requests: Sequence[Request]) -> Sequence[Answer]:
        return [Answer(told(lie)) for _ in requests]

    found, tally = pointed_at(shown, SOUGHT, shipped_library().concepts, model, inside=False)
    assert found == ()
    assert tally.counts()["limits"]["dropped"] == {"quotation_not_found": 1}


def test_licensed_text_is_shown_to_a_model_inside_alone(tmp_path: Path) -> None:
    with Collection(tmp_path / "l.sqlite", create=True) as collection:
        collection.add(Found(Work("", "G", licensed=True), (Piece(TEXT, "Who"),)))
        found, tally = ask(collection, told(BMI))
        assert (found, tally.counts()["limits"]["asked"]) == ([], 0)
        assert tally.counts()["limits"]["dropped"] == {"licensed": 1}
        found, _ = ask(collection, told(BMI), inside=True)
        assert len(found) == 1


# --- through the command line, by an exchange folder -----------------------------------------


def run(*words: object) -> Result:
    return CliRunner().invoke(main, [str(w) for w in words])


def drafted(tmp_path: Path, answers: Callable[[str], str | None]) -> tuple[str, str]:
    """The draft that is written when a model has answered so, and what was said of it."""
    place, exchange = tmp_path / "c.sqlite", tmp_path / "exchange"
    new = ("policy", "new", "surgery", "--treatment", "bariatric-surgery", "--condition", "obesity",
           "--from-evidence", place, "--model", f"folder:{exchange}", "-o")  # fmt: skip
    assert run(*new, tmp_path / "first").exit_code == 0
    for request in exchange.glob("*.request.json"):
        answer = answers(request.read_text(encoding="utf-8"))
        if answer is not None:
            file = request.with_name(request.name.replace(".request.", ".answer."))
            file.write_text(answer, encoding="utf-8")
    result = run(*new, tmp_path / "lib")
    assert result.exit_code == 0, result.output
    file = tmp_path / "lib" / "policies" / "surgery" / "policy.yaml"
    return file.read_text(encoding="utf-8"), result.output


def test_a_draft_says_which_words_a_model_pointed_at(
    collection: Collection, tmp_path: Path
) -> None:
    text, output = drafted(tmp_path, lambda _: told(BMI))
    policy: Any = yaml.safe_load(text)
    assert policy["status"] == "draft"
    assert policy["criteria"]["bmi-at-least-40"]["at_least"] == "40 kg/m2"
    assert policy["phases"]["initiation"]["supporting"][-1] == "bmi-at-least-40"
    assert "a model pointed at these words" in text
    (source,) = policy["sources"].values()
    assert BMI["quote"] in source["quotes"].values()
    assert "1 proposals taken" in output
    assert '"40 kg/m2 or more"' not in text, "no longer open"


def test_no_lie_reaches_a_draft(collection: Collection, tmp_path: Path) -> None:
    without = run("policy", "new", "surgery", "-o", tmp_path / "plain", "--treatment", "bariatric-surgery", "--condition",
                  "obesity", "--from-evidence", tmp_path / "c.sqlite")  # fmt: skip
    assert without.exit_code == 0
    plain = (tmp_path / "plain" / "policies" / "surgery" / "policy.yaml").read_text(
        encoding="utf-8"
    )
    text, output = drafted(tmp_path, lambda _: told(*(lie for lie, _ in LIES)))
    assert text == plain
    assert "0 proposals taken" in output


def test_the_same_answers_give_the_same_draft(collection: Collection, tmp_path: Path) -> None:
    concepts = shipped_library().concepts
    kept, _ = ask(collection, told(LVEF, BMI))
    first, second = (
        draft(collection, "bariatric-surgery", "obesity", concepts, pointing=lambda _: kept)
        for _ in range(2)
    )
    assert first == second
    assert [s.pointed for s in first.stated] == [False, False, False, True, True]


def test_every_reason_is_explained() -> None:
    files = ("drafts_assisted.py", "facts/limits_pointed.py")
    code = "".join((ROOT / f"src/indicated/{f}").read_text() for f in files)
    given = set(
        re.findall(
            r'(?:reason = None, |return None, |return |PURPOSE, \[)"([a-z]+(?:_[a-z]+)*)"', code
        )
    )
    page = (ROOT / "docs/model.md").read_text(encoding="utf-8")
    explained = set(
        re.findall(r"`([a-z]+(?:_[a-z]+)*)`", page[page.index("## Drafts of policies") :])
    )
    assert given - explained == set()
