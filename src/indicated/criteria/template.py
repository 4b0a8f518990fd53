"""A new policy's folder, to be filled in: each place that waits for its author is marked."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

from indicated.criteria.library import shipped
from indicated.errors import InputError, OutputError

FILES = ("policy.yaml", "examples.yaml", "said.yaml")


def new_policy(id: str, folder: Path, today: date) -> list[Path]:
    """Write the files of a new policy into a library folder; say which.

    Raises `InputError` for an id that is no id or is taken: nothing that exists is overwritten.
    """
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
    written = []
    try:
        place.mkdir(parents=True)
        for name in FILES:
            text = shipped().joinpath("template", name).read_text(encoding="utf-8")
            for key, value in {"id": id, "today": str(today), "year": str(today.year)}.items():
                text = text.replace(f"{{{key}}}", value)
            (place / name).write_text(text, encoding="utf-8")
            written.append(place / name)
    except OSError as error:
        raise OutputError(
            f"the folder cannot be written: {error.strerror}", str(place), do="Choose another."
        ) from None
    return written
