"""What the registers of identifiers say of them: that they exist, under which title, and how they
stand.

An identifier does not exist only where its register says so in as many words; what it leaves out,
or answers otherwise, is not known.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import quote

from indicated.evidence.existence import Told
from indicated.evidence.identifiers import Identifier, identifier
from indicated.evidence.importers.kinds import read
from indicated.evidence.parts import STATUSES, NotImported
from indicated.serve.online.client import Client, Failed, Service, Unfit
from indicated.serve.online.cut import documents
from indicated.serve.online.services import mapping, spls, studies, xml

Services = Callable[[str], Service]  # by its name in the settings
Answers = Iterator[tuple[str, Told]]
MANY = 100  # ids in one request
DEAD_AFTER = 3  # failures one after the other, and a register is not asked further
SILENT = "its register said nothing of it"
_FATE = {"retraction": "retracted", "expression_of_concern": "concern"}  # of Crossref
_NO_SUMMARY = "cannot get document summary"


def told(
    client: Client, services: Services, named: Iterable[Identifier], failed: Callable[[str], None]
) -> Iterator[tuple[Identifier, Told]]:
    """What is told of each identifier that there is a register of. What a register failed on is
    told as not known, with a call of `failed`; one that fails over and over is not asked further.
    """
    named = list(dict.fromkeys(named))
    for kind, (many, asking) in REGISTERS.items():
        ids = [value for k, value in named if k == kind]
        whys: list[str] = []  # of failures one after the other
        for n in range(0, len(ids), many):
            left = dict.fromkeys(ids[n : n + many])
            if len(whys) < DEAD_AFTER:
                try:
                    for value, said in asking(client, services, list(left)):
                        left.pop(value, None)
                        yield (kind, value), said
                    whys = []
                except Failed as error:
                    if not whys:
                        failed(str(error))
                    whys.append(error.what)
            why = whys[-1] if whys else SILENT
            yield from (((kind, value), Told(None, "", why=why)) for value in left)


def pubmed(client: Client, services: Services, ids: Sequence[str]) -> Answers:
    """Records of PubMed; what is not among them is asked for once more by its summary."""
    service = services("pubmed")

    def reading(_: int, raw: bytes) -> dict[str, Told]:
        xml(raw, "PubmedArticleSet")
        return dict(_records(documents(raw), service.name))

    asked = {"db": "pubmed", "id": ",".join(ids), "retmode": "xml"}
    found = client.get(service, "efetch.fcgi", reading, asked)
    yield from ((id, found[id]) for id in ids if id in found)
    if missing := [id for id in ids if id not in found]:
        yield from _summaries(client, service, "pubmed", missing)


def _records(records: Iterable[bytes], register: str) -> Answers:
    for raw in records:
        try:
            work = read(raw, "record.xml")[1][0].work
        except (NotImported, LookupError):
            continue  # it is asked for once more by its summary
        for kind, value in work.identifiers:
            if kind == "pmid":
                same = tuple(i for i in work.identifiers if i[0] in ("doi", "pmcid"))
                yield value, Told(True, register, (work.title,), work.status, same)


def pmc(client: Client, services: Services, ids: Sequence[str]) -> Answers:
    """Summaries of PubMed Central."""
    bare = [id.removeprefix("PMC") for id in ids]
    for id, said in _summaries(client, services("pmc"), "pmc", bare):
        yield f"PMC{id}", said


def _summaries(client: Client, service: Service, base: str, ids: Sequence[str]) -> Answers:
    def reading(_: int, raw: bytes) -> Mapping[str, Any]:
        result = mapping(raw).get("result")
        if not isinstance(result, dict):
            raise Unfit("JSON that holds no summaries")
        return result

    asked = {"db": base, "id": ",".join(ids), "retmode": "json"}
    result = client.get(service, "esummary.fcgi", reading, asked)
    for id in ids:
        entry = result.get(id)
        if not isinstance(entry, dict):
            continue
        if entry.get("error") == _NO_SUMMARY:
            yield id, Told(False, service.name)
        elif "error" not in entry and (title := str(entry.get("title") or "")):
            yield id, Told(True, service.name, (title,))


def trials(client: Client, services: Services, ids: Sequence[str]) -> Answers:
    """Studies, one by one: one number that there is not can spoil an answer on several."""
    service = services("trials")
    for id in ids:
        fields = "NCTId,NCTIdAlias,BriefTitle,OfficialTitle"
        found = client.get(service, "studies", studies, {"filter.ids": id, "fields": fields})
        if not found["studies"]:
            yield id, Told(False, service.name)
        for study in found["studies"]:
            about = study.get("protocolSection", {}).get("identificationModule", {})
            if id in (about.get("nctId"), *about.get("nctIdAliases", ())):
                titles = [str(about.get(k) or "") for k in ("officialTitle", "briefTitle")]
                yield id, Told(True, service.name, tuple(t for t in titles if t))


def dailymed(client: Client, services: Services, ids: Sequence[str]) -> Answers:
    """Labels, one by one."""
    service = services("dailymed")
    for id in ids:
        data = client.get(service, "spls.json", spls, {"setid": id})
        titles = [
            str(row.get("title") or "")
            for row in data["data"]
            if identifier("setid", str(row["setid"])) == ("setid", id)
        ]
        if titles:
            yield id, Told(True, service.name, tuple(titles))
        elif not data["data"] and str(data.get("metadata", {}).get("total_elements")) == "0":
            yield id, Told(False, service.name)


def doi(client: Client, services: Services, ids: Sequence[str]) -> Answers:
    """Whether a DOI resolves, as doi.org says; its title and how it stands where Crossref has it,
    which has not all of them."""
    handles, crossref = services("doi"), services("crossref")
    for id in ids:
        path = quote(id, safe="/")
        exists = client.get(handles, f"handles/{path}", _handle, takes=(200, 404))
        if not exists:
            yield id, Told(False, handles.name)
            continue
        yield id, client.get(crossref, f"works/{path}", _crossref, takes=(200, 404))


def _handle(_: int, raw: bytes) -> bool:
    code = mapping(raw).get("responseCode")
    if code not in (1, 100, 200):
        raise Unfit("JSON that says nothing of a DOI")
    return bool(code != 100)  # 200: there is one, without what was asked of it


def _crossref(status: int, raw: bytes) -> Told:
    if status == 404:  # of another agency, or a wrong address: either way there is no title
        return Told(True, "doi.org")
    message = mapping(raw).get("message")
    if not isinstance(message, dict):
        raise Unfit("JSON that holds no work")
    title, below = (" ".join(map(str, message.get(k) or ())) for k in ("title", "subtitle"))
    fates = [
        _FATE[str(u.get("type"))]
        for u in message.get("updated-by") or ()
        if isinstance(u, dict) and str(u.get("type")) in _FATE
    ]
    status_ = max(fates, key=STATUSES.index, default="current")
    titles = tuple(t for t in (title, f"{title} {below}" if below else "") if t)
    return Told(True, "Crossref", titles, status_)


# kind -> how many are asked for at a time, and by what
REGISTERS: dict[str, tuple[int, Callable[[Client, Services, Sequence[str]], Answers]]] = {
    "pmid": (MANY, pubmed), "pmcid": (MANY, pmc), "nct": (1, trials), "setid": (1, dailymed),
    "doi": (1, doi),
}  # fmt: skip
