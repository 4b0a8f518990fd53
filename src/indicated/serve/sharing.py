"""`indicated sign`, `indicated log verify` and `indicated publish`."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from indicated.errors import ExitCode, InputError, OutputError
from indicated.messages import ENGLISH, languages
from indicated.publish import shareable, standing
from indicated.report.site import MANIFEST, Listed, SitePage, listed_of, site_files
from indicated.report.word_lists import words_of
from indicated.review import ACTS, ROLES, Entry, act, append, read_log, require_whole, state, verify
from indicated.serve.loaded import loaded
from indicated.serve.options import library_of, policies_option, reported

log_option = click.option(
    "--log", "log", required=True, type=click.Path(dir_okay=False, path_type=Path),
    metavar="REVIEWS.jsonl", help="The log of reviews: one line for each act, chained by hash.",
)  # fmt: skip


def on_a_site(command: Callable[..., Any]) -> Callable[..., Any]:
    """The options of a command that writes a site."""
    for option in reversed(_SITE):
        command = option(command)
    return command


_SITE = (
    click.option(
        "--site-url", "url", required=True, metavar="URL", help="Where the site will stand."
    ),
    click.option(
        "-o", "--output", "folder", required=True, metavar="SITE",
        type=click.Path(file_okay=False, path_type=Path), help="The folder of the site.",
    ),
    click.option(
        "--language", default=ENGLISH, show_default=True, type=click.Choice(languages()),
        help="The language of the site's own pages; each article keeps its own.",
    ),
)  # fmt: skip


@click.command("sign")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path), metavar="RECORD.json")
@click.option(
    "--act", "name", type=click.Choice(ACTS), default="approve", show_default=True,
    help="What is done to the text.",
)  # fmt: skip
@click.option("--by", required=True, metavar="NAME", help="Who acts; printed with the article.")
@click.option(
    "--role", required=True, type=click.Choice(ROLES), help="In which role; printed as well."
)
@click.option("--comment", default="", help="Kept in the log, and not published.")
@log_option
@policies_option
@reported
def sign_command(
    file: Path, name: str, by: str, role: str, comment: str, log: Path, folders: tuple[Path, ...]
) -> None:
    """Approve the article of RECORD.json (see `assess --save`), or submit, return or withdraw it.

    The act binds to exactly that text. An adverse determination takes a physician, and nobody
    approves what they submitted themselves.
    """
    _, submission = standing(loaded(file), library_of(folders), str(file))
    at = datetime.now(UTC).replace(microsecond=0)

    entry = append(
        log,
        lambda before: act(name, submission, before, by=by, role=role, at=at, comment=comment),
    )
    click.echo(f"{name}: entry {entry.n}, article {submission.article_hash}", err=True)
    click.echo(f"log head: {entry.hash}")


@click.group("log")
def log_group() -> None:
    """The log of reviews."""


@log_group.command("verify")
@click.argument("log", type=click.Path(dir_okay=False, path_type=Path), metavar="REVIEWS.jsonl")
@click.option(
    "--head", default="", metavar="HASH",
    help="The hash of an entry that you know from elsewhere (a page, a signature): it must be "
    "there. Only so is it seen that lines were cut off at the end.",
)  # fmt: skip
@reported
def verify_command(log: Path, head: str) -> None:
    """Say whether the log is as it was written, and where it is not."""
    text = read_log(log)
    breaks = verify(text, head=head)
    for found in breaks:
        click.echo(f"{log}:{found.line}: {found.kind}: {found.says}")
    if breaks:
        sys.exit(int(ExitCode.INPUT))
    entries = require_whole(text, str(log))
    last = f"; head {entries[-1].hash}" if entries else ""
    click.echo(f"whole: {len(entries)} entries{last}")


@click.command("publish")
@click.argument(
    "files", nargs=-1, type=click.Path(dir_okay=False, path_type=Path), metavar="RECORD.json..."
)
@log_option
@on_a_site
@policies_option
@reported
def publish_command(
    files: tuple[Path, ...],
    log: Path,
    url: str,
    folder: Path,
    language: str,
    folders: tuple[Path, ...],
) -> None:
    """Publish signed articles as a static site, without what tells who the patient is.

    Articles that the site holds already stay while their approval stands. An article that is not
    signed, was altered, or could still tell who the patient is stops the whole: nothing is written.
    """
    entries = require_whole(read_log(log), str(log))
    library = library_of(folders)
    words = words_of(library) if files else None
    new = [shareable(loaded(f), entries, library, words, str(f)) for f in files] if words else []
    write_site(new, entries, str(log), url=url, folder=folder, language=language)


def write_site(
    new: Sequence[SitePage],
    entries: Sequence[Entry],
    log: str,
    *,
    url: str,
    folder: Path,
    language: str,
) -> None:
    """The site with these articles, beside those that it holds and whose approval stands."""
    if not url.startswith(("https://", "http://")):
        raise InputError("the site's address is no web address", do="Begin it with https://.")
    before = _published(folder)
    _still_there(before, entries, log)
    fresh = {p.listed.signed for p in new}
    kept = [x for x in before["articles"] if x.signed not in fresh]
    staying = [x for x in kept if state(x.signed, entries) == "approved"]
    pages = {x.path: _page(folder, x) for x in staying}
    pages |= {p.listed.path: p.html for p in new}
    listed = [*staying, *(p.listed for p in new)]
    head = (len(entries), entries[-1].hash) if entries else (0, "")
    _replace(folder, site_files(listed, pages, url=url, head=head, language=language))
    for gone in (x for x in kept if x not in staying):
        click.echo(f"taken down: {gone.path} (its approval does not stand)", err=True)
    click.echo(f"published: {folder}/index.html, {len(listed)} articles", err=True)


def replace_site(
    files: Mapping[str, str], entries: Sequence[Entry], log: str, *, folder: Path
) -> None:
    """Write a site that is whole in place of the one that is there, where it is of the same log."""
    _still_there(_published(folder), entries, log)
    _replace(folder, files)


def _published(folder: Path) -> Mapping[str, Any]:
    """What the site holds already. Raises `InputError` where the folder holds something else."""
    manifest = folder / MANIFEST
    if not folder.exists() or not any(folder.iterdir()):
        return {"head": (0, ""), "articles": []}
    try:
        data = json.loads(manifest.read_text(encoding="utf-8"))
        articles = [listed_of(x) for x in data["articles"]]
        return {"head": tuple(data["head"]), "articles": articles}
    except (OSError, ValueError, KeyError, TypeError):
        raise InputError(
            "the folder holds something that is no site of this program",
            str(folder),
            "It would be replaced.",
            "Name an empty folder, or one that `indicated publish` wrote.",
        ) from None


def _still_there(before: Mapping[str, Any], entries: Sequence[Entry], log: str) -> None:
    """The log must still hold the last entry that the site saw."""
    n, hash = before["head"]
    if n and (len(entries) < n or entries[n - 1].hash != hash):
        raise InputError(
            f"the log does not hold entry {n} as it stood when the site was published",
            log,
            "It was cut off or written anew since then, or it is another log.",
            "Publish with the log that the site was made from.",
        )


def _page(folder: Path, listed: Listed) -> str:
    """A page that stays. Raises `InputError` where it is not as it was written."""
    path = folder / listed.path
    try:
        data = path.read_bytes()
    except OSError:
        data = b""
    if hashlib.sha256(data).hexdigest() != listed.page:
        raise InputError(
            "the page is not as it was published",
            str(path),
            "A signed text must not be altered on its page.",
            "Publish its record again, with the others that are to be renewed.",
        )
    return data.decode("utf-8")


def _replace(folder: Path, files: Mapping[str, str]) -> None:
    """The whole site or nothing: it is written beside the old one, and then takes its place."""
    fresh: Path | None = None
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        fresh = Path(tempfile.mkdtemp(dir=folder.parent, prefix=f".{folder.name}."))
        for name, text in files.items():
            (fresh / name).parent.mkdir(parents=True, exist_ok=True)
            (fresh / name).write_text(text, encoding="utf-8")
        os.chmod(fresh, 0o755)
        old = fresh.with_name(fresh.name + ".old")
        if folder.exists():
            os.rename(folder, old)
        try:
            os.rename(fresh, folder)
        except OSError:
            if old.exists():
                os.rename(old, folder)
            raise
        shutil.rmtree(old, ignore_errors=True)
    except OSError as error:
        if fresh:
            with contextlib.suppress(OSError):
                shutil.rmtree(fresh)
        raise OutputError(
            f"the site cannot be written: {error.strerror}",
            str(folder),
            "What was there before is untouched.",
            "Make room, or name a place where you may write.",
        ) from None
