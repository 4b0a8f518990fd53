"""Identifiers of works: found in a text, checked for form, written one way each.

Form alone: whether a DOI exists cannot be known offline.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

Identifier = tuple[str, str]  # ("doi", "10.1000/x")

_FORMS = {
    "doi": re.compile(r"10\.\d{4,9}/\S+"),
    "pmid": re.compile(r"[1-9]\d{0,7}"),
    "pmcid": re.compile(r"PMC[1-9]\d{0,8}"),
    "nct": re.compile(r"NCT\d{8}"),
    "ncd": re.compile(r"[1-9]\d{0,2}(?:\.\d{1,2}){1,3}"),
    "lcd": re.compile(r"L\d{4,6}"),
    "article": re.compile(r"A\d{4,6}"),  # of the Medicare coverage database
    "setid": re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"),  # of a label
    "isbn": re.compile(r"97[89]\d{10}"),
}
KINDS = tuple(_FORMS)
_PREFIX = re.compile(
    r"\s*(?:https?://(?:dx\.)?doi\.org/|doi\s*[:.]?\s*(?=10\.)|pm(?:c?)id\s*[:.]?\s*|ncd\s+"
    r"|isbn(?:-1[03])?\s*[:.]?\s*)",
    re.I,
)
_FOUND = re.compile(
    r"(?P<doi>\b10\.\d{4,9}/[^\s\"<>|]+)"
    r"|\bpmid\s*[:.]?\s*(?P<pmid>[1-9]\d{0,7})\b"
    r"|pubmed\.ncbi\.nlm\.nih\.gov/(?P<pubmed>[1-9]\d{0,7})\b"
    r"|\b(?P<pmcid>PMC\d{1,9})\b|\b(?P<nct>NCT\d{8})\b"
    r"|\bNCD\s+(?P<ncd>\d{1,3}(?:\.\d{1,2})+)\b"
    r"|\bLCD\s+(?P<lcd>L\d{4,6})\b|\b(?P<article>(?<=article )A\d{5})\b"
    r"|\b(?:setid=|DailyMed\s+(?:set\s*id\s+)?)(?P<setid>[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\b",
    re.I,
)


def identifier(kind: str, text: str) -> Identifier | None:
    """The identifier in its one way of writing; None where the text has not its form.

    >>> identifier("doi", "https://doi.org/10.1164/RCCM.168.7."), identifier("pmid", "PMID: 123")
    (('doi', '10.1164/rccm.168.7'), ('pmid', '123'))
    >>> identifier("doi", "see the journal"), identifier("isbn", "0-306-40615-2")
    (None, ('isbn', '9780306406157'))
    """
    value = _PREFIX.sub("", text, count=1).strip()
    if kind == "doi":
        value = _ended(value).lower()
    elif kind == "pmcid":
        value = value.upper().partition(".")[0]
        value = value if value.startswith("PMC") else f"PMC{value}"
    elif kind in ("nct", "lcd", "article"):
        value = value.upper()
    elif kind == "setid":
        value = value.lower()
    elif kind == "isbn":
        value = _isbn(value)
    form = _FORMS.get(kind)
    return (kind, value) if form is not None and form.fullmatch(value) else None


def identifiers_in(*texts: str) -> tuple[Identifier, ...]:
    """Every identifier that texts name, such as a policy's `id` and `url` of a source.

    >>> identifiers_in("PMID 22536580", "https://pmc.ncbi.nlm.nih.gov/articles/PMC3373286")
    (('pmid', '22536580'), ('pmcid', 'PMC3373286'))
    """
    return tuple(dict.fromkeys(found for text in texts for found in _in(text)))


_WRITTEN = {
    "doi": "doi:{}", "pmid": "PMID {}", "ncd": "NCD {}", "lcd": "LCD {}", "article": "article {}",
    "setid": "DailyMed set id {}", "isbn": "ISBN {}",
}  # fmt: skip


def written(found: Identifier) -> str:
    """An identifier as a policy's source names it, so that `identifiers_in` finds it there.

    >>> written(("doi", "10.1000/x")), identifiers_in(written(("lcd", "L33394")))
    ('doi:10.1000/x', (('lcd', 'L33394'),))
    """
    kind, value = found
    return _WRITTEN.get(kind, "{}").format(value)


def sound(given: Iterable[tuple[str, str]]) -> tuple[tuple[Identifier, ...], tuple[str, ...]]:
    """Identifiers that have their form, and one sentence on each that has not."""
    kept: list[Identifier] = []
    left: list[str] = []
    for kind, text in given:
        if not text.strip():
            continue
        found = identifier(kind, text)
        if found is None:
            left.append(f'"{text.strip()[:60]}" has not the form of a {kind} and was left out')
        elif found not in kept:
            kept.append(found)
    return tuple(kept), tuple(left)


def _in(text: str) -> Iterator[Identifier]:
    for match in _FOUND.finditer(text):
        kind = str(match.lastgroup)
        found = identifier("pmid" if kind == "pubmed" else kind, match[kind])
        if found:
            yield found


def _ended(doi: str) -> str:
    """A DOI without what the sentence around it added."""
    doi = doi.rstrip(".,;:'\"")
    while doi.endswith((")", "]")) and doi.count("(") + doi.count("[") < doi.count(")") + doi.count(
        "]"
    ):
        doi = doi[:-1].rstrip(".,;:")
    return doi


def _isbn(text: str) -> str:
    """An ISBN of 13 digits whose check digit is right; "" otherwise."""
    digits = re.sub(r"[\s-]", "", text).upper()
    if re.fullmatch(r"\d{9}[\dX]", digits):
        weighed = sum((10 - i) * (10 if d == "X" else int(d)) for i, d in enumerate(digits))
        if weighed % 11:
            return ""
        return f"978{digits[:9]}{_check_digit(f'978{digits[:9]}')}"
    if re.fullmatch(r"\d{13}", digits) and digits[-1] == _check_digit(digits[:12]):
        return digits
    return ""


def _check_digit(twelve: str) -> str:
    return str(-sum(int(d) * (3 if i % 2 else 1) for i, d in enumerate(twelve)) % 10)
