"""Entries, prose and attached files as the documents of one file."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from indicated.chart import fhir_documents as files
from indicated.chart.documents import text_documents
from indicated.chart.fhir_book import Attached, Book, Prose, some
from indicated.chart.fhir_lines import ORDERS, document_of
from indicated.chart.fhir_node import tidy_text
from indicated.chart.parts import Read
from indicated.files.limits import Limits, Refused
from indicated.files.text import decoded
from indicated.model import Document

Inner = Callable[[bytes, str], Read]  # reads a file of any kind, given its bytes and a name


def documents(book: Book, name: str, inner: Inner | None) -> tuple[tuple[Document, ...], list[str]]:
    """All documents: the structured record first, then what people wrote, then attached files.

    Without an `inner`, files that are neither text nor HTML are named as unread.
    """
    found: list[Document] = []
    unread: list[str] = []
    asked = [s for s in book.said if s.group == ORDERS]
    if record := [s for s in book.said if s.group != ORDERS]:
        found.append(document_of(record, "Structured record"))
    if asked:  # what is asked for stands apart, as orders do in a chart of paper
        found.append(document_of(asked, ORDERS, kind="order"))
    try:
        found += _written(book.prose, book.limits)
        for one in book.attached:
            opened, problems = _opened(one, name, book.limits, inner)
            found += opened
            unread += problems
    except Refused as refused:
        unread.append(str(refused))
    kept, remark = _within(found, book.limits)
    ids = [f"{name}#{n}" for n in range(1, len(kept) + 1)] if len(kept) > 1 else [name]
    named = tuple(replace(d, id=i) for d, i in zip(kept, ids, strict=False))
    return named, [*unread, *remark]


def _within(found: Sequence[Document], limits: Limits) -> tuple[list[Document], list[str]]:
    """As many documents as the limit of characters allows."""
    kept: list[Document] = []
    chars = 0
    for document in found:
        chars += len(document.text)
        if chars > limits.text_chars:
            rest = some(len(found) - len(kept), "document")
            return kept, [f"{rest} past the first {limits.text_chars:,} characters, not read"]
        kept.append(document)
    return kept, []


def _written(prose: Iterable[Prose], limits: Limits) -> list[Document]:
    """Free text as documents; what was written on one day under one title is one."""
    by: dict[tuple[object, ...], list[Prose]] = {}
    for one in prose:
        by.setdefault((one.written, one.title, one.kind), []).append(one)
    out: list[Document] = []
    for group in sorted(by.values(), key=lambda g: (str(g[0].written or ""), g[0].title)):
        first = group[0]
        text = "\n\n".join(dict.fromkeys(sorted(p.text for p in group))) + "\n"
        out += [
            replace(d, written=first.written or d.written, title=first.title or d.title,
                    kind=first.kind or d.kind)
            for d in text_documents(text, first.title, limits)
        ]  # fmt: skip
    return out


def _opened(
    one: Attached, name: str, limits: Limits, inner: Inner | None
) -> tuple[list[Document], list[str]]:
    """An attached file as documents."""
    ending = files.ENDINGS.get(one.media, "")
    if one.media in files.PLAIN_TEXT and b"\x00" not in one.raw[:4096]:
        text, remark = decoded(one.raw, one.charset)
        found = text_documents(text, one.title or name, limits)
        said = [remark] if remark else []
    elif inner is not None and ending:
        read = inner(one.raw, f"{name}#{one.path}.{ending}")
        found, said = read.documents, list(read.unread)
    elif one.media in files.PAGES:
        text, remark = decoded(one.raw, one.charset)
        found = text_documents(files.plain_of(tidy_text(text)), one.title or name, limits)
        said = [remark] if remark else []
    else:
        what = f"a file of the kind {ending}" if ending else "a file of a kind that is not read"
        return [], [f"{one.path}: {what}; save it as a file of its own and give that"]
    dated = [
        replace(d, written=d.written or one.written, title=d.title or one.title) for d in found
    ]
    return dated, [f"{one.path}: {s}" for s in said]


def left_out(book: Book) -> Iterable[str]:
    """What was seen and is not read, in one sentence each."""
    if book.unknown:
        total = sum(book.unknown.values())
        kinds = ", ".join(f"{k} {n}" for k, n in sorted(book.unknown.items()))
        yield f"{some(total, 'resource')} of kinds that are not read ({kinds})"
    if book.in_error:
        yield f"{some(book.in_error, 'resource')} entered in error, left out"
    if book.replaced:
        yield f"{some(book.replaced, 'document')} replaced by newer ones, left out"
    if book.beyond:
        limit = f"{book.limits.entries:,}"
        yield f"{some(book.beyond, 'statement')} past the first {limit}, not read"
    if book.by_address:
        places = ", ".join(book.by_address[:5]) + (", ..." if len(book.by_address) > 5 else "")
        yield f"{some(len(book.by_address), 'document')} given by address only ({places})"
