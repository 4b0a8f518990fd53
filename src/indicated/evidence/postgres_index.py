"""An index of a collection in PostgreSQL (extra `postgres`): for a department that has one.

It is made of the collection and holds nothing else; it may be dropped at any time. Which state of
which collection it holds stands in it, and is looked at before every search: what has changed since
is put right first. Words are those of the collection's own index: small letters, no accents, stems,
and no word is left out for being frequent.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from types import TracebackType
from typing import Any, LiteralString
from urllib.parse import urlsplit

from indicated.errors import InputError, OutputError
from indicated.evidence.collection import Collection
from indicated.evidence.index import Filters, Hit
from indicated.evidence.query import Phrase, Query, Term, words_of

try:
    import psycopg
except ModuleNotFoundError:
    raise InputError(
        "an index in PostgreSQL needs a library that is not installed",
        do="pip install 'indicated[postgres]', or search without it.",
    ) from None

FORM = 1  # of the tables; another one is made anew
LOCK = 0x494E4456  # one program at a time brings it up to date
KEPT = 30  # days that the index of a collection which nobody searches stays
MANY = 2_000  # passages at a time
LONGEST = 400  # letters of a word that are looked at: a line of base64 is one, and too long
APART = 50  # places between title, heading and text: no phrase runs from one into another
_FIELDS = "ABC"  # title, heading, text
_WEIGHTS = "{0, 0.5, 0.5, 1}"  # of D, C, B, A

_TABLES: tuple[LiteralString, ...] = (
    "CREATE SCHEMA IF NOT EXISTS indicated_search",
    "DO $$ BEGIN CREATE TEXT SEARCH DICTIONARY stems (TEMPLATE = snowball, LANGUAGE = english); "
    "EXCEPTION WHEN unique_violation OR duplicate_object THEN NULL; END $$",
    "CREATE TABLE IF NOT EXISTS held (collection text PRIMARY KEY, form int NOT NULL, "
    "revision bigint NOT NULL, passages bigint NOT NULL, used date NOT NULL)",
    "CREATE TABLE IF NOT EXISTS passage (collection text NOT NULL REFERENCES held ON DELETE "
    "CASCADE, no bigint NOT NULL, work text NOT NULL, type text NOT NULL, jurisdiction text NOT "
    "NULL, status text NOT NULL, year int, words tsvector NOT NULL, PRIMARY KEY (collection, no))",
    "CREATE INDEX IF NOT EXISTS passage_words ON passage USING gin (words)",
    "CREATE INDEX IF NOT EXISTS passage_work ON passage (collection, work)",
)


class InPostgres:
    """The index in a database: `with InPostgres(collection, "postgresql://...") as index: ...`.

    Raises `InputError` where the database cannot be reached, never with its address, which may hold
    a password.
    """

    def __init__(self, collection: Collection, address: str):
        self._collection = collection
        self._host = _host(address)
        self._stems: dict[str, str] = {}
        self._seen = -1  # the revision of the collection of which `_having` is
        self._having: dict[str, int] = {}  # a query, and how many passages it finds
        if not address.startswith(("postgresql:", "postgresql+psycopg:", "postgres:")):
            raise InputError(
                "this is no address of a database in PostgreSQL",
                do="Write it as postgresql://user@host/database.",
            )
        with self._told():
            self._sql = psycopg.connect(_plain(address), autocommit=True, connect_timeout=10)
            self._sql.execute("SET search_path TO indicated_search, pg_catalog")
        self._current()
        self._use()

    def __enter__(self) -> InPostgres:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Give the connection back."""
        self._sql.close()

    def find(self, query: Query, filters: Filters, most: int, *, every: bool) -> list[Hit]:
        """See `Index`."""
        if not query.terms:
            return []
        self._current()
        literal = [t for t in query.terms if t.literal]
        others = [t for t in query.terms if not t.literal]
        ranked = [self._any(t) for t in (*literal, *others)]
        needed = ranked[: len(literal)]
        if others and every:
            needed = ranked
        elif others:
            loose = [self._any(Term(((w,),))) for w in query.loose]
            needed = [*needed, " | ".join(f"({q})" for q in (*ranked[len(literal) :], *loose))]
            ranked = [*ranked, *loose]
        where, values = _where(filters)
        wanted = " & ".join(f"({q})" for q in needed)
        made = self._collection.state[0]
        with self._told(), self._sql.transaction():
            self._sql.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
            weights = self._telling(made, ranked)
            # Each query stands there by itself, so that it is read once and not for every passage.
            told = " + ".join(["%s * ts_rank(%s::real[], words, %s::tsquery)"] * len(ranked))
            scored = [
                v
                for pair in zip(weights, ranked, strict=True)
                for v in (pair[0], _WEIGHTS, pair[1])
            ]
            rows = self._sql.execute(
                f"SELECT no, {told} AS score FROM passage "
                f"WHERE collection = %s AND words @@ %s::tsquery {where} "
                "ORDER BY score DESC, no LIMIT %s",
                (*scored, made, wanted, *values, most),
            ).fetchall()
        return [Hit(int(no), float(score)) for no, score in rows]

    def _telling(self, made: str, queries: Sequence[str]) -> list[float]:
        """How much each of several things tells: the fewer passages have it, the more."""
        (all_of_them,) = self._one("SELECT passages FROM held WHERE collection = %s", made)
        for query in queries:
            if query not in self._having:
                (self._having[query],) = self._one(
                    "SELECT count(*) FROM passage WHERE collection = %s AND words @@ %s::tsquery",
                    made, query,
                )  # fmt: skip
        counts = [self._having[query] for query in queries]
        return [math.log(1 + (all_of_them - n + 0.5) / (n + 0.5)) for n in counts]

    def _any(self, term: Term) -> str:
        return " | ".join(f"({self._phrase(p)})" for p in term.phrases)

    def _phrase(self, phrase: Phrase) -> str:
        self._learn(phrase)
        return " <-> ".join(f"'{self._stems[w]}'" for w in phrase)

    # --- keeping it true -------------------------------------------------------------------

    def _current(self) -> None:
        """Bring it to the state of the collection, where it is not in it."""
        made, revision = self._collection.state
        if revision != self._seen:
            self._seen, self._having = revision, {}
        with self._told():
            if self._held(made) == (FORM, revision):
                return
            with self._sql.transaction():
                self._sql.execute("SELECT pg_advisory_xact_lock(%s)", (LOCK,))
                for statement in _TABLES:
                    self._sql.execute(statement)
                form, since = self._held(made) or (0, -1)
                if form != FORM:
                    self._sql.execute("DELETE FROM held WHERE collection = %s", (made,))
                    since = -1
                if since != revision:
                    self._write(made, since, revision)
                self._sql.execute("DELETE FROM held WHERE used < current_date - %s::int", (KEPT,))

    def _use(self) -> None:
        """Say that somebody searches it, so that it stays; who may only read leaves it unsaid."""
        with self._told(), suppress(psycopg.errors.InsufficientPrivilege):
            self._sql.execute(
                "UPDATE held SET used = current_date WHERE collection = %s AND used < current_date",
                (self._collection.state[0],),
            )

    def _held(self, made: str) -> tuple[int, int] | None:
        if self._one("SELECT to_regclass('indicated_search.held') IS NOT NULL")[0]:
            found = self._sql.execute(
                "SELECT form, revision FROM held WHERE collection = %s", (made,)
            ).fetchone()
            return (int(found[0]), int(found[1])) if found else None
        return None

    def _write(self, made: str, since: int, revision: int) -> None:
        """Put in the passages of every work that changed after a revision, instead of the old."""
        rows = self._collection.store.rows
        self._sql.execute(
            "INSERT INTO held VALUES (%s, %s, %s, 0, current_date) ON CONFLICT (collection) "
            "DO UPDATE SET revision = excluded.revision, used = excluded.used",
            (made, FORM, revision),
        )
        changed = [id for (id,) in rows("SELECT id FROM work WHERE changed > ?", (since,))]
        self._sql.execute(
            "DELETE FROM passage WHERE collection = %s AND work = ANY(%s)", (made, changed)
        )
        found = rows(
            "SELECT passage.no, work.id, type, jurisdiction, status, year, work.title, section, "
            "text FROM passage JOIN work ON work.no = passage.work WHERE work.changed > ?",
            (since,),
        )
        for some in _parts(found):
            texts = [[words_of(str(t)) for t in row[6:]] for row in some]
            self._learn(w for fields in texts for words in fields for w in words)
            with (
                self._sql.cursor() as cursor,
                cursor.copy(
                    "COPY passage (collection, no, work, type, jurisdiction, status, year, words) "
                    "FROM STDIN"
                ) as copy,
            ):
                for (no, id, *exact, year), fields in zip(
                    (row[:6] for row in some), texts, strict=True
                ):
                    told = [str(e).lower() for e in exact]
                    when = int(year[:4]) if year[:4].isdigit() else None
                    copy.write_row((made, no, id, *told, when, self._vector(fields)))
        self._sql.execute(
            "UPDATE held SET passages = (SELECT count(*) FROM passage WHERE collection = %s) "
            "WHERE collection = %s",
            (made, made),
        )

    def _vector(self, fields: Sequence[Phrase]) -> str:
        """The words of title, heading and text with their places, as PostgreSQL writes them."""
        at, places = 0, list[str]()
        for field, words in zip(_FIELDS, fields, strict=True):
            for word in words:
                at += 1
                places.append(f"'{self._stems[word]}':{at}{field}")
            at += APART
        return " ".join(places)

    def _learn(self, words: Iterable[str]) -> None:
        """The stems of words that were not met before."""
        new = list({w for w in words if w not in self._stems})
        if not new:
            return
        with self._told():
            found = self._sql.execute(
                "SELECT w, (ts_lexize('indicated_search.stems', left(w, %s)))[1] "
                "FROM unnest(%s::text[]) w",
                (LONGEST, new),
            )
            self._stems.update((str(w), str(stem or w)[:LONGEST]) for w, stem in found)

    def _one(self, statement: LiteralString, *values: object) -> tuple[Any, ...]:
        row: tuple[Any, ...] | None = self._sql.execute(statement, values).fetchone()
        return row or (0,)

    @contextmanager
    def _told(self) -> Iterator[None]:
        """What PostgreSQL says, as a sentence without the address and without words of a query."""
        try:
            yield
        except psycopg.OperationalError as error:
            raise InputError(
                f"the database of the index cannot be reached ({type(error).__name__})",
                self._host,
                "Nothing was searched: that is not the same as nothing found.",
                "Check that it runs and who may use it, or search without it.",
            ) from None
        except psycopg.Error as error:
            raise OutputError(
                f"the index in the database cannot be used ({type(error).__name__})",
                self._host,
                "The collection itself is untouched.",
                "Give the user the right to make a schema there, or drop the schema "
                "indicated_search: it is made anew.",
            ) from None


def _where(filters: Filters) -> tuple[str, list[object]]:
    parts: list[str] = []
    values: list[object] = []
    for column, wanted in (
        ("type", filters.types), ("jurisdiction", filters.jurisdictions),
        ("status", filters.statuses), ("work", filters.works),
    ):  # fmt: skip
        if wanted:
            parts.append(f"AND {column} = ANY(%s)")
            values.append([w.lower() for w in wanted])
    for sign, year in ((">=", filters.since), ("<=", filters.until)):
        if year:
            parts.append(f"AND year {sign} %s")
            values.append(year)
    return " ".join(parts), values


def _parts(rows: Iterable[tuple[Any, ...]]) -> Iterator[list[tuple[Any, ...]]]:
    some: list[tuple[Any, ...]] = []
    for row in rows:
        some.append(row)
        if len(some) == MANY:
            yield some
            some = []
    if some:
        yield some


def _plain(address: str) -> str:
    """An address as PostgreSQL's own library takes it, also where it names a driver."""
    scheme, _, rest = address.partition("://")
    return f"{scheme.partition('+')[0]}://{rest}" if rest else address


def _host(address: str) -> str:
    """Where the database is, without who asks."""
    try:
        return urlsplit(address).hostname or "the database"
    except ValueError:
        return "the database"
