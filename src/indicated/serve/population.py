"""`indicated population`: one policy over many cases."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path

import click

from indicated.criteria import with_profile
from indicated.decided import each, stands
from indicated.errors import InputError
from indicated.judge.duck import connect
from indicated.model import Determination, Outcome
from indicated.population import (
    Asked,
    Summary,
    facts_of_case,
    judge_one,
    judge_table,
    read_tables,
    request_for,
    sentences,
    summary,
    write,
)
from indicated.population_parts import Part, judge_in_parts, parts_of
from indicated.serve.folders import policy_of
from indicated.serve.options import (
    as_of_option,
    library_of,
    needs,
    policies_option,
    profile_option,
    reported,
)
from indicated.serve.output import write_file
from indicated.serve.plots import population_plot

OPEN = Outcome.CANNOT_DETERMINE.value
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
    "-o", "--output", type=click.Path(path_type=Path), metavar="OUT",
    help="Outcome, missing items and findings of every case: a Parquet file, or a folder (a name "
    "without .parquet) of parts, in which a run that was stopped goes on.",
)  # fmt: skip
@click.option(
    "--part", "most", type=click.IntRange(min=1), default=100_000, show_default=True,
    help="About so many cases are judged at a time, and so many a file, where OUT is a folder.",
)  # fmt: skip
@click.option(
    "--explain", metavar="CASE_ID", default="",
    help="Judge this one case alone by the reference engine, and say how it came out so.",
)  # fmt: skip
@click.option(
    "--plot", type=click.Path(dir_okay=False, path_type=Path), metavar="OUT.svg",
    help="The outcomes, and what would settle the open cases, as a picture.",
)  # fmt: skip
@click.option(
    "--engine", type=click.Choice(["duckdb", "spark"]), default="duckdb", show_default=True,
    help="spark: on the cluster that spark-submit or SPARK_HOME names, or this machine (extra "
    "spark); OUT is a folder that its workers see as well.",
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
    most: int,
    explain: str,
    plot: Path | None,
    engine: str,
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
    if engine == "spark" and not explain and (output is None or output.suffix == ".parquet"):
        raise InputError(
            "Spark writes its results into a folder", do="Name one: --engine spark -o outcomes/"
        )
    with connect(memory) as con:
        if engine == "duckdb" or explain:
            read_tables(con, files)
        if explain:
            one = judge_one(asked, facts_of_case(con, explain))
            click.echo("\n".join(_explained(one)))
            return
        if output and output.suffix != ".parquet":
            if engine == "spark":
                needs("spark", "pyspark", "pyarrow", "pandas")
                from indicated.population_spark import judge_on_spark

                parts = judge_on_spark(asked, files, output, most, memory)
            else:
                parts = judge_in_parts(con, asked, files, output, most)
            by_reference = _told(parts)
            con.execute(f"CREATE OR REPLACE TEMP VIEW result AS {parts_of(output)}")
        else:
            by_reference = judge_table(con, asked)
            if output:
                write(con, "SELECT * FROM result ORDER BY case_id", output)
        found = summary(con)
        if plot:
            write_file(plot, population_plot(found))
        click.echo("\n".join(_summary(found, sentences(held), by_reference)))


def _told(parts: Iterator[Part]) -> int:
    """Say each part that is done; how many cases the reference judged in this run."""
    by_reference = 0
    for part in parts:
        done = "was there" if part.before else "done"
        click.echo(f"part {part.number} of {part.of} {done}: {part.cases} cases", err=True)
        by_reference += part.by_reference
    return by_reference


def _explained(d: Determination) -> Iterator[str]:
    yield f"{d.outcome.value}: {d.because}"
    for finding in each(d.findings()):
        yield f"  {stands(finding)}"
        for fact in finding.facts if not finding.parts else ():
            quotes = dict.fromkeys(s.quote for s in fact.sources if s.quote)
            yield from (f'      "{" ".join(quote.split())}"' for quote in quotes)
    yield from (f"  missing: {m.what}" for m in d.missing)


def _summary(found: Summary, says: Mapping[str, str], by_reference: int) -> Iterator[str]:
    total = sum(found.outcomes.values())
    yield f"{total} cases, {by_reference} of them judged by the reference engine"
    for outcome, n in found.outcomes.items():
        yield f"  {outcome}: {n} ({n / total:.1%})"
    if found.gaps:
        open_ = found.outcomes[OPEN]
        yield f"What would settle the {open_} open cases, asked for in this order"
    for gap in found.gaps:
        yield (
            f"  {named(gap.criterion, says)}: missing in {gap.missing}; with those above settles "
            f"at least {gap.settled} ({gap.settled / open_:.1%})"
        )


def named(criterion: str, says: Mapping[str, str]) -> str:
    """A criterion's id with what it says."""
    return f'{criterion} "{says[criterion].rstrip(".")}"' if criterion in says else criterion
