"""The story of the worked examples on an engine for many cases: each must come out there as by the
reference, outcome, findings and missing items."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from indicated.criteria import Example, Folder
from indicated.decided import each
from indicated.errors import PolicyError
from indicated.examples import example_folders, judged, sound_examples
from indicated.judge.duck import Connection, connect, fill_facts
from indicated.model import Determination, Fact, Facts, Library, Policy
from indicated.population import TRUTHS, Asked, Rows, judge_table, rows_of_result

# Cases judged by an engine for many: the rows, and how many it left to the reference.
InBulk = Callable[[Asked, Mapping[str, Sequence[Fact]]], tuple[Rows, int]]


@dataclass(frozen=True)
class Carried:
    """How a policy's worked examples came out in bulk. `refused` says what SQL does not carry."""

    policy: str
    examples: int
    by_reference: int  # examples that SQL left to the reference engine
    disagreements: tuple[str, ...]
    refused: str = ""


def on_duckdb(con: Connection) -> InBulk:
    """Cases judged on this machine."""

    def judged(asked: Asked, cases: Mapping[str, Sequence[Fact]]) -> tuple[Rows, int]:
        fill_facts(con, cases)
        by_reference = judge_table(con, asked)
        return rows_of_result(con), by_reference

    return judged


def carried(
    library: Library, only: Sequence[str] = (), in_bulk: InBulk | None = None
) -> Iterator[Carried]:
    """Every policy's examples on DuckDB, or another engine, held against the reference."""
    with connect() as con:
        in_bulk = in_bulk or on_duckdb(con)
        for folder in example_folders(library):
            if only and folder.name not in only:
                continue
            examples = by_reference = 0
            wrong: list[str] = []
            refused = ""
            for policy, group in _alike(folder, library):
                asked = Asked(policy, group[0].item, library, group[0].as_of)
                known = {e.name: Facts().plus((*e.facts, *e.item.facts)).items for e in group}
                try:
                    rows, left = in_bulk(asked, known)
                except PolicyError as error:
                    refused = error.what
                    continue
                by_reference += left
                examples += len(group)
                wrong += [w for e in group if (w := _other(e, rows[e.name], policy, library))]
            yield Carried(folder.name, examples, by_reference, tuple(wrong), refused)


def _alike(folder: Folder, library: Library) -> Iterator[tuple[Policy, list[Example]]]:
    """The examples that one statement judges: of one version, one day and one request."""
    groups: dict[str, tuple[Policy, list[Example]]] = {}
    for example in sound_examples(folder, library):
        policy = library.on(example.as_of).policies[folder.name]
        item = replace(example.item, id="", words="", facts=(), sources=(), phase_because="")
        key = repr((policy.version, example.as_of, item))
        groups.setdefault(key, (policy, []))[1].append(example)
    yield from groups.values()


def _other(example: Example, row: Sequence[object], policy: Policy, library: Library) -> str:
    """What is otherwise than by the reference; "" where nothing is."""
    outcome, missing, findings = row
    found = judged(example, policy, library)
    assert isinstance(findings, dict)
    assert isinstance(missing, list)
    wanted = _truths(found)
    other = [id for id, truth in findings.items() if truth is not wanted.get(id)]
    if outcome != found.outcome.value:
        other.append(f"outcome {outcome}, by the reference {found.outcome.value}")
    if sorted(missing) != sorted(m.id for m in found.missing):
        other.append("missing")
    return f"{example.line}: {', '.join(other)}" if other else ""


def _truths(d: Determination) -> dict[str, bool | None]:
    return {f.id: TRUTHS[f.truth] for f in reversed(list(each(d.findings())))}
