"""Files that are no policy at all, and lines of text as they are in YAML."""

from __future__ import annotations

from pathlib import Path

import pytest

from indicated.criteria import load_concepts, load_policy
from indicated.criteria.lines import LIMIT, near, parse_tree, shown
from indicated.errors import PolicyError, PolicyErrors
from indicated.model import Concepts


def refused(path: Path, concepts: Concepts) -> PolicyError:
    with pytest.raises(PolicyError) as caught:
        load_policy(path, concepts)
    return caught.value


@pytest.mark.parametrize(
    ("content", "words", "line"),
    [
        (b"", "the file is empty", 1),
        (b"\n# only a remark\n", "the file is empty", 1),
        (b"just words", "keys and values", 1),
        (b"- a\n- b\n", "not a list", 1),
        (b"policy: x\n\tversion: 1\n", "a tab where YAML wants spaces", 2),
        (b"policy: [x\n", "this is not YAML", 2),
        (b"policy: 'x\n", "this is not YAML", 2),
        (b"policy: x\nsays: \xff\xfe\n", "not UTF-8", 2),
        (b"%PDF-1.7\n\x00\x01", "this is not YAML", 1),
        (b"policy: x\n---\npolicy: y\n", "a second YAML document", 2),
        (b"a: &x [1]\nb: *x\n", "repeats another part", 2),
        (b"[" * 100_000, "nested too deeply", 1),
        (b"- " * 50_000, "nested too deeply", 1),
        (b"x" * (LIMIT + 1), "too large", 1),
        (b"a: " + b"y" * 10_000_000, "too large", 1),
    ],
    ids=lambda x: x if isinstance(x, str) else "",
)
def test_what_is_no_policy_is_refused(
    tmp_path: Path, concepts: Concepts, content: bytes, words: str, line: int
) -> None:
    path = tmp_path / "x.yaml"
    path.write_bytes(content)
    error = refused(path, concepts)
    assert words in error.what
    assert error.where == f"{path}:{line}"
    assert error.do


def test_a_file_that_is_not_there(tmp_path: Path, concepts: Concepts) -> None:
    assert "cannot be read" in refused(tmp_path / "none.yaml", concepts).what


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(PolicyError, match="no such folder"):
        load_concepts(tmp_path / "none")


def test_a_byte_order_mark_is_no_part_of_the_first_key() -> None:
    tree = parse_tree("a: b\n", "x")
    assert tree.data == {"a": "b"}


def test_scalars_stay_as_they_are_written() -> None:
    text = "a: no\nb: 1.10\nc: 2026-01-31\nd: ~\ne: 0x10\nf: '1'\non: yes\n"
    assert parse_tree(text, "x").data == {
        "a": "no", "b": "1.10", "c": "2026-01-31", "d": "~", "e": "0x10", "f": "1", "on": "yes",
    }  # fmt: skip


def test_every_key_and_item_has_its_line() -> None:
    tree = parse_tree("a:\n  b: [x,\n    y]\n  c:\n    - d: 1\n", "x")
    lines = {("a",): 1, ("a", "b"): 2, ("a", "b", 0): 2, ("a", "b", 1): 3, ("a", "c", 0, "d"): 5}
    assert {place: tree.line(place) for place in lines} == lines
    assert tree.line(("a", "b", "nothing")) == 2, "the nearest thing around it"


def test_all_duplicate_keys_are_told_at_once() -> None:
    with pytest.raises(PolicyErrors) as caught:
        parse_tree("a: 1\na: 2\nb: {c: 1, c: 2}\n", "x")
    assert [e.where for e in caught.value.errors] == ["x:2", "x:3"]


def test_errors_come_in_the_order_of_the_lines() -> None:
    with pytest.raises(PolicyErrors) as caught:
        parse_tree("z: 1\n" * 12, "x")
    assert [e.where for e in caught.value.errors] == [f"x:{n}" for n in range(2, 13)]


def test_a_hint_is_given_only_when_something_is_near() -> None:
    assert near("belwo", ["below", "above"]) == 'Did you mean "below"?'
    assert near("qqq", ["below", "above"]) == ""


def test_shipped_files_are_shown_without_the_place_of_installation() -> None:
    path = Path("/somewhere/site-packages/indicated/library/policies/x/policy.yaml")
    assert shown(path) == "library/policies/x/policy.yaml"
    assert shown(Path("my/library/x.yaml")) == "my/library/x.yaml"
