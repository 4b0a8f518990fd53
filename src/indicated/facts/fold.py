"""The same text for comparison: lower case, one kind of dash, blank and quote.

Folding keeps the length, so that an offset into the folded text is an offset into the text.
"""

from __future__ import annotations

import unicodedata
from functools import cache

_SAME = {
    **dict.fromkeys(map(ord, "\u2010\u2011\u2012\u2013\u2014\u2212\u00ad"), "-"),
    **dict.fromkeys(
        map(ord, "\n\t\r\v\f\u00a0\u2002\u2003\u2009\u202f\u200b\u200c\u200d\u2060\ufeff"), " "
    ),
    **dict.fromkeys(map(ord, "\u2018\u2019\u02bc`"), "'"),
    **dict.fromkeys(map(ord, "\u201c\u201d"), '"'),
    ord("\u00b5"): "\u03bc",
}


@cache
def _table() -> dict[int, str]:
    """One dash, one blank, straight quotes, accents off: one character for one."""
    table = dict(_SAME)
    for code in range(0xC0, 0x250):
        base = unicodedata.normalize("NFD", chr(code))[0]
        table[code] = base.lower() if len(base.lower()) == 1 else base
    return table


def lowered(text: str) -> str:
    """The text in lower case with one kind of dash, blank and quote, exactly as long as before.

    >>> lowered("Sjögren\\u2019s\\nILD 5\\u20136"), len(lowered("İ"))
    ("sjogren's ild 5-6", 1)
    """
    lower = text.lower()
    if lower.isascii() and lower.isprintable() and "`" not in lower:
        return lower  # what most names and phrases are
    if len(lower) != len(text):
        lower = "".join(low if len(low := c.lower()) == 1 else c for c in text)
    return lower.translate(_table())


def fold(text: str) -> str:
    """As `lowered`, and without hyphens: the text as names and cues are compared with it.

    >>> fold("Never-Smoker")
    'never smoker'
    """
    return lowered(text).replace("-", " ")
