"""Labels of medicines: structured product labels (SPL) of DailyMed, and openFDA's JSON of them."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from indicated.evidence.identifiers import sound
from indicated.evidence.importers.prose import line, prose
from indicated.evidence.parts import Found, NotImported, Piece
from indicated.files.limits import Limits
from indicated.files.text import cleaned
from indicated.files.tree import Node, parse
from indicated.model import Work

LOINC = "2.16.840.1.113883.6.1"  # by which the FDA's labels code what they are
_DATA = frozenset({"SPL PRODUCT DATA ELEMENTS SECTION", "PACKAGE LABEL.PRINCIPAL DISPLAY PANEL"})
_ABOUT = frozenset({  # fields of openFDA that are no section of the label
    "id", "set_id", "version", "effective_time", "openfda", "spl_product_data_elements",
    "package_label_principal_display_panel",
})  # fmt: skip


def read_spl(raw: bytes) -> list[Found]:
    """The label in an SPL file."""
    root, _ = parse(raw, Limits())
    identifiers, remarks = sound([("setid", (root.first("setId") or root)["root"])])
    code = root.first("code")
    maker = root.first("author", "assignedEntity", "representedOrganization", "name")
    products = [
        line(n)
        for n in (e.first("name") for e in root.walk() if e.tag == "manufacturedProduct")
        if n is not None
    ]
    title = line(root.first("title")) or ", ".join(dict.fromkeys(products))
    effective = (root.first("effectiveTime") or root)["value"]
    body = root.first("component", "structuredBody")
    pieces = _sections(body, "") if body else []
    if not pieces:
        raise NotImported("the label holds no section with text")
    work = Work(
        "", title, type="label", organisation=line(maker),
        year=effective[:4] if effective[:4].isdigit() else "",
        version=(root.first("versionNumber") or root)["value"],
        jurisdiction="US" if code is not None and code["codeSystem"] == LOINC else "",
        identifiers=identifiers,
    )  # fmt: skip
    return [Found(work, tuple(pieces), (), remarks)]


def _sections(node: Node, above: str) -> list[Piece]:
    out: list[Piece] = []
    for section in node.each("component", "section"):
        code = section.first("code")
        stated = code["displayName"] if code is not None else ""
        if stated.upper() in _DATA:
            continue
        heading = line(section.first("title")) or stated.capitalize()
        path = " > ".join(h for h in (above, heading) if h)
        text = section.first("text")
        said = prose(text) if text is not None else ""
        if said:
            out.append(Piece(said, path))
        out += _sections(section, path)
    return out


def read_openfda(data: Mapping[str, Any]) -> list[Found]:
    """The labels in an answer of openFDA's drug label endpoint, or a file of its downloads."""
    found = [_label(r) for r in data.get("results", ()) if isinstance(r, dict)]
    if not found:
        raise NotImported("it holds no label")
    return found


def _label(result: Mapping[str, Any]) -> Found:
    known = result.get("openfda") or {}
    brands, generics, makers = (
        ", ".join(map(str, known.get(key, ())))
        for key in ("brand_name", "generic_name", "manufacturer_name")
    )
    identifiers, remarks = sound([("setid", str(result.get("set_id", "")))])
    title = f"{brands} ({generics})" if brands and generics else brands or generics
    effective = str(result.get("effective_time", ""))
    pieces = []
    for key, values in result.items():
        if key in _ABOUT or key.endswith("_table") or not isinstance(values, list):
            continue
        heading = key.replace("_", " ").capitalize()
        pieces += [Piece(cleaned(_untitled(v)), heading) for v in values if isinstance(v, str)]
    if not title:
        remarks = (*remarks, "a label without the name of its product")
    work = Work(
        "", title or f"Label {result.get('set_id', '')}".strip(), type="label", organisation=makers,
        year=effective[:4] if re.fullmatch(r"\d{8}", effective) else "",
        version=str(result.get("version", "")), jurisdiction="US", identifiers=identifiers,
    )  # fmt: skip
    return Found(
        work, tuple(p for p in pieces if p.text.strip()) or (Piece(work.title),), (), remarks
    )


def _untitled(text: str) -> str:
    """openFDA writes tables as markup within text."""
    return re.sub(r"<[^<>]{1,300}>", " ", text)


def as_json(raw: bytes) -> Any:
    """JSON, or the sentence that says that it is none."""
    try:
        return json.loads(raw)
    except (ValueError, RecursionError):
        raise NotImported("it is no sound JSON; fetch it again") from None
