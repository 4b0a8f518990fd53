"""`indicated policy impact`: two policies, or one with other thresholds, over many cases."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path

import click

from indicated.criteria import quantity_words, sweep, threshold
from indicated.errors import InputError
from indicated.impact import (
    SUBGROUPS,
    Impact,
    Step,
    impact,
    one_policy,
    share,
    swept,
    with_thresholds,
)
from indicated.judge.duck import Connection, connect
from indicated.model import Outcome
from indicated.population import Asked, read_tables, request_for, sentences, write
from indicated.serve.options import as_of_option, library_of, policies_option, reported
from indicated.serve.output import write_file
from indicated.serve.plots import sweep_plot
from indicated.serve.population import (
    facts_option,
    memory_option,
    named,
    phase_option,
    treatment_option,
)


@click.command("impact")
@click.argument("old")
@click.argument("new", required=False)
@facts_option
@as_of_option
@click.option(
    "--set", "settings", multiple=True, metavar="PARAMETER=VALUE",
    help="Another number for a parameter of NEW, or of OLD where there is no NEW. May be given "
    "more than once.",
)  # fmt: skip
@click.option(
    "--sweep", "range_", default="", metavar="PARAMETER=FROM..TO/STEP",
    help="Instead of a comparison: how the cases of OLD come out with each of these numbers.",
)  # fmt: skip
@click.option(
    "--plot", type=click.Path(dir_okay=False, path_type=Path), metavar="OUT.svg",
    help="The sweep as a picture.",
)  # fmt: skip
@click.option(
    "-o", "--output", type=click.Path(dir_okay=False, path_type=Path), metavar="OUT.parquet",
    help="Every case whose outcome changes: before, after, the criteria found otherwise.",
)  # fmt: skip
@click.option(
    "--by", "subgroups", multiple=True, metavar="SUBGROUP", default=tuple(SUBGROUPS),
    help=f"{', '.join(SUBGROUPS)}, or a concept: what its newest fact says. May be given more than "
    f"once; {' and '.join(SUBGROUPS)} when left out.",
)  # fmt: skip
@phase_option
@treatment_option
@memory_option
@policies_option
@reported
def impact_command(
    old: str,
    new: str | None,
    files: tuple[Path, ...],
    as_of: date,
    settings: tuple[str, ...],
    range_: str,
    plot: Path | None,
    output: Path | None,
    subgroups: tuple[str, ...],
    phase: str,
    treatment: str,
    memory: str,
    folders: tuple[Path, ...],
) -> None:
    """Whose outcome changes from OLD to NEW: each a policy's file or folder, an id of the library,
    or ID@VERSION. Without NEW: from OLD to OLD with other thresholds."""
    library = library_of(folders)

    def side(given: str) -> Asked:
        held, around = one_policy(given, library)
        return Asked(held, request_for(held, phase, treatment), around, as_of)

    before = side(old)
    if range_ and (new or settings or output):
        raise InputError("a sweep is of OLD alone", do="Leave out NEW, --set and -o.")
    if plot and not range_:
        raise InputError("there is no sweep to draw", do="Give --sweep too, or leave out --plot.")
    if not (new or settings or range_):
        raise InputError("nothing is to change", do="Give NEW, --set or --sweep.")
    with connect(memory) as con:
        read_tables(con, files)
        if range_:
            click.echo("\n".join(_sweep(con, before, range_, plot)))
            return
        after = side(new) if new else before
        after = with_thresholds(after, [threshold(after.policy, s) for s in settings])
        found = impact(con, before, after, subgroups)
        if output:
            write(con, "SELECT * FROM changed ORDER BY case_id", output)
        click.echo(
            "\n".join(_impact(found, {**sentences(before.policy), **sentences(after.policy)}))
        )


def _sweep(con: Connection, asked: Asked, range_: str, plot: Path | None) -> Iterator[str]:
    name, values = sweep(asked.policy, range_)
    now = asked.policy.parameters[name]
    steps = list(swept(con, asked, name, values))
    if plot:
        write_file(plot, sweep_plot(name, now, steps))
    cases = sum(steps[0].outcomes.values())
    yield f"{cases} cases by {name} (now {quantity_words(now)}); shares with intervals of 95 %"
    for step in steps:
        yield f"  {quantity_words(step.value)}: {', '.join(_shares(step, steps, cases))}"


def _shares(step: Step, steps: Sequence[Step], cases: int) -> Iterator[str]:
    for outcome in Outcome:
        if any(outcome.value in s.outcomes for s in steps):
            yield f"{outcome.value} {_share(step.outcomes.get(outcome.value, 0), cases)}"


def _share(n: int, of: int) -> str:
    p, low, high = share(n, of)
    return f"{n} ({p:.1%}, {low:.1%} to {high:.1%})"


def _impact(found: Impact, says: Mapping[str, str]) -> Iterator[str]:
    changed = sum(n for (old, new), n in found.outcomes.items() if old != new)
    yield f"{found.cases} cases; the outcome of {changed} changes"
    for (old, new), n in found.outcomes.items():
        if old != new:
            yield f"  {old} -> {new}: {n}"
    if found.criteria:
        yield "Found otherwise where the outcome changes"
    for id, (n, examples) in found.criteria.items():
        yield f"  {named(id, says)}: {n} (such as {', '.join(examples)})"
    for name, rows in found.subgroups.items():
        yield f"By {name}, shares with intervals of 95 %"
        for row in rows:
            yield (
                f"  {row.group}: {row.cases} cases; changed {_share(row.changed, row.cases)}; "
                f"cannot be determined {_share(row.open_before, row.cases)} before, "
                f"{_share(row.open_after, row.cases)} after"
            )
