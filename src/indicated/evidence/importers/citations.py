"""Lists of citations: RIS and BibTeX. A citation without an abstract is found by its title."""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from indicated.evidence.identifiers import Identifier, identifiers_in, sound
from indicated.evidence.parts import Found, NotImported, Piece
from indicated.files.text import cleaned, decoded
from indicated.model import Work

_EXTRA = 'it needs the extra [evidence] to be read: pip install "indicated[evidence]"'
_YEAR = re.compile(r"\b(?:18|19|20)\d\d\b")
_BRACES = re.compile(r"[{}]")


def read_ris(raw: bytes) -> list[Found]:
    """The citations of a RIS file."""
    try:
        import rispy
    except ModuleNotFoundError:
        raise NotImported(_EXTRA) from None
    text = cleaned(decoded(raw)[0])
    try:
        entries = rispy.loads(text, skip_unknown_tags=True)
    except Exception as error:  # the library's parser raises whatever its lines lead to
        raise NotImported(f"it is no sound RIS ({type(error).__name__}); export it again") from None
    found = [_ris(e) for e in entries]
    if not found:
        raise NotImported("it holds no citation")
    return found


def _ris(entry: Mapping[str, Any]) -> Found:
    def first(*keys: str) -> str:
        for key in keys:
            value = entry.get(key)
            if value:
                return "; ".join(map(str, value)) if isinstance(value, list) else str(value)
        return ""

    numbers = [("isbn", v) for v in re.split(r"[;,\s]+", first("issn")) if _isbn_length(v)]
    urls = " ".join([first("urls", "url"), first("accession_number"), first("notes")])
    return _found(
        first("title", "primary_title", "short_title"),
        first("abstract", "notes_abstract"),
        Work(
            "", "",
            organisation=first("secondary_title", "journal_name", "alternate_title3", "publisher"),
            year=_year(first("year", "publication_year", "date")), version=first("edition"),
            url=first("urls", "url").partition(";")[0],
        ),
        [("doi", first("doi")), *numbers],
        identifiers_in(urls),
    )  # fmt: skip


def read_bibtex(raw: bytes) -> list[Found]:
    """The citations of a BibTeX file."""
    try:
        from bibtexparser.entrypoint import parse_string
    except ModuleNotFoundError:
        raise NotImported(_EXTRA) from None
    logging.getLogger("bibtexparser").setLevel(logging.CRITICAL)  # what fails is told below
    library = parse_string(cleaned(decoded(raw)[0]))
    found = [_bibtex({f.key.lower(): str(f.value) for f in e.fields}) for e in library.entries]
    if not found:
        raise NotImported("it holds no citation")
    if library.failed_blocks:
        said = f"{len(library.failed_blocks)} entries could not be read; mend or export them again"
        found[0] = replace(found[0], remarks=(*found[0].remarks, said))
    return found


def _bibtex(entry: Mapping[str, str]) -> Found:
    def first(*keys: str) -> str:
        return next((_plain(entry[k]) for k in keys if entry.get(k)), "")

    named = [(k, first(k)) for k in ("doi", "pmid", "pmcid", "isbn")]
    return _found(
        first("title"),
        first("abstract"),
        Work(
            "", "", organisation=first("journal", "organization", "institution", "publisher"),
            year=_year(first("year", "date")), version=first("edition", "version"),
            url=first("url"),
        ),
        named,
        identifiers_in(first("url"), first("note"), first("eprint")),
    )  # fmt: skip


def _found(
    title: str,
    abstract: str,
    work: Work,
    ids: Sequence[tuple[str, str]],
    more: Sequence[Identifier],
) -> Found:
    title, abstract = " ".join(title.split()), abstract.strip()
    known, remarks = sound(ids)
    identifiers = tuple(dict.fromkeys([*known, *more]))
    if not title and not abstract:
        remarks = (*remarks, "a citation without a title")
    values = {f: getattr(work, f) for f in ("organisation", "year", "version", "url")}
    pieces = (Piece(abstract, "Abstract"),) if abstract else (Piece(title),)
    return Found(Work("", title, identifiers=identifiers, **values), pieces, (), remarks)


def _plain(value: str) -> str:
    """A field without the braces that keep its capital letters."""
    return " ".join(_BRACES.sub("", value).split())


def _year(text: str) -> str:
    match = _YEAR.search(text)
    return match[0] if match else ""


def _isbn_length(text: str) -> bool:
    return len(re.sub(r"[^0-9Xx]", "", text)) in (10, 13)
