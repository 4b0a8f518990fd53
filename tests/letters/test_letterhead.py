"""The letterhead is read strictly; the catalogues of all languages agree; every word is used."""

from __future__ import annotations

import re
from importlib.resources import files
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from indicated.errors import InputError
from indicated.report.letters import load_letterhead
from indicated.report.letters.letterhead import FIELDS, Letterhead, letterhead_of

from .conftest import ROOT

BROKEN = Path(__file__).parent / "broken_letterheads"


@pytest.mark.parametrize("path", sorted(BROKEN.glob("*.yaml")), ids=lambda p: p.stem)
def test_a_broken_letterhead_is_refused_with_its_line(path: Path) -> None:
    """The first line of each file holds the words that its error must say."""
    wanted = path.read_text(encoding="utf-8").splitlines()[0].removeprefix("# ")
    with pytest.raises(InputError) as refused:
        load_letterhead(path)
    for words in wanted.split(" | "):
        assert words in str(refused.value)


def test_a_file_that_is_not_there_or_not_text_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be read"):
        load_letterhead(tmp_path / "none.yaml")
    (tmp_path / "x.yaml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(InputError, match="UTF-8"):
        load_letterhead(tmp_path / "x.yaml")


def test_the_example_fills_every_field() -> None:
    filled = load_letterhead(ROOT / "letterhead.yaml")
    assert set(filled.fields) == {f"{g}.{k}" for g, keys in FIELDS.items() for k in keys}
    assert filled.lines("sender.address") == ("12 Mill Lane", "Springfield")
    assert filled.days == 14


@pytest.mark.parametrize(
    "text", ["", "member:", "member: {}", "member: {id: ~}", 'member: {id: ""}']
)
def test_what_is_left_out_is_not_there(text: str) -> None:
    assert letterhead_of(text) == Letterhead()


@given(st.text(alphabet=st.sampled_from("member:{}[]id \n-|'\"&*#!?,\t\x00é"), max_size=60))
def test_any_text_is_a_letterhead_or_an_error_that_says_what_to_do(text: str) -> None:
    known = {f"{g}.{k}" for g, keys in FIELDS.items() for k in keys}
    try:
        filled = letterhead_of(text)
    except InputError as error:
        said = str(error)
    else:
        said = "letterhead" if set(filled.fields) <= known else ""
    assert "letterhead" in said


# --- catalogues -------------------------------------------------------------------------------


def catalogue(language: str) -> dict[str, str]:
    file = files("indicated").joinpath(f"library/messages/{language}/letters.yaml")
    loaded = yaml.safe_load(file.read_text(encoding="utf-8"))
    return {f"{section}.{id}": text for section, ids in loaded.items() for id, text in ids.items()}


def test_spanish_has_every_word_of_every_letter_with_the_same_slots() -> None:
    english, spanish = catalogue("en"), catalogue("es")
    assert spanish.keys() == english.keys()
    for id, text in english.items():
        assert re.findall(r"\{\w+\}", text).sort() == re.findall(r"\{\w+\}", spanish[id]).sort(), id
        assert set(re.findall(r"\{\w+\}", text)) == set(re.findall(r"\{\w+\}", spanish[id])), id


SAME = {
    "letter.enclosed", "letter.enclosed_dated", "letter_heading.item", "letter.field", "letter.dated", "letter.request", "letter.verdict",
}  # fmt: skip


def test_spanish_is_no_copy_of_english() -> None:
    english, spanish = catalogue("en"), catalogue("es")
    same = {id for id in english if english[id] == spanish[id]} - SAME
    assert {id for id in same if not id.startswith("letter_system.")} == set()


def test_blanks_stand_in_brackets_and_nothing_else_does() -> None:
    for language in ("en", "es"):
        for id, text in catalogue(language).items():
            assert (text[0] == "[" and text[-1] == "]") == id.startswith("letter_blank."), id
    assert {id.split(".")[1] for id in catalogue("en") if id.startswith("letter_blank.")} == {
        f"{g}_{k}" for g, keys in FIELDS.items() for k in keys
    }


def test_every_word_of_the_letters_is_named_by_the_program() -> None:
    """A word that no module asks for, by its id or by the table it stands in, is left over."""
    folder = Path(__file__).parents[2] / "src/indicated"
    modules = [*folder.glob("report/letters/*.py"), folder / "letters.py"]
    program = "\n".join(m.read_text(encoding="utf-8") for m in modules)
    tables = {"letter_title", "letter_blank", "letter_system", "letter_verdict"}
    fields = {f"{g}_{k}" for g, keys in FIELDS.items() for k in keys}
    for id in catalogue("en"):
        section, key = id.split(".")
        kinds = ("count_", "reply_supporting", "reply_conceded")  # made of a verdict or a group
        known = section in tables or key in fields or key.startswith(kinds)
        assert known or f'"{key}"' in program or f".{key}" in program, id
