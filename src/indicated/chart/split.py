"""One text as one or several documents, each with its kind and date.

A file may hold several documents in one of these ways:

- messages below each other, each with its block of "From: ... To: ... Subject: ..." lines;
- a document pasted into one, after a line of dashes ("----- Attached: visit 3/4/2025 -----");
- a line of three or more "=" or "-" (or "Document: ..." right at the start), followed by a line
  that begins with "Document:";
- more than one line that begins with a heading of a visit ("Date of service: ...");
- more than one title of its own line with "Date: ..." below it, after an empty line.

Each document keeps its own words in order; the dividing lines belong to the document that they
begin. Nothing is left out: put together, the documents are the text.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import pairwise

from indicated.chart.written import date_at, date_in_name, dates_in
from indicated.cue_files import cue
from indicated.files.limits import Refused

FOOT = 600  # characters in which it is signed
_DATE_AND_TIME = 40  # characters that a date with its time may take at the end of a line
HEADINGS = 12  # lines in which a heading may hold its date
HEAD = 600  # characters in which a document says what it is and when it was written
_DIVIDER = re.compile(r"^(?:[=-]{3,}[ \t]*\n+)?[ \t]*(?:#{1,3}[ \t]*)?document[ \t]*:", re.I | re.M)
_VISIT = re.compile(
    r"^(?:[=-]{3,}[ \t]*\n+)?[ \t]*(?:#{1,3}[ \t]*)?(?:\*\*)?"
    r"(?:date of service|visit date|encounter date|dos)(?:\*\*)?[ \t]*:",
    re.I | re.M,
)
_TITLED = re.compile(
    r"(?:\A|(?<=\n\n))(?:[=-]{3,}[ \t]*\n+)?[^\n:.]{3,60}\n[ \t]*(?:\*\*)?date(?:\*\*)?[ \t]*:",
    re.I,
)
_LABEL = r"[ \t>*]*(?:from|to|sent|date|cc|bcc|subject|re|fax|phone|pages)[ \t*]*:[^\n]*\n"
_MAIL = re.compile(
    r"(?:^[ \t>]*(?:[-_]{3,}[^\n]{0,40}|begin forwarded message:?)[ \t]*\n(?:[ \t>]*\n)?)?"
    rf"(?P<block>(?:^{_LABEL}){{3,}})",
    re.I | re.M,
)
_APART = re.compile(r"\s{3,}|\t|\|")
# Words before a date that make a line more than a heading.
_SAID = re.compile(r"\b(?:since|from|until|to|on|by|in|was|were|is|expires?|next|due)\s*$|:", re.I)
_NAMES = re.compile(r"[A-Z]\w+\W+(?:[A-Z]\w*\W+)*[A-Z]\w")  # of persons and places: two words
_WITHOUT = re.compile(r"[\d/.:-]{3,}")
_DASHED = re.compile(r"^[ \t>]*[-=_*~]{3,}[ \t]*(?P<said>[^\n]{0,80})\n", re.M)
_MAIL_DATE = re.compile(r"^[ \t>*]*(?:sent|date)[ \t*]*:[ \t*]*", re.I | re.M)
_TITLE = re.compile(
    r"^[ \t]*(?:#{1,3}[ \t]*)?(?:document|title|subject|re)[ \t]*:[ \t]*(?P<t>[^\n]{1,120})",
    re.I | re.M,
)


@dataclass(frozen=True, slots=True)
class Piece:
    """A document's text with what its head says."""

    text: str
    title: str
    kind: str
    written: date | None
    pages: tuple[int, ...] = ()


def pieces(text: str, name: str = "", most: int = sys.maxsize) -> list[Piece]:
    """The documents of a text. Raises `Refused` where they are more than `most`.

    >>> two = "Date of service: 2025-03-01\\nA\\nDate of service: 2025-03-09\\nB"
    >>> [p.written.day for p in pieces(two)]
    [1, 9]
    """
    mails = [m.start() for m in _MAIL.finditer(text) if mail_head(m["block"])]
    if mails and _is_letterhead(text[: mails[0]]):
        mails = mails[1:] and [0, *mails[1:]]
    found: list[Piece] = []
    for a, b in _stretches(text, mails):
        places = list(_parts(text, a, b))
        if len(found) + len(places) > most:
            raise Refused(f"more than {most:,} documents; split the file and give the parts")
        part = [_piece(text[x:y], name) for x, y in places]
        message = mail_head(text[a : a + HEAD].lstrip("-_ \t\n"))
        sent = part[0].written if message else None  # what is pasted was there when it was sent
        found += [replace(p, written=p.written or sent) for p in part]
    return found


def _is_letterhead(text: str) -> bool:
    """Whether what stands above a message is at most its letterhead."""
    lines = [line.strip() for line in text.split("\n") if line.strip()]
    return len(lines) < 4 and not any(line.endswith((".", "!", "?")) for line in lines)


def _parts(text: str, begin: int, end: int) -> Iterator[tuple[int, int]]:
    """The documents of a stretch that is no message, or of one with what is pasted into it."""
    pasted = list(_pasted(text[begin:end]))
    for a, b in _stretches(text[begin:end], pasted):
        yield from _visits(text, begin + a, begin + b)


def _pasted(part: str) -> Iterator[int]:
    """Where lines of dashes set apart a document: one that is named there as attached, or, in a
    message, one whose first lines give the date of a visit or study."""
    message = mail_head(part[:HEAD].lstrip("-_ \t\n"))
    for line in _DASHED.finditer(part):
        below = "\n".join(part[line.end() : line.end() + HEAD].split("\n")[:5])
        said = line["said"].lower().startswith(tuple(cue("documents", "inside")))
        if said or (message and _labelled(below, cue("documents", "pasted_dates"))):
            yield line.start()


def _visits(text: str, begin: int, end: int) -> Iterator[tuple[int, int]]:
    part = text[begin:end]
    starts = [m.start() for m in _DIVIDER.finditer(part)]
    if len(starts) < 2:
        visits = [m.start() for m in _VISIT.finditer(part)]
        titled = [m.start() for m in _TITLED.finditer(part)]
        longest = max(visits, titled, starts, key=len)
        starts = longest if max(len(visits), len(titled)) > 1 else []
    for a, b in _stretches(part, starts):
        yield begin + a, begin + b


def _stretches(text: str, starts: list[int]) -> Iterator[tuple[int, int]]:
    """A text cut at some places; what stands before the first is a stretch unless it is blank."""
    edges = [*starts, len(text)]
    if not starts or text[: starts[0]].strip():
        edges.insert(0, 0)
    else:
        edges[0] = 0
    yield from pairwise(edges)


def mail_head(block: str) -> bool:
    """Whether a text begins with the head of a message: who, to whom, and when or about what.

    >>> mail_head("From: A\\nTo: B\\nSubject: C\\n"), mail_head("Fax: 1\\nPhone: 2\\nTo: B\\n")
    (True, False)
    """
    said: set[str] = set()
    for line in block.split("\n")[:10]:
        label = re.match(r"[ \t>*]*([a-z]{2,7})[ \t*]*:", line, re.I)
        if label is None and said:
            break
        said.add(label[1].lower() if label else "")
    return {"from", "to"} <= said and bool(said & {"date", "sent", "subject", "re"})


def _piece(text: str, name: str) -> Piece:
    title = _title(text)
    return Piece(text, title, _kind(text, title, name), date_of(text, name))


def _title(text: str) -> str:
    """What the document calls itself: a title line, else a heading on its first line."""
    named = _TITLE.search(text[:HEAD])
    if named:
        return re.split(r"\s+(?:date|dos)\s*:", named["t"], flags=re.I)[0].strip(" *|-")
    lines = [line.strip() for line in text[:HEAD].splitlines() if line.strip(" =-|")][:5]
    # beside a title may stand the hospital's name, or the date
    short = [_short(_APART.split(line.strip("| "))[0]) for line in lines]
    known = next((line for line in short if title_words(line)), "")
    first = short[0] if short and not _APART.search(lines[0]) else ""
    return known or (first if len(first.split()) <= 6 else "")


def _short(line: str) -> str:
    """The line without its marks where it can be a title, else nothing."""
    whole = len(line.split()) > 8 or line.endswith((".", ",", ";")) or ":" in line.rstrip(":")
    return "" if whole else line.strip("#* ")


def title_words(line: str) -> str:
    """The line in small letters where it is a title that documents have ("Progress note")."""
    words = " ".join(re.sub(r"[^a-z]+", " ", line.lower()).split())
    if not words or len(words) > 60:
        return ""
    return words if any(f" {t} " in f" {words} " for t in cue("documents", "titles")) else ""


def _kind(text: str, title: str, name: str) -> str:
    """letter, denial, laboratory, order, problem-list or note: from the title or the file name."""
    for said in (title, re.sub(r"[_\W]+", " ", name)):
        words = f" {re.sub(r'[^a-z]+', ' ', said.lower())} "
        for kind, phrases in cue("documents", "documents").items():
            if any(f" {re.sub(r'[^a-z]+', ' ', p)} " in words for p in phrases):
                return str(kind)
    salutation = re.match(r"\s*(?:to whom it may concern|dear )", text[:HEAD], re.I)
    return "letter" if salutation or mail_head(text[:HEAD].lstrip("\n")) else "note"


def date_of(text: str, name: str) -> date | None:
    """The document's date: behind a label in its head, alone on a line, or in the file name."""
    head = text[:HEAD]
    sent = _MAIL_DATE.search(head) if mail_head(head.lstrip("\n")) else None
    if sent and (found := date_at(head, sent.end())):
        return found
    return (
        _labelled(head, cue("documents", "dates"))
        or _labelled(head, cue("documents", "dates_marked"), marked=True)
        or _heading_date(head)
        or _labelled(head, cue("documents", "dates_less"))
        or date_in_name(name)
        or _signed(text[-FOOT:])
    )


def _labelled(head: str, labels: Sequence[str], *, marked: bool = False) -> date | None:
    """The date behind the first of some labels that has one: "Date of visit: 3/4/2025"; `marked`:
    behind a colon, or in the cell beside it."""
    small = head.lower()
    for label in labels:
        if label not in small:
            continue
        before, after = r"(?P<b>\w*)(?:^|[\n|*;,.]|\s)[ \t#*]*", r"\b(?P<e>[ \t*|]*[:\-]?[ \t*|]*)"
        for match in re.finditer(f"{before}{label}{after}", head, re.I | re.M):
            another = match["b"].lower() in cue("documents", "not_dates") and "\n" not in match[0]
            if another or (marked and not re.search(r"[:|]", match["e"])):
                continue
            if found := date_at(head, match.end()):
                return found
    return None


def _heading_date(head: str) -> date | None:
    """The one date of a heading: alone on its line, beside names of persons and places, or in the
    title."""
    lines = [line for line in head.splitlines() if line.strip(" =-")][:HEADINGS]
    titled = False
    for n, line in enumerate(lines):
        bare = line.strip(" \t*#=-|")
        if n < 6 and (found := date_at(bare, 0, whole=True)):
            return found
        if "|" in bare:
            continue
        if n == 0 and (found := _of_department(bare)):
            return found
        if len(bare.split()) > 14 or re.search(r"[a-z]{3}[.!?]$", bare):
            return None  # prose: the heading is over
        words = _WITHOUT.sub(" ", bare)
        title = not titled and bool(line.lstrip().startswith("#") or title_words(words))
        days = list(dates_in(bare))
        if len(days) == 1 and line.lstrip().startswith(("---", "===")):
            return days[0][1]
        if len(days) == 1 and not _SAID.search(bare[: days[0][0]]):
            below = list(dates_in(lines[n + 1])) if n + 1 < len(lines) else []
            if title or (n < 3 and not below and _NAMES.search(words)):
                return days[0][1]
        titled = titled or title
    return None


def _of_department(line: str) -> date | None:
    """The date behind a department or a kind of visit with which a note begins: "Oncology 4/4/2026
    - 55F with", "Pulm consult 9/2/2026. 58 y/o F"."""
    first = next(dates_in(line), None)
    if first is None:
        return None
    words = " ".join(line[: first[0]].casefold().strip(" ,:-–").split())
    visits: list[str] = cue("documents", "visits")
    kinds: list[str] = []
    while found := max(
        (v for v in visits if words == v or words.endswith(f" {v}")), key=len, default=""
    ):
        kinds.append(found)
        words = words.removesuffix(found).strip(" ,:-–")
    plan = all(k in cue("documents", "plans") for k in kinds)  # "Follow-up 9/2": when to come back
    return first[1] if words in cue("documents", "departments") or not (words or plan) else None


def _signed(foot: str) -> date | None:
    """The date of the signature: "Electronically signed by A. B., MD, 3/4/2025 16:42"."""
    marks = "|".join(map(re.escape, cue("documents", "signed")))
    for line in reversed(foot.splitlines()):
        if re.match(rf"[ \t*|]*(?:{marks})\b[ :]", line, re.I) and len(line) < 160:
            for at, day in dates_in(line):
                if len(line) - at <= _DATE_AND_TIME:  # else it is prose that begins so
                    return day
    return None
