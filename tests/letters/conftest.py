"""The shipped case and the example cases, assessed once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import cache
from pathlib import Path

import pytest

from indicated import Case, assess, load_library, read_chart
from indicated.letters import letter
from indicated.model import Assessment, Chart, Library
from indicated.serve.demo import demo_case
from indicated.settings import Settings

ROOT = Path(__file__).parents[2] / "examples"
AS_OF = date(2026, 11, 20)
PROFILES = {"bariatric-bmi-38-medicare": "medicare-bariatric"}
CASES = ("lung-transplant", *sorted(p.name for p in (ROOT / "cases").iterdir()))

Write = Callable[..., Assessment]


@pytest.fixture(scope="session")
def library() -> Library:
    return load_library()


@cache
def _assessed(name: str, closed: bool) -> Assessment:
    library = load_library()
    if name == "lung-transplant":
        return assess(demo_case(), library, Settings(closed_record=closed))
    folder = ROOT / "cases" / name
    question = (folder / "question.txt").read_text(encoding="utf-8").strip()
    settings = Settings(profile=PROFILES.get(name, ""), closed_record=closed)
    case = Case(question, read_chart(folder / "chart", closed=closed), AS_OF, id=name)
    return assess(case, library, settings)


@pytest.fixture(scope="session")
def assessed() -> Callable[..., Assessment]:
    return lambda name, closed=False: _assessed(name, closed)


@pytest.fixture(scope="session")
def denial() -> Chart:
    """One denial with a reason of every kind."""
    return read_chart(Path(__file__).parent / "denial.txt")


@pytest.fixture(scope="session")
def write(assessed: Callable[..., Assessment], library: Library, denial: Chart) -> Write:
    def written(kind: str, name: str, *, closed: bool = False, **more: object) -> Assessment:
        given = {"denial": denial, **more} if kind == "appeal" else more
        return letter(kind, assessed(name, closed), library, **given)  # type: ignore[arg-type]

    return written
