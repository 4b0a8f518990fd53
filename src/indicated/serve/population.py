"""`indicated population`, `indicated policy impact`: one policy, or two, over many cases."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import click

from indicated.criteria import with_profile
from indicated.decided import each, stands
from indicated.impact import SUBGROUPS, Impact, impact, one_policy
from indicated.judge.duck import Connection, connect
from indicated.model import Determination
from indicated.population import (
    Asked,
    facts_of_case,
    judge_one,
    judge_table,
    read_tables,
    request_for,
    summary,
    write,
)
from indicated.serve.folders import policy_of
from indicated.serve.options import (
    as_of_option,
    library_of,
    policies_option,
    profile_option,
    reported,
)

facts_option = click.option(
    "--facts", "files", multiple=True, required=True, metavar="FILE_OR_FOLDER",
    type=click.Path(exists=True, path_type=Path),
    help="The long table of facts: Parquet files, or folders of them. May be given more than once.",
)  # fmt: skip
phase_option = click.option(
    "--phase", default="", help="Of the request; the policy's first when left out."
)
treatment_option = click.option(
    "--treatment", default="", metavar="CONCEPT",
    help="What is asked for; the policy's first treatment when left out.",
)  # fmt: skip
memory_option = click.option(
    "--memory", default="", metavar="2GB", help="At most this much; more is kept on disk."
)


@click.command("population")
@click.argument("policy")
@facts_option
@as_of_option
@click.option(
    "-o", "--output", type=click.Path(dir_okay=False, path_type=Path), metavar="OUT.parquet",
    help="Outcome, missing items and findings of every case.",
)  # fmt: skip
@click.option(
    "--explain", metavar="CASE_ID", default="",
    help="Judge this one case alone by the reference engine, and say how it came out so.",
)  # fmt: skip
@phase_option
@treatment_option
@memory_option
@profile_option
@policies_option
@reported
def population_command(
    policy: str,
    files: tuple[Path, ...],
    as_of: date,
    output: Path | None,
    explain: str,
    phase: str,
    treatment: str,
    memory: str,
    profile: str,
    folders: tuple[Path, ...],
) -> None:
    """Hold every case of a table of facts against POLICY (an id), for one request that is the same
    for all of them."""
    library = with_profile(library_of(folders), profile).on(as_of)
    held = policy_of(library, policy, folders)
    asked = Asked(held, request_for(held, phase, treatment), library, as_of)
    with connect(memory) as con:
        read_tables(con, files)
        if explain:
            found = judge_one(asked, facts_of_case(con, explain))
            click.echo("\n".join(_explained(found)))
            return
        by_reference = judge_table(con, asked)
        if output:
            write(con, "SELECT * FROM result ORDER BY case_id", output)
        click.echo("\n".join(_summary(con, by_reference)))


def _explained(d: Determination) -> Iterator[str]:
    yield f"{d.outcome.value}: {d.because}"
    for finding in each(d.findings()):
        yield f"  {stands(finding)}"
        for fact in finding.facts if not finding.parts else ():
            quotes = dict.fromkeys(s.quote for s in fact.sources if s.quote)
            yield from (f'      "{" ".join(quote.split())}"' for quote in quotes)
    yield from (f"  missing: {m.what}" for m in d.missing)


def _summary(con: Connection, by_reference: int) -> Iterator[str]:
    found = summary(con)
    total = sum(found.outcomes.values())
    yield f"{total} cases, {by_reference} of them judged by the reference engine"
    for outcome, n in found.outcomes.items():
        yield f"  {outcome}: {n} ({n / total:.1%})"
    if found.missing:
        yield "Missing most often where it cannot be determined"
    yield from (f"  {id}: {n}" for id, n in found.missing.items())


# --- the impact of a change ----------------------------------------------------------------


@click.command("impact")
@click.argument("old")
@click.argument("new")
@facts_option
@as_of_option
@click.option(
    "-o", "--output", type=click.Path(dir_okay=False, path_type=Path), metavar="OUT.parquet",
    help="Every case whose outcome changes: before, after, the criteria found otherwise.",
)  # fmt: skip
@click.option(
    "--by", "subgroups", multiple=True, type=click.Choice(sorted(SUBGROUPS)), metavar="SUBGROUP",
    default=tuple(SUBGROUPS), help=f"{', '.join(SUBGROUPS)}; all of them when left out.",
)  # fmt: skip
@phase_option
@treatment_option
@memory_option
@policies_option
@reported
def impact_command(
    old: str,
    new: str,
    files: tuple[Path, ...],
    as_of: date,
    output: Path | None,
    subgroups: tuple[str, ...],
    phase: str,
    treatment: str,
    memory: str,
    folders: tuple[Path, ...],
) -> None:
    """Whose outcome changes from OLD to NEW: each a policy's file or folder, an id of the library,
    or ID@VERSION."""
    library = library_of(folders)
    sides = []
    for given in (old, new):
        held, around = one_policy(given, library)
        sides.append(Asked(held, request_for(held, phase, treatment), around, as_of))
    with connect(memory) as con:
        read_tables(con, files)
        found = impact(con, sides[0], sides[1], subgroups)
        if output:
            write(con, "SELECT * FROM changed ORDER BY case_id", output)
        click.echo("\n".join(_impact(found)))


def _impact(found: Impact) -> Iterator[str]:
    changed = sum(n for (old, new), n in found.outcomes.items() if old != new)
    yield f"{found.cases} cases; the outcome of {changed} changes"
    for (old, new), n in found.outcomes.items():
        if old != new:
            yield f"  {old} -> {new}: {n}"
    if found.criteria:
        yield "Found otherwise where the outcome changes"
    for id, (n, examples) in found.criteria.items():
        yield f"  {id}: {n} (such as {', '.join(examples)})"
    for name, rows in found.subgroups.items():
        yield f"By {name}: cases, changed, cannot be determined before and after"
        for row in rows:
            yield f"  {row.group}: {row.cases}, {row.changed}, {row.open_before}, {row.open_after}"
