"""What each FHIR resource says, and nothing else."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from indicated.chart.fhir import read_fhir, read_ndjson
from indicated.facts import read_facts
from indicated.model import Chart
from tests.facts.compact import AS_OF, CONCEPTS, lines

TABLE = yaml.safe_load((Path(__file__).parent / "fhir.yaml").read_text(encoding="utf-8"))
ROWS = [(f"{kind}-{i}", row) for kind, rows in TABLE.items() for i, row in enumerate(rows)]
SYSTEMS = {
    "loinc": "http://loinc.org",
    "snomed": "http://snomed.info/sct",
    "icd10cm": "http://hl7.org/fhir/sid/icd-10-cm",
    "cpt": "http://www.ama-assn.org/go/cpt",
    "hcpcs": "https://www.cms.gov/Medicare/Coding/HCPCSReleaseCodeSets",
    "": "http://example.org/codes",
}
NAMES = {
    "code", "category", "clinicalStatus", "verificationStatus", "severity", "bodySite", "statusReason",
    "medicationCodeableConcept", "valueCodeableConcept", "interpretation", "dataAbsentReason", "route",
    "reasonCode", "manifestation", "outcome", "relationship", "vaccineCode", "codeCodeableConcept",
    "diagnosisCodeableConcept", "productOrService", "site", "type",
}  # fmt: skip


def concept(short: str) -> dict[str, Any]:
    """A CodeableConcept: "text", "system:code|display" or "text @ system:code"."""
    text, _, code = short.rpartition(" @ ")
    system, colon, rest = (code or short).partition(":")
    if not colon or system not in SYSTEMS:
        return {"text": short}
    number, _, display = rest.partition("|")
    coding = {"system": SYSTEMS[system], "code": number} | ({"display": display} if display else {})
    return {"coding": [coding]} | ({"text": text} if text else {})


def full(tree: Any, key: str = "") -> Any:
    """The resource with every short name written out."""
    if isinstance(tree, dict):
        return tree if "value" in tree else {k: full(v, k) for k, v in tree.items()}
    if isinstance(tree, list):
        return [full(v, key) for v in tree]
    if key in ("clinicalStatus", "verificationStatus") and isinstance(tree, str):
        return concept(f":{tree}")
    return concept(tree) if key in NAMES and isinstance(tree, str) else tree


def resource(row: dict[str, Any]) -> dict[str, Any]:
    """The row's resource. A class and a device's type are not written short."""
    tree = full({k: v for k, v in row["resource"].items() if k != "class"})
    return tree | ({"class": row["resource"]["class"]} if "class" in row["resource"] else {})


def raw(tree: Any) -> bytes:
    return json.dumps(tree, default=str).encode()


def said(documents: Any) -> list[str]:
    return lines(read_facts(Chart(documents), CONCEPTS, as_of=AS_OF), None)


@pytest.mark.parametrize("row", [r for _, r in ROWS], ids=[i for i, _ in ROWS])
def test_a_resource_says_exactly_this(row: dict[str, Any]) -> None:
    tree = resource(row)
    read = read_fhir(raw(tree), "a.json")
    assert said(read.documents) == row["says"]
    assert read.unread == tuple(row.get("unread", []))


@pytest.mark.parametrize("row", [r for _, r in ROWS], ids=[i for i, _ in ROWS])
def test_a_bundle_and_a_line_say_the_same(row: dict[str, Any]) -> None:
    tree = resource(row)
    bundle = {"resourceType": "Bundle", "type": "collection", "entry": [{"resource": tree}]}
    assert said(read_fhir(raw(bundle), "a.json").documents) == row["says"]
    assert said(read_ndjson(raw(tree) + b"\n", "a.ndjson").documents) == row["says"]
