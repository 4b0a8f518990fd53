"""Letters and forms on one assessment: necessity, appeal, notice, request, peer-to-peer."""

from indicated.report.letters.letterhead import Letterhead, load_letterhead
from indicated.report.letters.necessity import LetterRefused
from indicated.report.letters.parts import blanks
from indicated.report.letters.write import LETTERS, about, write_letter

__all__ = [
    "LETTERS",
    "LetterRefused",
    "Letterhead",
    "about",
    "blanks",
    "load_letterhead",
    "write_letter",
]
