"""Bytes as text: which encoding, and no sign that is not text."""

from __future__ import annotations

import codecs
import re

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f\x80-\x84\x86-\x9f\ufffe\uffff\ud800-\udfff]")
_LIGATURES = str.maketrans(
    {"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "st", "ﬆ": "st",
     "\u00ad": None, "\u200b": None, "\u2060": None, "\ufeff": None,
     "\u2028": "\n", "\u2029": "\n", "\x85": "\n", "\u00a0": " ", "\u202f": " ", "\u2007": " "}
)  # fmt: skip
OTHER = "not UTF-8; read as Windows text, so some signs may be wrong; save it as UTF-8 to be sure"


def decoded(raw: bytes, said: str = "") -> tuple[str, str]:
    """The text, and a remark where the encoding had to be guessed.

    A byte order mark goes before what the file says of itself (`said`), then UTF-8, then Windows.

    >>> decoded("5 µg".encode("utf-16-le")), decoded(b"5 \\xb5g")[0]
    (('5 µg', ''), '5 µg')
    """
    for mark, encoding in _MARKS:
        if raw.startswith(mark):
            text = raw.decode(encoding, errors="replace")
            return text, _damaged(text)
    if encoding := _wide(raw):
        text = raw.decode(encoding, errors="replace")
        return text, _damaged(text)
    try:
        return raw.decode("utf-8"), ""
    except UnicodeDecodeError:
        pass
    if said:
        try:
            return raw.decode(said), ""
        except (LookupError, UnicodeError):
            pass
    text = raw.decode("utf-8", errors="replace")
    wrong = text.count("\ufffd")
    if wrong * 20 < sum(ch > "\x7f" for ch in text) - wrong:
        return text, _damaged(text)
    return raw.decode("cp1252", errors="replace"), OTHER


def _wide(raw: bytes) -> str:
    """The byte order of UTF-16 without a mark: every other byte of most signs is zero."""
    sample = raw[:4000]
    half = len(sample) // 2
    if half < 2:
        return ""
    even, odd = sample[0 : 2 * half : 2].count(0), sample[1 : 2 * half : 2].count(0)
    if odd >= 0.4 * half and even <= 0.1 * odd:
        return "utf-16-le"
    if even >= 0.4 * half and odd <= 0.1 * even:
        return "utf-16-be"
    return ""


def _damaged(text: str) -> str:
    count = text.count("\ufffd")
    return f"{count:,} damaged sign{'s' * (count > 1)}, shown as \ufffd" if count else ""


def is_text(text: str) -> bool:
    """Whether a decoded text is one: hardly a sign in it that no text has."""
    sample = text[:20_000]
    return len(_CONTROL.findall(sample)) <= 0.02 * len(sample)


def cleaned(text: str) -> str:
    """Line ends as one sign, no byte order mark, no ligatures, no signs that cannot be seen.

    Form feeds stay: they end pages.

    >>> cleaned("a\\r\\nb\\rc"), cleaned("ﬁbro\\u00adsis\\x00")
    ('a\\nb\\nc', 'fibrosis ')
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\v", "\n")
    return _CONTROL.sub(" ", text.translate(_LIGATURES))
