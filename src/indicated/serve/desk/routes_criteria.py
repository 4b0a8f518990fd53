"""The criteria of a case as a tree, item by item, and the pictures of its article.

All of it is read from what the newest version holds, so that it is what a person would sign.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Annotated, Any

from fastapi import Query, Response

from indicated.errors import InputError
from indicated.messages import load_messages
from indicated.model import Block, Concepts, Section, Source
from indicated.record_file import article_of
from indicated.report.draw import can_draw, svg
from indicated.report.marked import anchor
from indicated.serve.desk import cases
from indicated.serve.desk.cases import opened
from indicated.serve.desk.permissions import Action
from indicated.serve.desk.routes_case import version_of
from indicated.serve.desk.tables import Version
from indicated.serve.desk.web import Surface, Turn
from indicated.serve.desk.whole import require_version

_TURNED = {"met": "not_met", "not_met": "met", "unknown": "unknown"}
GROUPS = ("routes", "exceptions", "exclusions", "requirements", "supporting")
Whole = Annotated[int, Query(ge=1, le=1000)]


@dataclass(frozen=True)
class Passage:
    """Words of the record, or the person who said it."""

    document: str
    quote: str
    by: str
    place: str  # where they stand on the page of the record; "" where they do not


@dataclass(frozen=True)
class ReadRow:
    """A fact that a criterion looked at."""

    says: str
    passages: list[Passage]


@dataclass(frozen=True)
class CriterionRow:
    """A criterion with its finding: in a word, never by its colour alone."""

    id: str
    says: str
    truth: str
    tone: str  # for or against the treatment: of an exclusion, the other way round
    finding: str
    role: str
    why: str
    ask: str  # what would settle it, where it is unknown
    sources: list[str]
    facts: list[ReadRow]
    parts: list[CriterionRow]


@dataclass(frozen=True)
class GroupRow:
    heading: str
    criteria: list[CriterionRow]


@dataclass(frozen=True)
class Tab:
    n: int
    item: str
    outcome: str


@dataclass(frozen=True)
class Picture:
    n: int
    caption: str
    words: str


@dataclass(frozen=True)
class CriteriaPage:
    """The criteria of one item; the others are tabs."""

    case: str
    question: str
    version: int
    tabs: list[Tab]
    item: int
    policy: str
    because: str
    groups: list[GroupRow]
    pictures: list[Picture]


def register(surface: Surface) -> None:
    """The page of criteria, and its pictures."""
    surface.page("/cases/{case}/criteria", Action.READ, "criteria")(read_criteria)
    surface.raw("/cases/{case}/versions/{n}/picture.svg", Action.READ)(read_picture)


def read_criteria(turn: Turn, case: str, item: Whole = 1) -> CriteriaPage:
    """The criteria of an item with what was found: finding, data, source, and what is missing."""
    row = opened(turn.db, case, turn.who)
    version = cases.newest(turn.db, case)
    if version is None:
        raise InputError("the case is not assessed yet")
    require_version(turn.db, version)
    cases.note(
        turn.db, "read", row, turn.who, turn.now, article=version.article_hash,
        comment="the criteria",
    )  # fmt: skip
    data = json.loads(version.data)
    every = data["determinations"]
    if not every:
        raise InputError("no item was found in the question", do="Correct how it is read.")
    if item > len(every):
        raise InputError("there is no such item")
    chosen = every[item - 1]
    tree = _Tree(data, version, turn.desk.library().concepts)
    return CriteriaPage(
        case, row.question, version.n,
        [Tab(n, d["item"]["words"], d["outcome"]) for n, d in enumerate(every, 1)],
        item, chosen["policy"] or "", chosen["because"],
        tree.groups(chosen), _of_item(version, chosen["item"]["id"]),
    )  # fmt: skip


class _Tree:
    """The findings of a version as rows, with the words that each rests on."""

    def __init__(self, data: Mapping[str, Any], version: Version, concepts: Concepts):
        self._facts = {f["id"]: f for f in data["facts"]}
        self._titles = {r["key"]: r["title"] for r in data["references"]}
        self._chart, self._concepts = version.chart, concepts
        self._at = f"/cases/{version.case_id}/versions/{version.n}/article-chart.html"
        self._say = load_messages()

    def groups(self, determination: Mapping[str, Any]) -> list[GroupRow]:
        """What an item was held against, by what it decides."""
        return [
            GroupRow(
                self._say.template(f"label.{name}"),
                [self._row(f, excludes=name == "exclusions") for f in found],
            )
            for name in GROUPS
            if (found := determination["findings"][name])
        ]

    def _row(self, finding: Mapping[str, Any], *, excludes: bool) -> CriterionRow:
        table = "truth_exclusion" if excludes else "truth"
        tone = finding["truth"]
        below = excludes and finding["kind"] == "any"
        return CriterionRow(
            finding["id"], finding["says"], finding["truth"], _TURNED[tone] if excludes else tone,
            self._say.word(table, finding["truth"]), finding["role"], finding["why"],
            finding["ask"] if finding["truth"] == "unknown" else "",
            [self._cited(c) for c in finding["cite"]],
            [self._read(self._facts[id]) for id in finding["facts"] if id in self._facts],
            [self._row(p, excludes=below) for p in finding["parts"]],
        )  # fmt: skip

    def _cited(self, citation: Mapping[str, Any]) -> str:
        title = self._titles.get(citation["key"], citation["key"])
        return f"{title}, {citation['locator']}" if citation["locator"] else title

    def _read(self, fact: Mapping[str, Any]) -> ReadRow:
        return ReadRow(fact_words(fact, self._concepts), [self._words(s) for s in fact["sources"]])

    def _words(self, source: Mapping[str, Any]) -> Passage:
        at = anchor(Source(source["document"], source["quote"], source["start"], source["end"]))
        stands = source["start"] is not None and f'id="{at}"' in self._chart
        return Passage(
            source["document"], source["quote"], source["attested_by"],
            f"{self._at}#{at}" if stands else "",
        )  # fmt: skip


def fact_words(fact: Mapping[str, Any], concepts: Concepts) -> str:
    """A fact in a line: concept, value or assertion, and when.

    >>> fact = {"concept": "igg", "assertion": "present", "value": "495", "unit": "mg/dL",
    ...         "start": "2025-10-28", "end": "2025-10-28"}
    >>> fact_words(fact, Concepts(()))
    'igg: 495 mg/dL, 2025-10-28'
    """
    value = " ".join(filter(None, [fact["value"], fact["unit"]]))
    held = value or load_messages().word_or_own("assertion", fact["assertion"])
    days = " to ".join(dict.fromkeys(filter(None, [fact["start"], fact["end"]])))
    return f"{concepts.label(fact['concept'])}: {held}{f', {days}' if days else ''}"


# --- pictures ------------------------------------------------------------------------------------


def _figures(sections: tuple[Section, ...]) -> Iterator[tuple[str, Block]]:
    """Every figure with the id of the section in which it stands."""
    for section in sections:
        yield from ((section.id, b) for b in section.blocks if b.figure)
        yield from _figures(section.parts)


def _of_item(version: Version, item: str) -> list[Picture]:
    """The pictures of an item and, with the first, those that are of none."""
    if not can_draw():
        return []
    found = enumerate(_figures(article_of(version.article).sections), 1)
    return [
        Picture(n, b.sentences[0].text, " ".join(s.text for s in b.sentences[1:]))
        for n, (section, b) in found
        if section.startswith(f"{item}-") or not section.startswith("item-")
    ]


def read_picture(turn: Turn, case: str, n: int, number: Whole = 1) -> Response:
    """A picture of the article, by its number there."""
    _, version = version_of(turn, case, n)
    drawn = _drawn(version.article, number) if can_draw() else ""
    if not drawn:
        raise InputError("there is no such picture", do="Its numbers are on the page of criteria.")
    response = Response(drawn, media_type="image/svg+xml")
    response.headers["Content-Security-Policy"] = "default-src 'none'; style-src 'unsafe-inline'"
    return response


@lru_cache(maxsize=8)
def _drawn(article: str, number: int) -> str:
    found = dict(enumerate((b for _, b in _figures(article_of(article).sections)), 1))
    return svg(found[number], load_messages(), f"picture-{number}") if number in found else ""
