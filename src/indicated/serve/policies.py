"""`indicated policy list | show | check | test`: the library as its readers and authors see it."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

import click
from rich.console import Console
from rich.table import Table

from indicated.criteria import load_library
from indicated.errors import ExitCode, IndicatedError, InputError, PolicyError, PolicyErrors
from indicated.examples import example_folders, run_library, sound_examples
from indicated.model import Library
from indicated.serve.authoring import concepts_command, new_command
from indicated.serve.folders import folder_argument, ids_and_folders, listed, load, policy_of
from indicated.serve.later import LATER_POLICY, Later
from indicated.serve.options import needs
from indicated.serve.reviewing import coverage_command, diff_command, opposed
from indicated.serve.shown import show_command


@click.group("policy", cls=Later, later=LATER_POLICY)
def policy_group() -> None:
    """Read, write, check and test policies. FOLDERs are library folders of your own."""


@policy_group.command("list")
@folder_argument
def list_command(folders: tuple[Path, ...]) -> None:
    """One line a policy: id, version, status, title."""
    library = load(folders)
    console = Console()
    if not console.is_terminal:
        for p in library.policies.values():
            click.echo(f"{p.id}\t{p.version}\t{p.status}\t{p.title}")
        return
    table = Table("policy", "version", "status", "title")
    for p in library.policies.values():
        table.add_row(p.id, p.version, p.status, p.title)
    console.print(table)


@policy_group.command("check")
@folder_argument
@click.option(
    "--conflicts", is_flag=True,
    help="Also look for two policies that answer one case in opposite ways; where FOLDERS have "
    "policies, only for those with one of them.",
)  # fmt: skip
def check_command(folders: tuple[Path, ...], conflicts: bool) -> None:
    """Load everything, each file anew; say what is wrong, with file and line."""
    library = load(folders, lambda own: load_library(extra=own))
    problems: list[PolicyError] = []
    examples = {}
    for folder in example_folders(library, folders):
        try:
            examples[folder.name] = sound_examples(folder, library)
        except PolicyErrors as error:
            problems += error.errors
        except PolicyError as error:
            problems.append(error)
    listed(problems)
    for note in library.notes:
        click.echo(f"note: {note}", err=True)
    if conflicts:
        listed(opposed(library, examples, [p.id for p in library.policies.values() if p.origin]))
    click.echo(
        f"{len(library.policies)} policies, {len(library.concepts.by_id)} concepts, "
        f"{len(library.labels)} label rows, {len(library.derived)} derived values: sound"
    )


@policy_group.command("test")
@click.argument("what", nargs=-1, metavar="[POLICY_ID | FOLDER]...")
@click.option("--policy", "one", default="", help="The same as naming this policy's id.")
@click.option(
    "--engine", type=click.Choice(["memory", "duckdb", "spark"]), default="memory",
    show_default=True,
    help="duckdb, spark: hold the engine for many cases to the reference, from the facts alone.",
)  # fmt: skip
def test_command(what: tuple[str, ...], one: str, engine: str) -> None:
    """Run the worked examples, from their facts and from their words: of every policy, or of those
    whose ids (or folders with a policy.yaml) are given."""
    ids, folders = ids_and_folders((*what, one) if one else what)
    library = load(folders)
    for id in ids:
        policy_of(library, id, folders)
    if engine != "memory":
        _in_bulk(library, ids, engine)
        return
    failed = run = 0
    try:
        for result in run_library(library, folders, only=ids):
            run += 1
            failed += bool(result.problems)
            for problem in result.problems:
                click.echo(f"{result.name} ({result.engine})\n  {problem}")
    except IndicatedError as error:
        listed(error.errors if isinstance(error, PolicyErrors) else [error])
    click.echo(f"{run} examples, {failed} not as written")
    if failed:
        sys.exit(int(ExitCode.EXAMPLES))


def _in_bulk(library: Library, ids: Sequence[str], engine: str) -> None:
    """The worked examples on an engine for many cases: how many policies it carries, and what it
    says otherwise."""
    try:
        needs("bulk", "duckdb")
        if engine == "spark":
            needs("spark", "pyspark", "pyarrow", "pandas")
    except InputError as error:
        listed([error])
    from indicated.examples_in_bulk import carried

    if engine == "spark":
        from indicated.population_spark import rows_on_spark

        found = list(carried(library, ids, rows_on_spark))
    else:
        found = list(carried(library, ids))
    for c in found:
        click.echo("\n".join(c.disagreements), nl=bool(c.disagreements))
        click.echo(f"{c.policy}: {c.refused}\n" if c.refused else "", nl=False)
    examples, left = (sum(getattr(c, n) for c in found) for n in ("examples", "by_reference"))
    wrong = sum(len(c.disagreements) for c in found)
    whole = sum(not c.refused for c in found)
    click.echo(
        f"{whole} of {len(found)} policies carried; {examples} examples, {left} of them left to "
        f"the reference engine, {wrong} otherwise than by it"
    )
    if wrong:
        sys.exit(int(ExitCode.EXAMPLES))


for command in (show_command, new_command, concepts_command, diff_command, coverage_command):
    policy_group.add_command(command)
