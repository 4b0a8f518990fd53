"""Whatever a text holds, its check can be published or is refused in words."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from random import Random

import pytest

from indicated.chart import read_chart
from indicated.claims import check_text
from indicated.criteria import load_library
from indicated.model import Case
from indicated.report import check_json, to_html, to_markdown, write_check

ROOT = Path(__file__).resolve().parents[2]
LIBRARY = load_library()
FOLDER = ROOT / "examples/lung-transplant"
CASE = Case(
    (FOLDER / "question.txt").read_text(), read_chart((FOLDER / "chart",)), date(2025, 11, 21)
)
PIECES = [p.read_text("utf-8") for p in sorted((ROOT / "docs").glob("*.md"))]
PIECES += [
    p.read_text("utf-8") for p in sorted((ROOT / "tests/notes/synthetic/notes").glob("*.txt"))[::4]
]
ODD = "“”[]{}@\x00​\t—%|#*_<>"


def text(seed: int) -> str:
    """Pieces of documents and notes, cut anywhere and strewn with signs."""
    random = Random(seed)
    found = []
    for _ in range(random.randint(1, 14)):
        piece = random.choice(PIECES)
        at = random.randrange(len(piece))
        found.append(piece[at : at + random.choice([20, 80, 300])])
    joined = random.choice(["\n", " ", "\n\n"]).join(found)
    return "".join(random.choice(ODD) if random.random() < 0.02 else c for c in joined) + "."


@pytest.mark.parametrize("seed", range(20))
def test_any_text_can_be_checked_and_its_check_published(seed: int) -> None:
    words = text(seed)
    checked = check_text(words, CASE, LIBRARY)
    article = write_check(checked, LIBRARY)  # raises where a sentence lacks its support
    assert to_markdown(article)
    assert to_html(article)
    assert len(check_json(checked, article)["claims"]) == len(checked.claims)
    for claim in checked.claims:
        assert words[claim.source.start : claim.source.end] == claim.source.quote


def test_the_same_text_gives_the_same_check() -> None:
    one, other = (check_text(text(3), CASE, LIBRARY) for _ in range(2))
    assert one.claims == other.claims
    assert write_check(one, LIBRARY).hash == write_check(other, LIBRARY).hash
