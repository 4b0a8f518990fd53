"""A collection of literature: works, their passages, where they came from, whether they stand.

The same text is one work, however often and from wherever it comes: its id is made of the text. A
collection is opened, used and closed; what is changed within `changing` is one transaction, so a
program that is killed leaves it as it was before.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from pathlib import Path
from types import TracebackType

from indicated.errors import InputError
from indicated.evidence.parts import STATUSES, Cut, Found, Notice, cuts, text_of
from indicated.evidence.store import Row, Store
from indicated.evidence.works import FIELDS, merged, work_id
from indicated.model import Passage, Work

_COLUMNS = ", ".join(f"work.{name}" for name in ("no", "id", *FIELDS))


@dataclass(frozen=True, slots=True)
class File:
    """A file that was given: what became of it."""

    path: str
    hash: str
    kind: str
    failed: str = ""  # why nothing was taken from it
    remarks: tuple[str, ...] = ()  # what of it was left out
    works: int = 0


@dataclass(frozen=True, slots=True)
class Added:
    """What an addition came to."""

    id: str
    new: bool


class Collection:
    """One collection, opened: `with Collection(path) as collection: ...`."""

    def __init__(self, path: Path, *, create: bool = False):
        self.store = Store(path, create=create)
        self.path = path

    def __enter__(self) -> Collection:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.store.close()

    def changing(self) -> AbstractContextManager[None]:
        """All of what is done within, or nothing of it."""
        return self.store.changing()

    @property
    def revision(self) -> int:
        """Counts what was changed."""
        return int(self.store.one("SELECT value FROM about WHERE key = 'revision'")[0])

    @property
    def state(self) -> tuple[str, int]:
        """Which collection it is, and its revision: what is made of it is true as long as this is
        the same. Where a work was removed, it counts as another one."""
        return str(self.store.one("SELECT value FROM about WHERE key = 'made'")[0]), self.revision

    # --- putting in ------------------------------------------------------------------------

    def add(self, found: Found, given: Mapping[str, str] | None = None) -> Added:
        """Put in a work, or learn from this copy of it what was not known of it before.

        `given`: what the user said of it; that goes before what the file says, and before what was
        known. A work whose status is the worse of two keeps that.
        """
        passages = cuts(found.pieces)
        if not passages:
            raise InputError("a work without words cannot be added", do="Give its text.")
        id = found.work.id or work_id(found.work, text_of(passages))
        work = replace(found.work, id=id)
        with self.changing():
            row = self.store.one(f"SELECT {_COLUMNS} FROM work WHERE id = ?", (work.id,))
            if row:
                no = int(row[0])
                self._learn(no, merged(self._work(row), work, set(given or ())))
            else:
                no = self._insert(work, passages)
            self._name(no, work)
            for notice in found.notices:
                self._heed(notice)
            self._heed_known(no)
        return Added(work.id, new=not row)

    def _insert(self, work: Work, passages: Iterable[Cut]) -> int:
        values = [getattr(work, name) for name in FIELDS]
        marks = ", ".join("?" * (len(values) + 2))
        no = self.store.run(
            f"INSERT INTO work (id, {', '.join(FIELDS)}, changed) VALUES ({marks})",
            (work.id, *values, self._next()),
        )
        first = int(self.store.one("SELECT coalesce(max(no), 0) + 1 FROM passage")[0])
        cut = list(enumerate(passages, first))
        self.store.many(
            "INSERT INTO passage VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            [(n, no, c.start, c.end, c.section, c.page, c.text, c.gap) for n, c in cut],
        )
        self.store.many(
            "INSERT INTO words (rowid, title, section, text) VALUES (?, ?, ?, ?)",
            [(n, work.title, c.section, c.text) for n, c in cut],
        )
        return no

    def _name(self, no: int, work: Work) -> None:
        self.store.many(
            "INSERT OR IGNORE INTO named VALUES (?, ?, ?)",
            [(kind, value, no) for kind, value in work.identifiers],
        )

    def _learn(self, no: int, work: Work) -> None:
        before = self.store.one("SELECT title FROM work WHERE no = ?", (no,))[0]
        if before != work.title:
            self._unindex(no)
        sets = ", ".join(f"{name} = ?" for name in FIELDS)
        values = [getattr(work, name) for name in FIELDS]
        self.store.run(
            f"UPDATE work SET {sets}, changed = ? WHERE no = ?", (*values, self._next(), no)
        )
        if before != work.title:
            self.store.run(
                "INSERT INTO words (rowid, title, section, text) SELECT searched.* FROM searched "
                "JOIN passage ON passage.no = searched.no WHERE passage.work = ?",
                (no,),
            )

    def _unindex(self, no: int) -> None:
        """What FTS5 needs to forget words is the words themselves."""
        self.store.run(
            "INSERT INTO words (words, rowid, title, section, text) "
            "SELECT 'delete', searched.* FROM searched "
            "JOIN passage ON passage.no = searched.no WHERE passage.work = ?",
            (no,),
        )

    def _next(self) -> int:
        number = self.revision + 1
        self.store.run("UPDATE about SET value = ? WHERE key = 'revision'", (str(number),))
        return number

    # --- whether works stand ---------------------------------------------------------------

    def heed(self, notice: Notice) -> None:
        """Keep what is said of a work, and mark it wherever it is here or comes later."""
        with self.changing():
            self._heed(notice)

    def _heed(self, notice: Notice) -> None:
        """Keep what one work says of another, and mark that one wherever it is here."""
        self.store.run(
            "INSERT OR IGNORE INTO notice VALUES (?, ?, ?, ?)",
            (notice.kind, notice.value, notice.status, notice.by),
        )
        for (no,) in list(
            self.store.rows(
                "SELECT work FROM named WHERE kind = ? AND value = ?", (notice.kind, notice.value)
            )
        ):
            self._heed_known(no)

    def _heed_known(self, no: int) -> None:
        said = self.store.rows(
            "SELECT notice.status, notice.said_by FROM notice JOIN named USING (kind, value) "
            "WHERE named.work = ?",
            (no,),
        )
        for status, by in list(said):
            self._worsen(no, status, f"said by {by}" if by else "")

    def _worsen(self, no: int, status: str, because: str, by: str = "") -> None:
        now = self.store.one("SELECT status FROM work WHERE no = ?", (no,))[0]
        if STATUSES.index(status) > STATUSES.index(now):
            self.store.run(
                "UPDATE work SET status = ?, because = ?, superseded_by = ?, changed = ? "
                "WHERE no = ?",
                (status, because, by, self._next(), no),
            )

    def supersede(self, old: str, new: str, because: str) -> None:
        """Note that a work was followed by another."""
        with self.changing():
            no = self._number(old)
            self._worsen(no, "superseded", because, new)

    def mark(self, id: str, because: str = "", **values: object) -> Work:
        """Write down what a person knows of a work, and it stays so until they say otherwise.

        `values`: fields of `Work`, and `identifiers`, which are added. Raises `InputError`.
        """
        status = values.get("status")
        if status and status not in STATUSES:
            raise InputError(f'"{status}" is no status', do=f"Use one of: {', '.join(STATUSES)}.")
        identifiers = values.pop("identifiers", ())
        with self.changing():
            work = self.work(id)
            no = self._number(work.id)
            self._learn(no, replace(work, **values))  # type: ignore[arg-type]
            self._name(no, replace(work, identifiers=identifiers))  # type: ignore[arg-type]
            if status:
                self.store.run("UPDATE work SET because = ? WHERE no = ?", (because, no))
            return self.work(id)

    def remove(self, id: str) -> None:
        """Take a work out, words and all."""
        with self.changing():
            no = self._number(id)
            self._unindex(no)
            self.store.run("DELETE FROM work WHERE no = ?", (no,))
            self.store.run("UPDATE about SET value = hex(randomblob(16)) WHERE key = 'made'")
            self._next()

    # --- files -----------------------------------------------------------------------------

    def file(self, path: str) -> File | None:
        """What became of a file that was given before."""
        return next(iter(self.files("path = ?", path)), None)

    def files(self, where: str = "1", *values: str) -> list[File]:
        """Every file that was given, in the order in which they came."""
        rows = self.store.rows(
            "SELECT path, hash, kind, failed, remarks, "
            "(SELECT count(*) FROM held WHERE held.file = file.no) "
            f"FROM file WHERE {where} ORDER BY no",
            values,
        )
        return [File(p, h, k, f, tuple(json.loads(r)), n) for p, h, k, f, r, n in rows]

    def keep_file(self, file: File, works: Iterable[str]) -> tuple[str, ...]:
        """Write down what became of a file; gives the works that it held before and no more."""
        with self.changing():
            before = set(self.held(file.path))
            self.store.run(
                "INSERT INTO file (path, hash, kind, failed, remarks) VALUES (?, ?, ?, ?, ?) "
                "ON CONFLICT (path) DO UPDATE SET hash = excluded.hash, kind = excluded.kind, "
                "failed = excluded.failed, remarks = excluded.remarks",
                (file.path, file.hash, file.kind, file.failed, json.dumps(file.remarks)),
            )
            (no,) = self.store.one("SELECT no FROM file WHERE path = ?", (file.path,))
            now = set(works)
            if not file.failed:
                self.store.run("DELETE FROM held WHERE file = ?", (no,))
            self.store.many(
                "INSERT OR IGNORE INTO held SELECT ?, no FROM work WHERE id = ?",
                [(no, id) for id in now],
            )
            return tuple(sorted(before - now)) if not file.failed else ()

    def held(self, path: str) -> list[str]:
        """The ids of the works that a file holds."""
        return [
            id
            for (id,) in self.store.rows(
                "SELECT work.id FROM held JOIN file ON file.no = held.file "
                "JOIN work ON work.no = held.work WHERE file.path = ? ORDER BY work.no",
                (path,),
            )
        ]

    # --- taking out ------------------------------------------------------------------------

    def work(self, id: str) -> Work:
        """The work of that id, or of the one id that begins so. Raises `InputError`."""
        found = list(
            self.store.rows(
                f"SELECT {_COLUMNS} FROM work WHERE id >= ? AND id < ? LIMIT 2", (id, id + "g")
            )
        )
        if len(found) != 1 or len(id) < 4:
            raise InputError(
                f'"{id}" is the beginning of more than one id' if len(found) > 1
                else f'there is no work "{id}" in the collection',
                str(self.path),
                do="See what there is: indicated evidence list",
            )  # fmt: skip
        return self._work(found[0])

    def works(self) -> Iterator[Work]:
        """Every work, in the order in which they came."""
        return map(self._work, self.store.rows(f"SELECT {_COLUMNS} FROM work ORDER BY no"))

    def named(self, identifiers: Iterable[tuple[str, str]]) -> tuple[Work, ...]:
        """The works that have one of the identifiers."""
        found = {
            row[0]: row
            for kind, value in identifiers
            for row in self.store.rows(
                f"SELECT {_COLUMNS} FROM work JOIN named ON named.work = work.no "
                "WHERE named.kind = ? AND named.value = ?",
                (kind, value),
            )
        }
        return tuple(self._work(found[no]) for no in sorted(found))

    def follows(self, work: Work) -> Work | None:
        """The work that superseded it, where that is here."""
        kind, named, value = work.superseded_by.partition(":")
        if named:
            return next(iter(self.named([(kind, value)])), None)
        return self.known(work.superseded_by)

    def known(self, id: str) -> Work | None:
        """The work of exactly that id; None where there is none."""
        row = self.store.one(f"SELECT {_COLUMNS} FROM work WHERE id = ?", (id,))
        return self._work(row) if row else None

    def passages(self, work: Work) -> tuple[Passage, ...]:
        """Its passages, in order."""
        rows = self.store.rows(
            "SELECT text, begins, ends, section, page FROM passage WHERE work = ? ORDER BY begins",
            (self._number(work.id),),
        )
        return tuple(Passage(work, *row) for row in rows)

    def text(self, work: Work) -> str:
        """Its whole text, in which the offsets of its passages count."""
        rows = self.store.rows(
            "SELECT text || gap FROM passage WHERE work = ? ORDER BY begins",
            (self._number(work.id),),
        )
        return "".join(text for (text,) in rows).rstrip("\n")

    def passage(self, no: int) -> Passage:
        """The passage of that number, as an index gives it."""
        row = self.store.one(
            f"SELECT text, begins, ends, section, page, {_COLUMNS} FROM passage "
            "JOIN work ON work.no = passage.work WHERE passage.no = ?",
            (no,),
        )
        return Passage(self._work(row[5:]), *row[:5])

    def because(self, work: Work) -> str:
        """Why its status is what it is."""
        return str(self.store.one("SELECT because FROM work WHERE id = ?", (work.id,))[0])

    def came_from(self, work: Work) -> list[str]:
        """The files that hold it."""
        return [
            str(path)
            for (path,) in self.store.rows(
                "SELECT file.path FROM file JOIN held ON held.file = file.no WHERE held.work = ?",
                (self._number(work.id),),
            )
        ]

    def counts(self) -> tuple[int, int]:
        """How many works and passages there are."""
        works, passages = (
            int(self.store.one(f"SELECT count(*) FROM {table}")[0]) for table in ("work", "passage")
        )
        return works, passages

    def damage(self) -> tuple[str, ...]:
        """What SQLite finds wrong with the file and with its index; () where all is well."""
        found = [str(row[0]) for row in self.store.rows("PRAGMA quick_check(5)") if row[0] != "ok"]
        self.store.run("INSERT INTO words (words, rank) VALUES ('integrity-check', 1)")
        return tuple(found)

    def _number(self, id: str) -> int:
        row = self.store.one("SELECT no FROM work WHERE id = ?", (id,))
        if not row:
            raise InputError(f'there is no work "{id}" in the collection', str(self.path))
        return int(row[0])

    def _work(self, row: Row) -> Work:
        known = self.store.rows(
            "SELECT kind, value FROM named WHERE work = ? ORDER BY kind, value", (row[0],)
        )
        values = dict(zip(FIELDS, row[2:], strict=True))
        values["licensed"] = bool(values["licensed"])
        return Work(row[1], identifiers=tuple(known), **values)
