"""Formats that a library parses, read in a child process with a limit on time and memory.

PDFium and libxml2 are C; a Word file or a web page can be made to unpack without end. A crash, a
bomb or a loop there costs one sentence in `unread`, and never the program.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

from indicated.files.limits import Limits, Words

CHILD = Path(__file__).with_name("child.py")
EXTRAS = {  # a module that is missing -> the extra that brings it
    "pypdfium2": "pdf", "docx": "docx", "lxml": "docx", "striprtf": "docx",
    "pytesseract": "ocr", "PIL": "ocr",
}  # fmt: skip
CALLED = {
    "pdf": "the PDF", "docx": "the Word file", "rtf": "the RTF file", "html": "the web page",
    "picture": "the picture",
}  # fmt: skip


def words_of(kind: str, raw: bytes, limits: Limits, *, ocr: bool = False) -> Words:
    """What the child process found; a sentence where it found nothing or did not come back."""
    seconds = limits.seconds + (limits.ocr_seconds if ocr else 0)
    given = json.dumps(asdict(limits) | {"seconds": seconds})
    command = [sys.executable, "-P", str(CHILD), kind, given, "yes" if ocr else "no"]
    what = CALLED[kind]
    with subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,  # a library's complaint may quote the file
        start_new_session=True,
    ) as child:
        try:
            out, _ = child.communicate(raw, timeout=seconds)
        except subprocess.TimeoutExpired:
            _end(child)
            return _nothing(
                f"{what} took longer than {seconds:g} seconds and was left; "
                "print it to a new PDF, or split it"
            )
        except OSError:  # it died with its bytes half handed over
            _end(child)
            out = b""
    if child.returncode:
        return _nothing(
            f"{what} stopped its reader (damaged, or larger than memory allows); "
            "open it, save or print it anew, and give that"
        )
    try:
        return _words(json.loads(out), what)
    except ValueError:
        return _nothing(f"{what} could not be read; save it anew and give that")


def _words(said: dict[str, Any], what: str) -> Words:
    if "refused" in said:
        return _nothing(said["refused"])
    if "missing" in said:
        extra = EXTRAS.get(said["missing"].partition(".")[0], "")
        if extra:
            return _nothing(
                f'{what} needs the extra [{extra}] to be read: pip install "indicated[{extra}]"'
            )
        return _nothing(f"{what} cannot be read here: the module {said['missing']} is missing")
    if "failed" in said:
        return _nothing(f"{what} is built too large or too deep to be read; save it anew")
    return Words(tuple(said["pages"]), tuple(said["unread"]), said["title"])


def _nothing(sentence: str) -> Words:
    return Words(unread=(sentence,))


def _end(child: subprocess.Popen[bytes]) -> None:
    """Ends the child and what it started (the OCR engine)."""
    if hasattr(os, "killpg"):
        try:
            os.killpg(child.pid, signal.SIGKILL)
        except (ProcessLookupError, PermissionError):
            child.kill()
    else:
        child.kill()
    child.communicate()
