"""What the `policy` commands share: folders and ids on the command line, and errors in a list."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import click

from indicated.criteria import near, shipped
from indicated.errors import IndicatedError, InputError, PolicyErrors
from indicated.model import Library, Policy
from indicated.serve.options import library_of

folder_argument = click.argument(
    "folders", nargs=-1, type=click.Path(exists=True, file_okay=False, path_type=Path)
)


def load(
    folders: tuple[Path, ...], read: Callable[[tuple[Path, ...]], Library] = library_of
) -> Library:
    """The shipped library with these folders; every problem is listed, and ends the command."""
    try:
        return read(folders)
    except PolicyErrors as error:
        listed(error.errors)
    except IndicatedError as error:
        listed([error])
    raise AssertionError("problems end the command")


def listed(errors: Sequence[IndicatedError]) -> None:
    """Print each problem with their number, and end with the exit code of the first; nothing
    happens when there is none."""
    for error in errors:
        click.echo(f"error: {error}" + ("\n" if len(errors) > 1 else ""), err=True)
    if len(errors) > 1:
        click.echo(f"{len(errors)} problems", err=True)
    if errors:
        sys.exit(int(errors[0].exit_code))


def policy_of(library: Library, id: str, folders: Sequence[Path]) -> Policy:
    """The policy of that id; when there is none, the nearest ids are named and the command ends.
    `folders` are those that were named beside the shipped library."""
    if id not in library.policies:
        holding = [known for known in sorted(library.policies) if id in known]
        hint = f"Choose one of: {', '.join(holding)}." if holding else near(id, library.policies)
        hint = hint or "`indicated policy list` names them all."
        hint += "" if folders else " In a folder of yours? Name the folder too."
        listed([InputError(f'there is no policy "{id}"', do=hint)])
    return library.policies[id]


def ids_and_folders(given: Sequence[str]) -> tuple[list[str], tuple[Path, ...]]:
    """Arguments as policy ids and library folders.

    A folder with a `policy.yaml` stands for that policy, and for the library folder it lies in.
    """
    ids: list[str] = []
    folders: list[Path] = []
    for one in given:
        path = Path(one)
        if path.joinpath("policy.yaml").is_file():
            ids.append(path.resolve().name)
            root = path.resolve().parent.parent
            if not _is_shipped(root):
                folders.append(root)
        elif path.is_dir():
            folders.append(path)
        else:
            ids.append(one)
    return ids, tuple(dict.fromkeys(folders))


def _is_shipped(root: Path) -> bool:
    return root == Path(str(shipped())).resolve()
