"""A disagreement of engines as a program that runs by itself: `python build/disagreement.py`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields, is_dataclass
from enum import Enum
from typing import Any

from indicated.model import Criterion, Fact

HEAD = '''"""A criterion and a case of which the engines say different things."""

from datetime import date
from decimal import Decimal

from indicated.judge.duck import connect
from indicated.model import *
from tests.bulk.test_agreement import disagreements, on_duckdb

TREE = {tree}
FACTS = {facts}

with connect() as con:
    for _, _, got, wanted in disagreements(on_duckdb(con), [TREE], [FACTS]):
        print("DuckDB:", got)
        print("the reference:", wanted)
'''


def as_program(tree: Criterion, facts: Sequence[Fact]) -> str:
    """Python that shows the disagreement again."""
    return HEAD.format(tree=_shown(tree), facts=_shown(list(facts)))


def _shown(thing: Any) -> str:
    """An expression that makes the thing, without the fields that are as they are by default."""
    if is_dataclass(thing) and not isinstance(thing, type):
        given = (f"{f.name}={_shown(getattr(thing, f.name))}" for f in fields(thing))
        return f"{type(thing).__name__}({', '.join(given)})"
    if isinstance(thing, Enum):
        return f"{type(thing).__name__}.{thing.name}"
    if isinstance(thing, (list, tuple)):
        inner = "".join(f"{_shown(x)}, " for x in thing)
        return f"[{inner}]" if isinstance(thing, list) else f"({inner})"
    if isinstance(thing, frozenset):
        return f"frozenset([{', '.join(sorted(map(_shown, thing)))}])"
    return repr(thing).replace("datetime.date(", "date(")
