"""`indicated evidence fetch`: literature from public services into one's own collection."""

from __future__ import annotations

import hashlib
import os
import sys
from collections.abc import Iterator
from pathlib import Path

import click

from indicated.errors import ExitCode, InputError, OutputError
from indicated.evidence.importers.kinds import read
from indicated.evidence.parts import NotImported
from indicated.serve.bringing import bring_in
from indicated.serve.collection import collection_option
from indicated.serve.online.allowed import SERVICES, client, online_option, require, service, shown
from indicated.serve.online.kept_answers import write_whole
from indicated.serve.options import needs, reported

LONGEST = 1_500  # characters of a query: beyond that stands a text that was pasted
_KINDS = {
    "pubmed": "pmid", "pmc": "pmcid", "dailymed": "setid", "openfda": "setid", "trials": "nct",
}  # fmt: skip


@click.command("fetch")
@click.argument("name", metavar="SERVICE", type=click.Choice(tuple(_KINDS)))
@click.argument("query")
@collection_option
@click.option(
    "--limit", default=20, show_default=True, type=click.IntRange(1, 1000), help="Records at most."
)
@online_option
@click.option("--again", is_flag=True, help="Ask again for what was asked within a day.")
@click.option(
    "--licensed", is_flag=True, help="Licensed text, for you alone: it leaves in no export."
)
@reported
def fetch_command(
    name: str, query: str, place: Path, limit: int, online: bool, again: bool, licensed: bool
) -> None:
    """Fetch what SERVICE (pubmed, pmc, dailymed, openfda, trials) has for QUERY, and bring it in.

    QUERY leaves your machine as it stands there: write the words of a search, never anything of a
    patient. Records are kept beside the collection (FILE.fetched), one file each."""
    query = sound_query(query)
    require(online, os.environ, f'the words "{query}", to {SERVICES[name].title}')
    needs("model", "httpx2")
    from indicated.serve.online.client import Failed

    paths: list[Path] = []
    failed: InputError | None = None
    try:
        for path in _fetched(name, query, place, limit, again=again):
            paths.append(path)
    except Failed as error:
        failed = error
        if not paths:
            raise
    if not paths:
        click.echo("Nothing found.")
        return
    given = {"licensed": True} if licensed else {}
    left = bring_in(place, tuple(dict.fromkeys(paths)), len(paths), given, again=False)
    if failed:
        click.echo(f"error: {failed}", err=True)
    if failed or left:
        sys.exit(int(ExitCode.PARTIAL))


def sound_query(query: str) -> str:
    """A query as a person types one. Raises `InputError`, without its words.

    >>> sound_query(" rituximab  AND nephropathy ")
    'rituximab AND nephropathy'
    """
    why = "A query leaves your machine; what looks like a text of a record is not sent."
    if not query.strip():
        raise InputError("the query is empty", do="Write the words of a search.")
    if len(query.strip().splitlines()) > 1 or query.strip().startswith("@"):
        raise InputError(
            "the query is a file, or runs over several lines", why=why,
            do="Type the words of a search on one line.",
        )  # fmt: skip
    if len(query) > LONGEST:
        raise InputError(
            f"the query has more than {LONGEST:,} characters", why=why,
            do="Shorten it, or search in parts.",
        )  # fmt: skip
    return " ".join(query.split())


def _fetched(name: str, query: str, place: Path, limit: int, *, again: bool) -> Iterator[Path]:
    """The file of each record, written as it comes."""
    from indicated.serve.online.services import FETCHES

    folder = place.with_suffix(".fetched") / name
    with client(again=again) as asking:
        try:
            folder.mkdir(parents=True, exist_ok=True)
            for raw in FETCHES[name](asking, service(name), query, limit, _told):
                path = folder / _file(raw, _KINDS[name])
                if not path.is_file() or path.read_bytes() != raw:
                    write_whole(path, raw)
                yield path
        except OSError as error:
            raise OutputError(
                f"what was fetched cannot be kept: {error.strerror}", str(folder),
                "What is not kept cannot be brought in.",
                "Make room, or name a collection where you may write.",
            ) from None  # fmt: skip


def _told(line: str) -> None:
    click.echo(shown(line), err=True)


def _file(raw: bytes, kind: str) -> str:
    """The name of a record's file: its identifier, so that the next version of it replaces it."""
    ending = ".json" if raw[:1] == b"{" else ".xml"
    try:
        named = dict(read(raw, f"record{ending}")[1][0].work.identifiers)
    except (NotImported, LookupError):
        named = {}
    return f"{named.get(kind) or hashlib.sha256(raw).hexdigest()[:20]}{ending}"
