"""What each service is asked for a query, and the records that it gives, one file each.

A record is a document as the service wrote it, cut out of its answer where that holds several; the
collection's own importers read it. Nothing of a record is changed.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from indicated.evidence.identifiers import identifier
from indicated.files.limits import Limits as Size
from indicated.files.tree import Node, NotRead, parse
from indicated.serve.online.client import Client, Service, Unfit
from indicated.serve.online.cut import documents

Told = Callable[[str], None]
Fetch = Callable[[Client, Service, str, int, Told], Iterator[bytes]]
_NAME = re.compile(r"[^:\"]+")


def pubmed(client: Client, service: Service, query: str, limit: int, told: Told) -> Iterator[bytes]:
    """Records of PubMed, with their abstracts."""
    ids = found_ids(client, service, "pubmed", query, limit, told)
    yield from _entrez(client, service, "pubmed", ids, 100, told)


def pmc(client: Client, service: Service, query: str, limit: int, told: Told) -> Iterator[bytes]:
    """Articles of PubMed Central, whole where their publisher allows it."""
    ids = found_ids(client, service, "pmc", query, limit, told)
    yield from _entrez(client, service, "pmc", ids, 10, told)


def found_ids(
    client: Client, service: Service, base: str, query: str, limit: int, told: Told
) -> list[str]:
    """The ids that a search in a database of NCBI finds, the best match first."""

    def reading(_: int, raw: bytes) -> Node:
        root = xml(raw, "eSearchResult")
        if (wrong := root.first("ERROR")) is not None:
            raise Unfit(f'it says "{wrong.text[:200]}"')
        if root.first("Count") is None:
            raise Unfit("a search without a count")
        return root

    asked = {"db": base, "term": query, "retmax": str(limit), "sort": "relevance"}
    root = client.get(service, "esearch.fcgi", reading, asked)
    for key in ("PhraseNotFound", "FieldNotFound"):
        for part in root.each("ErrorList", key):
            told(f'{service.name} does not know "{part.text[:80]}"')
    if (read := root.first("QueryTranslation")) is not None:
        told(f"{service.name} read this as: {read.text[:1000]}")
    _counted(told, service, (root.first("Count") or root).text, limit)
    return [i.text for i in root.each("IdList", "Id") if i.text.isdigit()][:limit]


def _entrez(
    client: Client, service: Service, base: str, ids: Sequence[str], many: int, told: Told
) -> Iterator[bytes]:
    root = {"pubmed": "PubmedArticleSet", "pmc": "pmc-articleset"}[base]

    def reading(_: int, raw: bytes) -> tuple[bytes, ...]:
        xml(raw, root)
        return documents(raw)

    given = 0
    for n in range(0, len(ids), many):
        some = ids[n : n + many]
        asked = {"db": base, "id": ",".join(some), "retmode": "xml"}
        for document in client.get(service, "efetch.fcgi", reading, asked):
            given += 1
            yield document
    if given < len(ids):
        told(f"{service.name} found {len(ids)} records and gave {given} of them")


def dailymed(
    client: Client, service: Service, query: str, limit: int, told: Told
) -> Iterator[bytes]:
    """Labels of DailyMed, by the name of a drug or the set id of a label."""
    single = identifier("setid", query)
    ids = [single[1]] if single else list(_labels(client, service, query, limit, told))

    def reading(_: int, raw: bytes) -> bytes:
        xml(raw, "document")
        return raw

    for id in ids:
        yield client.get(service, f"spls/{id}.xml", reading)


def _labels(client: Client, service: Service, query: str, limit: int, told: Told) -> Iterator[str]:
    left, page = limit, 1
    while left > 0:
        asked = {"drug_name": query, "pagesize": str(min(limit, 100)), "page": str(page)}
        data = client.get(service, "spls.json", spls, asked)
        if page == 1:
            _counted(told, service, data.get("metadata", {}).get("total_elements", ""), limit)
        ids = [found[1] for d in data["data"] if (found := identifier("setid", str(d["setid"])))]
        yield from ids[:left]
        left, page = left - len(ids), page + 1
        if len(data["data"]) < min(limit, 100):
            return


def spls(_: int, raw: bytes) -> Mapping[str, Any]:
    """A list of labels of DailyMed."""
    data = mapping(raw)
    rows = data.get("data")
    if not isinstance(rows, list) or not all(isinstance(r, dict) and "setid" in r for r in rows):
        raise Unfit("JSON that is no list of labels")
    return data


def openfda(
    client: Client, service: Service, query: str, limit: int, told: Told
) -> Iterator[bytes]:
    """Labels of openFDA, by a name or in its own language of queries (`field:words`)."""
    if _NAME.fullmatch(query):
        words = f'openfda.brand_name:"{query}" openfda.generic_name:"{query}"'  # a blank is "or"
    else:
        words = query

    def reading(status: int, raw: bytes) -> Mapping[str, Any]:
        data = mapping(raw)
        if status == 404:
            if data.get("error", {}).get("code") != "NOT_FOUND":
                raise Unfit("there is no such address (404)")
            return {"results": []}
        if not isinstance(data.get("results"), list):
            raise Unfit("JSON that holds no labels")
        return data

    asked = {"search": words, "limit": str(limit)}
    data = client.get(service, "drug/label.json", reading, asked, takes=(200, 404))
    total = data.get("meta", {}).get("results", {}).get("total", 0)
    _counted(told, service, str(total), limit)
    for label in data["results"][:limit]:
        yield json.dumps({"results": [label]}, ensure_ascii=False).encode()


def trials(client: Client, service: Service, query: str, limit: int, told: Told) -> Iterator[bytes]:
    """Studies of ClinicalTrials.gov."""
    left, page = limit, ""
    while left > 0:
        asked = {"query.term": query, "pageSize": str(min(limit, 100)), "countTotal": "true"}
        if page:
            asked["pageToken"] = page
        data = client.get(service, "studies", studies, asked)
        if not page:
            _counted(told, service, str(data.get("totalCount", "")), limit)
        for study in data["studies"][:left]:
            yield json.dumps(study, ensure_ascii=False).encode()
        left, page = left - len(data["studies"]), str(data.get("nextPageToken") or "")
        if not page or not data["studies"]:
            return


def studies(_: int, raw: bytes) -> Mapping[str, Any]:
    """A page of studies."""
    data = mapping(raw)
    rows = data.get("studies")
    if not isinstance(rows, list) or not all(isinstance(r, dict) for r in rows):
        raise Unfit("JSON that holds no studies")
    return data


# --- shared --------------------------------------------------------------------------------


def _counted(told: Told, service: Service, count: str, limit: int) -> None:
    more = count.isdigit() and int(count) > limit
    told(f"{service.name} has {count or 'an unknown number of'} records"
         f"{f'; the first {limit} are fetched (--limit)' if more else ''}")  # fmt: skip


def xml(raw: bytes, root: str) -> Node:
    """The root of an answer, which is whole and is what was asked for. Raises `Unfit`."""
    _no_page(raw, "XML")
    try:
        node, _ = parse(raw, Size(), typed=True)
    except NotRead as wrong:
        raise Unfit(f"it is cut off or damaged: {wrong}") from None
    if node.tag != root:
        said = node.first("ERROR") or node.first("error")
        told = f'; it says "{said.text[:200]}"' if said is not None else ""
        raise Unfit(f'an answer of another kind ("{node.tag[:40]}"){told}')
    return node


def mapping(raw: bytes) -> dict[str, Any]:
    """JSON with names. Raises `Unfit`."""
    _no_page(raw, "JSON")
    try:
        data = json.loads(raw)
    except (ValueError, RecursionError):
        raise Unfit("JSON that is cut off or damaged") from None
    if not isinstance(data, dict):
        raise Unfit("JSON of another kind")
    return data


def _no_page(raw: bytes, form: str) -> None:
    head = raw[:1000].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if head.startswith((b"<!doctype html", b"<html")):
        raise Unfit(f"a web page in place of {form}, such as a sign-in or error page of a gateway")
    if not head:
        raise Unfit("an empty answer")


FETCHES: dict[str, Fetch] = {
    "pubmed": pubmed, "pmc": pmc, "dailymed": dailymed, "openfda": openfda, "trials": trials,
}  # fmt: skip
