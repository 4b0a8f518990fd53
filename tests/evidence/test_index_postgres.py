"""The index in PostgreSQL is made of the collection, and never says anything else."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from indicated.errors import ExitCode, IndicatedError
from indicated.evidence.collection import Collection
from indicated.evidence.index import Filters, InFile
from indicated.evidence.parts import STATUSES, Found, Piece
from indicated.evidence.query import Query, Term
from indicated.evidence.search import search
from indicated.model import Work
from indicated.serve.cli import main

psycopg = pytest.importorskip("psycopg")
from indicated.evidence.postgres_index import InPostgres  # noqa: E402

VOCABULARY = [
    "zebra",
    "zebras",
    "treated",
    "treatment",
    "dose",
    "doses",
    "café",
    "38",
    "µg",
    "of",
    "the",
    "adult",
    "adults",
    "guillain",
    "barré",
]


def filled(place: Path) -> Collection:
    collection = Collection(place, create=True)
    for n in range(5):
        collection.add(Found(Work("", f"Work {n}"), (Piece(f"A zebra of kind {n}. " * 20),)))
    return collection


def found(collection: Collection, index: InPostgres, **filters: object) -> list[str]:
    wanted = Filters(**filters)  # type: ignore[arg-type]
    results = search(collection, "zebra", filters=wanted, index=index)
    return sorted(r.passage.work.title for r in results)


def test_it_follows_what_is_changed(tmp_path: Path, postgres: str) -> None:
    """While it is open, and with no word from anybody that something was changed."""
    with filled(tmp_path / "c.sqlite") as collection, InPostgres(collection, postgres) as index:
        assert found(collection, index) == [f"Work {n}" for n in range(5)]
        works = list(collection.works())
        collection.mark(works[0].id, status="retracted")
        collection.mark(works[1].id, title="Renamed", year="1990")
        collection.add(Found(Work("", "Work 5"), (Piece("One more zebra. " * 20),)))
        assert found(collection, index) == ["Renamed", "Work 2", "Work 3", "Work 4", "Work 5"]
        assert found(collection, index, until=2000) == ["Renamed"]
        assert len(found(collection, index, statuses=STATUSES)) == 6
        collection.remove(works[2].id)
        assert found(collection, index) == ["Renamed", "Work 3", "Work 4", "Work 5"]


def test_two_collections_in_one_database(tmp_path: Path, postgres: str) -> None:
    with (
        filled(tmp_path / "a.sqlite") as one,
        Collection(tmp_path / "b.sqlite", create=True) as two,
        InPostgres(one, postgres) as of_one,
        InPostgres(two, postgres) as of_two,
    ):
        two.add(Found(Work("", "Alone"), (Piece("A zebra, and that is all. " * 20),)))
        assert (len(found(one, of_one)), found(two, of_two)) == (5, ["Alone"])


def test_what_was_dropped_is_made_anew(tmp_path: Path, postgres: str) -> None:
    with filled(tmp_path / "c.sqlite") as collection, InPostgres(collection, postgres) as index:
        with psycopg.connect(postgres.replace("+psycopg", ""), autocommit=True) as sql:
            sql.execute("DROP SCHEMA indicated_search CASCADE")
        assert len(found(collection, index)) == 5


def test_a_word_without_end(tmp_path: Path, postgres: str) -> None:
    """A picture in letters, as it stands in some web pages."""
    with Collection(tmp_path / "c.sqlite", create=True) as collection:
        text = f"A zebra {'iVBORw0KGgo' * 9_000} {'é' * 3_000} stands here. "
        collection.add(Found(Work("", "Picture"), (Piece(text * 2),)))
        with InPostgres(collection, postgres) as index:
            assert set(found(collection, index)) == {"Picture"}
            assert search(collection, "é" * 3_000, index=index)


def test_what_is_searched_stays_and_what_is_not_goes(tmp_path: Path, postgres: str) -> None:
    plain = postgres.replace("+psycopg", "")
    with filled(tmp_path / "a.sqlite") as one, filled(tmp_path / "b.sqlite") as two:
        for collection in (one, two):
            InPostgres(collection, postgres).close()
        with psycopg.connect(plain, autocommit=True) as sql:
            sql.execute("UPDATE indicated_search.held SET used = current_date - 31")
            InPostgres(one, postgres).close()  # somebody searches this one
            with filled(tmp_path / "c.sqlite") as three, InPostgres(three, postgres):
                pass
            held = {made for (made,) in sql.execute("SELECT collection FROM indicated_search.held")}
        assert one.state[0] in held
        assert two.state[0] not in held


def test_several_programs_at_once(tmp_path: Path, postgres: str) -> None:
    filled(tmp_path / "c.sqlite").__exit__(None, None, None)
    seen: list[int] = []

    def look() -> None:
        with Collection(tmp_path / "c.sqlite") as mine, InPostgres(mine, postgres) as index:
            seen.append(len(found(mine, index)))

    threads = [threading.Thread(target=look) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert seen == [5] * 4


@pytest.fixture(scope="module")
def both(
    tmp_path_factory: pytest.TempPathFactory, postgres: str
) -> Iterator[tuple[InFile, InPostgres]]:
    with Collection(tmp_path_factory.mktemp("both") / "c.sqlite", create=True) as collection:
        for n, word in enumerate(VOCABULARY):
            text = " ".join(VOCABULARY[n : n + 5])
            collection.add(Found(Work("", f"{word} {n}", year="2001"), (Piece(text, word),)))
        with InPostgres(collection, postgres) as index:
            yield InFile(collection), index


phrases = st.lists(st.sampled_from(VOCABULARY).map(str.lower), min_size=1, max_size=3).map(tuple)


@given(
    st.lists(st.tuples(st.lists(phrases, min_size=1, max_size=3), st.booleans()), max_size=4),
    st.booleans(),
)
def test_both_find_the_same(
    both: tuple[InFile, InPostgres], terms: list[tuple[list[tuple[str, ...]], bool]], every: bool
) -> None:
    from indicated.evidence.query import words_of

    query = Query(
        tuple(
            Term(tuple(words_of(" ".join(p)) for p in said), literal=literal)
            for said, literal in terms
        )
    )
    one, two = ({h.passage for h in i.find(query, Filters(), 100, every=every)} for i in both)
    assert one == two


ADDRESSES = [
    ("postgresql://me:hush@127.0.0.1:9/x", "cannot be reached"),
    ("mysql://me:hush@127.0.0.1/x", "no address of a database in PostgreSQL"),
    ("postgresql://[hush", "cannot be"),
]


@pytest.mark.parametrize(("address", "said"), ADDRESSES)
def test_an_address_that_does_not_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, address: str, said: str
) -> None:
    with filled(tmp_path / "c.sqlite") as collection, pytest.raises(IndicatedError) as raised:
        InPostgres(collection, address)
    assert said in str(raised.value)
    assert "hush" not in str(raised.value)
    monkeypatch.setenv("INDICATED_SEARCH_DATABASE", address)
    words = ["evidence", "search", "zebra", "--collection", str(tmp_path / "c.sqlite")]
    done = CliRunner().invoke(main, words)
    assert done.exit_code in (ExitCode.INPUT, ExitCode.OUTPUT)
    assert "hush" not in done.output


def test_the_commands_use_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, postgres: str
) -> None:
    place = tmp_path / "c.sqlite"
    filled(place).__exit__(None, None, None)
    monkeypatch.setenv("INDICATED_SEARCH_DATABASE", postgres)
    made = CliRunner().invoke(main, ["evidence", "index", "--collection", str(place)])
    assert made.stdout == "in PostgreSQL: 5 passages\n", made.output
    done = CliRunner().invoke(main, ["evidence", "search", "zebra", "--collection", str(place)])
    assert (done.exit_code, done.stdout.count("Work")) == (0, 5)


def test_who_may_only_read_searches_what_is_there(tmp_path: Path, postgres: str) -> None:
    plain = postgres.replace("+psycopg", "")
    with filled(tmp_path / "c.sqlite") as collection:
        with InPostgres(collection, postgres):
            pass
        with psycopg.connect(plain, autocommit=True) as sql:
            sql.execute("DROP ROLE IF EXISTS looks")
            sql.execute("CREATE ROLE looks LOGIN PASSWORD 'hush'")
            sql.execute("GRANT USAGE ON SCHEMA indicated_search TO looks")
            sql.execute("GRANT SELECT ON ALL TABLES IN SCHEMA indicated_search TO looks")
            with InPostgres(collection, plain) as index:
                index._sql.execute("SET ROLE looks")
                assert len(found(collection, index)) == 5
                collection.add(Found(Work("", "New"), (Piece("One more zebra. " * 20),)))
                with pytest.raises(IndicatedError, match="InsufficientPrivilege"):
                    found(collection, index)
            sql.execute("DROP OWNED BY looks")
            sql.execute("DROP ROLE looks")
