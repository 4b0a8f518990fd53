"""Write the shipped case as one PDF and as one FHIR bundle, beside its text.

    python docs/formats.py

The PDF is printed by Chromium from the same Markdown, as a clinic's system would print its notes: with a
running head and page numbers. The bundle holds the notes as DocumentReferences and everything that a
record system keeps as data (laboratory, problems, orders) as resources.
"""

from __future__ import annotations

import base64
import json
import shutil
from pathlib import Path
from typing import Any

from markdown_it import MarkdownIt
from playwright.sync_api import sync_playwright

CASE = Path(__file__).parent.parent / "examples" / "lung-transplant"
OUT = CASE / "formats"
STYLE = """
@page { size: Letter; margin: 22mm 18mm; }
body { font: 10.5pt Georgia, serif; line-height: 1.35; }
section { break-before: page; } section:first-of-type { break-before: auto; }
h1 { font-size: 15pt; border-bottom: 1px solid #000; } h2 { font-size: 12pt; }
table { border-collapse: collapse; width: 100%; } td, th { text-align: left; padding: 2px 14px 2px 0; }
"""


HEAD = '<div style="font-size:7pt;margin-left:18mm">CHART PRINT &nbsp; Example Medical Center</div>'
FOOT = (
    '<div style="font-size:7pt;margin-left:18mm">Page <span class="pageNumber"></span> of '
    '<span class="totalPages"></span></div>'
)


def pdf() -> None:
    """The five documents, each on a new page, with a running head and page numbers."""
    to_html = MarkdownIt("commonmark", {"breaks": True}).enable("table").render
    sections = "".join(
        f"<section>{to_html(f.read_text(encoding='utf-8'))}</section>"
        for f in sorted((CASE / "chart").glob("*.md"))
    )
    with sync_playwright() as p:
        browser = p.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-gpu"]
        )
        page = browser.new_page()
        page.set_content(f"<!doctype html><title>Chart</title><style>{STYLE}</style>{sections}")
        page.pdf(
            path=OUT / "chart.pdf", format="Letter", display_header_footer=True,
            header_template=HEAD, footer_template=FOOT,
        )  # fmt: skip
        browser.close()


# --- the bundle ----------------------------------------------------------------------------

LOINC, ICD = "http://loinc.org", "http://hl7.org/fhir/sid/icd-10-cm"
PATIENT = {"reference": "Patient/p1"}


def note(id: str, title: str, day: str, file: str) -> dict[str, Any]:
    """A clinic note as the record system hands it out."""
    data = base64.b64encode((CASE / "chart" / file).read_bytes()).decode()
    return {
        "resourceType": "DocumentReference", "id": id, "status": "current", "docStatus": "final",
        "type": {"text": title}, "subject": PATIENT, "date": f"{day}T12:00:00Z",
        "content": [{"attachment": {"contentType": "text/plain", "data": data, "title": title}}],
    }  # fmt: skip


def result(
    id: str, name: str, code: str, day: str, value: int, unit: str, low: int, high: int
) -> dict[str, Any]:
    """A laboratory result; without a unit where the laboratory printed none."""
    quantity = {"value": value} | (
        {"unit": unit, "system": "http://unitsofmeasure.org", "code": unit} if unit else {}
    )
    found: dict[str, Any] = {
        "resourceType": "Observation", "id": id, "status": "final",
        "category": [{"coding": [{
            "system": "http://terminology.hl7.org/CodeSystem/observation-category",
            "code": "laboratory"}]}],
        "code": {"text": name} | ({"coding": [{"system": LOINC, "code": code}]} if code else {}),
        "subject": PATIENT, "effectiveDateTime": day, "valueQuantity": quantity,
    }  # fmt: skip
    if high:
        found["referenceRange"] = [
            {"low": {"value": low, "unit": unit}, "high": {"value": high, "unit": unit}}
        ]
    return found


def organism(id: str, name: str) -> dict[str, Any]:
    """A culture's growth."""
    return {
        "resourceType": "Observation", "id": id, "status": "final", "subject": PATIENT,
        "code": {"text": "Airway culture"}, "issued": "2025-11-13T08:00:00Z",
        "valueCodeableConcept": {"text": name},
    }  # fmt: skip


def problem(id: str, name: str, code: str) -> dict[str, Any]:
    """A line of the problem list."""
    return {
        "resourceType": "Condition", "id": id, "subject": PATIENT, "recordedDate": "2025-11-14",
        "clinicalStatus": {"coding": [{
            "system": "http://terminology.hl7.org/CodeSystem/condition-clinical", "code": "active"}]},
        "category": [{"coding": [{
            "system": "http://terminology.hl7.org/CodeSystem/condition-category",
            "code": "problem-list-item"}]}],
        "code": {"coding": [{"system": ICD, "code": code, "display": name}], "text": name},
    }  # fmt: skip


def order(
    id: str, name: str, status: str, intent: str, value: float, unit: str, every: int, per: str,
    high: float | None = None, text: str = "",
) -> dict[str, Any]:  # fmt: skip
    """An infusion order."""
    dose: dict[str, Any] = {"doseQuantity": {"value": value, "unit": unit, "code": unit}}
    if high:
        dose = {
            "doseRange": {
                "low": {"value": value, "unit": unit},
                "high": {"value": high, "unit": unit},
            }
        }
    found: dict[str, Any] = {
        "resourceType": "MedicationRequest", "id": id, "status": status, "intent": intent,
        "medicationCodeableConcept": {"text": name}, "subject": PATIENT,
        "authoredOn": "2025-11-19",
        "dosageInstruction": [{
            "route": {"text": "intravenous"},
            "timing": {"repeat": {"frequency": 1, "period": every, "periodUnit": per}},
            "doseAndRate": [dose],
        }],
    }  # fmt: skip
    if text:
        found["note"] = [{"text": text}]
    return found


def bundle() -> None:
    """The same record as a record system exports it."""
    resources = [
        {"resourceType": "Patient", "id": "p1"},
        note("n1", "Lung Transplant Clinic - Return Visit", "2025-11-18", "01-pulmonary-clinic-note.md"),
        note("n2", "Immunology Consultation", "2025-11-12", "02-immunology-consult.md"),
        result("o1", "IgG", "2465-3", "2025-06-17", 609, "mg/dL", 700, 1600),
        result("o2", "IgG", "2465-3", "2025-10-28", 495, "mg/dL", 700, 1600),
        result("o3", "IgM", "", "2025-10-28", 39, "mg/dL", 40, 230),
        result("o4", "CD20", "", "2025-10-28", 35, "", 0, 0),
        organism("o5", "Mycobacterium abscessus"),
        organism("o6", "Stenotrophomonas"),
        organism("o7", "Pseudomonas"),
        order("m1", "IVIG", "active", "order", 60, "g", 1, "mo"),
        order("m2", "IVIG", "draft", "proposal", 800, "mg/kg", 1, "mo", high=1000,
              text="Increase per immunology."),
        order("m3", "Prolastin-C", "on-hold", "order", 60, "mg/kg", 1, "wk",
              text="Maintenance. On hold, awaiting pulmonary clearance."),
        problem("c1", "Alpha-1-antitrypsin deficiency", "E88.01"),
        problem("c2", "Emphysema", "J43.9"),
        problem("c3", "Coronary artery disease", "I25.10"),
        problem("c4", "Lung transplant status, bilateral", "Z94.2"),
        problem("c5", "Lung transplant rejection, acute", "T86.810"),
        problem("c6", "Nonfamilial hypogammaglobulinemia", "D80.1"),
    ]  # fmt: skip
    whole = {
        "resourceType": "Bundle", "type": "collection", "timestamp": "2025-11-21T00:00:00Z",
        "entry": [{"fullUrl": f"urn:example:{r['resourceType']}/{r['id']}", "resource": r}
                  for r in resources],
    }  # fmt: skip
    text = json.dumps(whole, indent=1, ensure_ascii=False)
    (OUT / "bundle.json").write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    OUT.mkdir(exist_ok=True)
    pdf()
    bundle()
