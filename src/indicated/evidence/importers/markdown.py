"""Text whose headings begin with "#": what Markdown is, and what web pages and Word come as."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import yaml

from indicated.evidence.parts import NotImported, Piece

_HEADING = re.compile(r"^(#{1,6}) +(.+?) *#* *$", re.M)
_FRONT = re.compile(r"\A---[ \t]*\n(.*?\n)---[ \t]*\n", re.S)


def pieces_of(text: str, above: str = "", *, page: int | None = None) -> list[Piece]:
    """The text under each heading.

    >>> [(p.section, p.text.strip()) for p in pieces_of("# Dosing\\n\\n## Adults\\n\\n5 mg daily.")]
    [('Dosing > Adults', '5 mg daily.')]
    """
    out: list[Piece] = []
    path: dict[int, str] = {}
    at, section = 0, above
    for match in _HEADING.finditer(text):
        out.append(Piece(text[at : match.start()], section, page))
        level = len(match[1])
        path = {n: h for n, h in path.items() if n < level} | {level: match[2].strip()}
        section = " > ".join([*([above] if above else []), *path.values()])
        at = match.end()
    out.append(Piece(text[at:], section, page))
    return [p for p in out if p.text.strip()]


def first_heading(text: str) -> str:
    """The heading of the highest level that comes first."""
    found = [(len(m[1]), m.start(), m[2].strip()) for m in _HEADING.finditer(text)]
    return min(found)[2] if found else ""


def front_matter(text: str) -> tuple[Mapping[str, Any], str]:
    """What a text says of itself between two lines of "---" at its head, and the text after it."""
    match = _FRONT.match(text)
    if not match:
        return {}, text
    return as_mapping(match[1], "its head"), text[match.end() :]


def as_mapping(text: str, where: str) -> Mapping[str, Any]:
    """YAML that must be a mapping."""
    try:
        found = yaml.safe_load(text)
    except (yaml.YAMLError, ValueError, RecursionError):
        raise NotImported(f"{where} is no sound YAML; write `key: value` on each line") from None
    if not isinstance(found, dict):
        raise NotImported(f"{where} holds no keys; write `key: value` on each line")
    return {str(k): v for k, v in found.items()}
