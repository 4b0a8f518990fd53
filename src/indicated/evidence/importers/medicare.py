"""Exports of the Medicare coverage database: national and local determinations and their articles.

They come as tables (CSV) in zip files within zip files. Each row of `ncd_trkg.csv`, `lcd.csv` and
`article.csv` is one document; its words stand in cells as pieces of web pages.
"""

from __future__ import annotations

import csv
import io
import re
import sys
from collections.abc import Iterable, Mapping, Sequence

from indicated.evidence.identifiers import sound
from indicated.evidence.importers.markdown import pieces_of
from indicated.evidence.parts import Found, NotImported, Piece
from indicated.files.limits import Limits, Refused
from indicated.files.text import decoded
from indicated.files.web import extract
from indicated.model import Work

Tables = Mapping[str, bytes]  # name of a CSV file -> its bytes
MAIN = ("ncd_trkg.csv", "lcd.csv", "article.csv")
SIDE = ("lcd_x_contractor.csv", "article_x_contractor.csv", "contractor.csv")
_ISSUER = "CMS"
_NCD = (
    ("Item or service", "itm_srvc_desc"),
    ("Indications and limitations of coverage", "indctn_lmtn"),
    ("Cross reference", "xref_txt"), ("Other", "othr_txt"),
)  # fmt: skip
_LCD = (
    ("CMS national coverage policy", "cms_cov_policy"),
    ("Coverage indications, limitations and medical necessity", "indication"),
    ("Diagnoses that support medical necessity", "diagnoses_support"),
    ("Diagnoses that do not support medical necessity", "diagnoses_dont_support"),
    ("Summary of evidence", "summary_of_evidence"),
    ("Analysis of evidence", "analysis_of_evidence"),
    ("Documentation requirements", "doc_reqs"), ("Utilization guidelines", "util_guide"),
    ("Coding guidelines", "coding_guidelines"), ("Associated information", "associated_info"),
)  # fmt: skip
_ARTICLE = (("Article text", "description"), ("Other", "other_comments"))
_DATES = ("rev_eff_date", "article_eff_date", "orig_det_eff_date", "article_pub_date")
_YEAR = re.compile(r"\b(?:19|20)\d\d\b")


def read_medicare(tables: Tables) -> list[Found]:
    """The documents of an export's tables."""
    found: list[Found] = []
    for row in _rows(tables, "ncd_trkg.csv"):
        found.append(_ncd(row))
    for kind, texts in (("lcd", _LCD), ("article", _ARTICLE)):
        by = _contractors(tables, kind)
        for row in _rows(tables, f"{kind}.csv"):
            found.append(_local(row, kind, texts, by))
    if not found:
        raise NotImported("its tables hold no document of the Medicare coverage database")
    return found


def _ncd(row: Mapping[str, str]) -> Found:
    section = row.get("ncd_mnl_sect", "")
    identifiers, remarks = sound([("ncd", section)])
    ended = row.get("ncd_trmntn_dt", "")
    work = Work(
        "", row.get("ncd_mnl_sect_title", ""), type="coverage policy", organisation=_ISSUER,
        year=_year(row.get("ncd_efctv_dt", "")), version=row.get("ncd_vrsn_num", ""),
        jurisdiction="US", status="superseded" if ended else "current", identifiers=identifiers,
        url=f"https://www.cms.gov/medicare-coverage-database/view/ncd.aspx?ncdid={row['ncd_id']}"
        if row.get("ncd_id", "").isdigit() else "",
    )  # fmt: skip
    return _found(work, row, _NCD, remarks)


def _local(
    row: Mapping[str, str], kind: str, texts: Sequence[tuple[str, str]], by: Mapping[str, str]
) -> Found:
    number, version = row.get(f"{kind}_id", ""), row.get(f"{kind}_version", "")
    shown = row.get("display_id", "") or f"{'L' if kind == 'lcd' else 'A'}{number}"
    identifiers, remarks = sound([(kind, shown)])
    retired = row.get("status", "").upper() in ("R", "RETIRED")
    dates = (
        row.get(k, "")
        for k in ("rev_eff_date", "article_eff_date", "orig_det_eff_date", "article_pub_date")
    )
    work = Work(
        "", row.get("title", ""), type="coverage policy",
        organisation=by.get(f"{number}.{version}", ""), year=_year(next(filter(None, dates), "")),
        version=version, jurisdiction="US", status="superseded" if retired else "current",
        identifiers=identifiers,
        url=f"https://www.cms.gov/medicare-coverage-database/view/{kind}.aspx?{kind}id={number}"
        if number.isdigit() else "",
    )  # fmt: skip
    return _found(work, row, texts, remarks)


def _found(
    work: Work, row: Mapping[str, str], texts: Sequence[tuple[str, str]], remarks: Sequence[str]
) -> Found:
    pieces: list[Piece] = []
    for heading, column in texts:
        if markup := row.get(column, "").strip():
            pieces += pieces_of(_words(markup), heading)
    return Found(work, tuple(pieces) or (Piece(work.title),), (), tuple(remarks))


def _words(markup: str) -> str:
    """The words of a cell, which holds a piece of a web page."""
    if "<" not in markup and "&" not in markup:
        return markup
    try:
        return "\n".join(extract(f"<html><body>{markup}".encode(), Limits()).pages)
    except Refused:
        return re.sub(r"<[^<>]*>", " ", markup)


def _contractors(tables: Tables, kind: str) -> dict[str, str]:
    """Document and version -> the contractors that issued it."""
    names = {
        r.get("contractor_id", ""): r.get("contractor_bus_name", "")
        for r in _rows(tables, "contractor.csv")
    }
    out: dict[str, dict[str, None]] = {}
    for row in _rows(tables, f"{kind}_x_contractor.csv"):
        of = f"{row.get(f'{kind}_id', '')}.{row.get(f'{kind}_version', '')}"
        if name := names.get(row.get("contractor_id", ""), ""):
            out.setdefault(of, {})[name] = None
    return {of: "; ".join(found) for of, found in out.items()}


def _rows(tables: Tables, name: str) -> Iterable[dict[str, str]]:
    """The rows of a table by its columns' names in small letters."""
    if name not in tables:
        return
    csv.field_size_limit(min(sys.maxsize, Limits().text_chars))
    reader = csv.DictReader(io.StringIO(decoded(tables[name])[0], newline=""))
    try:
        for row in reader:
            yield {
                k.strip().lower(): v or ""
                for k, v in row.items()
                if k and isinstance(v, (str, type(None)))
            }
    except csv.Error as error:
        raise NotImported(f"its table {name} is damaged ({error}); fetch it again") from None


def _year(text: str) -> str:
    match = _YEAR.search(text)
    return match[0] if match else ""
