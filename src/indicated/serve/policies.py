"""`indicated policy list | show | check | test`: the library from an author's side."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import click
from rich.console import Console
from rich.table import Table

from indicated.criteria import load_library
from indicated.errors import ExitCode, IndicatedError, InputError, PolicyErrors
from indicated.examples import run_library
from indicated.model import Criterion, Library, Policy
from indicated.serve.options import library_of

folder_argument = click.argument(
    "folders", nargs=-1, type=click.Path(exists=True, file_okay=False, path_type=Path)
)


@click.group("policy")
def policy_group() -> None:
    """Policies: list, show, check, test. FOLDERs are library folders of your own."""


def _load(
    folders: tuple[Path, ...], load: Callable[[tuple[Path, ...]], Library] = library_of
) -> Library:
    try:
        return load(folders)
    except PolicyErrors as error:
        for one in error.errors:
            click.echo(f"error: {one}\n", err=True)
        click.echo(f"{len(error.errors)} problems", err=True)
        sys.exit(int(ExitCode.POLICY))
    except IndicatedError as error:
        click.echo(f"error: {error}", err=True)
        sys.exit(int(error.exit_code))


@policy_group.command("list")
@folder_argument
def list_command(folders: tuple[Path, ...]) -> None:
    """One line a policy: id, version, status, title."""
    library = _load(folders)
    console = Console()
    if not console.is_terminal:
        for p in library.policies.values():
            click.echo(f"{p.id}\t{p.version}\t{p.status}\t{p.title}")
        return
    table = Table("policy", "version", "status", "title")
    for p in library.policies.values():
        table.add_row(p.id, p.version, p.status, p.title)
    console.print(table)


@policy_group.command("show")
@click.argument("policy_id")
@folder_argument
def show_command(policy_id: str, folders: tuple[Path, ...]) -> None:
    """A policy as it reads: routes, criteria with sources, dose, status."""
    library = _load(folders)
    if policy_id not in library.policies:
        known = ", ".join(sorted(library.policies))
        error = InputError(f'there is no policy "{policy_id}"', do=f"Choose one of: {known}.")
        click.echo(f"error: {error}", err=True)
        sys.exit(int(ExitCode.INPUT))
    click.echo("\n".join(_shown(library.policies[policy_id])))


def _shown(policy: Policy) -> list[str]:
    lines = [
        f"{policy.title}  ({policy.id}, version {policy.version}, {policy.status})",
        policy.question,
        f"In force from {policy.valid_from}"
        + (f" to {policy.valid_to}" if policy.valid_to else ""),
    ]
    for phase, criteria in policy.phases.items():
        lines += ["", phase.value.replace("_", " ").upper()]
        for word, routes in (("Route", criteria.routes), ("Exception", criteria.exceptions)):
            for route in routes:
                lines.append(f"  {word}: {route.says}")
                lines += [line for c in route.criteria for line in _tree(c, 2)]
        groups = (
            ("Exclusions", criteria.exclusions),
            ("Requirements", criteria.requirements),
            ("Supporting", criteria.supporting),
        )
        for word, listed in groups:
            if listed:
                lines.append(f"  {word}:")
                lines += [line for c in listed for line in _tree(c, 2)]
    lines += ["", "SOURCES"]
    lines += [
        f"  [{r.key}] {r.title}. {r.organisation} {r.year} {r.identifier} ({r.checked})"
        for r in policy.references.values()
    ]
    return lines


def _tree(criterion: Criterion, depth: int) -> list[str]:
    from indicated.model import Combine

    cites = " ".join(f"[{c.key}]" for c in criterion.cite)
    lines = [f"{'  ' * depth}- {criterion.id}: {criterion.says} {cites}".rstrip()]
    if isinstance(criterion.test, Combine):
        lines.append(f"{'  ' * (depth + 1)}{criterion.test.kind.replace('_', ' ')} of:")
        lines += [line for part in criterion.test.parts for line in _tree(part, depth + 2)]
    return lines


@policy_group.command("check")
@folder_argument
def check_command(folders: tuple[Path, ...]) -> None:
    """Load everything, each file anew; say what is wrong, with file and line."""
    library = _load(folders, lambda own: load_library(extra=own))
    click.echo(
        f"{len(library.policies)} policies, {len(library.concepts.by_id)} concepts, "
        f"{len(library.labels)} label rows, {len(library.derived)} derived values: sound"
    )


@policy_group.command("test")
@folder_argument
@click.option("--policy", "only", default="", help="Only the policy of this id.")
def test_command(folders: tuple[Path, ...], only: str) -> None:
    """Run every worked example, from its facts and from its words."""
    library = _load(folders)
    failed = run = 0
    try:
        for result in run_library(library, folders):
            if only and result.policy != only:
                continue
            run += 1
            failed += bool(result.problems)
            for problem in result.problems:
                click.echo(f"{result.name} ({result.engine})\n  {problem}")
    except IndicatedError as error:
        click.echo(f"error: {error}", err=True)
        sys.exit(int(error.exit_code))
    click.echo(f"{run} examples, {failed} not as written")
    if failed:
        sys.exit(int(ExitCode.EXAMPLES))
