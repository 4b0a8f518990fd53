"""Files and folders in, a chart out. What cannot be read is named, and the rest is read."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from pathlib import Path

from indicated.chart.documents import text_documents
from indicated.chart.formats import Way, read_bytes
from indicated.chart.parts import Limits, Read
from indicated.errors import InputError
from indicated.files.limits import Refused
from indicated.model import Chart, Document


def chart_from_text(text: str, name: str = "chart", *, closed: bool = False) -> Chart:
    """A chart of one text, which may hold several documents."""
    try:
        return Chart(_distinct(text_documents(text, name)), closed=closed)
    except Refused as refused:
        return Chart((), (f"{name}: {refused}",), closed)


def read_chart(
    paths: Path | str | Sequence[Path | str],
    *,
    closed: bool = False,
    limit: int | None = None,
    limits: Limits | None = None,
    ocr: bool = False,
    told: Callable[[str, tuple[str, ...]], None] = lambda _name, _unread: None,
) -> Chart:
    """The documents of files and folders, in the order of their names.

    PDF, Word, RTF, web pages, messages with attachments, zip files, FHIR (JSON, NDJSON), C-CDA,
    tables of laboratory values and plain text, told by what they hold. `ocr`: scanned pages and
    pictures are read too, by the engine of the extra [ocr]. `limits`: the most that a file may
    ask for; `limit` sets its bytes alone. `told` is called after each file, with its name and what
    of it could not be read.

    Raises `InputError` when a path does not exist or nothing at all could be read. A file that
    cannot be read, wholly or in part, is named in `Chart.unread`, and the others are read.
    """
    given = [Path(paths)] if isinstance(paths, (Path, str)) else [Path(p) for p in paths]
    limits = limits or Limits()
    way = Way(replace(limits, file_bytes=limit) if limit is not None else limits, ocr)
    documents: list[Document] = []
    unread: list[str] = []
    for base, file in _files(given):
        name = file.relative_to(base).as_posix() if base != file else file.name
        read = _file(file, name, way)
        documents += read.documents
        unread += [f"{name}: {sentence}" for sentence in read.unread]
        told(name, read.unread)
    if not documents:
        raise InputError(
            "no document could be read" + (f" ({'; '.join(unread)})" if unread else ""),
            ", ".join(str(p) for p in given),
            "Without a record every criterion would be unknown.",
            "Give the record as PDF, Word, text, FHIR or C-CDA files, or a folder of them"
            + (", and see above what is wrong with each file given." if unread else "."),
        )
    return Chart(_distinct(documents), tuple(unread), closed)


def _file(file: Path, name: str, way: Way) -> Read:
    """One file. Whatever a damaged file makes a library do costs this file and no other."""
    try:
        size = file.stat().st_size
        if size > way.limits.file_bytes:
            most = f"{way.limits.file_bytes:,}"
            said = f"too large ({size:,} bytes, more than {most}); split it and give the parts"
            return Read((), (said,))
        return read_bytes(file.read_bytes(), name, way)
    except OSError as error:
        return Read((), (f"cannot be read ({error.strerror}); check the file and who may read it",))
    except Exception as error:
        said = f"could not be read ({type(error).__name__}); save it anew, or as PDF"
        return Read((), (said,))


def _files(given: Iterable[Path]) -> Iterable[tuple[Path, Path]]:
    for path in given:
        if path.is_dir():
            for file in sorted(path.rglob("*")):
                hidden = any(part.startswith(".") for part in file.relative_to(path).parts)
                if file.is_file() and not hidden:
                    yield path, file
        elif path.is_file():
            yield path, path
        else:
            raise InputError(
                "there is no such file or folder",
                str(path),
                "The chart would be incomplete without anybody noticing.",
                "Check the path.",
            )


def _distinct(documents: Sequence[Document]) -> tuple[Document, ...]:
    """Two documents of one name keep apart."""
    seen: dict[str, int] = {}
    taken = {d.id for d in documents}
    out = []
    for document in documents:
        n = seen[document.id] = seen.get(document.id, 0) + 1
        id = document.id
        while n > 1 and (id := f"{document.id} ({n})") in taken:
            n += 1
        taken.add(id)
        out.append(document if id == document.id else replace(document, id=id))
    return tuple(out)
