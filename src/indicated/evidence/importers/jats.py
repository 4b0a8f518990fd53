"""JATS: whole articles, as PubMed Central gives them."""

from __future__ import annotations

from indicated.evidence.identifiers import identifier, sound
from indicated.evidence.importers.prose import line, prose, sections
from indicated.evidence.parts import Found, Notice, NotImported, Piece
from indicated.files.limits import Limits
from indicated.files.tree import Node, parse
from indicated.model import Work

TYPES = {  # article-type -> the type of a work; "research-article" does not say what was done
    "systematic-review": "systematic review", "meta-analysis": "systematic review",
    "case-report": "case report", "guideline": "guideline", "clinical-trial": "trial",
    "editorial": "opinion", "letter": "opinion", "article-commentary": "opinion",
}  # fmt: skip
_IDS = {"doi": "doi", "pmid": "pmid", "pmc": "pmcid", "pmcid": "pmcid"}
_OF_OTHERS = {
    "retraction": "retracted", "expression-of-concern": "concern", "partial-retraction": "concern",
}  # fmt: skip


def read_jats(raw: bytes) -> list[Found]:
    """The articles of a JATS file, alone or in a set."""
    root, _ = parse(raw, Limits(), typed=True)
    articles = [root] if root.tag == "article" else [n for n in root.walk() if n.tag == "article"]
    if not articles:
        raise NotImported("it holds no article")
    return [_article(a) for a in articles]


def _article(node: Node) -> Found:
    meta = node.first("front", "article-meta") or node
    stated = node["article-type"]
    ids = [
        (_IDS[i["pub-id-type"]], i.text)
        for i in meta.each("article-id")
        if i["pub-id-type"] in _IDS
    ]
    identifiers, remarks = sound((k, v) for k, v in ids if k)
    journal = node.first("front", "journal-meta", "journal-title-group", "journal-title")
    work = Work(
        "", line(meta.first("title-group", "article-title")), type=TYPES.get(stated, ""),
        organisation=line(journal),
        year=_year(meta), version=line(meta.first("article-version")),
        status=_status(meta, stated), identifiers=identifiers,
    )  # fmt: skip
    pieces = [
        piece
        for abstract in meta.each("abstract")
        if abstract["abstract-type"] not in ("graphical", "toc", "teaser")
        for piece in sections(abstract, line(abstract.first("title")) or "Abstract")
    ]
    body = node.first("body")
    if body is not None:
        pieces += sections(body)
    else:
        remarks = (*remarks, "the file holds no text of the article beside its abstract")
    for apart in node.each("back", "app-group", "app"):
        pieces += sections(apart, line(apart.first("title")))
    for box in node.each("floats-group", "table-wrap"):
        pieces.append(Piece(prose(box), line(box.first("label"))))
    return Found(work, tuple(pieces) or (Piece(work.title),), _notices(meta, stated), remarks)


def _year(meta: Node) -> str:
    """The first year in which it was published, in whichever form."""
    dates = [d for d in meta.each("pub-date") if line(d.first("year"))]
    return min((line(d.first("year")) for d in dates), default="")


def _status(meta: Node, stated: str) -> str:
    forward = any(
        r["related-article-type"] == "retraction-forward" for r in meta.each("related-article")
    )
    return "retracted" if forward or stated == "retracted-article" else "current"


def _notices(meta: Node, stated: str) -> tuple[Notice, ...]:
    """What a retraction says of the article that it retracts."""
    if stated not in _OF_OTHERS:
        return ()
    by = next((f"doi:{i.text}" for i in meta.each("article-id") if i["pub-id-type"] == "doi"), "")
    out = []
    for other in meta.each("related-article"):
        kind = _IDS.get(other["ext-link-type"], "")
        found = identifier(kind, other["href"]) if kind else None
        if found and other["related-article-type"] in ("retracted-article", "object-of-concern"):
            out.append(Notice(*found, _OF_OTHERS[stated], by))
    return tuple(out)
