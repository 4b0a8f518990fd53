"""The words by which documents say what they are: `library/cues/documents.yaml`."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Any

import yaml


@cache
def cues() -> dict[str, Any]:
    """The words by which documents say what they are and when they were written."""
    text = files("indicated").joinpath("library/cues/documents.yaml").read_text(encoding="utf-8")
    tree: dict[str, Any] = yaml.load(text, Loader=yaml.BaseLoader)
    return tree
