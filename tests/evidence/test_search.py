"""What is found for which words, in which order, and what of it is shown. On every index alike."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indicated.evidence.collection import Collection
from indicated.evidence.index import Filters, Index, InFile
from indicated.evidence.parts import STATUSES, Found, Piece
from indicated.evidence.query import query_of
from indicated.evidence.search import Result, search
from indicated.model import Concept, Concepts, Work

CONCEPTS = Concepts({
    c.id: c
    for c in (
        Concept("ivig", "intravenous immunoglobulin", "drug", ("immune globulin intravenous", "Exampligam 10%"), ("IVIG", "IV Ig"), under=("blood-product",)),
        Concept("blood-product", "blood product", "drug"),
        Concept("ms", "multiple sclerosis", "condition", (), ("MS",)),
        Concept("neuropathy", "inflammatory neuropathy", "condition", ("inflammatory polyneuropathy",)),
    )
})  # fmt: skip

WORKS = {
    "guide": (Work("", "Guideline on inflammatory neuropathy", type="guideline", year="2021", jurisdiction="EU"),
              ["Immune globulin intravenous at 2 g/kg is the first treatment in adults.", "Plasma exchange may follow."]),
    "trial": (Work("", "Trial", type="trial", year="2015", jurisdiction="US"),
              ["IVIG at 2 g/kg was given to adults with inflammatory polyneuropathy."]),
    "old": (Work("", "Guideline on inflammatory neuropathy, first edition", type="guideline", year="2005", status="superseded"),
            ["Immune globulin intravenous at 1 g/kg."]),
    "letter": (Work("", "Letter", type="opinion", year="2020", status="concern"),
               ["IVIG at 2 g/kg was given to adults with inflammatory polyneuropathy, we are told."]),
    "far": (Work("", "Milliseconds", year="1999"), ["A delay of 40 ms; the café in Guillain-Barré street; fever above 38.5 µg."]),
}  # fmt: skip


@pytest.fixture(scope="module")
def collection(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Collection]:
    place = tmp_path_factory.mktemp("search") / "c.sqlite"
    with Collection(place, create=True) as made:
        for work, texts in WORKS.values():
            made.add(Found(work, tuple(Piece(t, f"Part {n}") for n, t in enumerate(texts))))
        yield made


def _in_file(collection: Collection) -> Index:
    return InFile(collection)


def _beside(collection: Collection) -> Index:
    from indicated.evidence.tantivy_index import Beside

    return Beside(collection)


INDEXES: dict[str, Callable[[Collection], Index]] = {"in the file": _in_file, "beside": _beside}
POSTGRES = "in postgresql"


@pytest.fixture(scope="module")
def in_postgres(request: pytest.FixtureRequest, collection: Collection) -> Iterator[Index]:
    from indicated.evidence.postgres_index import InPostgres

    with InPostgres(collection, request.getfixturevalue("postgres")) as index:
        yield index


@pytest.fixture(params=[*INDEXES, POSTGRES])
def find(request: pytest.FixtureRequest, collection: Collection) -> Callable[..., list[Result]]:
    if request.param == POSTGRES:
        index: Index = request.getfixturevalue("in_postgres")
    else:
        index = INDEXES[request.param](collection)

    def found(text: str, **filters: object) -> list[Result]:
        wanted = Filters(**filters) if filters else None  # type: ignore[arg-type]
        return list(search(collection, text, CONCEPTS, wanted, index=index))

    return found


def titles(found: list[Result]) -> list[str]:
    return [r.passage.work.title for r in found]


# words -> what a passage says that must come first, and everything whose text is found at all
FOUND = [
    ("IVIG", "is the first treatment", 3),
    ("ivig", "is the first treatment", 3),
    ("immune globulin intravenous", "is the first treatment", 3),
    ("exampligam 10%", "is the first treatment", 3),
    ("blood products", None, 0),
    ("blood product", "is the first treatment", 3),
    ("treatment of adults", "is the first treatment", 3),
    ('"plasma exchange"', "Plasma exchange", 1),
    ('"exchange plasma"', None, 0),
    ('"given to adults" IVIG', "was given to adults with inflammatory polyneuropathy.", 2),
    ("delays", "A delay of 40 ms", 1),
    ("CAFE guillain barre", "A delay of 40 ms", 1),
    ("38.5 µg", "A delay of 40 ms", 1),
    ("multiple sclerosis", None, 0),
    ("MS", "A delay of 40 ms", 1),
    ("", None, 0),
    ("?!", None, 0),
    ("the of and", None, 0),
]


@pytest.mark.parametrize(("words", "first", "count"), FOUND, ids=[row[0] or "-" for row in FOUND])
def test_what_is_found(
    find: Callable[..., list[Result]], words: str, first: str | None, count: int
) -> None:
    found = find(words)
    assert len(found) == count
    if first is not None:
        assert first in found[0].passage.text


def test_passages_with_everything_come_before_those_with_some(
    find: Callable[..., list[Result]],
) -> None:
    found = find("IVIG neuropathy delay")
    assert [r.whole for r in found] == sorted((r.whole for r in found), reverse=True)
    assert "Milliseconds" in titles(found)


def test_among_equals_the_weightier_work_comes_first(find: Callable[..., list[Result]]) -> None:
    found = titles(find("IVIG polyneuropathy adults"))
    assert found.index("Trial") < found.index("Letter")


def test_what_does_not_stand_is_shown_only_if_asked(find: Callable[..., list[Result]]) -> None:
    assert "Guideline on inflammatory neuropathy, first edition" not in titles(find("IVIG"))
    assert titles(find("IVIG", statuses=("superseded",))) == [
        "Guideline on inflammatory neuropathy, first edition"
    ]
    assert titles(find("IVIG", statuses=STATUSES))[-1] != "Guideline on inflammatory neuropathy"


@pytest.mark.parametrize(
    ("filters", "wanted"),
    [
        ({"types": ("trial",)}, {"Trial"}),
        ({"types": ("trial", "opinion")}, {"Trial", "Letter"}),
        ({"jurisdictions": ("eu",)}, {"Guideline on inflammatory neuropathy"}),
        ({"since": 2016}, {"Guideline on inflammatory neuropathy", "Letter"}),
        ({"until": 2015}, {"Trial"}),
        ({"since": 2016, "until": 2020}, {"Letter"}),
        ({"statuses": ("concern",)}, {"Letter"}),
        ({"types": ("label",)}, set()),
    ],
    ids=range(8),
)  # fmt: skip
def test_filters(
    find: Callable[..., list[Result]], filters: dict[str, object], wanted: set[str]
) -> None:
    assert set(titles(find("IVIG", **filters))) == wanted


def test_one_work_alone(find: Callable[..., list[Result]]) -> None:
    (first, *_) = find("IVIG")
    id = first.passage.work.id
    assert {r.passage.work.id for r in find("IVIG adults", works=(id,))} == {id}
    assert find("IVIG", works=("nothing",)) == []


def test_marks_are_offsets_of_characters(find: Callable[..., list[Result]]) -> None:
    (found,) = find("38.5 µg cafe")
    text = found.passage.text
    assert [text[a:b] for a, b in found.shown.marks] == ["café", "38", "5", "µg"]
    assert found.passage.text in WORKS["far"][1]


def test_a_snippet_shows_where_the_words_are(tmp_path: Path) -> None:
    text = (
        "Nothing of it here. " * 40 + "The rare word zebra stands here. " + "Nor here at all. " * 10
    )
    with Collection(tmp_path / "c.sqlite", create=True) as collection:
        collection.add(Found(Work("", "Long"), (Piece(text),)))
        (found,) = [r for r in search(collection, "zebra") if r.shown.marks]
    assert "zebra" in found.snippet
    assert len(found.snippet) < 300
    a, b = found.shown.marks[0]
    assert found.passage.text[a:b] == "zebra"
    assert found.shown.start <= a < b <= found.shown.end


def test_of_one_work_only_some_passages_are_shown(tmp_path: Path) -> None:
    with Collection(tmp_path / "c.sqlite", create=True) as collection:
        collection.add(
            Found(Work("", "Long"), tuple(Piece(f"zebra {n}", str(n)) for n in range(9)))
        )
        collection.add(
            Found(Work("", "Other"), (Piece("A stable with one zebra among many other animals."),))
        )
        assert titles(list(search(collection, "zebra")))[3:] == ["Other"]
        assert len(search(collection, "zebra", per_work=9)) == 10


@settings(max_examples=150, deadline=None)
@given(text=st.text(max_size=60))
def test_any_text_is_a_query(text: str) -> None:
    with Collection(_ANY, create=True) as collection:
        for result in search(collection, text, CONCEPTS):
            assert all(0 <= a < b <= len(result.passage.text) for a, b in result.shown.marks)


@pytest.fixture(autouse=True, scope="module")
def _any_collection(tmp_path_factory: pytest.TempPathFactory) -> None:
    global _ANY
    _ANY = tmp_path_factory.mktemp("any") / "c.sqlite"
    with Collection(_ANY, create=True) as made:
        for work, texts in WORKS.values():
            made.add(Found(work, tuple(map(Piece, texts))))


_ANY = Path()
HOSTILE = [
    '"',
    "'; DROP TABLE work; --",
    "NEAR(a b)",
    "title:x",
    "^a",
    "a*",
    "-a",
    "{",
    "a AND",
    "\x00",
    "((((",
    "🐴" * 50,
    "a " * 5000,
]


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_nothing_in_a_query_is_a_sign(find: Callable[..., list[Result]], text: str) -> None:
    find(text)


def test_a_class_has_at_most_so_many_names() -> None:
    many = {
        f"d{n}": Concept(f"d{n}", f"drug number {n}", "drug", under=("class",)) for n in range(500)
    }
    (term,) = query_of(
        "drug class", Concepts({"class": Concept("class", "drug class", "drug"), **many})
    ).terms
    assert len(term.phrases) == 20
