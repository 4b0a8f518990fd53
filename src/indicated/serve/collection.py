"""Where the collection of literature is: the file that is named, or one in the data folder."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path

import click

from indicated.model import Assessment, Library, Opened

VARIABLE = "INDICATED_COLLECTION"
FILE = "collection.sqlite"

# What the environment may say, for docs/settings.md.
ENVIRONMENT = {
    VARIABLE: "the file of your collection of literature, for `indicated evidence`. Without it: "
    f"`{FILE}` in your data folder (`~/.local/share/indicated`, "
    "`~/Library/Application Support/indicated`, `%LOCALAPPDATA%\\indicated`).",
}


def default_place(
    environment: Mapping[str, str], platform: str = sys.platform, home: Path | None = None
) -> Path:
    """The file of the collection where no command names another."""
    said = environment.get(VARIABLE, "")
    if said:
        return Path(said).expanduser()
    try:
        home = home or Path.home()
    except RuntimeError:  # nobody's home, as in some containers
        return Path(FILE)
    if platform == "win32":
        base = environment.get("LOCALAPPDATA", "")
        return Path(base or home / "AppData" / "Local") / "indicated" / FILE
    if platform == "darwin":
        return home / "Library" / "Application Support" / "indicated" / FILE
    base = environment.get("XDG_DATA_HOME", "")
    return Path(base if os.path.isabs(base) else home / ".local" / "share") / "indicated" / FILE


def _given(_: click.Context, __: click.Parameter, path: Path | None) -> Path:
    return path or default_place(os.environ)


collection_option = click.option(
    "--collection", "place", callback=_given, metavar="FILE",
    type=click.Path(dir_okay=False, path_type=Path),
    help=f"The collection of literature; ${VARIABLE} or one in your data folder when left out.",
)  # fmt: skip

opening_option = click.option(
    "--collection", "place", metavar="FILE", type=click.Path(dir_okay=False, path_type=Path),
    help="Your collection of literature: beside an HTML page also write the sources that you have "
    "(OUT-sources.html), and its citations open the passages. It holds text of your copies.",
)  # fmt: skip


def opened_in(
    place: Path | None, assessment: Assessment, library: Library
) -> Mapping[str, Opened] | None:
    """The sources of the article as the collection has them; None where none was named."""
    if place is None:
        return None
    from indicated.cited_sources import opened_sources
    from indicated.evidence.collection import Collection

    with Collection(place) as collection:
        return opened_sources(assessment.article, collection, library.concepts)
