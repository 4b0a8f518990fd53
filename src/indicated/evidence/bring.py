"""Files and folders into a collection. What fails is named, and the rest goes on.

Each file is one transaction: a run that is killed has every file whole or not at all, and the next
run goes on behind the last one. A file that was read before is not read again, unless it has
changed; then what it held before is marked as superseded by what it holds now.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from indicated.errors import InputError
from indicated.evidence.collection import Collection, File
from indicated.evidence.importers.kinds import LIMITS, read
from indicated.evidence.importers.markdown import as_mapping
from indicated.evidence.importers.said import checked, with_said
from indicated.evidence.parts import Found, NotImported, cuts, text_of
from indicated.evidence.works import work_id

BESIDE = ".yaml"  # guideline.pdf.yaml says what guideline.pdf is


@dataclass(frozen=True, slots=True)
class Brought:
    """What became of one file."""

    path: str
    new: int = 0  # works that were not in the collection
    known: int = 0  # works that were
    superseded: int = 0  # works of the file's version before
    skipped: bool = False  # it was read before and has not changed
    failed: str = ""
    remarks: tuple[str, ...] = ()


def files_of(paths: Iterable[Path]) -> list[Path]:
    """Every file of files and folders, in the order of their names. Raises `InputError`."""
    out: list[Path] = []
    for path in paths:
        if path.is_dir():
            inner = (f for f in path.rglob("*") if f.is_file())
            out += sorted(f for f in inner if not _hidden(f.relative_to(path)))
        elif path.is_file():
            out.append(path)
        else:
            raise InputError(
                "there is no such file or folder", str(path), do="Check the path, and run it again."
            )
    given = set(out)
    return [f for f in dict.fromkeys(out) if not _is_beside(f, given)]


def bring(
    collection: Collection,
    paths: Iterable[Path],
    said: Mapping[str, Any] | None = None,
    *,
    again: bool = False,
) -> Iterator[Brought]:
    """Take files and folders into a collection, one after the other, and tell of each.

    `said`: what the user says of all of them (`importers.said.KEYS`). `again`: files that have not
    changed are read once more. Raises `InputError` for a path that does not exist and for words
    that are no key, before anything is taken in.
    """
    said = said or {}
    try:
        checked(said, "what you say of the files")
    except NotImported as wrong:
        raise InputError(str(wrong)) from None
    own = collection.path.resolve()
    for file in files_of(paths):
        if not str(file.resolve()).startswith(str(own)):  # itself, and its journal
            yield _one(collection, file, said, again=again)


def _one(collection: Collection, file: Path, said: Mapping[str, Any], *, again: bool) -> Brought:
    path = str(file.resolve())
    try:
        raw, beside = _bytes(file)
    except NotImported as wrong:
        return _failed(collection, File(path, "", "", str(wrong)))
    told = repr(sorted(said.items())).encode()
    hash = hashlib.sha256(b"%d:%b%d:%b%b" % (len(raw), raw, len(beside), beside, told)).hexdigest()
    before = collection.file(path)
    if before and before.hash == hash and not before.failed and not again:
        return Brought(path, known=before.works, skipped=True)
    try:
        given = {**said, **_said(beside)}
        kind, found = read(raw, file.name)
        works = [with_said(_known(f), given, "what you say of it") for f in _worded(found)]
    except NotImported as wrong:
        return _failed(collection, File(path, hash, "", str(wrong)))
    except Exception as error:  # whatever a damaged file makes a library do costs this file alone
        said_of_it = f"it could not be read ({type(error).__name__}); fetch or save it anew"
        return _failed(collection, File(path, hash, "", said_of_it))
    return _taken(collection, File(path, hash, kind), works, given)


def _worded(found: Iterable[Found]) -> list[Found]:
    """Those that have words; how many had none is remarked on the first."""
    found = list(found)
    kept = [f for f in found if any(p.text.strip() for p in f.pieces)]
    if not kept:
        raise NotImported("it holds no words")
    if lost := len(found) - len(kept):
        said = f"{lost} of its works hold no words and were left out"
        kept[0] = replace(kept[0], remarks=(*kept[0].remarks, said))
    return kept


def _known(found: Found) -> Found:
    """A work with its id, which is made of what the file says and of nothing else."""
    id = work_id(found.work, text_of(cuts(found.pieces)))
    return replace(found, work=replace(found.work, id=id))


def _taken(
    collection: Collection, file: File, works: list[Found], given: Mapping[str, Any]
) -> Brought:
    remarks = tuple(dict.fromkeys(r for f in works for r in f.remarks))
    file = File(file.path, file.hash, file.kind, remarks=remarks)
    with collection.changing():
        added = [collection.add(f, given) for f in works]
        left = collection.keep_file(file, [a.id for a in added])
        followed = list(_followed(collection, left, [a.id for a in added]))
        for old, new in followed:
            collection.supersede(old, new, f"a newer {Path(file.path).name} was brought in")
    fresh = len({a.id for a in added if a.new})
    known = len({a.id for a in added}) - fresh
    return Brought(file.path, fresh, known, len(followed), remarks=remarks)


def _followed(
    collection: Collection, left: Iterable[str], now: list[str]
) -> Iterator[tuple[str, str]]:
    """Each work that a file held before, with the one that stands in its place: the only one of the
    file, or the one that has an identifier in common with it."""
    for old in left:
        if len(set(now)) == 1:
            yield old, now[0]
            continue
        same = {w.id for w in collection.named(collection.work(old).identifiers)} & set(now)
        if len(same) == 1:
            yield old, same.pop()


def _failed(collection: Collection, file: File) -> Brought:
    collection.keep_file(file, ())
    return Brought(file.path, failed=file.failed)


def _bytes(file: Path) -> tuple[bytes, bytes]:
    """A file and what stands beside it."""
    beside = file.with_name(file.name + BESIDE)
    try:
        if file.stat().st_size > LIMITS.file_bytes:
            raise NotImported(f"it is larger than {LIMITS.file_bytes:,} bytes; split it")
        return file.read_bytes(), beside.read_bytes() if beside.is_file() else b""
    except OSError as error:
        raise NotImported(f"it cannot be read ({error.strerror}); check who may read it") from None


def _said(beside: bytes) -> Mapping[str, Any]:
    if not beside.strip():
        return {}
    text = beside.decode("utf-8", "replace")
    return as_mapping(text, f"the {BESIDE} file beside it")


def _is_beside(file: Path, given: set[Path]) -> bool:
    return file.suffix == BESIDE and file.with_suffix("") in given


def _hidden(path: Path) -> bool:
    return any(part.startswith(".") for part in path.parts)
