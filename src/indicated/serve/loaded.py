"""A saved assessment, read from its file."""

from __future__ import annotations

from pathlib import Path

from indicated.errors import InputError
from indicated.record_file import RecordFile, from_text


def loaded(file: Path) -> RecordFile:
    """The assessment that was saved in a file."""
    try:
        text = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
        do = "Check the path, or save an assessment with `indicated assess ... --save FILE.json`."
        raise InputError(f"the file cannot be read: {reason}", str(file), do=do) from None
    return from_text(text, str(file))
