"""Where the collection of literature is: the file that is named, or one in the data folder."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from indicated.assess import Literature
from indicated.errors import IndicatedError
from indicated.model import Article, Concepts, Library, Opened, Passage

if TYPE_CHECKING:  # imported where it is used: most commands need none of it
    from indicated.evidence.adequacy import Sought
    from indicated.evidence.links import Doubt

VARIABLE = "INDICATED_COLLECTION"
FILE = "collection.sqlite"
DATABASE = "INDICATED_SEARCH_DATABASE"
MODEL = "INDICATED_SEARCH_MODEL"

# What the environment may say, for docs/settings.md.
ENVIRONMENT = {
    VARIABLE: "the file of your collection of literature, for `indicated evidence`; and, where it "
    "is set, for the review desk, which marks signed cases whose sources do not stand any more. "
    f"Without it: `{FILE}` in your data folder (`~/.local/share/indicated`, "
    "`~/Library/Application Support/indicated`, `%LOCALAPPDATA%\\indicated`).",
    DATABASE: "the address of a PostgreSQL database (`postgresql://user@host/name`) in which the "
    "index for searches is kept. Without it: in the collection's file, or beside it.",
    MODEL: "a folder with a model of sentences (`tokenizer.json`, `onnx/model.onnx`), which orders "
    "what `indicated evidence search` found by words. Without it: by words alone.",
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


def doubts_of_collection(
    library: Library, environment: Mapping[str, str]
) -> Mapping[str, Sequence[Doubt]] | None:
    """Why sources of policies are to be looked at again, by the collection that the environment
    names; None where it names none or it cannot be read, which is said."""
    named = environment.get(VARIABLE, "")
    if not named:
        return None
    from indicated.evidence.collection import Collection
    from indicated.rests_on import doubts_by_policy

    try:
        with Collection(Path(named).expanduser()) as collection:
            return doubts_by_policy(collection, library.policies.values())
    except IndicatedError as error:
        click.echo(f"error: {error}", err=True)
        return None


@dataclass(frozen=True)
class Own:
    """What a collection gives to an assessment: what is known of requests without a policy, the
    passages behind an article's citations, and the passages on a treatment and a disease."""

    literature: Literature | None
    opened: Callable[[Article], Mapping[str, Opened]] | None
    passages: Callable[[Sought], Sequence[Passage]] | None = None

    def sources(self, article: Article) -> Mapping[str, Opened] | None:
        """The sources of an article that it has."""
        return self.opened(article) if self.opened else None


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
    "(OUT-sources.html), and its citations open the passages; and what it says of a request that "
    "no policy is about is quoted. The page of sources holds text of your copies.",
)  # fmt: skip


@contextmanager
def own(place: Path | None, concepts: Concepts) -> Iterator[Own]:
    """The collection that was named, open for a while; nothing where none was."""
    if place is None:
        yield Own(None, None)
        return
    from indicated.evidence.collection import Collection
    from indicated.known import adequate, literature

    with Collection(place) as collection:

        def opened(article: Article) -> Mapping[str, Opened]:
            from indicated.cited_sources import opened_sources

            return opened_sources(article, collection, concepts)

        def passages(sought: Sought) -> Sequence[Passage]:
            return adequate(collection, sought, concepts)

        yield Own(literature(collection, concepts), opened, passages)
