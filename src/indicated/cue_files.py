"""The cue files of the library, each read once: the words by which texts are understood.

What people write is data: `library/cues/<name>.yaml`. The stages know what the files mean; this
module only reads them.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Any

import yaml

from indicated.errors import PolicyError

FOLDER = "library/cues"
# Every value is text. The compiled loader is ten times as fast, where it is there.
_LOADER: Any = getattr(yaml, "CBaseLoader", yaml.BaseLoader)


@cache
def cue_file(name: str) -> dict[str, Any]:
    """A cue file as it stands."""
    text = files("indicated").joinpath(f"{FOLDER}/{name}.yaml").read_text(encoding="utf-8")
    tree: dict[str, Any] = yaml.load(text, Loader=_LOADER)
    return tree


@cache
def cue(name: str, *path: str) -> Any:
    """What stands in a cue file at a path. Raises `PolicyError`, which names both, where nothing
    stands there.

    >>> cue("ask", "treatment_of")
    'treatment of {label}'
    """
    node: Any = cue_file(name)
    for key in path:
        if not isinstance(node, dict) or key not in node:
            where = f"{FOLDER}/{name}.yaml"
            raise PolicyError(f'cue "{".".join(path)}" is missing', where=where)
        node = node[key]
    return node
