"""A table of facts made of a policy's worked examples."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from click.testing import CliRunner

from indicated.criteria import load_examples, shipped
from indicated.judge.duck import Connection, connect, fill_facts
from indicated.model import Fact, Library
from indicated.population import Asked, read_tables, request_for, write
from indicated.serve.cli import main
from tests.conftest import shipped_library

DERIVES = "bariatric-surgery"  # body mass index


@pytest.fixture(scope="module")
def library() -> Library:
    return shipped_library()


@dataclass
class Place:
    """The table, where it is, and the facts of its cases."""

    con: Connection
    asked: Asked
    file: Path
    cases: dict[str, tuple[Fact, ...]]


@pytest.fixture(scope="module")
def place(library: Library, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    examples = load_examples(Path(str(shipped())) / "policies" / DERIVES, library.concepts)
    first = examples[0]
    cases = {f"case {i}": (*e.facts, *e.item.facts) for i, e in enumerate(examples)}
    policy = library.policies[DERIVES]
    item = request_for(policy, first.phase.value)
    with connect() as con:
        fill_facts(con, cases, "written")
        file = tmp_path_factory.mktemp("facts") / "facts.parquet"
        write(con, "SELECT * FROM written", file)
        read_tables(con, [file])
        yield Place(con, Asked(policy, item, library, first.as_of), file, cases)


def run(*arguments: object) -> str:
    """What a command says; it must end well."""
    result = CliRunner().invoke(main, [str(a) for a in arguments])
    assert result.exit_code == 0, result.output
    return result.output
