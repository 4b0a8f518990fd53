"""Files and folders in, a chart out. What cannot be read is named, and the rest is read."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

from indicated.chart.split import pieces
from indicated.errors import InputError
from indicated.model import Chart, Document

LIMIT = 20_000_000  # bytes of one file: a longer one is named as unread, never cut
SIGNATURES = {
    b"%PDF": "a PDF",
    b"PK\x03\x04": "a Word or zip file",
    b"\xd0\xcf\x11\xe0": "an old Word file",
    b"{\\rtf": "an RTF file",
    b"\x89PNG": "a picture",
    b"\xff\xd8\xff": "a picture",
    b"II*\x00": "a scanned fax",
    b"MM\x00*": "a scanned fax",
}


# Text, but not prose: reading it as a note would take its keys for words of a clinician.
STRUCTURED = {
    ".json": "a JSON file",
    ".ndjson": "a JSON file",
    ".xml": "an XML file",
    ".html": "a web page",
    ".htm": "a web page",
}


def chart_from_text(text: str, name: str = "chart", *, closed: bool = False) -> Chart:
    """A chart of one text, which may hold several documents."""
    whole = normalised(text)
    return Chart(_documents(whole, name), closed=closed)


def read_chart(
    paths: Path | str | Sequence[Path | str], *, closed: bool = False, limit: int = LIMIT
) -> Chart:
    """The documents of files and folders, in the order of their names.

    Raises `InputError` when a path does not exist or nothing at all could be read. A file that is
    not text, is empty or is too large is named in `Chart.unread`, and the others are read.
    """
    given = [Path(paths)] if isinstance(paths, (Path, str)) else [Path(p) for p in paths]
    documents: list[Document] = []
    unread: list[str] = []
    for base, file in _files(given):
        name = file.relative_to(base).as_posix() if base != file else file.name
        text, problem = _text(file, limit)
        unread += [f"{name}: {problem}"] if problem else []
        documents += _documents(text, name)
    if not documents:
        raise InputError(
            "no document could be read" + (f" ({'; '.join(unread)})" if unread else ""),
            ", ".join(str(p) for p in given),
            "Without a record every criterion would be unknown.",
            "Give text or Markdown files, or a folder that holds some.",
        )
    return Chart(_distinct(documents), tuple(unread), closed)


def _documents(text: str, name: str) -> tuple[Document, ...]:
    """The documents of one text, with ids that stay the same while the text does."""
    found = [p for p in pieces(text, name) if p.text.strip()]
    return tuple(
        Document(f"{name}#{n}" if len(found) > 1 else name, p.text, p.written, p.title, p.kind)
        for n, p in enumerate(found, 1)
    )


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


def _text(file: Path, limit: int) -> tuple[str, str]:
    """The file's text and what is wrong with it; text may come with a remark."""
    try:
        size = file.stat().st_size
        if size > limit:
            return "", f"too large to be a note ({size:,} bytes); split it into documents"
        raw = file.read_bytes()
    except OSError as error:
        return "", f"cannot be read ({error.strerror})"
    if not raw.strip():
        return "", "empty"
    kind = next((k for mark, k in SIGNATURES.items() if raw.startswith(mark)), "")
    kind = kind or STRUCTURED.get(file.suffix.lower(), "")
    if kind or b"\x00" in raw[:4096]:
        return "", f"{kind or 'not text'}; save it as text first"
    try:
        return normalised(raw.decode("utf-8-sig")), ""
    except UnicodeDecodeError:
        text = raw.decode("cp1252", errors="replace")
        return normalised(text), "not UTF-8; read as Windows text, so some signs may be wrong"


def normalised(text: str) -> str:
    """Line ends as one sign and no byte order mark, before any offset is counted.

    >>> normalised("a\\r\\nb\\rc")
    'a\\nb\\nc'
    """
    return text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")


def _distinct(documents: Sequence[Document]) -> tuple[Document, ...]:
    """Two files of one name in two folders keep apart."""
    seen: dict[str, int] = {}
    out = []
    for document in documents:
        n = seen[document.id] = seen.get(document.id, 0) + 1
        out.append(document if n == 1 else replace(document, id=f"{document.id} ({n})"))
    return tuple(out)
