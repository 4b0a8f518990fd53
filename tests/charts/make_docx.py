"""The Word charts: a numbered letter with a footnote, a consult in tables, a note with changes."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from docx import Document
from docx.document import Document as Doc
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from docx.text.paragraph import Paragraph


def _table(doc: Doc, rows: Sequence[Sequence[str]], style: str = "Table Grid") -> None:
    table = doc.add_table(rows=0, cols=len(rows[0]), style=style)
    for row in rows:
        cells = table.add_row().cells
        for cell, text in zip(cells, row, strict=True):
            cell.text = text


def _footnote(doc: Doc, paragraph: Paragraph, text: str) -> None:
    """A real footnote: python-docx makes none, so its part is written here."""
    words = nsdecls("w")
    xml = (
        f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?><w:footnotes {words}>'
        '<w:footnote w:type="separator" w:id="-1"><w:p><w:r><w:separator/></w:r></w:p></w:footnote>'
        f'<w:footnote w:id="1"><w:p><w:r><w:footnoteRef/></w:r><w:r><w:t xml:space="preserve"> {text}'
        "</w:t></w:r></w:p></w:footnote></w:footnotes>"
    )
    kind = "application/vnd.openxmlformats-officedocument.wordprocessingml.footnotes+xml"
    part = Part(PackURI("/word/footnotes.xml"), kind, xml.encode(), doc.part.package)
    doc.part.relate_to(part, RELATIONSHIP_TYPE.FOOTNOTES)
    paragraph._p.append(parse_xml(f'<w:r {words}><w:footnoteReference w:id="1"/></w:r>'))


def _change(paragraph: Paragraph, kind: str, text: str) -> None:
    """Text that somebody inserted ("ins") or struck out ("del") with changes tracked."""
    tag = "delText" if kind == "del" else "t"
    paragraph._p.append(
        parse_xml(
            f'<w:{kind} {nsdecls("w")} w:id="{len(paragraph._p)}" w:author="Reviewer" '
            'w:date="2025-10-02T10:00:00Z"><w:r>'
            f'<w:{tag} xml:space="preserve">{text}</w:{tag}></w:r></w:{kind}>'
        )
    )


def headache_letter(path: Path) -> None:
    """A specialist's letter: numbered treatments, a diary table, header, footer, a footnote."""
    doc = Document()
    doc.sections[0].header.paragraphs[0].text = "Brackenfield Headache Centre - Confidential"
    doc.sections[0].footer.paragraphs[0].text = "I. Pembrell, DOB 12 May 1991 - Page 1"
    for line in (
        "6 October 2025",
        "Re: Isaura Pembrell, date of birth 12 May 1991",
        "Dear Dr. Lindqvale,",
        "Thank you for asking me to see this 34-year-old teacher with chronic migraine since 2021. "
        "She has 20 headache days per month, 14 of them migraine days, each attack lasting at least "
        "4 hours without treatment. She takes sumatriptan on 8 days a month; there is no medication "
        "overuse headache. There is no aura. Her mother has migraine with aura.",
    ):
        doc.add_paragraph(line)
    scored = doc.add_paragraph("Her HIT-6 score today was 66.")
    _footnote(doc, scored, "The MIDAS score on the same day was 58.")
    doc.add_heading("Preventive treatment so far", 2)
    for line in (
        "Topiramate 100 mg daily, January to April 2024: stopped because of word-finding difficulty.",
        "Propranolol LA 80 mg daily for 12 weeks in 2023: no benefit.",
        "Amitriptyline: contraindicated because of a long QT interval; never taken.",
        "Erenumab was denied by her insurer and was never started.",
    ):
        doc.add_paragraph(line, style="List Number")
    doc.add_heading("Headache diary", 2)
    _table(
        doc,
        [
            ["", "July 2025", "August 2025", "September 2025"],
            ["Headache days", "21", "19", "20"],
            ["Migraine days", "14", "13", "15"],
            ["Triptan days", "8", "9", "8"],
        ],
    )
    doc.add_heading("Opinion", 2)
    doc.add_paragraph(
        "Chronic migraine with failure of two preventives. She is not pregnant and has no "
        "neuromuscular disease. I should like to give onabotulinumtoxinA 155 units every 12 weeks. "
        "If there is no 50% reduction in headache days after two cycles, it would be stopped. Her "
        "insurer requires failure of three preventives and at least 15 headache days per month."
    )
    doc.add_paragraph("Yours sincerely,\nF. Dunmoor, MD, Consultant Neurologist")
    doc.save(str(path))


def bariatric_consult(path: Path) -> None:
    """A consultation under headings: a table of weights, one of comorbidities, bullet lists."""
    doc = Document()
    doc.add_heading("Bariatric Surgery Consultation", 1)
    _table(
        doc,
        [
            ["Patient", "Caspian Durrow", "Date of service", "10/15/2025"],
            ["DOB", "02/08/1984", "Surgeon", "M. Ravensholt, MD"],
        ],
        "Light Grid",
    )
    doc.add_heading("History of present illness", 2)
    doc.add_paragraph(
        "Mr. Durrow is a 41-year-old man with class 3 obesity who asks for laparoscopic sleeve "
        "gastrectomy. Height 68 in. He has completed a 6-month supervised weight management program."
    )
    doc.add_heading("Weight history", 2)
    _table(
        doc,
        [
            ["Date", "Weight (lb)", "BMI"],
            ["01/15/2025", "302", "45.9"],
            ["04/16/2025", "297", "45.2"],
            ["07/16/2025", "291", "44.2"],
            ["10/15/2025", "288", "43.8"],
        ],
    )
    doc.add_heading("Comorbidities", 2)
    _table(
        doc,
        [
            ["Condition", "Status", "Treatment"],
            ["Type 2 diabetes", "A1c 8.1% on 10/01/2025", "metformin 1000 mg twice daily"],
            ["Hypertension", "Controlled", "lisinopril 20 mg daily"],
            ["Obstructive sleep apnea", "AHI 31 in 2023", "CPAP nightly"],
            ["Coronary artery disease", "None", ""],
        ],
    )
    doc.add_heading("Prior weight loss attempts", 2)
    for line in (
        "Wegovy 2.4 mg weekly from March to September 2024: lost 3%, then regained.",
        "Phentermine 37.5 mg daily in 2022, stopped for palpitations.",
    ):
        doc.add_paragraph(line, style="List Bullet")
    doc.add_heading("Evaluations", 2)
    doc.add_paragraph(
        "Psychological evaluation 08/20/2025 (K. Thornbury, PhD): no active eating disorder, no "
        "suicidal ideation, cleared for surgery. Dietitian evaluation 09/03/2025 completed."
    )
    doc.add_heading("Social and family history", 2)
    doc.add_paragraph(
        "Never smoker. Denies alcohol use disorder. His sister had a Roux-en-Y gastric bypass in "
        "2019. Father died of myocardial infarction at 58."
    )
    doc.add_heading("Plan", 2)
    doc.add_paragraph(
        "Laparoscopic sleeve gastrectomy at an accredited bariatric center. Coverage policy requires "
        "a BMI of 40 or more, or 35 or more with a comorbidity. If reflux develops, conversion to "
        "gastric bypass would be considered."
    )
    doc.save(str(path))


def spine_note(path: Path) -> None:
    """A visit note with changes still tracked: struck-out words are not the author's."""
    doc = Document()
    doc.add_heading("Office Visit - Spine", 1)
    doc.add_paragraph("Patient: Leontyne Arkwood    DOB: 04/27/1967    Visit date: 10/02/2025")
    doc.add_heading("HPI", 2)
    story = doc.add_paragraph("58-year-old woman with low back pain and left leg pain for ")
    _change(story, "del", "4 weeks")
    _change(story, "ins", "10 weeks")
    story.add_run(
        ". Physical therapy for 8 weeks, 12 visits, ended 09/26/2025 without improvement. Naproxen "
        "500 mg twice daily for 6 weeks gave no relief. She denies bowel or bladder dysfunction. No "
        "saddle anesthesia. No fever. No history of cancer. Her father had prostate cancer."
    )
    doc.add_heading("Exam", 2)
    seen = doc.add_paragraph("Straight leg raise positive on the left. Left EHL strength 4/5. ")
    _change(seen, "del", "Foot drop on the left.")
    _change(seen, "ins", "There is no foot drop.")
    seen.add_run(" Reflexes symmetric. BMI 27.1.")
    doc.add_heading("Imaging", 2)
    doc.add_paragraph(
        "Lumbar radiographs 08/12/2025: grade 1 spondylolisthesis at L4/5, no fracture."
    )
    doc.add_heading("Assessment and plan", 2)
    doc.add_paragraph(
        "Left L5 radiculopathy, failed conservative treatment. Order MRI lumbar spine without "
        "contrast. Consider epidural steroid injection if MRI shows nerve root compression. No "
        "pacemaker. The insurer requires 6 weeks of conservative care."
    )
    doc.save(str(path))


def therapy_discharge(path: Path) -> None:
    """A physical therapist's discharge note."""
    doc = Document()
    doc.add_heading("Physical Therapy Discharge Summary", 1)
    doc.add_paragraph("Patient: Bertrand Ellisfield\tDate: 08/20/2025")
    doc.add_paragraph(
        "Seen for lumbar radiculopathy, right. Physical therapy 06/30/2025 to 08/20/2025, 14 visits. "
        "Pain 7/10 at start and 7/10 at discharge. No functional improvement. Home exercise program "
        "given and performed daily."
    )
    _table(
        doc,
        [
            ["Measure", "06/30/2025", "08/20/2025"],
            ["Lumbar flexion (deg)", "30", "32"],
            ["Right EHL strength", "4/5", "4/5"],
        ],
    )
    doc.save(str(path))
