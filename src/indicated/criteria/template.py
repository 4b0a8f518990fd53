"""A new policy's folder, to be filled in: each place that waits for its author is marked."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from pathlib import Path

from indicated.criteria.library import shipped
from indicated.errors import InputError, OutputError

FILES = ("policy.yaml", "examples.yaml", "said.yaml")


def new_policy(
    id: str, folder: Path, today: date, files: Mapping[str, str] | None = None
) -> list[Path]:
    """Write the files of a new policy into a library folder, the template's where no others are
    given; say which.

    Raises `InputError` for an id that is no id or is taken: nothing that exists is overwritten.
    """
    place = free_place(id, folder)
    written = []
    try:
        place.mkdir(parents=True)
        for name, text in (files or _template(id, today)).items():
            (place / name).write_text(text, encoding="utf-8")
            written.append(place / name)
    except OSError as error:
        raise OutputError(
            f"the folder cannot be written: {error.strerror}", str(place), do="Choose another."
        ) from None
    return written


def free_place(id: str, folder: Path) -> Path:
    """Where a new policy's files go. Raises `InputError` for an id that is none or is taken."""
    if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", id):
        raise InputError(
            f'"{id}" is no policy id',
            why="It names a folder and is typed often.",
            do="Use small letters and digits with hyphens between: some-drug-asthma.",
        )
    place = folder / "policies" / id
    if place.exists():
        raise InputError(
            "there is something already", str(place), "It would be lost.", "Choose another id."
        )
    return place


def _template(id: str, today: date) -> dict[str, str]:
    files = {}
    for name in FILES:
        text = shipped().joinpath("template", name).read_text(encoding="utf-8")
        for key, value in {"id": id, "today": str(today), "year": str(today.year)}.items():
            text = text.replace(f"{{{key}}}", value)
        files[name] = text
    return files
