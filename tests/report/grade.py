"""How hard a patient's page is to read: `python -m tests.report.grade` prints it for the examples.

Flesch-Kincaid grade (textstat) of everything before the professionals' part, the record's own words
and criteria that no plain words were written for included; citations are left out. For Spanish the
reading ease of Fernández Huerta, which is about 70 to 80 at grades 6 and 7 and 60 to 70 at grades
8 and 9; higher is easier.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from functools import cache
from pathlib import Path

import textstat

from indicated import Case, assess, load_library, read_chart
from indicated.model import Article, Assessment, Library, Reader, Section, Wording
from indicated.serve.demo import demo_case
from indicated.settings import Settings

CASES = sorted((Path(__file__).parents[2] / "examples/cases").iterdir())
NAMES = ["lung-transplant", *(c.name for c in CASES)]
GRADE = 8  # of school, of what a patient is to read
EASE = 70  # of Spanish
PLAIN = ("direct-answer", "reasons", "next-steps", "terms")


@cache
def library() -> Library:
    return load_library()


@cache
def assessed(name: str, reader: Reader, language: str = "en") -> Assessment:
    """An example, worded for a reader."""
    case = demo_case()
    if name != case.id:
        folder = next(c for c in CASES if c.name == name)
        question = (folder / "question.txt").read_text(encoding="utf-8").strip()
        case = Case(question, read_chart(folder / "chart"), date(2026, 11, 20), id=name)
    return assess(case, library(), Settings(reader=reader.value, locale=language))


def texts(sections: tuple[Section, ...]) -> Iterator[str]:
    """Every sentence and cell, in order."""
    for section in sections:
        for block in section.blocks:
            yield from (s.text for s in block.sentences)
            yield from (s.text for row in block.rows for s in row)
        yield from texts(section.parts)


def said(sections: tuple[Section, ...]) -> str:
    """Everything that these sections say, without citations, each line closed as a sentence."""
    lines = (re.sub(r"\s*\[[^\]]*\]", "", t) for t in texts(sections))
    return " ".join(t if t.endswith((".", "?", "!")) else f"{t}." for t in lines if t)


def grade(sections: tuple[Section, ...]) -> float:
    """The grade of what these sections say in English."""
    textstat.set_lang("en_US")
    return float(textstat.flesch_kincaid_grade(said(sections)))


def ease(sections: tuple[Section, ...]) -> float:
    """How easy what these sections say in Spanish is to read."""
    textstat.set_lang("es")
    return float(textstat.fernandez_huerta(said(sections)))


def plain_part(article: Article) -> tuple[Section, ...]:
    """What stands before the professionals' part."""
    ids = [s.id for s in article.sections]
    return article.sections[: ids.index("details")]


def of_words(wording: Wording) -> float:
    """The grade of a policy's plain words."""
    textstat.set_lang("en_US")
    said = [*wording.says.values(), *wording.ask.values()]
    return float(textstat.flesch_kincaid_grade(" ".join(f"{t.removesuffix('.')}." for t in said)))


def main() -> None:
    """Print the grade of every example, whole and by section; its ease in Spanish; then the grade
    of every policy's words."""
    for title, language, measure in (("grade", "en", grade), ("ease in Spanish", "es", ease)):
        print(f"{title:34}{'whole':>8}" + "".join(f"{id:>16}" for id in PLAIN))
        for name in NAMES:
            sections = plain_part(assessed(name, Reader.PATIENT, language).article)
            each = [measure(tuple(s for s in sections if s.id == id)) for id in PLAIN]
            print(f"{name:34}{measure(sections):8.1f}" + "".join(f"{g:16.1f}" for g in each))
    grades = sorted((of_words(w), id) for id, w in library().wordings["en"].items())
    above = [f"{id} {g:.1f}" for g, id in grades if g > GRADE]
    middle = grades[len(grades) // 2][0]
    print(f"\nplain words of {len(grades)} policies: median grade {middle:.1f}; above {GRADE}:")
    print("  " + (", ".join(above) or "none"))


if __name__ == "__main__":
    main()
