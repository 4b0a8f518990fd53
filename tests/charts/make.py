"""Builds the charts: copies what is written by hand and makes what needs a library.

`python -m tests.charts.make FOLDER` leaves all of them in FOLDER. Every patient, clinician and
institution is invented.
"""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from pathlib import Path

from tests.charts import make_docx, make_pdf

FILES = Path(__file__).parent / "files"

PDF: dict[str, Callable[[Path], None]] = {
    "pdf/clinic-letter.pdf": make_pdf.clinic_letter,
    "pdf/discharge-summary.pdf": make_pdf.discharge_summary,
    "pdf/sleep-study.pdf": make_pdf.sleep_study,
    "folder/immunology/2025-06-12_infusion_record.pdf": make_pdf.infusion_record,
}
DOCX: dict[str, Callable[[Path], None]] = {
    "docx/headache-letter.docx": make_docx.headache_letter,
    "docx/bariatric-consult.docx": make_docx.bariatric_consult,
    "docx/spine-note.docx": make_docx.spine_note,
    "folder/spine/2025-08-20 PT discharge.docx": make_docx.therapy_discharge,
}


def build(target: Path) -> Path:
    """Every chart, by format, under `target`."""
    shutil.copytree(FILES, target, dirs_exist_ok=True)
    for name, write in (PDF | DOCX).items():
        (target / name).parent.mkdir(parents=True, exist_ok=True)
        write(target / name)
    _attach(
        target / "eml/referral.eml", make_pdf.spirometry_report, FILES / "eml/referral_labs.csv"
    )
    (target / "eml/referral_labs.csv").unlink()
    return target


def _attach(mail: Path, write: Callable[[Path], None], table: Path) -> None:
    """Puts a PDF and a table into a message that is written by hand."""
    message = BytesParser(EmailMessage, policy=policy.default).parsebytes(mail.read_bytes())
    assert isinstance(message, EmailMessage)
    report = mail.with_suffix(".pdf")
    write(report)
    message.add_attachment(
        report.read_bytes(), maintype="application", subtype="pdf", filename="PFT report.pdf"
    )
    message.add_attachment(table.read_bytes(), maintype="text", subtype="csv", filename="labs.csv")
    mail.write_bytes(message.as_bytes(policy=policy.SMTP))
    report.unlink()


if __name__ == "__main__":
    build(Path(sys.argv[1]))
