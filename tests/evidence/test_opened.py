"""An article's citations open the passages of the user's own copies."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner

from indicated.cited_sources import opened_sources
from indicated.evidence.collection import Collection
from indicated.evidence.parts import STATUSES, Found, Piece
from indicated.messages import load_messages
from indicated.model import Opened, Passage, Place, Reference, Work
from indicated.report.html import to_html
from indicated.report.sources import place_of, to_sources_html
from indicated.serve.cli import main
from tests.report import sample

CASE = sample.variants()["many labels"]
DOI = "10.1000/opened"


def with_doi() -> tuple[str, object]:
    """The article of a made case, its first reference under an invented DOI."""
    article = CASE.article()
    first = replace(article.references[0], identifier=DOI)
    return "1", replace(article, references=(first, *article.references[1:]))


@pytest.fixture
def collection(tmp_path: Path) -> Iterator[Collection]:
    with Collection(tmp_path / "c.sqlite", create=True) as made:
        article = CASE.article()
        words = " ".join(
            s.text for s in article.sentences() if any(x.label == "1" for x in s.support)
        )
        text = f"<b>Hostile</b> & {words}"
        made.add(
            Found(
                Work("", "A <i>work</i>", type="guideline", identifiers=(("doi", DOI),)),
                (Piece(text, "One"), Piece("Other.", "Two")),
            )
        )
        yield made


def test_what_the_collection_has_is_opened(collection: Collection) -> None:
    label, article = with_doi()
    opened = opened_sources(article, collection, sample.CONCEPTS)  # type: ignore[arg-type]
    assert list(opened) == [label]
    assert any("Hostile" in p.passage.text for p in opened[label].places)
    assert {p.how for p in opened[label].places} <= {"words", "heading"}
    page = to_sources_html(opened, program="indicated", article="a.html")
    assert "&lt;b&gt;Hostile&lt;/b&gt;" in page
    assert "<b>Hostile" not in page
    assert "A &lt;i&gt;work" in page
    assert f'id="{place_of(label)}"' in page
    shown = to_html(article, sources={label: f"a-sources.html#{place_of(label)}"})  # type: ignore[arg-type]
    links = re.findall(r'href="a-sources.html#([^"]+)"', shown)
    assert len(links) >= 2
    assert set(links) == {"source-1"}
    assert 'href="#ref-1"' not in shown
    assert 'href="#ref-2"' in shown or len(article.references) < 2  # type: ignore[attr-defined]


def test_every_word_of_the_page_is_used() -> None:
    """All standings, all ways of finding, and a source without a place."""
    passage = Passage(Work("w", "W"), "The words.", 0, 10, "Dosing", 4)
    places = tuple(
        Place(how, passage, how, ((4, 9),)) for how in ("quote", "page", "heading", "words")
    )
    reference = Reference("K", "guideline", "W")
    opened = {
        str(n): Opened(reference, Work("w", "W", status=status), places)
        for n, status in enumerate(STATUSES)
    }
    opened["9"] = Opened(reference, Work("w", "W"), ())
    page = to_sources_html(opened, program="indicated 1", article="a.html")
    words = [t for id, t in load_messages().table.items() if id.startswith("opened.")]
    assert len(words) == 14
    for template in words:
        part = max(re.split(r"\{\w+\}", template), key=len).strip(" .")
        assert part in page, template
    assert "The <mark>words</mark>." in page


def test_a_collection_that_is_not_there_is_told(tmp_path: Path) -> None:
    arguments = ["assess", "Is CPAP necessary?", "--collection", str(tmp_path / "none.sqlite")]
    done = CliRunner().invoke(main, [*arguments, "-o", str(tmp_path / "a.html")])
    assert "there is no such collection" in done.stderr
    assert not (tmp_path / "a.html").exists()


def test_an_article_with_its_sources_beside_it(tmp_path: Path) -> None:
    place = tmp_path / "c.sqlite"
    with Collection(place, create=True) as collection:
        text = "Invented: positive airway pressure for sleep apnoea in adults with an index of fifteen."
        collection.add(Found(Work("", "Invented", identifiers=(("ncd", "240.4"),)), (Piece(text),)))
    arguments = ["assess", "Is CPAP necessary for this man with obstructive sleep apnea, AHI 22?"]
    out = tmp_path / "a.html"
    done = CliRunner().invoke(
        main, [*arguments, "--collection", str(place), "--as-of", "2026-01-01", "-o", str(out)]
    )
    assert done.exit_code == 0, done.output
    beside = (tmp_path / "a-sources.html").read_text(encoding="utf-8")
    assert text in re.sub(r"</?mark>", "", beside)
    assert 'href="a-sources.html#source-' in out.read_text(encoding="utf-8")
