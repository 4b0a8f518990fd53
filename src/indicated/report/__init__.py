"""Say it: Determinations become an Article, checked sentence by sentence, and rendered."""

from indicated.report.check import write_check
from indicated.report.check_output import check_json, check_schema
from indicated.report.cite import SupportProblem, check_article, require_support
from indicated.report.edited import editable, without_labels
from indicated.report.fhir import to_fhir
from indicated.report.html import to_html
from indicated.report.markdown import to_markdown
from indicated.report.output import answer_json, output_schema, to_json
from indicated.report.pdf import to_pdf
from indicated.report.privacy import placeholders
from indicated.report.reply import Answered, write_reply
from indicated.report.word import to_docx
from indicated.report.write import write_article

__all__ = [
    "Answered",
    "SupportProblem",
    "answer_json",
    "check_article",
    "check_json",
    "check_schema",
    "editable",
    "output_schema",
    "placeholders",
    "require_support",
    "to_docx",
    "to_fhir",
    "to_html",
    "to_json",
    "to_markdown",
    "to_pdf",
    "without_labels",
    "write_article",
    "write_check",
    "write_reply",
]
