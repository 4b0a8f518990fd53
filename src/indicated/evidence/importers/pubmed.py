"""PubMed: records as XML and as MEDLINE text. They hold the abstract, not the article."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from indicated.evidence.identifiers import identifier, sound
from indicated.evidence.importers.prose import line, prose
from indicated.evidence.parts import Found, Notice, NotImported, Piece
from indicated.files.limits import Limits
from indicated.files.text import cleaned, decoded
from indicated.files.tree import Node, parse
from indicated.model import Work

# A publication type of PubMed -> the type of a work. Those that leave open what was done are not
# in it: an "Observational Study" need not be a cohort.
TYPES = {
    "practice guideline": "guideline", "guideline": "guideline",
    "consensus development conference": "guideline",
    "systematic review": "systematic review", "meta-analysis": "systematic review",
    "network meta-analysis": "systematic review",
    "randomized controlled trial": "trial", "controlled clinical trial": "trial",
    "clinical trial": "trial", "clinical trial, phase i": "trial",
    "clinical trial, phase ii": "trial", "clinical trial, phase iii": "trial",
    "clinical trial, phase iv": "trial", "equivalence trial": "trial",
    "pragmatic clinical trial": "trial", "adaptive clinical trial": "trial",
    "case reports": "case report",
    "editorial": "opinion", "comment": "opinion", "letter": "opinion",
}  # fmt: skip
# What a record says of the work itself: reference type in XML, tag in MEDLINE -> status.
_FATE = {
    "RetractionIn": "retracted", "RIN": "retracted",
    "ExpressionOfConcernIn": "concern", "ECI": "concern",
    "UpdateIn": "superseded", "UIN": "superseded",
}  # fmt: skip
_FATE_OF_ANOTHER = {
    "RetractionOf": "retracted", "ROF": "retracted",
    "ExpressionOfConcernFor": "concern", "ECF": "concern",
    "UpdateOf": "superseded", "UOF": "superseded",
}  # fmt: skip
_BADNESS = ("superseded", "concern", "retracted")
_YEAR = re.compile(r"\b(1[89]|20)\d\d\b")
_PMID = re.compile(r"PMID:\s*(\d+)")
_TAG = re.compile(r"^([A-Z][A-Z0-9]{1,3}) *- ?(.*)$")


def type_of(stated: Sequence[str]) -> str:
    """The type of a work by its publication types, the weightiest first; "" where none tells.

    >>> type_of(["Journal Article", "Randomized Controlled Trial"]), type_of(["Journal Article"])
    ('trial', '')
    """
    order = list(dict.fromkeys(TYPES.values()))
    found = [TYPES[s.lower()] for s in stated if s.lower() in TYPES]
    return min(found, key=order.index, default="")


def read_xml(raw: bytes) -> list[Found]:
    """The records of a PubMed XML file."""
    root, _ = parse(raw, Limits(), typed=True)
    if root.tag == "PubmedArticle":
        return [_article(root)]
    found = [_article(a) for a in root.each("PubmedArticle")]
    found += [_book(b) for b in root.each("PubmedBookArticle")]
    if not found:
        raise NotImported("it holds no record")
    return found


def _article(node: Node) -> Found:
    citation = node.first("MedlineCitation") or node
    article = citation.first("Article") or citation
    title = line(article.first("ArticleTitle")) or line(article.first("VernacularTitle"))
    pmid = line(citation.first("PMID"))
    ids = [("pmid", pmid)]
    ids += [
        (_kind(i["IdType"]), i.text) for i in node.each("PubmedData", "ArticleIdList", "ArticleId")
    ]
    ids += [(e["EIdType"], e.text) for e in article.each("ELocationID") if e["ValidYN"] != "N"]
    identifiers, remarks = sound((k, v) for k, v in ids if k in ("doi", "pmid", "pmcid"))
    types = [line(t) for t in article.each("PublicationTypeList", "PublicationType")]
    issue = article.first("Journal", "JournalIssue", "PubDate")
    told = citation.each("CommentsCorrectionsList", "CommentsCorrections")
    said = [(c["RefType"], line(c.first("PMID"))) for c in told]
    retracted = [("RetractionIn", "")] if "Retracted Publication" in types else []
    status, by = _fate([*said, *retracted])
    abstract = article.first("Abstract")
    return _found(
        Work(
            "", title, type=type_of(types), organisation=line(article.first("Journal", "Title")),
            year=_dated(issue), status=status, superseded_by=by,
            identifiers=identifiers,
        ),
        _abstract(abstract) if abstract else [],
        _of_others(said, pmid),
        remarks,
    )  # fmt: skip


def _book(node: Node) -> Found:
    book = node.first("BookDocument") or node
    pmid = line(book.first("PMID"))
    identifiers, remarks = sound([("pmid", pmid)])
    title = line(book.first("ArticleTitle")) or line(book.first("Book", "BookTitle"))
    date = book.first("ContributionDate") or book.first("Book", "PubDate")
    abstract = book.first("Abstract")
    work = Work(
        "", title, organisation=line(book.first("Book", "Publisher", "PublisherName")),
        year=_dated(date), identifiers=identifiers,
    )  # fmt: skip
    return _found(work, _abstract(abstract) if abstract else [], (), remarks)


def _abstract(node: Node) -> list[Piece]:
    parts = node.each("AbstractText")
    return [
        Piece(prose(p), " > ".join(h for h in ("Abstract", p["Label"].capitalize()) if h))
        for p in parts
    ]


def read_medline(raw: bytes) -> list[Found]:
    """The records of a file in MEDLINE format, as PubMed saves it."""
    text = cleaned(decoded(raw)[0])
    records = [_fields(block) for block in re.split(r"\n\s*\n(?=PMID *-)", text)]
    found = [_record(r) for r in records if r.get("PMID")]
    if not found:
        raise NotImported("it holds no record")
    return found


def _fields(block: str) -> dict[str, list[str]]:
    """Tag -> its values. A line that begins with blanks goes on."""
    out: dict[str, list[str]] = {}
    values: list[str] = []
    for text in block.split("\n"):
        if match := _TAG.match(text):
            values = out.setdefault(match[1], [])
            values.append(match[2].strip())
        elif text.startswith(" ") and values:
            values[-1] = f"{values[-1]} {text.strip()}".strip()
    return out


def _record(fields: Mapping[str, list[str]]) -> Found:
    def first(tag: str) -> str:
        return next(iter(fields.get(tag, ())), "")

    pmid = first("PMID")
    tagged = [v.rpartition(" [") for tag in ("LID", "AID") for v in fields.get(tag, ())]
    ids = [("pmid", pmid), ("pmcid", first("PMC"))]
    ids += [("doi", v) for v, _, kind in tagged if kind == "doi]"]
    identifiers, remarks = sound(ids)
    types = fields.get("PT", [])
    said = [
        (tag, m[1] if (m := _PMID.search(value)) else "")
        for tag in (*_FATE, *_FATE_OF_ANOTHER)
        for value in fields.get(tag, ())
    ]
    retracted = [("RIN", "")] if "Retracted Publication" in types else []
    status, by = _fate([*said, *retracted])
    work = Work(
        "", first("TI") or first("BTI"), type=type_of(types), organisation=first("JT"),
        year=_year(first("DP")), status=status, superseded_by=by, identifiers=identifiers,
    )  # fmt: skip
    pieces = [Piece(first("AB"), "Abstract")] if first("AB") else []
    return _found(work, pieces, _of_others(said, pmid), remarks)


# --- shared --------------------------------------------------------------------------------


def _found(
    work: Work, pieces: Sequence[Piece], notices: Sequence[Notice], remarks: Sequence[str]
) -> Found:
    """A record without an abstract is found by its title."""
    words = [p for p in pieces if p.text.strip()] or [Piece(work.title)]
    return Found(work, tuple(words), tuple(notices), tuple(remarks))


def _fate(said: Sequence[tuple[str, str]]) -> tuple[str, str]:
    """The worst that a record says of its own work, and what follows it."""
    fates = [(_FATE[tag], pmid) for tag, pmid in said if tag in _FATE]
    if not fates:
        return "current", ""
    status, pmid = max(fates, key=lambda f: _BADNESS.index(f[0]))
    return status, f"pmid:{pmid}" if status == "superseded" and pmid else ""


def _of_others(said: Sequence[tuple[str, str]], by: str) -> list[Notice]:
    named = f"pmid:{by}" if by else ""
    return [
        Notice(*found, _FATE_OF_ANOTHER[tag], named)
        for tag, pmid in said
        if tag in _FATE_OF_ANOTHER and (found := identifier("pmid", pmid))
    ]


def _kind(stated: str) -> str:
    return {"pubmed": "pmid", "pmc": "pmcid"}.get(stated, stated)


def _dated(node: Node | None) -> str:
    """The year of a date, which is an element of its own or stands within words."""
    if node is None:
        return ""
    return _year(line(node.first("Year")) or line(node.first("MedlineDate")))


def _year(text: str) -> str:
    match = _YEAR.search(text)
    return match[0] if match else ""
