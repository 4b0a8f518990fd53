"""An article as paper wants it: plain data for a typesetter, with what does not decide at the end.

PDF and Word are made from this one form, so that they hold the same things in the same order.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from indicated.model import Block, Reader, Section, Sentence
from indicated.report.draw import can_draw, pieces, svg
from indicated.report.page import Page

# What looks otherwise in its section than elsewhere: a list of sources, a line to sign on.
_OWN_KINDS = (("references", "list"), ("signature", "lines"))

A4, LETTER = "a4", "letter"
SIZES = {A4: (210, 297), LETTER: (215.9, 279.4)}  # millimetres

SHORT = 20  # letters of a cell
LONGEST = 12  # letters of a word that is not divided
LINE = 110  # letters of a table that is as wide as the page


@dataclass(frozen=True, slots=True)
class Sheet:
    """A heading with its level, or a block under it."""

    heading: str = ""
    level: int = 1
    id: str = ""
    block: Block | None = None


def sheets(page: Page) -> Iterator[Sheet]:
    """Headings and blocks in the order of paper: folded tables stand in an appendix."""
    folded: list[tuple[str, Block]] = []
    for section in page.article.sections:
        yield from _section(section, 1, section.heading, folded)
    if folded:
        yield Sheet(page.say("appendix"), 1, "appendix")
    for n, (above, block) in enumerate(folded, 1):
        yield Sheet(f"{above}: {block.folded}", 2, f"appendix-{n}")
        yield Sheet(id=f"appendix-{n}", block=block)


def _section(
    section: Section, level: int, above: str, folded: list[tuple[str, Block]]
) -> Iterator[Sheet]:
    if section.heading:
        yield Sheet(section.heading, level, section.id)
    for block in section.blocks:
        if block.folded:
            folded.append((above, block))
        else:
            yield Sheet(id=section.id, block=block)
    for part in section.parts:
        yield from _section(part, level + 1, part.heading if level == 1 else above, folded)


def data(page: Page, *, cut: bool = False, size: str = A4) -> dict[str, Any]:
    """Everything a typesetter needs, as JSON can hold it. `cut`: a tall picture in pieces, so that
    a page may end inside it. `size`: one of `SIZES`."""
    if size not in SIZES:
        raise ValueError(f"size is one of {', '.join(SIZES)}")
    article = page.article
    return {
        "title": article.title,
        "language": article.language,
        "letter": page.letter,
        "points": _points(page),
        "sides": SIZES[size],
        "state": page.state,
        "banner": page.banner,
        "as_of": page.say("as_of", day=page.day),
        "running": page.say("print_note", state=page.say(page.state), day=page.day, hash=page.hash),
        "page": page.m.template("page.page_of"),
        "subject": page.subject if page.letter else "",
        "footer": page.say("footer", hash=page.hash, program=article.program),
        "marks": [[mark, meaning] for mark, meaning in page.marks()],
        "year": article.as_of.year, "month": article.as_of.month, "day": article.as_of.day,
        "sheets": list(_pieces(page, cut=cut)),
    }  # fmt: skip


def _points(page: Page) -> float:
    """The size of the type of a PDF: an article is dense, but not for patients."""
    return 10 if page.letter else 9.5 if page.article.reader is Reader.PATIENT else 8


def _pieces(page: Page, *, cut: bool) -> Iterator[dict[str, Any]]:
    """Every piece in order. The title stands first and the state of review under it; in a letter
    the one stands under the addresses, the other where a section is about it."""
    title, banner = {"kind": "title"}, {"kind": "banner"}
    titled = not page.titled
    if titled:
        yield title
    if not page.letter:
        yield banner
    for sheet in sheets(page):
        if not titled and sheet.id != page.titled:
            yield title
            titled = True
        yield _sheet(sheet, page, cut=cut)
        if page.letter and sheet.id == "review" and sheet.block is None:
            yield banner


def _sheet(sheet: Sheet, page: Page, *, cut: bool) -> dict[str, Any]:
    block = sheet.block
    if block is None:
        return {"kind": "heading", "text": sheet.heading, "level": sheet.level, "id": sheet.id}
    said: list[Sequence[dict[str, str]]] = [_runs(s, page) for s in block.sentences]
    kind = sheet.id if (sheet.id, block.kind) in _OWN_KINDS else block.kind
    keep = sheet.id == "signature"  # what is said above it stands on the page that is signed
    told: dict[str, Any] = {"kind": kind, "said": said, "tone": block.tone, "keep": keep}
    if block.kind == "note":
        told["icon"] = page.icon(block.tone)
    if block.kind == "table":
        told |= _table(block, page, places=sheet.id == "record")
    if block.kind == "list" and kind == "references":
        told["places"] = [_place(str(n), page) for n in range(1, len(said) + 1)]
        for n, place in enumerate(told["places"], 1):
            if letters := _backs(str(n), page):
                arrow = {**letters[0], "text": " ↩", "to": place.pop("back")}
                place["back"] = ""
                said[n - 1] = [*said[n - 1], arrow, *letters]
    if block.figure and can_draw():
        told["figure"] = block.figure.kind
        told["pictures"] = _pictures(block, page, pieces(block) if cut else [block])
    return told


def _pictures(block: Block, page: Page, parts: Sequence[Block]) -> list[dict[str, str]]:
    """Each picture with its words; where there are more, those that stand in it."""
    name = page.figure_name(block)
    told = [{"svg": svg(part, page.m, name, outlines=True)} for part in parts]
    words = " ".join(s.text for s in block.sentences)
    for picture, part in zip(told, parts, strict=True):
        own = part.figure if part.figure and part.figure.kind == "criteria_tree" else None
        picture["alt"] = "; ".join(d.text for d in own.drawn) if own else words
    return told


def _table(block: Block, page: Page, *, places: bool) -> dict[str, Any]:
    rows: list[dict[str, Any]] = []
    for group in page.groups(block):
        if group.heading:
            rows.append({"group": True, "cells": [_cell(group.heading, page)]})
        for row in group.rows:
            cells = [_cell(s, page) for s in row]
            if places and len(cells) > 1:  # the row's own label stands before its words
                cells[1]["runs"] = [r for r in cells[1]["runs"] if r["kind"] != "record"]
            label = row[0].support[0].label if places and row[0].support else ""
            if label and len(cells) > 1:
                cells[1]["runs"] += _backs(label, page)
            rows.append({"group": False, "cells": cells, **(_place(label, page) if label else {})})
    width = max(len(row) for row in block.rows)
    shares = _shares(block, width)
    return {"header": list(block.header), "rows": rows, "width": width, "shares": shares}


def _shares(block: Block, width: int) -> list[float]:
    """How much of the line each column gets: more where more stands, and enough for its words."""
    found: list[float] = []
    least: list[float] = []
    for n in range(width):
        texts = [row[n].text for row in block.rows if len(row) == width]
        lengths = sorted(map(len, texts)) or [0]
        mean = max(sum(lengths) / len(lengths), lengths[len(lengths) // 2])
        whole = min(max(map(len, texts), default=0), SHORT)  # what is short stands on one line
        head = len(block.header[n]) if block.header else 0
        found.append(max(mean, head, whole, 7) ** 0.72)
        words = max(map(len, " ".join([block.header[n] if block.header else "", *texts]).split()))
        least.append(min(words, LONGEST) + 2.0)
    room = LINE / sum(found)
    return [round(max(share * room, own), 2) for share, own in zip(found, least, strict=True)]


def _place(label: str, page: Page) -> dict[str, str]:
    """The place that citations lead to, and the one that it leads back to."""
    return {"place": f"to-{label}" if label in page.targets else "", "back": page.cited(label)}


def _backs(label: str, page: Page) -> list[dict[str, str]]:
    """A letter for each place that cites it, where more than one does, to lead back to it."""
    said = []
    for letter, place in page.backs(label):
        gap = {"kind": "text", "text": " ", "to": "", "place": "", "mark": ""}
        said += [gap, {**gap, "kind": "back", "text": letter, "to": place}]
    return said


def _cell(sentence: Sentence, page: Page) -> dict[str, Any]:
    return {
        "runs": _runs(sentence, page), "depth": page.depth(sentence), "tone": page.tone(sentence),
    }  # fmt: skip


def _runs(sentence: Sentence, page: Page) -> Sequence[dict[str, str]]:
    return [
        {
            "kind": run.kind,
            "text": f"[{run.text}{run.mark}]" if run.label else run.text,
            "to": f"to-{run.label}" if run.label in page.targets else "",
            "place": run.place,
            "mark": run.mark,
        }
        for run in page.runs(sentence)
    ]
