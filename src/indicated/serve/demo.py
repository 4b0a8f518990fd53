"""The shipped case, as a user would give it: a question and a folder of documents."""

from __future__ import annotations

from datetime import date
from importlib.resources import as_file, files
from pathlib import Path

from indicated.chart import read_chart
from indicated.errors import InputError
from indicated.model import Case

AS_OF = date(2025, 11, 21)  # the day of the last document, so that the demo never changes


def demo_folder() -> Path:
    """Where the shipped case lies: in the package, or in the checkout that it was built from."""
    with as_file(files("indicated").joinpath("library/examples/lung-transplant")) as inside:
        if inside.is_dir():
            return inside
    beside = Path(__file__).resolve().parents[3] / "examples" / "lung-transplant"
    if beside.is_dir():
        return beside
    raise InputError(
        "the shipped case is not part of this installation",
        do="Run it from a checkout of the project, or assess a chart of your own.",
    )


def demo_case() -> Case:
    """The lung-transplant case."""
    folder = demo_folder()
    question = (folder / "question.txt").read_text(encoding="utf-8").strip()
    return Case(question, read_chart(folder / "chart"), AS_OF, id="lung-transplant")
