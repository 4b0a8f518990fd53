"""Small files of every format, made where they are needed. Their patients are invented."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from email.message import EmailMessage
from functools import cache
from typing import Any

PROSE = (
    "The patient was seen for chronic inflammatory demyelinating polyneuropathy and reports "
    "improvement in grip strength after intravenous immunoglobulin at 1 g/kg every three weeks; "
    "she denies headache, fever or chest pain, and there is no history of thrombosis. "
)
LABS = [
    ["Test", "Collected", "Result", "Units", "Reference", "Flag"],
    ["IgG", "06/17/2025", "609", "mg/dL", "700-1600", "L"],
    ["CD20", "10/28/2025", "35", "", "", ""],
    ["IgM", "10/28/2025", "39", "mg/dL", "40-230", "L"],
]


def pdf(*story: Any, header: str = "", password: str = "") -> bytes:
    """A PDF of paragraphs (strings), tables (lists of rows) and reportlab's own parts."""
    from reportlab.lib.pagesizes import letter
    from reportlab.lib.pdfencrypt import StandardEncryption
    from reportlab.lib.styles import getSampleStyleSheet
    from reportlab.platypus import Paragraph, SimpleDocTemplate, Spacer, Table

    styles = getSampleStyleSheet()
    parts = []
    for thing in story:
        if isinstance(thing, str):
            style = "Heading2" if thing.startswith("# ") else "BodyText"
            parts.append(Paragraph(thing.removeprefix("# "), styles[style]))
        elif isinstance(thing, list):
            parts += [Table(thing), Spacer(1, 14)]
        else:
            parts.append(thing)

    def furnish(canvas: Any, document: Any) -> None:
        if header:
            canvas.setFont("Helvetica", 8)
            canvas.drawString(72, 770, header)
            canvas.drawString(72, 30, f"Page {document.page} of 9")

    out = io.BytesIO()
    locked = StandardEncryption(password, canPrint=0) if password else None
    made = SimpleDocTemplate(out, pagesize=letter, encrypt=locked, invariant=1, pageCompression=0)
    made.build(parts, onFirstPage=furnish, onLaterPages=furnish)
    return out.getvalue()


def placed(*pages: Sequence[tuple[float, float, str]], size: float = 10, turn: int = 0) -> bytes:
    """A PDF with each text drawn at its place (from the left, from the top), in that order."""
    from reportlab.pdfgen.canvas import Canvas

    out = io.BytesIO()
    canvas = Canvas(out, pagesize=(612, 792), invariant=1)
    if turn in (90, 270):
        canvas.setPageSize((792, 612))  # the library exchanges the two where a page is turned
    for page in pages:
        canvas.setFont("Helvetica", size)
        if turn:
            canvas.setPageRotation(turn)
            canvas.translate(*{90: (612, 0), 180: (612, 792), 270: (0, 792)}[turn])
            canvas.rotate(turn)
        height = 612 if turn in (90, 270) else 792
        for x, y, text in page:
            canvas.drawString(x, height - y, text)
        canvas.showPage()
    canvas.save()
    return out.getvalue()


def picture(words: str = "", size: tuple[int, int] = (1200, 400)) -> bytes:
    """A PNG with words drawn on it."""
    from PIL import Image, ImageDraw, ImageFont

    image = Image.new("L", size, 255)
    ImageDraw.Draw(image).text((40, 60), words, fill=0, font=ImageFont.load_default(48))
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()


def scanned(*pages: str) -> bytes:
    """A PDF whose pages are pictures; a page that begins with "text:" has a text layer."""
    from reportlab.lib.utils import ImageReader
    from reportlab.pdfgen.canvas import Canvas

    out = io.BytesIO()
    canvas = Canvas(out, pagesize=(612, 792), invariant=1)
    for words in pages:
        if words.startswith("text:"):
            canvas.drawString(72, 700, words[5:])
        elif words:
            image = ImageReader(io.BytesIO(picture(words, (1600, 2000))))
            canvas.drawImage(image, 0, 27, 612, 765)
        canvas.showPage()
    canvas.save()
    return out.getvalue()


def form(fields: dict[str, str]) -> bytes:
    """A PDF with filled-in text fields."""
    from reportlab.pdfgen.canvas import Canvas

    out = io.BytesIO()
    canvas = Canvas(out, pagesize=(612, 792), invariant=1)
    canvas.drawString(72, 720, "Prior authorization request form")
    for n, (name, value) in enumerate(fields.items()):
        canvas.acroForm.textfield(name=name, tooltip=name, value=value, x=200, y=650 - 30 * n)
    canvas.showPage()
    canvas.save()
    return out.getvalue()


def word(*blocks: Any, header: str = "") -> bytes:
    """A Word file of paragraphs (strings; "# " and "- " make headings and items), tables, and
    functions that are given the document."""
    import docx

    document = docx.Document()
    if header:
        document.sections[0].header.paragraphs[0].text = header
    for block in blocks:
        if callable(block):
            block(document)
        elif isinstance(block, list):
            table = document.add_table(len(block), len(block[0]))
            for row, cells in zip(table.rows, block, strict=True):
                for cell, text in zip(row.cells, cells, strict=True):
                    cell.text = text
        elif block.startswith("# "):
            document.add_heading(block[2:], 1)
        elif block.startswith("- "):
            document.add_paragraph(block[2:], style="List Bullet")
        else:
            document.add_paragraph(block)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def runs(inside: str) -> Any:
    """For `word`: a paragraph of the given WordprocessingML."""

    def add(document: Any) -> None:
        from docx.oxml import parse_xml
        from docx.oxml.ns import nsdecls

        paragraph = parse_xml(f"<w:p {nsdecls('w', 'wp', 'a')}>{inside}</w:p>")
        document.element.body.insert(len(document.element.body) - 1, paragraph)

    return add


def zipped(members: dict[str, bytes]) -> bytes:
    """A zip file."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as container:
        for name, body in members.items():
            container.writestr(
                zipfile.ZipInfo(name, (2025, 1, 1, 0, 0, 0)), body, zipfile.ZIP_DEFLATED
            )
    return out.getvalue()


def mail(body: str, attached: dict[str, bytes] | None = None, *, html: str = "") -> bytes:
    """A message of 12 March 2025."""
    message = EmailMessage()
    message["From"], message["To"] = "A. Smith <a@clinic.example>", "Plan <p@plan.example>"
    message["Date"] = "Wed, 12 Mar 2025 10:00:00 -0500"
    message["Subject"] = "Appeal for J. Doe"
    if body:
        message.set_content(body)
    if html and body:
        message.add_alternative(html, subtype="html")
    elif html:
        message.set_content(html, subtype="html")
    for name, content in (attached or {}).items():
        message.add_attachment(
            content, maintype="application", subtype="octet-stream", filename=name
        )
    return message.as_bytes()


RTF = rb"""{\rtf1\ansi\ansicpg1252{\fonttbl{\f0 Arial;}}{\info{\title secret}}\f0 Clinic note\par
Date of service: 03/12/2025\par Sj\'f6gren disease. {\deleted gone}{\v hidden}{\strike old} Dose 5 \u181?g.\par
\trowd\cellx1\cellx2\cellx3 Test\cell Result\cell Units\cell\row
\trowd IgG\cell 495\cell mg/dL\cell\row\trowd CD20\cell\cell %\cell\row\pard After.\par
{\pict\pngblip 89504e470d0a}\page Second page.\par}"""

HTML = b"""<!DOCTYPE html><html><head><title>Visit</title><style>p {color: red}</style></head><body>
<h1>Clinic note</h1><p>Date: 03/12/2025<p hidden>not shown</p><script>var x = "not shown";</script>
<ul><li>IVIG monthly<li>asthma</ul><table><tr><th>Test<th>Result<th>Units<tr><td>IgG<td>495<td>mg/dL
<tr><td>CD20<td><td>%</table><p>WBC 10 x 10<sup>9</sup>/L, <del>fever</del>
<span style="display: none">not shown</span> no chills<br>second line
<input type="checkbox" checked> smoker <select><option>never<option selected>former</select></p></body>"""

NOTE = b"""Clinic note
Date of service: 03/12/2025

Has asthma. IgG 495 mg/dL on 3/1/2025.

| Test | Result | Units |
| IgM | 39 | mg/dL |
"""

FHIR = b"""{"resourceType": "Bundle", "type": "collection", "entry": [
 {"resource": {"resourceType": "Condition", "id": "c1", "clinicalStatus": {"coding": [{"code": "active"}]},
  "code": {"text": "Asthma", "coding": [{"system": "http://snomed.info/sct", "code": "195967001"}]},
  "onsetDateTime": "2020-01-31"}},
 {"resource": {"resourceType": "Observation", "id": "o1", "status": "final", "code": {"text": "IgG"},
  "effectiveDateTime": "2025-03-01", "valueQuantity": {"value": 495, "unit": "mg/dL", "code": "mg/dL"}}}]}"""

NDJSON = b"""{"resourceType": "Condition", "id": "c1", "code": {"text": "Asthma"}}
{"resourceType": "Condition", "id": "c2", "code": {"text": "Emphysema"}}
"""

CCDA = b"""<?xml version="1.0"?><ClinicalDocument xmlns="urn:hl7-org:v3"><title>Summary</title>
<effectiveTime value="20250312"/><component><structuredBody><component><section>
<code code="11450-4" codeSystem="2.16.840.1.113883.6.1"/><title>Problems</title>
<text><list><item>Asthma</item></list></text></section></component></structuredBody></component>
</ClinicalDocument>"""

CSV = b"Test,Collected,Result,Units,Reference\nIgG,2025-06-17,609,mg/dL,700-1600\nIgM,2025-06-17,39,mg/dL,40-230\n"


@cache
def samples() -> dict[str, bytes]:
    """One file of each format, by name."""
    note = pdf("# Clinic note", "Date of service: 03/12/2025", PROSE * 3, LABS)
    return {
        "note.pdf": note,
        "note.docx": word("# Clinic note", "Date: 03/12/2025", PROSE, LABS, "- IVIG monthly"),
        "note.rtf": RTF,
        "note.html": HTML,
        "note.txt": NOTE,
        "note.eml": mail("Please see attached.", {"labs.csv": CSV, "note.rtf": RTF}),
        "notes.zip": zipped({"a.txt": NOTE, "b.html": HTML}),
        "bundle.json": FHIR,
        "bulk.ndjson": NDJSON,
        "summary.xml": CCDA,
        "labs.csv": CSV,
    }
