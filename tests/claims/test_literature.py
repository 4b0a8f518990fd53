"""A text held against passages of one's own collection: borne out, another number, or not found."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner

from indicated.chart import read_chart
from indicated.claims import check_text
from indicated.criteria import load_library
from indicated.errors import ExitCode
from indicated.evidence.collection import Collection
from indicated.evidence.parts import Found, Piece
from indicated.known import adequate
from indicated.model import Case, Claim, ClaimStanding, TextCheck, Work
from indicated.report import check_json, to_markdown, write_check
from indicated.serve.cli import main

ROOT = Path(__file__).resolve().parents[2]
LIBRARY = load_library()
CHART = ROOT / "examples/lung-transplant/chart"
QUESTION = "Is bariatric surgery medically necessary for this patient with obesity?"
S = ClaimStanding
WORKS = [
    (Work("", "Guideline on surgery for obesity", type="guideline", organisation="Society of Examples", year="2024"),
     "Bariatric surgery is recommended for adults with obesity and a BMI of at least 40 kg/m2. Bariatric surgery "
     "for obesity lowers body weight by a quarter over several years in most studies. "
     "Bariatric surgery for obesity is not recommended in untreated psychosis or active substance dependence."),
    (Work("", "A plan's licensed rule", type="coverage policy", licensed=True),
     "Bariatric surgery for obesity requires lasting commitment and an age of at least 18 years. "
     "Bariatric surgery for obesity requires completed nutritional counselling beforehand."),
    (Work("", "Bariatric surgery in type 2 diabetes", type="trial"),
     "Bariatric surgery is recommended for adults with type 2 diabetes and a BMI of at least 30 kg/m2."),
    (Work("", "Retracted", type="trial", status="retracted"),
     "Bariatric surgery is recommended for adults with obesity and a BMI of at least 20 kg/m2."),
]  # fmt: skip
# sentence -> standing, what is said of it
SENTENCES = [
    ("Bariatric surgery is recommended for adults with obesity and a BMI of at least 40 kg/m2.", S.SUPPORTED, "passage"),
    ("The Society of Examples guideline recommends bariatric surgery for adults with obesity and a BMI of at least 40 kg/m2.", S.SUPPORTED, "passage"),
    ("Studies show that bariatric surgery for obesity lowers body weight over several years.", S.NOT_FOUND, ""),
    ("In most studies bariatric surgery for obesity lowers body weight by a quarter over several years.", S.SUPPORTED, "passage"),
    ("Bariatric surgery is recommended for adults with obesity and a BMI of at least 35 kg/m2.", S.NUMBER, "passage_number"),
    ("Bariatric surgery for obesity requires lasting commitment and an age of at least 21 years.", S.NUMBER, "passage_number"),
    ("By the plan's policy, bariatric surgery for obesity requires completed nutritional counselling.", S.SUPPORTED, "passage"),
    # passages make nothing of this wrong, for it may be so elsewhere (the library's standing contradicts one)
    ("Bariatric surgery is recommended for adults with obesity and a BMI below 40 kg/m2.", S.NOT_FOUND, ""),
    ("Bariatric surgery is not recommended for adults with obesity and a BMI of at least 40 kg/m2.", S.CONTRADICTED, ""),
    ("Bariatric surgery is recommended for adults with obesity and an HbA1c of at least 7 %.", S.NOT_FOUND, ""),
    ("Bariatric surgery is recommended for adults with asthma and a BMI of at least 40 kg/m2.", S.NOT_FOUND, ""),
    ("Orlistat is recommended for adults with obesity and a BMI of at least 40 kg/m2.", S.NOT_FOUND, ""),
    ("Bariatric surgery is recommended for children with obesity and a BMI of at least 40 kg/m2.", S.NOT_FOUND, ""),
    ("Bariatric surgery is recommended for adults with obesity and a BMI of at least 20 kg/m2, in centres of Examples.", S.NOT_FOUND, ""),
    ("Bariatric surgery is recommended for adults with type 2 diabetes and a BMI of at least 30 kg/m2.", S.SUPPORTED, "passage"),
    ("Bariatric surgery is recommended for adults with obesity, a BMI of at least 40 kg/m2 and asthma.", S.NOT_FOUND, ""),
]  # fmt: skip


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("claims") / "c.sqlite"
    with Collection(place, create=True) as made:
        for work, text in WORKS:
            made.add(Found(work, (Piece(text, "Who"),)))
    return place


@pytest.fixture(scope="module")
def collection(place: Path) -> Iterator[Collection]:
    with Collection(place) as opened:
        yield opened


def held(text: str, collection: Collection | None) -> TextCheck:
    case = Case(QUESTION, read_chart((CHART,)), date(2025, 11, 21))
    passages = (
        (lambda sought: adequate(collection, sought, LIBRARY.concepts)) if collection else None
    )
    return check_text(text, case, LIBRARY, passages=passages)


def kinds(claim: Claim) -> str:
    return " ".join(r.kind for r in claim.remarks if r.passage)


@pytest.mark.parametrize(("sentence", "standing", "kind"), SENTENCES, ids=range(len(SENTENCES)))
def test_what_a_sentence_comes_to(
    collection: Collection, sentence: str, standing: ClaimStanding, kind: str
) -> None:
    (claim,) = held(sentence, collection).claims
    assert (claim.standing, kinds(claim)) == (standing, kind)
    (alone,) = held(sentence, None).claims
    assert alone.standing in (S.NOT_FOUND, S.NO_CLAIM, claim.standing)
    for r in claim.remarks:
        if r.passage:
            text = collection.text(r.passage.work)
            assert text[r.passage.start : r.passage.end] == r.passage.text


def test_it_is_quoted_cited_and_opens_but_licensed_words_are_not_printed(
    place: Path, tmp_path: Path
) -> None:
    text = tmp_path / "text.txt"
    text.write_text("\n".join(s for s, _, _ in SENTENCES), encoding="utf-8")
    question = tmp_path / "question.txt"
    question.write_text(QUESTION, encoding="utf-8")
    out = tmp_path / "check.html"
    words = [
        "check",
        text,
        "--chart",
        CHART,
        "--question",
        question,
        "--as-of",
        "2025-11-21",
        "--collection",
        place,
    ]
    result = CliRunner().invoke(main, [str(w) for w in (*words, "-o", out)])
    assert result.exit_code == 0, result.output
    page = out.read_text(encoding="utf-8")
    assert "A passage of your collection says another number" in page
    assert "A passage of your own copy says another number" in page
    assert "check-sources.html#" in page
    assert "requires lasting commitment and an age of at least 18" not in page
    opened = (tmp_path / "check-sources.html").read_text(encoding="utf-8")
    assert "a BMI of at least 40 kg/m2" in opened
    data = CliRunner().invoke(main, [str(w) for w in (*words, "--format", "json")])
    remarks = [r for c in json.loads(data.output)["claims"] for r in c["remarks"] if r["work"]]
    with Collection(place) as collection:
        assert remarks
        for r in remarks:
            assert collection.text(collection.work(r["work"]))[slice(*r["passage"])]
    assert (
        CliRunner().invoke(main, [str(w) for w in (*words, "--strict")]).exit_code
        == ExitCode.CLAIMS
    )


def test_every_sentence_of_it_has_its_support(collection: Collection) -> None:
    checked = held("\n".join(s for s, _, _ in SENTENCES), collection)
    article = write_check(checked, LIBRARY)
    assert to_markdown(article)
    assert check_json(checked, article)["claims"]


def test_where_passages_differ_the_one_that_says_it_counts(tmp_path: Path) -> None:
    with Collection(tmp_path / "two.sqlite", create=True) as two:
        for n, bmi in enumerate((40, 35)):
            text = f"Bariatric surgery is recommended for adults with obesity and a BMI of at least {bmi} kg/m2."
            two.add(Found(Work("", f"Guideline {n}", type="guideline"), (Piece(text),)))
        for bmi, standing in ((40, S.SUPPORTED), (35, S.SUPPORTED), (30, S.NUMBER)):
            said = f"Bariatric surgery is recommended for adults with obesity and a BMI of at least {bmi} kg/m2."
            (claim,) = held(said, two).claims
            assert claim.standing is standing


def test_a_number_that_stands_in_any_passage_is_not_called_another(tmp_path: Path) -> None:
    """A limit that was not read there may be the text's own."""
    with Collection(tmp_path / "two.sqlite", create=True) as two:
        plain = "Bariatric surgery is recommended for adults with obesity and a BMI of at least 40 kg/m2."
        chained = plain.removesuffix(".") + ", or at least 35 kg/m2 with a complication."
        two.add(Found(Work("", "One", type="guideline"), (Piece(plain),)))
        said = plain.replace("40", "35")
        (claim,) = held(said, two).claims
        assert claim.standing is S.NUMBER
        two.add(Found(Work("", "Two", type="guideline"), (Piece(chained),)))
        (claim,) = held(said, two).claims
        assert claim.standing is S.NOT_FOUND
