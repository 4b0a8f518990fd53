"""A policy begun from one's own literature: each condition with its words, and nothing guessed."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner, Result

from indicated.criteria import load_library
from indicated.criteria.drafted import Drafted, Stated, draft_files
from indicated.drafts import draft
from indicated.errors import ExitCode, InputError, PolicyError
from indicated.evidence.collection import Collection
from indicated.evidence.identifiers import identifiers_in
from indicated.evidence.parts import Found, Piece
from indicated.model import Limit, Work
from indicated.serve.cli import main

GUIDE = """---
title: "Guideline: surgery for \\"obesity\\""
type: guideline
organisation: Society of Examples
year: 2024
doi: 10.1000/obesity
pmid: 7
---
# Who

Bariatric surgery is recommended for adults with obesity and a BMI of at least 40 kg/m2. Bariatric
surgery for obesity needs an age of 18 years or older.

Bariatric surgery may be considered for obesity with a BMI of 35 kg/m2 or more and type 2 diabetes.

# Exclusion criteria

Bariatric surgery for obesity is not offered to patients with a BMI above 70 kg/m2.
"""
LABEL = """---
title: A plan's rule
licensed: true
---
Bariatric surgery for obesity is covered for a body mass index of at least 40 kg/m2, and after failure of orlistat.
"""
OTHERS = """---
title: Something else
---
Bariatric surgery after failure of metformin is for type 2 diabetes with a BMI of at least 30 kg/m2.

Orlistat for obesity is for a BMI of at least 28 kg/m2.
"""
ASKED = ("--treatment", "bariatric surgery", "--condition", "obesity", "--from-evidence")
LIBRARY = load_library()
READ = ["bmi-at-least-40", "age-at-least-18", "orlistat-no-response"]


def run(*words: object) -> Result:
    return CliRunner().invoke(main, [str(w) for w in words])


@pytest.fixture
def place(tmp_path: Path) -> Path:
    for name, text in {"guide.md": GUIDE, "plan.md": LABEL, "others.md": OTHERS}.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    place = tmp_path / "c.sqlite"
    assert run("evidence", "import", *tmp_path.glob("*.md"), "--collection", place).exit_code == 0
    return place


def written(place: Path, *more: object) -> tuple[Path, str]:
    folder = place.parent / "lib"
    result = run("policy", "new", "surgery", "-o", folder, *ASKED, place, *more)
    assert result.exit_code == 0, result.output
    file = folder / "policies" / "surgery" / "policy.yaml"
    return file, file.read_text(encoding="utf-8")


def test_each_condition_stands_on_its_words(place: Path) -> None:
    _, text = written(place)
    policy: Any = yaml.safe_load(text)
    assert policy["status"] == "draft"
    assert set(policy["criteria"]) == {"diagnosed", *READ}
    bmi = policy["criteria"]["bmi-at-least-40"]
    assert (bmi["value"], bmi["at_least"]) == ("bmi", "40 kg/m2")
    with Collection(place) as collection:
        quoted = 0
        for cite in [c for one in policy["criteria"].values() for c in one["cite"]]:
            key, _, at = cite.partition("#")
            source = policy["sources"][key]
            work = collection.work(source["collection"])
            assert source["quotes"][at] in collection.text(work)
            quoted += 1
        assert quoted == 5, "two works say the same of the body mass index"
        for line in text.splitlines():  # the places that comments give
            if " characters " in line and line.strip().startswith("#"):
                where, _, id = line.partition(" characters ")[2].partition(" of ")
                a, b = map(int, where.split("-"))
                words = collection.text(collection.work(id))[a:b]
                assert any(words in s["quotes"].values() for s in policy["sources"].values())


def test_sources_say_what_the_collection_knows_and_no_more(place: Path) -> None:
    _, text = written(place)
    policy: Any = yaml.safe_load(text)
    guide, plan = (
        next(s for s in policy["sources"].values() if w in s["title"]) for w in ("surgery", "plan")
    )
    assert guide["title"] == 'Guideline: surgery for "obesity"'
    assert set(identifiers_in(guide["id"])) == {("doi", "10.1000/obesity"), ("pmid", "7")}
    assert (guide["checked"], plan["checked"]) == ("unverified", "unverified")
    assert set(plan) == {"type", "title", "checked", "collection", "quotes"}
    assert "FILL-IN" in plan["type"]
    assert "Your copy is licensed" in text


def test_what_is_not_read_is_left_to_the_author(place: Path) -> None:
    _, text = written(place)
    left = text[text.index("# Not read.") :]
    assert '"BMI of 35 kg/m2 or more": holds together with' in left
    assert "(type 2 diabetes)" in left
    assert '"BMI above 70 kg/m2": says when it is not for somebody' in left
    assert "30 kg/m2" not in text, "another disease"
    assert "28 kg/m2" not in text, "another treatment"
    policy: Any = yaml.safe_load(text)
    assert policy["phases"]["initiation"]["supporting"] == READ
    assert policy["phases"]["initiation"]["exclusions"] == []


def test_the_check_names_every_place_to_fill_in(place: Path) -> None:
    file, text = written(place)
    result = run("policy", "check", place.parent / "lib")
    assert result.exit_code == ExitCode.POLICY
    open_lines = [
        n
        for n, line in enumerate(text.splitlines(), 1)
        if "FILL-IN" in line and not line.startswith("#")
    ]
    assert open_lines
    for n in open_lines:
        assert f"{file.as_posix()}:{n}: to be filled in" in Path(result.output).as_posix()
    assert result.output.count("error:") == len(open_lines)


def filled(place: Path) -> Path:
    """The draft with its open places filled in, as its author would."""
    file, text = written(place)
    for old, new in {
        "FILL-IN which document shows the diagnosis.": "Send the note with the diagnosis.",
        "FILL-IN who qualifies, in a few words": "Adults with a high body mass index",
        "FILL-IN the ids of the criteria that decide": "bmi-at-least-40, age-at-least-18",
        "supporting: [bmi-at-least-40, age-at-least-18, ": "supporting: [",
        "FILL-IN for how long an approval holds": "once",
        '"FILL-IN what kind of document it is"': "coverage policy",
    }.items():
        assert old in text
        text = text.replace(old, new)
    file.write_text(text, encoding="utf-8")
    today = date.today()
    examples = file.with_name("examples.yaml")
    said = examples.read_text(encoding="utf-8")
    said = said.replace("FILL-IN a patient who qualifies", "Qualifies").replace(
        "FILL-IN a patient who does not qualify", "Does not"
    )
    facts = f"      - {{concept: obesity, on: {today}}}\n"
    own = "      - {{concept: bmi, value: {} kg/m2, on: {}}}\n      - {{concept: age, value: 40 years, on: {}}}\n"
    first, second, third = said.split(facts)
    said = (
        first
        + facts
        + own.format(41, today, today)
        + second
        + facts
        + own.format(31, today, today)
        + third
    )
    examples.write_text(
        "\n".join(x for x in said.splitlines() if "FILL-IN" not in x) + "\n", encoding="utf-8"
    )
    words = file.with_name("said.yaml")
    text = words.read_text(encoding="utf-8").replace(
        "FILL-IN a sentence that shows the diagnosis", "She has obesity."
    )
    words.write_text(
        text.replace("FILL-IN a sentence that rules the diagnosis out", "She has no obesity."),
        encoding="utf-8",
    )
    return place.parent / "lib"


def test_a_filled_in_draft_is_sound_and_answers(place: Path) -> None:
    folder = filled(place)
    checked = run("policy", "check", folder)
    assert checked.exit_code == 0, checked.output
    tested = run("policy", "test", "surgery", folder)
    assert tested.exit_code == 0, tested.output


def test_a_source_that_changes_is_reported(place: Path) -> None:
    folder = filled(place)
    check = ("evidence", "check", "--collection", place, "--policies", folder)
    before = run(*check)
    assert "surgery:" not in before.output
    guide = place.parent / "guide.md"
    guide.write_text(GUIDE.replace("at least 40", "at least 37.5"), encoding="utf-8")
    run("evidence", "import", guide, "--collection", place)
    after = run(*check)
    assert after.exit_code == ExitCode.POLICY
    assert "are not in the newer one" in after.output
    assert "37.5" in after.output


def test_a_threshold_without_its_words_is_impossible() -> None:
    limit = Limit("value", "bmi", 0, 8)
    for words, end in (("", 0), ("   ", 3), ("BMI of at least 40", 8)):
        with pytest.raises(PolicyError, match="without the words that state it"):
            Stated(limit, "G", "p. 1", words, "work", 0, end)


def test_every_criterion_of_a_draft_has_a_quotation(place: Path) -> None:
    with Collection(place) as collection:
        drafted = draft(collection, "bariatric-surgery", "obesity", LIBRARY.concepts)
    assert drafted.stated
    quotes = {s.key: dict(s.quotes) for s in drafted.sources}
    assert all(quotes[s.key][s.locator] == s.words for s in (*drafted.stated, drafted.shown))


# options -> what the error says
REFUSED = [
    (("--treatment", "bariatric surgery"), "go together"),
    (("--treatment", "nonsensib", "--condition", "obesity", "--from-evidence", "{place}"), 'no concept is "nonsensib"'),
    (("--treatment", "orlistat", "--condition", "asthma", "--from-evidence", "{place}"), "no passage of the collection is about"),
    (("--treatment", "orlistat", "--condition", "obesity", "--from-evidence", "{place}.none"), "no such collection"),
]  # fmt: skip


@pytest.mark.parametrize(("options", "says"), REFUSED, ids=[s for _, s in REFUSED])
def test_what_cannot_be_drafted_is_told_and_nothing_is_written(
    place: Path, options: tuple[str, ...], says: str
) -> None:
    folder = place.parent / "lib"
    result = run("policy", "new", "x", folder, *(o.format(place=place) for o in options))
    assert result.exit_code == InputError("").exit_code
    assert says in result.output
    assert not folder.exists()


@pytest.mark.parametrize(
    "title",
    ["FILL \x7f \x85 \u2028 \ufeff 'x': {y} # z\n- a", "🩺 é \ud800", '"\\', "{{ 7*7 }}{% raw %}"],
)
def test_any_text_of_a_source_stays_text(tmp_path: Path, title: str) -> None:
    name = title.encode("utf-8", "ignore").decode() + " bariatric surgery"
    text = f"Bariatric surgery {name} for obesity: a BMI of at least 40 kg/m2."
    with Collection(tmp_path / "c.sqlite", create=True) as collection:
        collection.add(Found(Work("", name, organisation=name), (Piece(text, name),)))
        drafted: Drafted = draft(collection, "bariatric-surgery", "obesity", LIBRARY.concepts)
    files = draft_files("x", drafted, LIBRARY.concepts, date(2026, 1, 1))
    policy: Any = yaml.safe_load(files["policy.yaml"])
    (source,) = policy["sources"].values()
    assert source["title"] == name
    assert all(q in text for q in source["quotes"].values())
