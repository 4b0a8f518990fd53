"""A stretch cut into the things it lists, and the words of each that name something.

"X with Y, Z (codes)" is three chunks; "the requested treatment" names nothing; "continued" and
"the" are no part of a name.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from indicated.ask.amounts import amounts, sites
from indicated.ask.asked import Span
from indicated.ask.cues import pattern, words
from indicated.ask.mentions import Code, Mention, codes

JOINS = ("with", "together with", "along with", "combined with", "followed by")
NO_NAME = frozenset({"dose", "interval", "duration", "route", "site"})
LONGEST_PHRASE = 12  # words; anything longer is a sentence and not the name of a treatment
_MARKS = re.compile(r"[\s,:.\-–'\"/]+")


@dataclass(frozen=True, slots=True)
class Chunk:
    start: int
    end: int
    join: str  # the separator before it
    named: tuple[Mention, ...]
    codes: tuple[Code, ...]
    phrase: Span | None  # its own words, where they name anything


def cut(text: str, span: Span, named: tuple[Mention, ...]) -> list[Chunk]:
    cuts = [
        m
        for m in pattern("separators").finditer(text, span.start, span.end)
        if not any(n.start < m.end() and m.start() < n.end for n in named)
        and not _in_parentheses(text, span.start, m.start())
        and not re.match(r"\s*(?:LT|RT)\b", text[m.end() :])
    ]
    starts = [span.start, *(m.end() for m in cuts)]
    ends = [*(m.start() for m in cuts), span.end]
    joins = ["", *(m[0].strip().casefold() for m in cuts)]
    return [
        Chunk(
            a,
            b,
            join,
            tuple(n for n in named if a <= n.start < b),
            codes(text, a, b),
            phrase_in(text, a, b),
        )
        for a, b, join in zip(starts, ends, joins, strict=True)
        if text[a:b].strip()
    ]


def merged(text: str, chunks: list[Chunk]) -> list[Chunk]:
    """Chunks without a head of their own join the one they belong to."""
    out: list[Chunk] = []
    pending: Chunk | None = None
    for n, chunk in enumerate(chunks):
        headless = not (chunk.named or chunk.codes or chunk.phrase) or _is_place(text, chunk)
        stay = chunk.phrase and words("stay").search(text, chunk.phrase.start, chunk.phrase.end)
        background = out and chunk.join in JOINS and not (chunk.named or chunk.codes or stay)
        after = chunks[n + 1] if n + 1 < len(chunks) else None
        if out and (headless or background):
            out[-1] = replace(out[-1], end=chunk.end)
        elif headless or _shares_head(text, chunk, after):
            pending = chunk if pending is None else pending
        else:
            if pending is not None:
                phrase = chunk.phrase
                if phrase and (pending.phrase or sites(text, pending.start, pending.end)):
                    phrase = Span(_begin(text, pending.start, chunk.end), phrase.end)
                chunk = replace(chunk, start=pending.start, phrase=phrase)
                pending = None
            out.append(chunk)
    return out


def _is_place(text: str, chunk: Chunk) -> bool:
    """ ", right shoulder" behind a treatment: where it is to be done, and nothing of its own."""
    if chunk.named or chunk.codes or not chunk.phrase:
        return False
    places = sites(text, chunk.phrase.start, chunk.phrase.end)
    begins = bool(places) and places[0].start == chunk.phrase.start
    return begins and not words("medical").search(text, chunk.phrase.start, chunk.phrase.end)


def shared_noun(text: str, chunks: list[Chunk]) -> str:
    """ "facet (1), SI joint (2) and trigger point (3) injections": the noun they all share."""
    if len(chunks) < 2 or not all(")" in text[c.start : c.end] for c in chunks):
        return ""
    last = chunks[-1]
    close = text.rfind(")", last.start, last.end)
    return clean(text, Span(close + 1, last.end))


def _shares_head(text: str, chunk: Chunk, after: Chunk | None) -> bool:
    """ "balloon or endoscopic surgery": one lower-case word before "or" leans on what follows."""
    if not (chunk.phrase and after and after.phrase) or chunk.named or chunk.codes or after.named:
        return False
    said, following = (text[p.start : p.end] for p in (chunk.phrase, after.phrase))
    lone = len(said.split()) == 1 and said.islower() and len(following.split()) > 1
    return lone and after.join in ("and", "or", "and/or")


def phrase_in(text: str, start: int, end: int) -> Span | None:
    """The words of a chunk that name something, without determiners and empty words."""
    stop = text.find("(", start, end)
    stop = end if stop < 0 else stop
    begin = _begin(text, start, stop)
    if not text[begin:stop].strip(" ,:?."):
        return None
    if _empty(text, begin, stop) or len(text[begin:stop].split()) > LONGEST_PHRASE:
        return None
    return Span(begin, stop)


def _begin(text: str, start: int, stop: int) -> int:
    """Where the naming words begin, behind determiners and words such as "continued"."""
    begin = start
    while True:
        skip = _MARKS.match(text, begin, stop)
        begin = skip.end() if skip else begin
        lead = words("leading").match(text, begin, stop)
        if not lead or lead.end() <= begin:
            return begin
        begin = lead.end()


def _empty(text: str, start: int, end: int) -> bool:
    """Whether a phrase consists of amounts, sides, codes and words without content."""
    rest = list(text[start:end])
    marks = [(a.start, a.end) for a in amounts(text, start, end) if a.kind in NO_NAME]
    marks += [(c.start, c.end) for c in codes(text, start, end)]
    for a, b in marks:
        rest[a - start : b - start] = " " * (b - a)
    left = words("generic").sub(" ", words("leading").sub(" ", "".join(rest)))
    left = re.sub(r"(?<!\w)(?:[x×#]?\d[\d.,/-]*|patient(?:['’]s)?|days?)(?!\w)", " ", left)
    return not re.search(r"[A-Za-z]{2,}", left)


def clean(text: str, span: Span) -> str:
    said = " ".join(text[span.start : span.end].split()).strip(" ,;:?.!-")
    return pattern("trailing").sub("", said)


def _in_parentheses(text: str, start: int, at: int) -> bool:
    return text.count("(", start, at) > text.count(")", start, at)
