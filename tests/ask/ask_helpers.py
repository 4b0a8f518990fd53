"""Concepts, documents and facts for the tests of this area, made by hand."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import yaml

from indicated.model import (
    Assertion,
    Concept,
    Concepts,
    Document,
    Fact,
    Mark,
    Quantity,
    Source,
    Therapy,
    When,
)

HERE = Path(__file__).parent


def rows(name: str) -> list[dict[str, Any]]:
    text = (HERE / name).read_text(encoding="utf-8")
    found: list[dict[str, Any]] = yaml.load(text, Loader=yaml.BaseLoader)
    return found


def concepts() -> Concepts:
    tree = yaml.load((HERE / "concepts.yaml").read_text(encoding="utf-8"), Loader=yaml.BaseLoader)
    made = {}
    for id, entry in tree.items():
        given = {k: tuple(v) if isinstance(v, list) else v for k, v in entry.items()}
        given["codes"] = {k: tuple(v) for k, v in entry.get("codes", {}).items()}
        if "molar_mass" in given:
            given["molar_mass"] = Decimal(given["molar_mass"])
        made[id] = Concept(id=id, **given)
    return Concepts(made)


CONCEPTS = concepts()


def document(id: str, text: str, kind: str = "note") -> Document:
    return Document(id, text, kind=kind)


def quantity(text: str) -> Quantity:
    number, _, unit = text.partition(" ")
    low, _, high = number.partition("-")
    return Quantity(Decimal(low), Decimal(high or low), unit)


def fact_at(row: dict[str, Any], where: Document) -> Fact:
    """A fact of a row: concept, words, and what else is written there."""
    start = where.text.index(row["words"])
    end = start + len(row["words"])
    therapy = None
    if {"dose", "ended", "taken"} & set(row):
        therapy = Therapy(
            dose=quantity(row["dose"]) if "dose" in row else None,
            every=quantity(row["every"]) if "every" in row else None,
            ended_because=row.get("ended", ""),
            taken=row.get("taken", "yes") == "yes",
        )
    value: Quantity | str | None = row.get("word")
    if "value" in row:
        value = quantity(row["value"])
    when = When(ongoing=True) if row.get("ongoing") else When()
    if "on" in row:
        when = When.on(date.fromisoformat(row["on"]))
    return Fact(
        row["concept"],
        assertion=Assertion(row.get("assertion", "present")),
        value=value,
        when=when,
        therapy=therapy,
        site=frozenset(row.get("site", [])),
        marks=frozenset(Mark(m) for m in row.get("marks", [])),
        sources=(Source(where.id, row["words"], start, end),),
    )
