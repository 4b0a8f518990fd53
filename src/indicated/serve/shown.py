"""`indicated policy show`: one policy as it reads, whole."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import click

from indicated.criteria import quantity_words
from indicated.model import Citation, Combine, Criterion, Library, PhaseCriteria, Policy, Statement
from indicated.serve.folders import folder_argument, load, policy_of


@click.command("show")
@click.argument("policy_id")
@folder_argument
def show_command(policy_id: str, folders: tuple[Path, ...]) -> None:
    """A policy as it reads: routes, criteria with what they ask for and their sources, parameters,
    standing, status, disagreements."""
    library = load(folders)
    policy_of(library, policy_id, folders)
    click.echo("\n".join(policy_lines(library, policy_id)))


def policy_lines(library: Library, policy_id: str) -> list[str]:
    """A policy of the library as it reads, line by line."""
    policy, *earlier = library.versions(policy_id)
    return [*_head(policy), *_phases(policy), *_around(policy), *_earlier(earlier)]


def _head(policy: Policy) -> Iterator[str]:
    yield f"{policy.title}  ({policy.id}, version {policy.version}, {policy.status})"
    yield policy.question
    until = f" to {policy.valid_to}" if policy.valid_to else ""
    yield f"In force from {policy.valid_from}{until}"
    if policy.origin:
        yield f"From the library folder {policy.origin}"
    if policy.standing:
        yield f"Standing: {policy.standing}"
    if policy.certainty:
        yield f"Certainty: {policy.certainty}. {policy.certainty_because}".rstrip()


def _phases(policy: Policy) -> Iterator[str]:
    for phase, criteria in policy.phases.items():
        yield from ("", phase.value.replace("_", " ").upper())
        yield from _phase(criteria)


def _phase(criteria: PhaseCriteria) -> Iterator[str]:
    for word, routes in (("Route", criteria.routes), ("Exception", criteria.exceptions)):
        for route in routes:
            yield f"  {word}: {route.says}"
            for c in route.criteria:
                yield from _tree(c, 2)
    groups = (
        ("Exclusions", criteria.exclusions),
        ("Requirements", criteria.requirements),
        ("Supporting", criteria.supporting),
    )
    for word, asked in groups:
        if asked:
            yield f"  {word}:"
            for c in asked:
                yield from _tree(c, 2)


def _tree(criterion: Criterion, depth: int, asked: str = "") -> Iterator[str]:
    """A criterion and what it is made of. What the one around it asks for is not said again."""
    indent = "  " * (depth + 1)
    yield f"{'  ' * depth}- {criterion.id}: {criterion.says}{_cites(criterion.cite)}"
    if criterion.silence:
        given = f" (where the record says: {', '.join(criterion.given)})" if criterion.given else ""
        yield f"{indent}silence counts as absent{given}, because: {criterion.silence}"
    if isinstance(criterion.test, Combine):
        yield f"{indent}{criterion.test.kind.replace('_', ' ')} of:"
        for part in criterion.test.parts:
            yield from _tree(part, depth + 2, criterion.ask)
    if criterion.ask and criterion.ask != asked:
        yield f"{indent}ask: {criterion.ask}"


def _around(policy: Policy) -> Iterator[str]:
    """What stands beside the criteria and decides nothing, and where all of it comes from."""
    sections = {
        "PARAMETERS": [f"{id}: {quantity_words(value)}" for id, value in policy.parameters.items()],
        "STATUS": [f"{s.kind}: {_said(s)}" for s in policy.status_lines],
        "DISAGREEMENTS": [f"{s.about} ({s.kind}): {_said(s)}" for s in policy.disagreements],
        "CHANGES": [f"{c.version} ({c.on}): {c.says}" for c in policy.changes],
        "SOURCES": [
            f"[{r.key}] {r.title}. {r.organisation} {r.year} {r.identifier} ({r.checked})"
            for r in policy.references.values()
        ],
    }
    for heading, lines in sections.items():
        if lines:
            yield from ("", heading, *(f"  {line}" for line in lines))


def _earlier(versions: Sequence[Policy]) -> Iterator[str]:
    if versions:
        yield from ("", "EARLIER VERSIONS")
    for p in versions:
        yield f"  {p.version}, in force from {p.valid_from} to {p.valid_to}"


def _said(statement: Statement) -> str:
    return f"{statement.says}{_cites(statement.cite)}"


def _cites(cite: Sequence[Citation]) -> str:
    return "".join(f" [{c.key}]" for c in cite)
