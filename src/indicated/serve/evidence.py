"""`indicated evidence`: a collection of literature of one's own, brought in and searched."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterable, Iterator
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.text import Text

from indicated.errors import ExitCode, InputError
from indicated.evidence.bring import files_of
from indicated.evidence.collection import Collection
from indicated.evidence.identifiers import KINDS
from indicated.evidence.importers.said import TEXTS
from indicated.evidence.index import STANDING, Filters, Index, InFile
from indicated.evidence.parts import STATUSES, TYPES
from indicated.evidence.search import Nearness, Result, search
from indicated.evidence.shipped import Cited, cited
from indicated.model import Passage, Work, plain_data
from indicated.serve.bringing import bring_in
from indicated.serve.collection import DATABASE, MODEL, collection_option
from indicated.serve.listed import about_work, line_of
from indicated.serve.looking import check_command
from indicated.serve.online.commands import fetch_command
from indicated.serve.options import library_of, needs, policies_option, reported
from indicated.serve.output import write_file

_HELP = {
    "title": "Its title; for one file alone.", "type": f"{', '.join(TYPES)}.",
    "organisation": "Who issued it: a society, an agency, a journal.", "year": "Of this version.",
    "version": "As it is stated there.", "jurisdiction": "Where it holds: US, EU, UK, ...",
    "population": "Whom it is about, as stated.", "grade": "Of its evidence, as stated.",
    "status": f"{', '.join(STATUSES)}.", "url": "Where it can be read.",
    "superseded_by": "The id of the work that follows it.",
}  # fmt: skip
_CHOICES = {"type": TYPES, "status": STATUSES}


def index_of(collection: Collection) -> Index:
    """The index in the database that the environment names; else the one beside the collection
    where there is one, otherwise the one in its file."""
    if address := os.environ.get(DATABASE, ""):
        needs("postgres", "psycopg")
        from indicated.evidence.postgres_index import InPostgres

        index = InPostgres(collection, address)
        click.get_current_context().call_on_close(index.close)
        return index
    if collection.path.with_suffix(".index").is_dir() and find_spec("tantivy"):
        from indicated.evidence.tantivy_index import Beside

        return Beside(collection)
    return InFile(collection)


def nearness() -> Nearness | None:
    """What orders passages by their meaning: the model of the folder that the environment names."""
    folder = os.environ.get(MODEL, "")
    if not folder:
        return None
    needs("meaning", "numpy", "onnxruntime", "tokenizers")
    from indicated.evidence.meaning import ByMeaning

    return ByMeaning(Path(folder).expanduser())


def _saying(command: Any) -> Any:
    """The options by which a user says what a work is."""
    for key in reversed((*TEXTS, *KINDS)):
        command = click.option(
            f"--{key.replace('_', '-')}", key, metavar="TEXT" if key not in _CHOICES else None,
            type=click.Choice(_CHOICES[key]) if key in _CHOICES else str,
            help=_HELP.get(key, f"An identifier: {key.upper()}."),
        )(command)  # fmt: skip
    return command


@click.group("evidence")
def evidence_group() -> None:
    """Your own collection of literature: bring in guidelines, labels, articles and coverage
    policies, and search them. docs/evidence.md shows how."""


@evidence_group.command("import")
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path))
@collection_option
@click.option(
    "--licensed", is_flag=True, help="Licensed text, for you alone: it leaves in no export."
)
@click.option("--again", is_flag=True, help="Read files again that have not changed.")
@_saying
@reported
def import_command(
    paths: tuple[Path, ...], place: Path, licensed: bool, again: bool, **said: str | None
) -> None:
    """Bring in files and folders: PDF, Word, web pages, text, JATS, PubMed, MEDLINE, DailyMed and
    openFDA labels, ClinicalTrials.gov, Medicare coverage exports, RIS, BibTeX.

    Files that were read before are skipped; what cannot be read is listed and the rest goes on."""
    given: dict[str, Any] = {k: v for k, v in said.items() if v}
    if licensed:
        given["licensed"] = True
    total = len(files_of(paths))
    if "title" in given and total > 1:
        raise InputError(
            f"one title for {total} files",
            why="They would all be called the same.",
            do="Bring them in one by one, or write each title into a file beside it (.yaml).",
        )
    if bring_in(place, paths, total, given, again=again):
        sys.exit(int(ExitCode.PARTIAL))


evidence_group.add_command(fetch_command)
evidence_group.add_command(check_command)


@evidence_group.command("search")
@click.argument("query")
@collection_option
@click.option("--type", "types", multiple=True, type=click.Choice(TYPES), help="Of this type only.")
@click.option("--jurisdiction", "places", multiple=True, help="That hold there only.")
@click.option("--since", type=int, default=0, help="Of this year or later.")
@click.option("--until", type=int, default=0, help="Of this year or earlier.")
@click.option(
    "--status", "statuses", multiple=True, type=click.Choice(STATUSES), default=STANDING,
    help=f"{' and '.join(STANDING)} when left out; superseded and retracted works only if asked.",
)  # fmt: skip
@click.option(
    "--most", default=10, show_default=True, type=click.IntRange(1, 1000), help="Results."
)
@click.option("--json", "as_json", is_flag=True, help="For programs.")
@policies_option
@reported
def search_command(
    query: str,
    place: Path,
    types: tuple[str, ...],
    places: tuple[str, ...],
    since: int,
    until: int,
    statuses: tuple[str, ...],
    most: int,
    as_json: bool,
    folders: tuple[Path, ...],
) -> None:
    """Find passages about QUERY. Names are found under all their names; "words in quotation marks"
    must stand there as they are."""
    filters = Filters(types, places, since, until, statuses)
    with Collection(place) as collection:
        concepts, index = library_of(folders).concepts, index_of(collection)
        near = nearness()
        found = search(collection, query, concepts, filters, most=most, index=index, near=near)
        others = tuple(s for s in STATUSES if s not in statuses)
        fallen = (
            search(collection, query, concepts, replace(filters, statuses=others), index=index)
            if statuses == STANDING
            else ()
        )
    if as_json:
        click.echo(json.dumps([_as_data(r) for r in found], indent=2, ensure_ascii=False))
        return
    if not found:
        click.echo("Nothing found.")
    screen = Console(highlight=False, soft_wrap=True)
    for n, result in enumerate(found, 1):
        _show(screen, n, result)
    if fallen:
        many = "passages" if len(fallen) > 1 else "passage"
        click.echo(
            f"{len(fallen)} {many} of works that do not stand any more left out (--status).",
            err=True,
        )


def _show(screen: Console, n: int, result: Result) -> None:
    passage, part = result.passage, result.shown
    screen.print(Text(f"{n}. {passage.work.title}", "bold"))
    where = [passage.section, f"p. {passage.page}" if passage.page else ""]
    about = " · ".join(t for t in (*about_work(passage.work), *where) if t)
    screen.print(Text(f"   {about}", "dim"))
    text = Text("   " + " ".join(result.snippet.split("\n")))
    for start, end in part.marks:
        text.stylize("bold yellow", start - part.start + 3, end - part.start + 3)
    screen.print(text)


def _as_data(result: Result) -> dict[str, Any]:
    passage = result.passage
    return {
        "work": plain_data(passage.work),
        "text": passage.text,
        "start": passage.start,
        "end": passage.end,
        "section": passage.section,
        "page": passage.page,
        "snippet": [result.shown.start, result.shown.end],
        "marks": [list(m) for m in result.shown.marks],
        "score": round(result.score, 3),
        "everything_sought": result.whole,
    }


@evidence_group.command("index")
@collection_option
@reported
def index_command(place: Path) -> None:
    """Make the faster index beside the collection (extra `search`), which searches use from then
    on, or bring it up to date. Its folder may be deleted at any time.

    Where $INDICATED_SEARCH_DATABASE names a database, the index there (extra `postgres`)."""
    if os.environ.get(DATABASE):
        with Collection(place) as collection:
            index_of(collection)
            click.echo(f"in PostgreSQL: {collection.counts()[1]} passages")
        return
    from indicated.evidence.tantivy_index import Beside, folder_of

    with Collection(place) as collection:
        Beside(collection)
        click.echo(f"{folder_of(collection)}: {collection.counts()[1]} passages")


@evidence_group.command("list")
@collection_option
@click.option("--shipped", is_flag=True, help="What the library cites instead: citations, no text.")
@click.option("--failed", is_flag=True, help="The files that could not be read instead, and why.")
@click.option("--json", "as_json", is_flag=True, help="For programs, one record on a line.")
@policies_option
@reported
def list_command(
    place: Path, shipped: bool, failed: bool, as_json: bool, folders: tuple[Path, ...]
) -> None:
    """The works of the collection."""
    if shipped:
        records = cited(library_of(folders))
        _lines(map(_record, records) if as_json else map(_citation, records))
        return
    with Collection(place) as collection:
        if failed:
            files = [f for f in collection.files() if f.failed]
            _lines(plain_data(f) if as_json else f"{f.path}: {f.failed}" for f in files)
            return
        works = list(collection.works())
    _lines(plain_data(w) if as_json else line_of(w) for w in works)


def _lines(things: Iterable[Any]) -> None:
    for thing in things:
        text = thing if isinstance(thing, str) else json.dumps(thing, ensure_ascii=False)
        click.echo(text)


def _citation(found: Cited) -> str:
    r = found.reference
    named = ", ".join(f"{kind} {value}" for kind, value in found.identifiers) or r.url
    used = f"used {len(found.used_by)} times" if len(found.used_by) > 1 else found.used_by[0]
    return " · ".join(t for t in (r.title, r.type, r.organisation, r.year, named, used) if t)


def _record(found: Cited) -> dict[str, Any]:
    r = found.reference
    return {
        "type": r.type, "title": r.title, "organisation": r.organisation, "year": r.year,
        "identifiers": [list(i) for i in found.identifiers], "url": r.url, "checked": r.checked,
        "used_by": list(found.used_by),
    }  # fmt: skip


@evidence_group.command("show")
@click.argument("id")
@collection_option
@click.option("--text", "whole", is_flag=True, help="The whole text as well.")
@reported
def show_command(id: str, place: Path, whole: bool) -> None:
    """What is known of the work ID (its id, or how it begins), and its passages."""
    with Collection(place) as collection:
        work = collection.work(id)
        click.echo(work.title)
        _lines(_known(collection, work))
        if whole:
            click.echo()
            click.echo(collection.text(work))
            return
        for passage in collection.passages(work):
            place_ = f"p. {passage.page}" if passage.page else ""
            head = " · ".join(t for t in (passage.section, place_) if t)
            first = " ".join(passage.text.split())[:100]
            click.echo(f"  {passage.start}-{passage.end} {head}: {first}")


def _known(collection: Collection, work: Work) -> Iterator[str]:
    for key, value in plain_data(work).items():
        if key == "identifiers":
            value = ", ".join(f"{k} {v}" for k, v in value)
        if value and key != "title":
            yield f"  {key.replace('_', ' ')}: {value if value is not True else 'yes'}"
    if because := collection.because(work):
        yield f"  because: {because}"
    yield from (f"  from: {path}" for path in collection.came_from(work))


@evidence_group.command("mark")
@click.argument("id")
@collection_option
@click.option("--because", default="", help="Why its status is what it is.")
@click.option("--licensed/--not-licensed", default=None, help="Whether its text may leave.")
@_saying
@reported
def mark_command(
    id: str, place: Path, because: str, licensed: bool | None, **said: str | None
) -> None:
    """Say of the work ID what its file does not say: that it is retracted, its type, its year."""
    values: dict[str, Any] = {k: v for k, v in said.items() if v}
    if licensed is not None:
        values["licensed"] = licensed
    with Collection(place) as collection:
        _lines([line_of(collection.mark(id, because, **values))])


@evidence_group.command("remove")
@click.argument("id")
@collection_option
@reported
def remove_command(id: str, place: Path) -> None:
    """Take the work ID out of the collection, words and all."""
    with Collection(place) as collection:
        work = collection.work(id)
        collection.remove(work.id)
    click.echo(f"removed: {line_of(work)}")


@evidence_group.command("export")
@collection_option
@click.option(
    "-o", "--output", required=True, type=click.Path(dir_okay=False, path_type=Path),
    metavar="OUT.jsonl", help="One work on a line.",
)  # fmt: skip
@click.option(
    "--with-text", is_flag=True, help="Their passages too, but never those of licensed works."
)
@reported
def export_command(place: Path, output: Path, with_text: bool) -> None:
    """Write the citations of every work for other programs."""
    with Collection(place) as collection:
        records = []
        for work in list(collection.works()):
            record: dict[str, Any] = plain_data(work)
            if with_text and not work.licensed:
                record["passages"] = [_words(p) for p in collection.passages(work)]
            records.append(record)
    write_file(output, "".join(f"{json.dumps(r, ensure_ascii=False)}\n" for r in records))
    click.echo(f"{len(records)} works: {output}", err=True)


def _words(passage: Passage) -> dict[str, Any]:
    return {k: v for k, v in plain_data(passage).items() if k != "work"}
