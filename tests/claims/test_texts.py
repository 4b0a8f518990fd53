"""The texts written for the check: what is right is not called wrong."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
import yaml

from indicated.criteria import load_library
from indicated.evidence.claims.words import cue
from indicated.evidence.collection import Collection
from indicated.evidence.parts import Found, Piece
from indicated.messages import Messages, load_messages
from indicated.report import write_check
from tests.claims.report import HERE, WRONG, S, checked, figures, judged, texts
from tests.claims.test_check import SEVERAL, check, closed, coded
from tests.claims.test_literature import SENTENCES, WORKS, held

LIBRARY = load_library()


@pytest.mark.parametrize("part", ["open", "set_aside"])
def test_what_is_called_wrong_is_wrong(part: str) -> None:
    got = figures(part, LIBRARY)
    assert got.precision >= 0.95
    assert got.recall >= 0.75
    assert got.safe >= 0.95


def test_there_are_enough_texts_and_a_third_is_set_aside_by_hash() -> None:
    assert len(texts("open")) + len(texts("set_aside")) >= 40
    for part in ("open", "set_aside"):
        for entry in texts(part):
            said = "\n".join(s["says"] for s in entry["sentences"])
            digest = int(hashlib.sha256(said.encode()).hexdigest(), 16)
            assert (digest % 100 < 33) == (part == "set_aside")


def test_every_kind_of_fault_is_planted_and_found() -> None:
    found = {
        (due, called)
        for entry in texts("open")
        for _, due, called, _ in judged(entry, checked(entry, LIBRARY))
    }
    for kind in (*WRONG, S.OVERSTATED, S.NO_SOURCE, S.SUPPORTED, S.NOT_FOUND):
        assert (kind, kind) in found


def test_every_check_can_be_published_and_every_remark_has_its_words(tmp_path: Path) -> None:
    """`write_check` refuses a sentence without support; no message of the check is left unused."""
    table = dict(load_messages().table)
    used: set[str] = set()

    class Counting(dict[str, str]):
        def __getitem__(self, key: str) -> str:
            used.add(key)
            return str(super().__getitem__(key))

    words = Messages(Counting(table))
    for entry in texts("open"):
        write_check(checked(entry, LIBRARY), LIBRARY, messages=words)
    for checked_text in (coded(), closed()):
        write_check(checked_text, LIBRARY, messages=words)
    for _, text in SEVERAL:
        write_check(check(text), LIBRARY, messages=words)
    with Collection(tmp_path / "c.sqlite", create=True) as collection:
        for work, text in WORKS:
            collection.add(Found(work, (Piece(text, "Who"),)))
        with_it = held("\n".join(s for s, _, _ in SENTENCES), collection)
    write_check(with_it, LIBRARY, messages=words)
    own = yaml.safe_load((HERE.parents[1] / MESSAGES).read_text("utf-8"))["check"]
    assert sorted(f"check.{id}" for id in own if f"check.{id}" not in used) == []


MESSAGES = "src/indicated/library/messages/en/check.yaml"


def test_what_excludes_another_is_known_to_the_library() -> None:
    every = {id for row in cue("exclusive") for id in row} | set(cue("unheld"))
    assert every <= set(LIBRARY.concepts.by_id)
