"""`indicated policy new | concepts`: what an author needs before there is a policy to check."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import click

from indicated.bulk import Beside
from indicated.criteria import Drafted, draft_files, free_place, new_policy
from indicated.errors import InputError
from indicated.model import Concept, Concepts, Limit, Passage
from indicated.serve.folders import folder_argument, load
from indicated.serve.model.chosen import chosen, model_options
from indicated.serve.options import reported


@click.command("new")
@click.argument("policy_id")
@click.argument(
    "folder", default=Path("my-library"), type=click.Path(file_okay=False, path_type=Path)
)
@click.option(
    "-o", "--output", type=click.Path(file_okay=False, path_type=Path), metavar="FOLDER",
    help="The same as naming FOLDER.",
)  # fmt: skip
@click.option(
    "--from-evidence", "place", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE",
    help="Begin from what this collection of literature says on the treatment and condition: the "
    "conditions that the program reads in its passages, each with its words.",
)  # fmt: skip
@click.option("--treatment", default="", help="A concept, by its id or name.")
@click.option("--condition", default="", help="A concept, by its id or name.")
@model_options
@reported
def new_command(
    policy_id: str, folder: Path, output: Path | None, place: Path | None, treatment: str,
    condition: str, model: str, inside: bool,
) -> None:  # fmt: skip
    """Start a policy in FOLDER (my-library when left out): policy.yaml, examples.yaml and
    said.yaml (each criterion in words), with FILL-IN wherever its author decides.

    With --from-evidence, --treatment and --condition it begins as a draft from your own literature;
    docs/evidence.md shows how."""
    folder = output or folder
    files = None
    if place or treatment or condition or model:
        free_place(policy_id, folder)  # before anything is read
        library = load((folder,) if folder.is_dir() else ())
        beside, concepts = chosen(model, library, inside=inside), library.concepts
        drafted = _from_evidence(concepts, place, treatment, condition, beside)
        files = draft_files(policy_id, drafted, concepts, date.today())
        _tell(drafted)
    for file in new_policy(policy_id, folder, date.today(), files):
        click.echo(file)
    click.echo(
        f"Next: replace every FILL-IN; `indicated policy check {folder}` lists what is left.",
        err=True,
    )


def _from_evidence(
    concepts: Concepts, place: Path | None, treatment: str, condition: str, beside: Beside | None
) -> Drafted:
    if not (place and treatment and condition):
        raise InputError(
            "--from-evidence, --treatment and --condition go together",
            why="Only passages on both are evidence.",
            do="Give all three, or none of them; --model helps with no other draft.",
        )
    from indicated.drafts import concept_named, draft
    from indicated.drafts_assisted import pointed_at
    from indicated.evidence.adequacy import Sought
    from indicated.evidence.asides import cue
    from indicated.evidence.collection import Collection
    from indicated.serve.evidence import index_of

    what = concept_named(treatment, concepts, cue("interventions"))
    whom = concept_named(condition, concepts)

    def pointing(passages: Sequence[Passage]) -> Sequence[tuple[Passage, Limit]]:
        assert beside is not None
        inside = beside.words is None
        sought = Sought((what,), (whom,))
        found, tally = pointed_at(passages, sought, concepts, beside.model, inside=inside)
        for line in tally.lines():
            click.echo(f"model: {line}", err=True)
        return found

    with Collection(place) as collection:
        return draft(
            collection, what, whom, concepts, index_of(collection), pointing if beside else None
        )


def _tell(drafted: Drafted) -> None:
    words = len({(s.work, s.start, s.end) for s in drafted.stated})
    click.echo(
        f"{drafted.passages} passages of {len(drafted.sources)} works quoted: {words} conditions "
        f"read, {len(drafted.unread)} left to you (at the end of policy.yaml)",
        err=True,
    )


@click.command("concepts")
@click.argument("word")
@folder_argument
def concepts_command(word: str, folders: tuple[Path, ...]) -> None:
    """Find concepts by how a word of their id, label, names or codes begins; the name that fits is
    shown, an exact one first."""
    wanted = word.casefold().strip()
    known = load(folders).concepts.by_id.values()
    found = [(concept, name) for concept in known if (name := _named(concept, wanted))]
    for c, name in sorted(found, key=lambda f: _rank(f[1], wanted)):
        unit = f", in {c.unit}" if c.unit else ""
        under = f", under {', '.join(c.under)}" if c.under else ""
        as_ = "" if name in (c.id, c.label) else f'\tas "{name}"'
        click.echo(f"{c.id}\t{c.label} ({c.kind}{unit}{under}){as_}")
    if not found:
        click.echo(f'no concept speaks of "{word}"; define one in FOLDER/concepts', err=True)


def _named(concept: Concept, word: str) -> str:
    """The id, label, name or code of a concept that fits the word best; "" where none does."""
    codes = (code for of in concept.codes.values() for code in of)
    said = (concept.id, concept.label, *concept.names, *concept.abbreviations, *codes)
    begins = re.compile(rf"(?<!\w){re.escape(word)}")
    return min(
        (text for text in said if begins.search(text.casefold())),
        key=lambda text: _rank(text, word),
        default="",
    )


def _rank(text: str, word: str) -> int:
    """The very word first, then as a whole word, then at the beginning of one."""
    text = text.casefold()
    if text == word:
        return 0
    return 1 if re.search(rf"(?<!\w){re.escape(word)}(?!\w)", text) else 2
