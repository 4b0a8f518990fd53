"""The article as a tagged PDF (PDF/UA-1), typeset by typst from data; the same bytes every time."""

from __future__ import annotations

import json
from importlib.resources import files

from indicated.errors import OutputError
from indicated.messages import Messages
from indicated.model import Article
from indicated.report.page import Page
from indicated.report.paper import A4, data


def to_pdf(
    article: Article,
    *,
    state: str = "draft",
    signed: str = "",
    messages: Messages | None = None,
    size: str = A4,
) -> bytes:
    """The article as PDF, on paper of that size. Raises `OutputError` without the extra [paper], or
    where a letter of the text is in none of the fonts: it would vanish without a sign."""
    try:
        import typst
    except ImportError:
        raise missing_extra("PDF") from None
    page = Page(article, state=state, signed=signed, messages=messages)
    told = {**data(page, cut=True, size=size), "watermark": page.say(state), "back": "↩"}
    template = files("indicated").joinpath("report/templates/article.typ").read_bytes()
    try:
        made, warnings = typst.compile_with_warnings(
            template,
            format="pdf",
            ignore_system_fonts=True,
            sys_inputs={"data": json.dumps(told, ensure_ascii=False)},
            pdf_standards=["ua-1"],
        )
    except typst.TypstError as error:
        raise _incomplete([error.message]) from None
    if warnings:
        raise _incomplete([w.message for w in warnings])
    assert isinstance(made, bytes)
    return made


def _incomplete(messages: list[str]) -> OutputError:
    """Names letters by their code points alone: a message may hold words of the record."""
    points = sorted({f"U+{ord(c):04X}" for text in messages for c in text if ord(c) > 127})
    listed = ", ".join(points) or "the typesetter refused it"
    return OutputError(
        f"the PDF would not show everything: {listed}",
        why="A letter without a shape in any font leaves a hole that nobody sees.",
        do="Write the article as HTML or Word, where the reader's own fonts have it.",
    )


def missing_extra(what: str) -> OutputError:
    """What to say where the libraries for paper are not installed."""
    return OutputError(
        f"{what} needs the extra [paper], which is not installed",
        do="Install it with: pip install 'indicated[paper]'",
    )
