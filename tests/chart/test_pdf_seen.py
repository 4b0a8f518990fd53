"""PDF: only words that a person sees who looks at the page are read."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from reportlab.lib.colors import Color, black, darkblue, white
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from indicated.chart.formats import Way, read_bytes
from indicated.chart.parts import Limits, Read

from . import make

pytestmark = pytest.mark.usefixtures("in_process")
PLAIN, WORDS = "Seen for cough and fatigue today.", "IgG 310 mg/dL"


def page(draw: Callable[[Any], object], turn: int = 0) -> Read:
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=(612, 792), invariant=1)
    canvas.setPageRotation(turn)
    canvas.setFont("Helvetica", 10)
    canvas.drawString(72, 500, PLAIN)
    draw(canvas)
    canvas.save()
    return read_bytes(out.getvalue(), "a.pdf", Way(Limits(), False))


def in_white(canvas: Any) -> None:
    canvas.setFillColor(white)
    canvas.drawString(72, 400, WORDS)


def dark_on_the_same_dark(canvas: Any) -> None:
    canvas.setFillColor(darkblue)
    canvas.rect(60, 390, 300, 30, fill=1, stroke=0)
    canvas.drawString(72, 400, WORDS)


def see_through(canvas: Any) -> None:
    canvas.setFillColor(Color(0, 0, 0, alpha=0))
    canvas.drawString(72, 400, WORDS)


def without_ink(canvas: Any) -> None:
    text = canvas.beginText(72, 400)
    text.setTextRenderMode(3)
    text.textOut(WORDS)
    canvas.drawText(text)


def under_a_bar(canvas: Any) -> None:
    canvas.drawString(72, 400, WORDS)
    canvas.setFillColor(black)
    canvas.rect(60, 390, 300, 30, fill=1, stroke=0)


def off_the_page(canvas: Any) -> None:
    canvas.drawString(72, -40, WORDS)


def tiny(canvas: Any) -> None:
    canvas.setFont("Helvetica", 0.8)
    canvas.drawString(72, 400, WORDS)


def tiny_and_upright(canvas: Any) -> None:
    canvas.rotate(90)
    canvas.setFont("Helvetica", 0.8)
    canvas.drawString(400, -72, WORDS)


def white_on_dark(canvas: Any) -> None:
    canvas.setFillColor(darkblue)
    canvas.rect(60, 390, 300, 30, fill=1, stroke=0)
    canvas.setFillColor(white)
    canvas.drawString(72, 400, WORDS)


def pale(canvas: Any) -> None:
    canvas.setFillColor(Color(0.9, 0.9, 0.9))
    canvas.drawString(72, 400, WORDS)


def behind_a_scan_of_them(canvas: Any) -> None:
    without_ink(canvas)
    canvas.drawImage(ImageReader(io.BytesIO(make.picture(WORDS))), 60, 330, 300, 100)


def of_four_points(canvas: Any) -> None:
    canvas.setFont("Helvetica", 4)
    canvas.drawString(72, 400, WORDS)


UNSEEN = (
    in_white, dark_on_the_same_dark, see_through, without_ink, under_a_bar, off_the_page, tiny,
    tiny_and_upright,
)  # fmt: skip
SEEN = (white_on_dark, pale, behind_a_scan_of_them, of_four_points)


@pytest.mark.parametrize("turn", [0, 90, 270])
@pytest.mark.parametrize("draw", UNSEEN, ids=lambda draw: draw.__name__)
def test_words_that_nobody_sees_are_left_out_and_counted(
    draw: Callable[[Any], None], turn: int
) -> None:
    found = page(draw, turn)
    assert "310" not in found.documents[0].text
    assert PLAIN in found.documents[0].text
    (said,) = found.unread
    assert said.startswith("page 1 holds 3 words that nobody sees who looks at it")
    assert "give them as text" in said
    assert "310" not in said


@pytest.mark.parametrize("turn", [0, 90, 270])
@pytest.mark.parametrize("draw", SEEN, ids=lambda draw: draw.__name__)
def test_words_that_can_be_seen_are_read(draw: Callable[[Any], None], turn: int) -> None:
    found = page(draw, turn)
    assert "IgG 310 mg/dL" in " ".join(found.documents[0].text.split())
    assert not found.unread


def test_what_a_smaller_crop_cuts_off_is_left_out_and_the_rest_is_where_it_was() -> None:
    def cropped(canvas: Any) -> None:
        canvas.drawString(72, 300, WORDS)
        canvas.setCropBox((50, 450, 700, 900))

    found = page(cropped)
    assert PLAIN in found.documents[0].text
    assert "310" not in found.documents[0].text


@given(
    gap=st.integers(12, 60), size=st.sampled_from([3, 6, 9, 14, 30]), x=st.integers(0, 300),
    turn=st.sampled_from([0, 90, 270]),
)  # fmt: skip
def test_of_words_drawn_in_black_on_white_none_is_left_out(
    gap: int, size: int, x: int, turn: int
) -> None:
    def lines(canvas: Any) -> None:
        canvas.setFont("Helvetica", size)
        for n in range(4):
            canvas.drawString(x, 100 + n * (gap + size), "i l 1 a7 mg")

    found = page(lines, turn)
    assert not found.unread
    assert found.documents[0].text.count("mg") == 4
