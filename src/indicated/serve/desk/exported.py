"""Everything that the desk holds, as files that another system reads without this program.

A zip of JSON lines (a file for each table), the documents as they were given, every version as the
article that a person read and signed, and the ledger as `indicated log verify` reads it. What would
let somebody act as a person of the desk is left out. It is sent while it is made, from one look at
the database: no more than one document is in memory.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import Column, Select, Table, select
from sqlalchemy.orm import Session

from indicated import __version__
from indicated.record_file import article_of
from indicated.report import to_html
from indicated.serve.desk import deciding, ledger
from indicated.serve.desk.cases import NotFound
from indicated.serve.desk.database import revision
from indicated.serve.desk.tables import Base, Blob, CaseRow, DocumentRow, Instant, Version

FORMAT = "indicated.desk-export/1"
MANIFEST, SUMS, README, LEDGER = "manifest.json", "SHA256SUMS", "README.txt", "ledger.jsonl"
# What would let a reader act as a person of the desk; "*" is a table that holds nothing else.
WITHHELD: Mapping[str, frozenset[str]] = {
    "users": frozenset({"password", "secret", "step"}),
    "tokens": frozenset({"hash"}),
    "sign_ins": frozenset({"*"}),
    "arrivals": frozenset({"*"}),
    "repeats": frozenset({"*"}),
}
# What stands as a file of its own, and under which name.
VERSION_FILES = {
    "record": "record.json", "article": "article.json", "data": "assessment.json",
    "chart": "article-chart.html",
}  # fmt: skip
IN_FILES: Mapping[str, Mapping[str, str]] = {
    "versions": {c: f"cases/CASE/versions/N/{name}" for c, name in VERSION_FILES.items()},
    "blobs": {"bytes": "documents/HASH"},
    "publications": {"page": "published/ID.html"},
    "ledger": {"line": LEDGER},
}
_ABOUT = """Everything that a review desk of Indicated holds{of}, as it was at {at}.

tables/NAME.jsonl       a row of a table a line; manifest.json says what the columns are
cases/CASE/versions/N/  a version: article.html as people read it, article.json and
                        assessment.json as data, article-chart.html (the record, every
                        fact marked), record.json (what it is made from, as
                        `indicated assess --saved` reads it)
documents/HASH          files of the record, byte for byte; their names stand in
                        tables/documents.jsonl
published/ID.html       pages as they were published
{ledger}SHA256SUMS              of every other file: `sha256sum --check SHA256SUMS`

It holds what patients' records say. Left out: passwords, second factors, sessions and
the keys of programs (see "withheld" in manifest.json).
"""
_LEDGER_SAYS = """ledger.jsonl            every act and reading: `indicated log verify ledger.jsonl`
"""

File = tuple[str, Iterable[bytes]]


def everything(db: Session, at: datetime, case: str = "") -> Iterator[File]:
    """The files of the export, each with its pieces: of the whole desk, or of one case.

    Each file's pieces have to be taken before the next file is; the sums come last. Raises
    `NotFound` for a case that is not there.
    """
    require_case(db, case)
    return _summed(_files(db, at, case))


def require_case(db: Session, case: str) -> None:
    """Raise `NotFound` where a case is named that is not there."""
    if case and db.get(CaseRow, case) is None:
        raise NotFound("there is no such case")


def _files(db: Session, at: datetime, case: str) -> Iterator[File]:
    rows: dict[str, int] = {}
    of = f" of case {case}" if case else ""
    about = _ABOUT.format(of=of, at=_moment(at), ledger="" if case else _LEDGER_SAYS)
    yield README, [about.encode()]
    for table in Base.metadata.sorted_tables:
        query = _of_case(table, case) if case else select(*_columns(table))
        if query is not None and "*" not in WITHHELD.get(table.name, ()):
            yield f"tables/{table.name}.jsonl", _lines(db, table, query, rows)
    for hash in db.scalars(_hashes(case)).all():
        yield f"documents/{hash}", [db.scalars(select(Blob.bytes).where(Blob.hash == hash)).one()]
    yield from _versions(db, case)
    yield from _published(db, case)
    if not case:
        yield LEDGER, (f"{line}\n".encode() for line in ledger.lines(db))
    yield MANIFEST, [_manifest(db, at, case, rows)]


def _summed(files: Iterable[File]) -> Iterator[File]:
    """The files, and at the end the sums of all of them."""
    sums: list[str] = []

    def told(name: str, pieces: Iterable[bytes]) -> Iterator[bytes]:
        sum = hashlib.sha256()
        for piece in pieces:
            sum.update(piece)
            yield piece
        sums.append(f"{sum.hexdigest()}  {name}\n")

    for name, pieces in files:
        yield name, told(name, pieces)
    yield SUMS, ["".join(sums).encode()]


# --- tables --------------------------------------------------------------------------------------


def _columns(table: Table) -> list[Column[Any]]:
    out = {*WITHHELD.get(table.name, ()), *IN_FILES.get(table.name, ())}
    return [c for c in table.columns if c.name not in out]


def _of_case(table: Table, case: str) -> Select[Any] | None:
    """The rows of a table that are of a case; none of a table that knows no cases."""
    columns = _columns(table)
    if table.name == CaseRow.__tablename__:
        return select(*columns).where(table.c.id == case)
    if "case_id" in table.c:
        return select(*columns).where(table.c.case_id == case)
    if "version_id" in table.c:
        versions = select(Version.id).where(Version.case_id == case)
        return select(*columns).where(table.c.version_id.in_(versions))
    return None


def _lines(db: Session, table: Table, query: Select[Any], rows: dict[str, int]) -> Iterator[bytes]:
    rows[table.name] = 0
    ordered = query.order_by(*table.primary_key.columns).execution_options(yield_per=100)
    for row in db.execute(ordered).mappings():
        rows[table.name] += 1
        plain = {name: _plain(value) for name, value in row.items()}
        yield (json.dumps(plain, ensure_ascii=False) + "\n").encode()


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return _moment(value)
    return value.isoformat() if isinstance(value, date) else value


def _moment(at: datetime) -> str:
    return at.astimezone(UTC).isoformat()


def _manifest(db: Session, at: datetime, case: str, rows: Mapping[str, int]) -> bytes:
    """What this is, and what every table and column is."""
    tables = {}
    for table in Base.metadata.sorted_tables:
        withheld = sorted(WITHHELD.get(table.name, ()))
        said: dict[str, Any] = {"withheld": withheld} if withheld else {}
        if table.name in rows:
            said["rows"] = rows[table.name]
            said["columns"] = {c.name: _type(c) for c in _columns(table)}
        if table.name in IN_FILES:
            said["files"] = dict(IN_FILES[table.name])
        if said:
            tables[table.name] = said
    told = {
        "format": FORMAT, "program": f"indicated {__version__}", "tables_version": revision(db),
        "at": _moment(at), "case": case or None, "tables": tables,
    }  # fmt: skip
    return (json.dumps(told, ensure_ascii=False, indent=1) + "\n").encode()


def _type(column: Column[Any]) -> str:
    """A column's type as its reader knows it, and what it points at."""
    kind = "moment" if isinstance(column.type, Instant) else column.type.python_type.__name__
    named = {
        "str": "text",
        "int": "number",
        "bool": "true or false",
        "dict": "json",
        "list": "json",
    }
    to = "".join(f", of {key.column.table.name}" for key in column.foreign_keys)
    return named.get(kind, kind) + to


# --- files ---------------------------------------------------------------------------------------


def _hashes(case: str) -> Select[str]:
    if not case:
        return select(Blob.hash).order_by(Blob.hash)
    own = select(DocumentRow.hash).where(DocumentRow.case_id == case)
    return select(Blob.hash).where(Blob.hash.in_(own)).order_by(Blob.hash)


def _versions(db: Session, case: str) -> Iterator[File]:
    query = select(Version.id).order_by(Version.case_id, Version.n)
    for id in db.scalars(query.where(Version.case_id == case) if case else query).all():
        version = db.get_one(Version, id)
        if not version.article:  # it is forgotten
            continue
        place = f"cases/{version.case_id}/versions/{version.n}"
        for column, name in VERSION_FILES.items():
            yield f"{place}/{name}", [getattr(version, column).encode()]
        yield f"{place}/article.html", [_read_by_people(db, version).encode()]
        db.expunge(version)  # its texts are long, and there are many


def _read_by_people(db: Session, version: Version) -> str:
    """The article as a page, with its state and signature, beside the page of its record."""
    signed = deciding.signed_by(db, db.get_one(CaseRow, version.case_id), version)
    article, state = article_of(version.article), "approved" if signed else "draft"
    return to_html(article, state=state, signed=signed, chart=dict(version.places))


def _published(db: Session, case: str) -> Iterator[File]:
    table = Base.metadata.tables["publications"]
    query = select(table.c.id).order_by(table.c.id)
    for id in db.scalars(query.where(table.c.case_id == case) if case else query).all():
        page = db.scalars(select(table.c.page).where(table.c.id == id)).one()
        yield f"published/{id}.html", [page.encode()]
