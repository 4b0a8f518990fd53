"""A public service on loopback: answers in the published shapes, or fails as a test says."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit


@dataclass(frozen=True)
class Asked:
    path: str
    params: Mapping[str, str]
    headers: Mapping[str, str]


@dataclass(frozen=True)
class Reply:
    body: bytes = b""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    cut: bool = False  # the connection ends before the body does


Script = Callable[[Asked], Reply]


@contextmanager
def serving(script: Script) -> Iterator[tuple[str, list[Asked]]]:
    """A server for as long as a test lasts: its address, and what it was asked."""
    seen: list[Asked] = []

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            params = {k: v[0] for k, v in parse_qs(parts.query).items()}
            asked = Asked(parts.path, params, {k.lower(): v for k, v in self.headers.items()})
            seen.append(asked)
            reply = script(asked)
            head = f"HTTP/1.1 {reply.status} x\r\nconnection: close\r\n"
            head += f"content-length: {len(reply.body) + 10 * reply.cut}\r\n"
            head += "".join(f"{k}: {v}\r\n" for k, v in reply.headers.items())
            self.close_connection = True
            with suppress(OSError):
                self.wfile.write(head.encode() + b"\r\n" + reply.body)

        def log_message(self, *_: object) -> None:
            """Nothing on the screen."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}", seen
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def data(thing: object) -> Reply:
    return Reply(json.dumps(thing).encode())


# --- shapes, as the services publish them; what they tell of is invented --------------------


def esearch(ids: list[str], count: int | None = None) -> Reply:
    listed = "".join(f"<Id>{i}</Id>" for i in ids)
    return Reply(
        b'<?xml version="1.0" encoding="UTF-8" ?><!DOCTYPE eSearchResult PUBLIC "-//NLM//DTD esearch '
        b'20060628//EN" "https://eutils.ncbi.nlm.nih.gov/eutils/dtd/20060628/esearch.dtd">'
        + f"<eSearchResult><Count>{len(ids) if count is None else count}</Count><RetMax>{len(ids)}</RetMax>"
        f"<RetStart>0</RetStart><IdList>{listed}</IdList><TranslationSet/>"
        f"<QueryTranslation>example[All Fields]</QueryTranslation></eSearchResult>".encode()
    )


def record(pmid: str, title: str = "", more: str = "", types: str = "") -> str:
    title = title or f"Example treatment of example disease, part {pmid}."
    return (
        f'<PubmedArticle><MedlineCitation Status="MEDLINE"><PMID Version="1">{pmid}</PMID><Article>'
        f"<Journal><JournalIssue><PubDate><Year>2020</Year></PubDate></JournalIssue><Title>Annals</Title></Journal>"
        f"<ArticleTitle>{title}</ArticleTitle><Abstract><AbstractText>Adults number {pmid} were given it; "
        f"it was &lt; 5 mg.</AbstractText></Abstract><PublicationTypeList>{types}</PublicationTypeList></Article>{more}</MedlineCitation>"
        f'<PubmedData><ArticleIdList><ArticleId IdType="pubmed">{pmid}</ArticleId>'
        f'<ArticleId IdType="doi">10.1000/pm.{pmid}</ArticleId></ArticleIdList></PubmedData></PubmedArticle>'
    )


def efetch(*records: str) -> Reply:
    return Reply(
        '<?xml version="1.0" ?>\n<!DOCTYPE PubmedArticleSet PUBLIC "-//NLM//DTD PubMedArticle, 1st January 2025//EN" '
        '"https://dtd.nlm.nih.gov/ncbi/pubmed/out/pubmed_250101.dtd">\n'
        f"<PubmedArticleSet>{chr(10).join(records)}</PubmedArticleSet>".encode()
    )


def articles(*pmcids: str) -> Reply:
    each = "".join(
        f'<article article-type="research-article" xmlns:xlink="http://www.w3.org/1999/xlink"><front><article-meta>'
        f'<article-id pub-id-type="pmc">{id}</article-id><title-group><article-title>Article {id}</article-title></title-group>'
        f"</article-meta></front><body><sec><title>Dosing</title><p>The dose of {id} is 5 mg.</p></sec></body></article>"
        for id in pmcids
    )
    return Reply(f"<pmc-articleset>{each}</pmc-articleset>".encode())


def setid(n: int) -> str:
    return f"0000000{n}-0000-4000-8000-000000000000"


def spls(*numbers: int) -> Reply:
    rows = [
        {"spl_version": 3, "published_date": "Jan 02, 2025", "title": f"EXAMPLE {n} TABLET [MAKER]", "setid": setid(n)}
        for n in numbers
    ]  # fmt: skip
    return data({"data": rows, "metadata": {"total_elements": str(len(rows)), "current_page": "1"}})


def spl(n: int) -> Reply:
    return Reply(
        f'<?xml version="1.0" encoding="UTF-8"?><document xmlns="urn:hl7-org:v3"><title>EXAMPLE {n}</title>'
        f'<effectiveTime value="20250102"/><setId root="{setid(n)}"/><versionNumber value="3"/><component><structuredBody>'
        f"<component><section><title>1 INDICATIONS</title><text><paragraph>For adults, label {n}.</paragraph></text></section>"
        f"</component></structuredBody></component></document>".encode()
    )


def labels(*numbers: int) -> Reply:
    return data(
        {
            "meta": {"results": {"skip": 0, "limit": 20, "total": len(numbers)}},
            "results": [
                {"set_id": setid(n), "version": "3", "effective_time": "20250102",
                 "openfda": {"brand_name": [f"Example {n}"]}, "indications_and_usage": [f"For adults, label {n}."]}
                for n in numbers
            ],
        }
    )  # fmt: skip


NO_LABEL = Reply(b'{"error": {"code": "NOT_FOUND", "message": "No matches found!"}}', 404)


def study(nct: str, title: str = "") -> dict[str, object]:
    return {
        "protocolSection": {
            "identificationModule": {"nctId": nct, "briefTitle": title or f"Study {nct}"},
            "statusModule": {"overallStatus": "COMPLETED"},
            "descriptionModule": {"briefSummary": f"Adults of {nct} are given it."},
        }
    }
