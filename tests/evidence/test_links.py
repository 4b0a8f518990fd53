"""A policy's citations bound to passages, and what is told when they do not hold any more."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from indicated.evidence.bring import bring
from indicated.evidence.collection import Collection
from indicated.evidence.links import check_policy, opened, spans, work_of
from indicated.evidence.parts import Found, Piece
from indicated.model import Policy, Reference, Work
from tests.evidence import samples as s

QUOTE = "Immune globulin at 2 g/kg is given"
PAGES = (
    Piece("Preface.", "Preface", 1),
    Piece(f"{QUOTE} over 2 to 5 days.\n\nThe “first” course—once.", "Dosing > Adults", 2),
    Piece("Children were not studied.", "Dosing > Children", 3),
)


def reference(**more: object) -> Reference:
    return replace(Reference("G", "guideline", "A guideline", identifier="10.1000/g"), **more)  # type: ignore[arg-type]


def policy(*sources: Reference) -> Policy:
    return Policy(
        "p", "P", "?", "1", "draft", date(2024, 1, 1), None, (), None, (), {},
        references={r.key: r for r in sources},
    )  # fmt: skip


@pytest.fixture
def collection(tmp_path: Path) -> Iterator[Collection]:
    with Collection(tmp_path / "c.sqlite", create=True) as made:
        made.add(
            Found(
                Work("", "A guideline", type="guideline", identifiers=(("doi", "10.1000/g"),)),
                PAGES,
            )
        )
        yield made


@pytest.mark.parametrize(
    ("quote", "text", "found"),
    [
        ("2 g/kg", "at 2  g/kg, then 2\ng/kg", ("2  g/kg", "2\ng/kg")),
        ('the "first" course - once', "the “first” course – once", ("the “first” course – once",)),
        ("2 g/kg", "at 2g/kg", ()),
        ("no more", "No more", ()),
        ("a.b", "axb", ()),
        ("", "anything", ()),
    ],
    ids=range(6),
)
def test_where_words_stand(quote: str, text: str, found: tuple[str, ...]) -> None:
    assert tuple(text[a:b] for a, b in spans(quote, text)) == found


def test_a_source_is_found_by_id_or_identifier(collection: Collection) -> None:
    (work,) = collection.works()
    assert work_of(collection, reference()) == work
    assert work_of(collection, reference(identifier="", collection=work.id)) == work
    assert work_of(collection, reference(identifier="", url="https://doi.org/10.1000/g")) == work
    assert work_of(collection, reference(identifier="10.1000/other")) is None
    assert work_of(collection, reference(collection="none")) is None


def test_of_several_the_one_that_stands(collection: Collection) -> None:
    """A citation without its text does not stand in for the work."""
    cite = Found(
        Work("", "A guideline", year="2026", identifiers=(("doi", "10.1000/g"),)),
        (Piece("Abstract only."),),
    )
    collection.add(cite)
    found = work_of(collection, reference())
    assert found is not None
    assert len(collection.passages(found)) == len(PAGES)


# locator -> how it was found, and words of the passage
PLACES = [
    ("p. 2", "page", QUOTE),
    ("Adults", "heading", QUOTE),
    ("Dosing > Children", "heading", "Children were not"),
    ("p. 837", "words", "Children were not"),
    ("", "words", "Children were not"),
]


@pytest.mark.parametrize(("locator", "how", "words"), PLACES, ids=[p[0] or "-" for p in PLACES])
def test_where_a_citation_leads(collection: Collection, locator: str, how: str, words: str) -> None:
    found = opened(collection, reference(), [(locator, "It was not studied in children")])
    assert found is not None
    assert (found.places[0].how, words in found.places[0].passage.text) == (how, True)


def test_a_quotation_leads_to_its_words(collection: Collection) -> None:
    bound = reference(quotes=(("p. 4", QUOTE),))
    found = opened(collection, bound, [("p. 4", "dose"), ("p. 4", "again")])
    assert found is not None
    (place,) = found.places
    assert place.how == "quote"
    ((a, b),) = place.marks
    assert place.passage.text[a:b] == QUOTE


def said(collection: Collection, *sources: Reference) -> list[str]:
    return [d.says for d in check_policy(collection, policy(*sources)).doubts]


def test_what_holds_is_counted_and_not_told(collection: Collection) -> None:
    bound = check_policy(
        collection, policy(reference(quotes=(("p. 2", QUOTE),)), reference(key="H", identifier=""))
    )
    assert (bound.sources, bound.quotes, bound.doubts) == (1, 1, ())


def test_what_does_not_hold_is_told(collection: Collection) -> None:
    (work,) = collection.works()
    assert said(collection, reference(collection="abcd1234")) == [
        'the collection has no work "abcd1234"'
    ]
    (wrong,) = said(collection, reference(quotes=(("p. 2", QUOTE.replace("2 g", "3 g")),)))
    assert "do not stand in the work" in wrong
    assert "2 g/kg" in wrong
    (lost,) = said(collection, reference(quotes=(("p. 2", "Nothing like that was ever written"),)))
    assert lost.endswith("do not stand in the work")
    collection.mark(work.id, "notice of May", status="retracted")
    assert said(collection, reference()) == ["retracted (notice of May)"]
    collection.mark(work.id, status="concern")
    assert said(collection, reference()) == ["there is an expression of concern"]


def test_a_newer_version_is_held_against_the_words(tmp_path: Path) -> None:
    file = tmp_path / "guide.md"
    file.write_bytes(s.MARKDOWN + b"\nStop after 3 months.\n")
    with Collection(tmp_path / "c.sqlite", create=True) as collection:
        list(bring(collection, [file]))
        (old,) = collection.works()
        file.write_bytes(s.MARKDOWN.replace(b"5 mg", b"6 mg") + b"\nStop after 3 months.\n")
        list(bring(collection, [file]))
        kept, changed = ("Adults", "Stop after 3 months."), ("Adults", "Give 5 mg daily.")
        bound = reference(collection=old.id, quotes=(kept,))
        (told,) = said(collection, bound)
        assert told.startswith("superseded by")
        _, second = said(collection, replace(bound, quotes=(changed,)))
        assert "are not in the newer one" in second
        assert "6 mg" in second
        by_doi = work_of(collection, reference(identifier="10.1000/guide"))
        assert by_doi is not None
        assert by_doi.id != old.id
