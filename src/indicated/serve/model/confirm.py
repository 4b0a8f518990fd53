"""`indicated model confirm`: a person says of words that a model pointed at that they do say so."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import click

from indicated.assess import assess
from indicated.errors import InputError
from indicated.model import Fact, Pointed, Source, Tick
from indicated.record_file import RecordFile, held_by, stamp, to_text
from indicated.serve.loaded import loaded
from indicated.serve.options import library_of, policies_option, reported
from indicated.serve.output import write_file


@click.command("confirm")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE.json")
@click.option(
    "--fact", "ids", multiple=True, metavar="ID",
    help="A proposed fact that the record does state, or words of the question that do ask for a "
    "treatment. May be given more than once.",
)  # fmt: skip
@click.option("--by", default="", metavar="NAME", help="Who says so; kept with the case.")
@policies_option
@reported
def confirm_command(file: Path, ids: tuple[str, ...], by: str, folders: tuple[Path, ...]) -> None:
    """List what a model proposed in the assessment of FILE.json (see `assess --save`), with the
    words; with --fact and --by confirm some of it, and judge the case anew. Only what a person
    confirmed may carry a denial."""
    kept = loaded(file)
    if not ids:
        for line in _listed(kept):
            click.echo(line)
        return
    if not by.strip():
        raise InputError(
            "nobody is named who confirms it",
            why="A person answers for it that the record says so.",
            do='Add --by "NAME, role".',
        )
    library = library_of(folders)
    held_by(kept, library, str(file))
    said = Source(quote="confirmed", by=by.strip(), at=datetime.now(UTC).replace(microsecond=0))
    ticks = tuple(_tick(x, said) for x in _wanted(kept, ids, file))
    case = replace(kept.case, ticks=(*kept.case.ticks, *ticks))
    again = assess(case, library, kept.settings)
    write_file(file, to_text(replace(kept, case=case, standing=stamp(again))))
    for d in again.determinations:
        click.echo(f"{d.item.words}: {d.outcome.value}")
    for d in again.waiting:
        click.echo(f"{d.item.words}: not confirmed as asked for; it would be {d.outcome.value}")


def _listed(kept: RecordFile) -> Iterator[str]:
    ticked = {(t.concept, source) for t in kept.case.ticks for source in t.sources}
    for fact in kept.case.proposed:
        done = all((fact.concept, s) in ticked for s in fact.sources)
        words = " ".join(fact.sources[0].quote.split())
        state = "confirmed" if done else "not confirmed"
        yield f'{fact.id}  {fact.concept}, {fact.assertion.value}: "{words}" ({state})'
    for at in kept.case.pointed:
        words = " ".join(at.source.quote.split())
        state = "confirmed" if (at.treatment, at.source) in ticked else "not confirmed"
        yield f'{at.id}  {at.treatment}, asked for: "{words}" ({state})'
    if not (kept.case.proposed or kept.case.pointed):
        yield "nothing was proposed"


def _tick(of: Fact | Pointed, said: Source) -> Tick:
    if isinstance(of, Pointed):
        return Tick(of.treatment, (of.source,), said)
    return Tick(of.concept, of.sources, said)


def _wanted(kept: RecordFile, ids: tuple[str, ...], file: Path) -> list[Fact | Pointed]:
    known: dict[str, Fact | Pointed] = {f.id: f for f in kept.case.proposed}
    known |= {at.id: at for at in kept.case.pointed}
    lacking = [id for id in ids if id not in known]
    if lacking:
        raise InputError(
            f"nothing that was proposed has the id {', '.join(lacking)}",
            str(file),
            do=f"List them: indicated model confirm {file}",
        )
    return [known[id] for id in ids]
