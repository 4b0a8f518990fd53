"""A library that was found sound, kept so that the next command need not read it again.

A kept library is found by the content of every file that it was read from and of the program that
read it: change a letter of either and it is not found. Only what loaded without an error is ever
kept, so a mistake is reported on every load. Whatever is wrong with the folder or a file in it (not
writable, damaged, of another version) means only that the library is read as if nothing were kept.
"""

from __future__ import annotations

import hashlib
import io
import os
import pickle
import sys
import tempfile
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import fields, is_dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from indicated.criteria.concepts import Folder
from indicated.criteria.lines import shown
from indicated.model import Library
from indicated.once import without_collection

KEEP = 6  # libraries in the folder: the shipped one, one's own, and what was edited lately
_HEAD = 32  # bytes of a SHA-256
_SAFE = {
    "indicated.model": None,  # every name of it
    "datetime": {"date", "datetime"},
    "decimal": {"Decimal"},
    "builtins": {"frozenset", "set"},
}


def fingerprint(library: Iterable[Folder]) -> str:
    """What the content of these files, in this order, and this program make of a library's name."""
    digest = hashlib.sha256(_program())
    for file in library:
        with suppress(OSError):  # reading it properly will say what is wrong with it
            raw = file.read_bytes()
            name = shown(file).encode("utf-8", "surrogateescape")
            digest.update(b"%d %d %b" % (len(name), len(raw), name))
            digest.update(raw)
    return digest.hexdigest()


@cache
def _program() -> bytes:
    """The content of what turns files into a library: a version number would hide an edit."""
    package = files("indicated")
    parts = [package.joinpath(f"{m}.py") for m in ("errors", "model", "truth", "units")]
    parts.append(package.joinpath("library/units.yaml"))
    of = package.joinpath("criteria")
    parts += sorted((f for f in of.iterdir() if f.name.endswith(".py")), key=lambda f: f.name)
    digest = hashlib.sha256(sys.version.encode())
    for part in parts:
        digest.update(part.read_bytes())
    return digest.digest()


def kept(folder: Path, name: str) -> Library | None:
    """The library kept under a fingerprint; None where there is none that is whole."""
    try:
        raw = _file(folder, name).read_bytes()
        if hashlib.sha256(raw[_HEAD:]).digest() != raw[:_HEAD]:
            return None
        with without_collection():
            library = _Reader(io.BytesIO(raw[_HEAD:])).load()
    except Exception:  # whatever a damaged file makes of it: the library is read as it is written
        return None
    return library if isinstance(library, Library) else None


def keep(folder: Path, name: str, library: Library) -> None:
    """Keep a sound library; do nothing where it cannot be written."""
    with suppress(OSError):
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        into = io.BytesIO()
        _Writer(into, protocol=5).dump(library)
        payload = into.getvalue()
        handle, temporary = tempfile.mkstemp(dir=folder, suffix=".part")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(hashlib.sha256(payload).digest() + payload)
            os.replace(temporary, _file(folder, name))
        except OSError:
            Path(temporary).unlink(missing_ok=True)
            raise
        _forget(folder)


def _file(folder: Path, name: str) -> Path:
    return folder / f"library-{name}.bin"


def _forget(folder: Path) -> None:
    by_age = sorted(folder.glob("library-*.bin"), key=lambda f: f.stat().st_mtime)
    for old in by_age[:-KEEP]:
        old.unlink(missing_ok=True)


class _Writer(pickle.Pickler):
    """Writes a dataclass with slots as a call of its class: read back four times as fast."""

    def reducer_override(self, thing: Any) -> Any:
        of = thing.__class__
        names = _slots(of)
        if names is None:
            return NotImplemented
        return of, tuple(getattr(thing, name) for name in names)


@cache
def _slots(of: type[Any]) -> tuple[str, ...] | None:
    if not is_dataclass(of) or "__slots__" not in of.__dict__:
        return None
    return tuple(f.name for f in fields(of))


class _Reader(pickle.Unpickler):
    """Makes nothing but the nouns of the model, whatever a file asks for."""

    def find_class(self, module: str, name: str) -> Any:
        names = _SAFE.get(module, set())
        if names is None or name in names:
            found = super().find_class(module, name)
            if isinstance(found, type) and found.__module__ == module:
                return found
        raise pickle.UnpicklingError(f"{module}.{name} is no part of a library")
