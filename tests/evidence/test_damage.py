"""Damaged files of every format: each costs itself, with a sentence, and nothing else."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from indicated.evidence.bring import bring
from indicated.evidence.collection import Collection
from tests.evidence import samples as s

# those that are read in this process; PDF, Word and web pages are read in a child (tests/chart)
FILES = {
    "a.xml": s.JATS, "r.xml": s.RETRACTION, "p.xml": s.PUBMED, "m.txt": s.MEDLINE, "l.xml": s.SPL,
    "o.json": s.OPENFDA, "t.json": s.TRIALS, "c.ris": s.RIS, "b.bib": s.BIBTEX, "g.md": s.MARKDOWN,
    "z.zip": s.MEDICARE, "lcd.csv": s.LCD,
}  # fmt: skip


@settings(
    max_examples=250, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    name=st.sampled_from(sorted(FILES)),
    cut=st.floats(0, 1),
    at=st.floats(0, 1),
    noise=st.binary(max_size=6),
)
def test_no_damage_stops_an_import(
    name: str, cut: float, at: float, noise: bytes, tmp_path: Path
) -> None:
    raw = FILES[name]
    raw = raw[: int(len(raw) * (0.3 + 0.7 * cut))]
    place = int(len(raw) * at)
    inside = tmp_path / "in"
    inside.mkdir(exist_ok=True)
    (inside / name).write_bytes(raw[:place] + noise + raw[place + len(noise) :])
    (inside / "whole.md").write_bytes(s.MARKDOWN)
    with Collection(tmp_path / "c.sqlite", create=True) as collection:
        told = {Path(b.path).name: b for b in bring(collection, [inside], again=True)}
        assert not told["whole.md"].failed
        for work in collection.works():
            text = collection.text(work)
            assert all(text[p.start : p.end] == p.text for p in collection.passages(work))
    (inside / name).unlink()


def test_records_without_words_are_left_out_and_told(tmp_path: Path) -> None:
    empty = b"TY  - JOUR\nER  - \n"
    (tmp_path / "a.ris").write_bytes(b"TY  - JOUR\nPY  - 2001\nTI  - \nER  - \n")
    (tmp_path / "p.xml").write_bytes(
        b"<PubmedArticleSet><PubmedArticle><MedlineCitation><PMID>5</PMID></MedlineCitation></PubmedArticle>"
        b"<PubmedArticle><MedlineCitation><PMID>6</PMID><Article><ArticleTitle>A title</ArticleTitle></Article>"
        b"</MedlineCitation></PubmedArticle></PubmedArticleSet>"
    )
    (tmp_path / "e.ris").write_bytes(empty)
    with Collection(tmp_path / "c.sqlite", create=True) as collection:
        told = {Path(b.path).name: b for b in bring(collection, [tmp_path])}
        assert told["p.xml"].remarks == ("1 of its works hold no words and were left out",)
        assert "A title" in [w.title for w in collection.works()]


WRONG = [
    {"studies": [{"protocolSection": {"identificationModule": []}}]},
    {"studies": [{"protocolSection": {"armsInterventionsModule": {"interventions": 3}}}]},
    {"studies": "x"},
    {"results": [{"set_id": 5, "openfda": [], "indications_and_usage": "x"}]},
    {"results": {"a": 1}},
    [1, 2],
]  # fmt: skip


@pytest.mark.parametrize("data", WRONG, ids=range(len(WRONG)))
def test_json_of_another_shape_is_said(data: object, tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text(json.dumps(data))
    with Collection(tmp_path / "c.sqlite", create=True) as collection:
        (brought,) = bring(collection, [tmp_path])
        assert brought.failed or brought.new
        assert collection.damage() == ()
