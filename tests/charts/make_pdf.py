"""The PDF charts: a clinic letter in two columns, a discharge summary, a sleep study, and others."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from reportlab.lib import colors
from reportlab.lib.pagesizes import letter
from reportlab.lib.styles import ParagraphStyle, getSampleStyleSheet
from reportlab.lib.units import inch
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import (
    BaseDocTemplate,
    Flowable,
    Frame,
    FrameBreak,
    PageTemplate,
    Paragraph,
    SimpleDocTemplate,
    Spacer,
    Table,
    TableStyle,
)

STYLES = getSampleStyleSheet()
BODY = ParagraphStyle("body", STYLES["Normal"], fontName="Times-Roman", fontSize=9.5, leading=12)
HEAD = ParagraphStyle(
    "head", BODY, fontName="Times-Bold", fontSize=10, spaceBefore=7, textColor=colors.darkblue
)
SMALL = ParagraphStyle("small", BODY, fontSize=7.5, leading=9)
GRID = TableStyle(
    [
        ("GRID", (0, 0), (-1, -1), 0.4, colors.grey),
        ("BACKGROUND", (0, 0), (-1, 0), colors.lightgrey),
        ("FONTSIZE", (0, 0), (-1, -1), 7.5),
        ("TOPPADDING", (0, 0), (-1, -1), 1.5),
        ("BOTTOMPADDING", (0, 0), (-1, -1), 1.5),
    ]
)
BARE = TableStyle([("FONTSIZE", (0, 0), (-1, -1), 9), ("BOTTOMPADDING", (0, 0), (-1, -1), 1)])


def _said(*lines: str) -> list[Flowable]:
    """Paragraphs; a line that begins with # is a heading."""
    return [Paragraph(t.lstrip("# "), HEAD if t.startswith("#") else BODY) for t in lines]


def _table(rows: Sequence[Sequence[str]], style: TableStyle = GRID, **more: object) -> Table:
    return Table([list(row) for row in rows], style=style, hAlign="LEFT", **more)


# --- a clinic's letterhead, text left, vitals and tables right -----------------------------


def clinic_letter(path: Path) -> None:
    """A pulmonary visit: narrow text column left, a box of vitals and two tables right."""

    def letterhead(canvas: Canvas, _: BaseDocTemplate) -> None:
        canvas.setFont("Times-Bold", 15)
        canvas.drawString(0.7 * inch, 10.4 * inch, "LARKMOOR VALLEY LUNG CLINIC")
        canvas.setFont("Times-Roman", 8)
        canvas.drawString(
            0.7 * inch, 10.25 * inch, "14 Fennel Row, Larkmoor   Tel 555-0142   Fax 555-0143"
        )
        canvas.line(0.7 * inch, 10.18 * inch, 7.8 * inch, 10.18 * inch)
        canvas.setFont("Times-Roman", 9)
        canvas.drawString(
            0.7 * inch,
            10.0 * inch,
            "Patient: Osric Tannehill    DOB: 03/14/1966    MRN: 0099213    Date of visit: 09/18/2025",
        )
        canvas.setFont("Times-Italic", 7)
        canvas.drawCentredString(
            4.25 * inch, 0.4 * inch, "Confidential patient information. Page 1 of 1"
        )

    page = PageTemplate(
        frames=[
            Frame(0.6 * inch, 0.7 * inch, 3.8 * inch, 9.2 * inch),
            Frame(4.5 * inch, 0.7 * inch, 3.4 * inch, 9.2 * inch),
        ],
        onPage=letterhead,
    )
    left = _said(
        "# REASON FOR VISIT",
        "Follow-up of emphysema; asks about augmentation therapy.",
        "# HISTORY",
        "Mr. Tannehill is a 59-year-old man with emphysema, seen on CT of the chest in June 2023. "
        "Alpha-1 antitrypsin deficiency was found in August 2023, genotype PiZZ. He quit smoking in "
        "2016 after 20 pack-years. He uses tiotropium 18 mcg once daily and completed pulmonary "
        "rehabilitation in May 2024. He has never received augmentation therapy. He gets short of "
        "breath on one flight of stairs. He denies fever and hemoptysis.",
        "# FAMILY HISTORY",
        "Brother: alpha-1 liver disease, listed for transplant. Mother: breast cancer at 61.",
        "# EXAMINATION",
        "Barrel chest, distant breath sounds, no wheeze. No clubbing or edema.",
        "# IMPRESSION",
        "1. Severe alpha-1 antitrypsin deficiency with emphysema and falling FEV1.<br/>"
        "2. No bronchiectasis on CT.",
        "# PLAN",
        "Start Prolastin-C 60 mg/kg IV once weekly as soon as it is authorized. His plan requires an "
        "FEV1 between 30% and 65% predicted and a non-smoking status for 6 months. Repeat spirometry "
        "in 6 months. Influenza vaccine given today.",
        "Electronically signed by H. Vossberg, MD, 09/18/2025 16:42",
    )
    vitals = _table(
        [
            ["VITALS 09/18/2025", ""],
            ["BP", "128/76 mmHg"],
            ["Pulse", "82"],
            ["SpO2", "94% RA"],
            ["Height", "178 cm"],
            ["Weight", "81.4 kg"],
            ["BMI", "25.7 kg/m2"],
        ],
        TableStyle([*GRID.getCommands(), ("SPAN", (0, 0), (1, 0))]),
        colWidths=[1.1 * inch, 1.5 * inch],
    )
    labs = _table(
        [
            ["Test", "Result", "Units", "Reference", "Collected"],
            ["Alpha-1 antitrypsin level", "4.1 L", "umol/L", "20 - 53", "08/22/2023"],
            ["IgA", "182", "mg/dL", "70 - 400", "08/29/2025"],
            ["IgG", "1010", "mg/dL", "700 - 1600", "08/29/2025"],
            ["Creatinine", "0.9", "mg/dL", "0.6 - 1.3", "08/29/2025"],
        ]
    )
    lungs = _table(
        [
            ["Spirometry", "09/12/2023", "09/10/2024", "09/18/2025"],
            ["FEV1 (L)", "1.92", "1.80", "1.66"],
            ["FEV1 % predicted", "56", "53", "49"],
            ["FEV1/FVC", "0.48", "0.47", "0.45"],
        ]
    )
    gap = Spacer(1, 10)
    BaseDocTemplate(str(path), pagesize=letter, pageTemplates=[page], invariant=1).build(
        [*left, FrameBreak(), vitals, gap, *_said("# LABORATORY"), labs, gap, lungs]
    )


# --- a hospital's discharge summary over three pages ---------------------------------------

_DISCHARGE = (
    """\
DISCHARGE SUMMARY

Admitted: 02/03/2025            Discharged: 02/11/2025
Service: Transplant Medicine    Attending: P. Oyelaran-Wick, MD

PRINCIPAL DIAGNOSIS
Pneumonia, right lower lobe, in a lung transplant recipient

SECONDARY DIAGNOSES
1. Hypogammaglobulinemia
2. Status post bilateral lung transplantation, 05/21/2021
3. Hypertension

HISTORY OF PRESENT ILLNESS
Ms. Quellbrook is a 52-year-old woman who underwent bilateral lung trans-
plantation on 05/21/2021 for pulmonary sarcoidosis. She came to the emer-
gency department on 02/03/2025 with three days of fever and productive
cough. She denied hemoptysis and chest pain. This was her third pneu-
monia since transplant: she was admitted with pneumonia in March 2024 and
again in October 2024, each time treated with intravenous antibiotics.

PAST MEDICAL HISTORY
Pulmonary sarcoidosis. Hypertension. Azathioprine was stopped in June 2022
because of leukopenia. No diabetes. No history of thrombosis.

FAMILY HISTORY
Father had a pulmonary embolism at age 70. Sister has type 1 diabetes.

SOCIAL HISTORY
Never smoker. Lives with husband.
""",
    """\
HOSPITAL COURSE

Pneumonia. CT of the chest on 02/03/2025 showed consolidation of the right
lower lobe. Bronchoscopy with bronchoalveolar lavage was done on 02/06/2025;
the culture grew Pseudomonas aeruginosa. She received intravenous cefepime
for 8 days and was afebrile from day 3.

Graft. Transbronchial biopsies on 02/06/2025 showed no acute cellular re-
jection (A0B0). Donor-specific antibodies were negative. Rituximab was
ordered on 02/07/2025 in error and the order was cancelled before any dose
was given.

Immunology. IgG on 02/05/2025 was 388 mg/dL (reference range 700 to 1600
mg/dL); in November 2023 it had been 545 mg/dL. Immunology was consulted
and recommends intravenous immunoglobulin. There is no proteinuria.

LABORATORY RESULTS (02/05/2025 unless noted)
  Test                 Result      Units       Reference
  IgG                  388   L     mg/dL       700-1600
  IgA                  61    L     mg/dL       70-400
  IgM                  34    L     mg/dL       40-230
  Creatinine           1.4   H     mg/dL       0.5-1.1
  Tacrolimus trough    9.2         ng/mL       8-12
  WBC                  11.8  H     K/uL        4.0-10.5

PROCEDURES
02/06/2025  Bronchoscopy with bronchoalveolar lavage and transbronchial
            biopsies
""",
    """\
DISCHARGE MEDICATIONS
  1. Tacrolimus 2 mg by mouth twice daily
  2. Mycophenolate mofetil 500 mg by mouth twice daily (reduced from
     1,000 mg)
  3. Prednisone 5 mg by mouth once daily
  4. Amlodipine 10 mg by mouth once daily
STOPPED: cefepime (course complete)

ALLERGIES
Sulfa (rash). No known allergy to immune globulin products.

CONDITION AT DISCHARGE
In stable condition, room air, weight 63.5 kg.

PLAN
1. Intravenous immunoglobulin 400 mg/kg every 4 weeks is planned; the first
   infusion will be scheduled once the insurer authorizes it. The insurer
   asks for an IgG below 400 mg/dL and two infections in 12 months.
2. Repeat IgG trough before the third infusion.
3. Return for fever, cough or falling home spirometry.

P. Oyelaran-Wick, MD
Electronically signed 02/11/2025 15:20
""",
)


def discharge_summary(path: Path) -> None:
    """Three pages of typewriter text: running head and foot, words broken at line ends."""
    canvas = Canvas(str(path), pagesize=letter, invariant=1)
    for number, page in enumerate(_DISCHARGE, 1):
        canvas.setFont("Courier", 9)
        canvas.drawString(50, 765, "ST. ALDOUS REGIONAL HOSPITAL")
        canvas.drawRightString(560, 765, "QUELLBROOK, MARIT   MRN 5520871   DOB 11/02/1972")
        canvas.line(50, 760, 560, 760)
        text = canvas.beginText(60, 735)
        text.setFont("Courier", 10)
        text.setLeading(13)
        text.textLines(page, trim=0)
        canvas.drawText(text)
        canvas.setFont("Courier", 8)
        canvas.drawString(50, 30, "Discharge Summary - Printed 02/12/2025 08:14")
        canvas.drawRightString(560, 30, f"Page {number} of {len(_DISCHARGE)}")
        canvas.showPage()
    canvas.save()


# --- reports made of tables ----------------------------------------------------------------


def _report(path: Path, story: list[Flowable]) -> None:
    SimpleDocTemplate(
        str(path), pagesize=letter, topMargin=0.6 * inch, bottomMargin=0.6 * inch, invariant=1
    ).build(story)


def sleep_study(path: Path) -> None:
    """A night in the laboratory: tables of sleep and breathing, then the physician's reading."""
    gap = Spacer(1, 8)
    who = _table(
        [
            ["Patient:", "HALVANE, THEODRIC", "Study date:", "04/02/2025"],
            [
                "DOB / Age / Sex:",
                "07/30/1977 / 47 / M",
                "Study type:",
                "Diagnostic polysomnography",
            ],
            ["Height / Weight:", "70 in / 256 lb", "BMI:", "36.8"],
            ["Epworth Sleepiness Scale:", "15/24", "Referring:", "J. Amberline, NP"],
        ],
        BARE,
    )
    sleep = _table(
        [
            ["Sleep architecture", ""],
            ["Total recording time (min)", "441.0"],
            ["Total sleep time (min)", "371.0"],
            ["Sleep efficiency (%)", "84.2"],
            ["Sleep latency (min)", "12.5"],
            ["REM (% of TST)", "16.1"],
        ]
    )
    counts = _table(
        [
            ["Respiratory events", "Count", "Index (events/h)"],
            ["Obstructive apneas", "112", "18.1"],
            ["Central apneas", "4", "0.6"],
            ["Hypopneas (4% desaturation)", "121", "19.6"],
        ]
    )
    breath = _table(
        [
            ["Respiratory summary", "Value", "Units"],
            ["Apnea-hypopnea index", "38.4", "events/h"],
            ["Supine AHI", "52.0", "events/h"],
            ["REM AHI", "44.1", "events/h"],
            ["Respiratory disturbance index", "41.2", "events/h"],
            ["Oxygen desaturation index", "35.9", "events/h"],
            ["Lowest SpO2", "78", "%"],
            ["Time below 88%", "31.2", "min"],
        ]
    )
    _report(
        path,
        [
            Paragraph("NORTHQUAY SLEEP LABORATORY", STYLES["Title"]),
            Paragraph("Overnight Polysomnography Report", STYLES["Heading2"]),
            who,
            *_said(
                "# Clinical history",
                "47-year-old man with loud snoring, witnessed apneas and excessive daytime sleepiness. "
                "Hypertension on two medicines. Denies cataplexy. No insomnia. His father uses CPAP.",
            ),
            gap,
            sleep,
            gap,
            counts,
            gap,
            breath,
            Paragraph(
                "Severity by AHI: normal below 5; mild 5 to 14.9; moderate 15 to 29.9; severe 30 or more.",
                SMALL,
            ),
            *_said(
                "# Interpretation",
                "Severe obstructive sleep apnea with marked oxygen desaturation. Events were worse supine. "
                "No Cheyne-Stokes respiration was seen; no evidence of central sleep apnea.",
                "# Recommendations",
                "1. CPAP titration study, or auto-titrating CPAP 6-16 cm H2O at home.<br/>"
                "2. Weight loss. 3. Avoid alcohol before bedtime and sedatives.",
                "Read by R. Castellane, MD, Sleep Medicine, 04/05/2025",
            ),
        ],
    )


def infusion_record(path: Path) -> None:
    """One infusion as the infusion suite prints it."""
    _report(
        path,
        [
            Paragraph("Infusion Record", STYLES["Heading1"]),
            _table(
                [
                    ["Patient:", "Wrenna Ostergate", "DOB:", "01/19/1988"],
                    ["Date of infusion:", "06/12/2025", "Weight:", "68 kg"],
                ],
                BARE,
            ),
            *_said(
                "# Order",
                "Privigen 10% 30 g IV every 4 weeks. Premedication: acetaminophen 650 mg by mouth.",
                "# Pre-infusion",
                "IgG trough drawn 06/12/2025: 812 mg/dL. Afebrile. No infection since the last visit.",
            ),
            _table(
                [
                    ["Time", "Rate (mL/h)", "BP", "Temp (F)", "Comment"],
                    ["09:05", "20", "118/70", "98.2", "started"],
                    ["09:35", "60", "116/72", "98.4", "no reaction"],
                    ["11:50", "180", "120/70", "98.3", "completed"],
                ]
            ),
            *_said("Tolerated well, no headache, no rash. L. Pinnock, RN"),
        ],
    )


def spirometry_report(path: Path) -> None:
    """Lung function before and after a bronchodilator, with predicted values."""
    _report(
        path,
        [
            Paragraph("PULMONARY FUNCTION LABORATORY", STYLES["Heading1"]),
            _table(
                [
                    ["Name:", "Delphine Marrowby", "Test date:", "10/07/2025"],
                    ["Age:", "55", "Height:", "164 cm"],
                ],
                BARE,
            ),
            Spacer(1, 8),
            _table(
                [
                    ["", "Pred", "Pre", "% Pred", "Post", "% Pred", "% Chg"],
                    ["FVC (L)", "3.10", "2.74", "88", "2.80", "90", "2"],
                    ["FEV1 (L)", "2.45", "1.12", "46", "1.16", "47", "4"],
                    ["FEV1/FVC (%)", "79", "41", "", "41", "", ""],
                    ["DLCO (mL/min/mmHg)", "22.0", "10.1", "46", "", "", ""],
                ]
            ),
            *_said(
                "# Interpretation",
                "Severe airflow obstruction without a significant bronchodilator response. "
                "The pattern is consistent with emphysema.",
                "T. Inchbald, MD, 10/08/2025",
            ),
        ],
    )
