"""Worked examples: a case in facts (and in words) with the outcome that it must have."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from indicated.criteria.check import listed
from indicated.criteria.concepts import Folder
from indicated.criteria.lines import Place, Problems, near, raise_all, read_tree
from indicated.criteria.logic import nodes
from indicated.criteria.references import References
from indicated.criteria.statements import FactReader
from indicated.criteria.tables_schema import ExampleKeys, ExamplesKeys
from indicated.criteria.translate import validated
from indicated.errors import PolicyError
from indicated.model import Concepts, Fact, Leaning, Outcome, Phase, Policy, RequestedItem
from indicated.truth import Truth


@dataclass(frozen=True)
class Example:
    """A case with its expected outcome. `chart` is the same case in words, where there is one."""

    name: str
    as_of: date
    phase: Phase
    item: RequestedItem
    facts: tuple[Fact, ...]
    outcome: Outcome
    leaning: Leaning | None = None
    findings: Mapping[str, Truth] = field(default_factory=dict)
    question: str = ""
    chart: str = ""
    line: str = ""  # file:line


def load_examples(path: Folder, concepts: Concepts) -> tuple[Example, ...]:
    """The worked examples of a file, or of a policy folder that holds `examples.yaml`.

    Raises `PolicyError` or `PolicyErrors` with file and line for whatever is not sound.
    """
    file = path.joinpath("examples.yaml") if path.is_dir() else path
    problems = Problems(read_tree(file))
    keys: ExamplesKeys | None = validated(ExamplesKeys, problems, problems.tree.data)
    if keys is None:
        problems.stop()
        return ()
    reader = FactReader(References(concepts, problems, {}))
    examples = tuple(_example(reader, e, ("examples", i)) for i, e in enumerate(keys.examples))
    _names(examples, problems)
    problems.stop()
    return examples


def check_examples(examples: tuple[Example, ...], policy: Policy, *earlier: Policy) -> None:
    """Raise unless the examples fit the policy and show what it must be able to answer.

    Those of a day on which an earlier version held may speak of its criteria.
    They name only criteria of the policy, one of them holds no facts and cannot be determined, and
    together they reach an indicated, a not indicated and an undetermined outcome.
    """
    phases = [p for version in (policy, *earlier) for p in version.phases.values()]
    known = {n.id for p in phases for c in listed(p) for n in nodes(c)}
    errors = [
        PolicyError(
            f'"{example.name}" expects a finding for "{id}", which is no criterion of the policy',
            example.line,
            "Nothing would be checked.",
            near(id, known) or f"Criteria: {', '.join(sorted(known))}.",
        )
        for example in examples
        for id in example.findings
        if id not in known
    ]
    first = examples[0].line if examples else policy.path
    if not any(not e.facts and e.outcome is Outcome.CANNOT_DETERMINE for e in examples):
        errors.append(
            PolicyError(
                "no example without facts that cannot be determined",
                first,
                "Silence must stay unknown, and this example is the proof.",
                "Add one with `facts: []` and `outcome: cannot_determine`.",
            )
        )
    reached = {e.outcome for e in examples}
    for outcome in (Outcome.INDICATED, Outcome.NOT_INDICATED):
        if outcome not in reached:
            errors.append(
                PolicyError(
                    f"no example comes out {outcome.value}",
                    first,
                    "An outcome that no example reaches may be out of reach.",
                    "Add one.",
                )
            )
    raise_all(errors)


def _example(reader: FactReader, keys: ExampleKeys, place: Place) -> Example:
    problems = reader.refs.problems
    phase = Phase(keys.phase)
    facts = tuple(reader.fact(f, (*place, "facts", i)) for i, f in enumerate(keys.facts))
    seen: set[str] = set()
    for i, fact in enumerate(facts):
        if fact.id in seen:
            problems.add(
                (*place, "facts", i),
                "the same fact stands twice in this example",
                "One of them has no effect.",
                "Remove one, or give them different days.",
            )
        seen.add(fact.id)
    return Example(
        name=keys.name,
        as_of=keys.as_of,
        phase=phase,
        item=reader.item(keys.request, phase, (*place, "request")),
        facts=facts,
        outcome=Outcome(keys.expect.outcome),
        leaning=Leaning(keys.expect.leaning) if keys.expect.leaning else None,
        findings={id: Truth(truth) for id, truth in keys.expect.findings.items()},
        question=keys.question,
        chart=keys.chart,
        line=problems.tree.at(place),
    )


def _names(examples: tuple[Example, ...], problems: Problems) -> None:
    first: dict[str, str] = {}
    for example in examples:
        if first.setdefault(example.name, example.line) != example.line:
            problems.note(
                example.line,
                f'duplicate name "{example.name}" (first at {first[example.name]})',
                "A failure would not say which of the two it is.",
                "Rename one.",
            )
