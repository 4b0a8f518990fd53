"""The child process that reads one file: `python child.py KIND LIMITS OCR`, bytes in, JSON out.

It is run as a program by `isolated.py`. The libraries it calls parse hostile bytes, two of them in
C: whatever happens to them happens here, under limits of the operating system, and costs the file.
"""

from __future__ import annotations

import json
import sys
import types
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from indicated.files.limits import Limits

EXTRACTORS = {
    "pdf": "indicated.files.pdf",
    "docx": "indicated.files.word",
    "rtf": "indicated.files.rtf",
    "html": "indicated.files.web",
    "picture": "indicated.files.ocr",
}


def main(arguments: list[str]) -> int:
    """Reads standard input as a file of that kind; prints what it says as JSON."""
    kind, limits_as_json, ocr = arguments
    given = json.loads(limits_as_json)
    _restrict(given["memory_bytes"], int(given["seconds"]), writing=ocr == "yes")
    _without_the_program()
    from indicated.files.limits import Limits

    raw = sys.stdin.buffer.read()
    sys.stdout.write(json.dumps(said(kind, raw, Limits(**given), ocr=ocr == "yes")))
    return 0


def said(kind: str, raw: bytes, limits: Limits, *, ocr: bool) -> dict[str, Any]:
    """The pages of a file, its title and what was left out; or the one reason why there are none:
    "refused" with a sentence, "missing" with a module, "failed" with an error's name."""
    from indicated.files.limits import Refused

    try:
        options = {"ocr": ocr} if kind == "pdf" else {}
        words = import_module(EXTRACTORS[kind]).extract(raw, limits, **options)
        return {"pages": words.pages, "unread": words.unread, "title": words.title}
    except Refused as refused:
        return {"refused": str(refused)}
    except ModuleNotFoundError as missing:
        return {"missing": missing.name or ""}
    except (MemoryError, RecursionError) as error:
        return {"failed": type(error).__name__}


def _without_the_program() -> None:
    """Lets `indicated.files.x` be imported without what `indicated` itself would import."""
    here = Path(__file__).resolve().parent
    for name, folder in (("indicated", here.parent), ("indicated.files", here)):
        package = types.ModuleType(name)
        package.__path__ = [str(folder)]
        sys.modules[name] = package


def _restrict(memory: int, seconds: int, *, writing: bool) -> None:
    """No more memory and processor time than allowed, no core file, and no file written."""
    try:
        import resource
    except ImportError:  # Windows has none; the parent's clock still ends the child
        return
    wanted = {"RLIMIT_AS": memory, "RLIMIT_CPU": seconds + 1, "RLIMIT_CORE": 0}
    if not writing:  # the OCR engine hands pictures over in files
        wanted["RLIMIT_FSIZE"] = 0
    for name, most in wanted.items():
        _, hard = resource.getrlimit(getattr(resource, name))
        allowed = most if hard == resource.RLIM_INFINITY else min(most, hard)
        # one that the system refuses is one limit less; the others stand
        with suppress(ValueError, OSError):
            resource.setrlimit(getattr(resource, name), (allowed, hard))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
