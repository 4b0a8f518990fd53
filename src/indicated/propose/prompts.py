"""The prompts of the library: versioned files, `library/prompts/<purpose>-<version>.md`.

A prompt is never changed once answers to it were recorded: a new wording is a new version, so that
a recorded answer always stands beside the very words that it answers.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from indicated.errors import InputError

FOLDER = "library/prompts"


@dataclass(frozen=True, slots=True)
class Prompt:
    """What is said to a model before the data. `name` is purpose and version: "facts-1"."""

    purpose: str
    version: int
    text: str

    @property
    def name(self) -> str:
        """Purpose and version."""
        return f"{self.purpose}-{self.version}"


@cache
def load_prompt(purpose: str) -> Prompt:
    """The newest prompt for a purpose.

    >>> load_prompt("facts").purpose
    'facts'
    """
    found = [p for p in all_prompts() if p.purpose == purpose]
    if not found:
        known = ", ".join(sorted({p.purpose for p in all_prompts()}))
        raise InputError(f'there is no prompt for "{purpose}"', FOLDER, do=f"Known: {known}.")
    return max(found, key=lambda p: p.version)


@cache
def all_prompts() -> tuple[Prompt, ...]:
    """Every prompt of every version."""
    found = []
    for file in sorted(files("indicated").joinpath(FOLDER).iterdir(), key=lambda f: f.name):
        purpose, _, version = file.name.removesuffix(".md").rpartition("-")
        if file.name.endswith(".md") and version.isdigit():
            found.append(Prompt(purpose, int(version), file.read_text(encoding="utf-8").strip()))
    return tuple(found)
