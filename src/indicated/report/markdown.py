"""The article as Markdown, for notes, tickets and diffs. Text of the chart stays text."""

from __future__ import annotations

import re
from collections.abc import Iterator

from indicated.messages import Messages
from indicated.model import Article, Block, Section, Sentence
from indicated.report.page import Page

_SPECIAL = re.compile(r"([\\`*_\[\]|~])")
_AT_START = re.compile(r"^(\s*)([#+-]|\d+(?=[.)]\s))")  # what makes a heading or a list there


def escaped(text: str) -> str:
    """Text in which nothing is markup any more.

    >>> escaped("a|b <script> [x](javascript:y)")
    'a\\\\|b &lt;script&gt; \\\\[x\\\\](javascript:y)'
    >>> escaped("- alpha-1 (60 g)"), escaped("1. first")
    ('\\\\- alpha-1 (60 g)', '1\\\\. first')
    """
    text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    text = _SPECIAL.sub(r"\\\1", text)
    marker = _AT_START.match(text)
    if marker is None:
        return text
    at = marker.end() if marker[2].isdigit() else marker.start(2)
    return f"{text[:at]}\\{text[at:]}"


def to_markdown(
    article: Article, *, state: str = "draft", signed: str = "", messages: Messages | None = None
) -> str:
    """The article in Markdown: headings, lists and tables, citations as [1] and [P1]."""
    page = Page(article, state=state, signed=signed, messages=messages)
    title = [f"# {escaped(article.title)}", ""]
    lines = [*([] if page.titled else title), f"**{escaped(page.banner)}**", ""]
    lines += [] if page.letter else [escaped(page.say("as_of", day=page.day)), ""]
    for section in article.sections:
        lines += _section(section, page, 2)
        lines += title if section.id == page.titled else []
        if section.id == "references":
            for mark, meaning in page.marks():
                lines += [f"{mark} {escaped(meaning)}", ""]
    footer = page.say("footer", hash=page.hash, program=article.program)
    return "\n".join([*lines, "---", "", escaped(footer), ""])


def _section(section: Section, page: Page, level: int) -> Iterator[str]:
    if section.heading:
        yield from (f"{'#' * min(level, 6)} {escaped(section.heading)}", "")
    for block in section.blocks:
        yield from _block(block, page, numbered=section.id == "references")
        yield ""
    for part in section.parts:
        yield from _section(part, page, level + 1)


def _block(block: Block, page: Page, *, numbered: bool) -> Iterator[str]:
    if block.kind == "table":
        yield from _table(block, page)
    elif block.kind == "list":
        for n, sentence in enumerate(block.sentences, 1):
            yield f"{f'{n}.' if numbered else '-'} {_text(sentence, page)}"
    elif block.kind == "lines":
        *above, last = (_text(s, page) for s in block.sentences)
        yield from (*(f"{line}\\" for line in above), last)  # a line that ends in \ is broken there
    else:
        said = " ".join(_text(s, page) for s in block.sentences)
        form = {"note": "> **{}**", "figure": "*{}*"}.get(block.kind, "{}")
        yield form.format(said)


def _table(block: Block, page: Page) -> Iterator[str]:
    width = max(len(row) for row in block.rows)
    header = [escaped(h) for h in block.header] or [""] * width
    yield f"| {' | '.join(header)} |"
    yield f"|{' --- |' * width}"
    for group in page.groups(block):
        if group.heading:
            head = f"**{_text(group.heading, page)}**"
            yield f"| {' | '.join([head, *[''] * (width - 1)])} |"
        for row in group.rows:
            yield f"| {' | '.join(_text(s, page) for s in row)} |"


def _text(sentence: Sentence, page: Page) -> str:
    indent = "› " * page.depth(sentence)
    runs = (
        f"[{escaped(run.text)}{run.mark}]" if run.label else escaped(run.text)
        for run in page.runs(sentence)
    )
    return indent + "".join(runs)
