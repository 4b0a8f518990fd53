"""What a person says of a work: beside the file, in its head, or on the command line."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from indicated.evidence.identifiers import KINDS, identifier
from indicated.evidence.parts import STATUSES, TYPES, Found, NotImported

TEXTS = (
    "title", "type", "organisation", "year", "version", "jurisdiction", "population", "grade",
    "status", "url", "superseded_by",
)  # fmt: skip
KEYS = (*TEXTS, "licensed", *KINDS)


def with_said(found: Found, said: Mapping[str, Any], where: str) -> Found:
    """A work with what a person says of it, which goes before what the file says of itself.

    Raises `NotImported` for a key or an identifier that is none.
    """
    if not said:
        return found
    checked(said, where)
    identifiers = dict.fromkeys(found.work.identifiers)
    for kind in KINDS:
        if given := said.get(kind):
            known = identifier(kind, str(given))
            if known is None:
                raise NotImported(f'{where}: "{given}" has not the form of a {kind}')
            identifiers[known] = None
    values: dict[str, Any] = {k: str(said[k]) for k in TEXTS if said.get(k) not in (None, "")}
    if "licensed" in said:
        values["licensed"] = bool(said["licensed"])
    work = replace(found.work, identifiers=tuple(identifiers), **values)
    return replace(found, work=work)


def checked(said: Mapping[str, Any], where: str) -> None:
    """Raise `NotImported` for a key that is none, or a status or type that is none."""
    for key, value in said.items():
        if key not in KEYS:
            near = difflib.get_close_matches(key, KEYS, 1)
            hint = f'did you mean "{near[0]}"?' if near else f"use {', '.join(KEYS)}"
            raise NotImported(f'{where}: unknown key "{key}"; {hint}')
        if isinstance(value, (dict, list)):
            raise NotImported(f'{where}: "{key}" takes one value')
    for key, words in (("status", STATUSES), ("type", TYPES)):
        if said.get(key) and said[key] not in words:
            raise NotImported(f'{where}: "{said[key]}" is no {key}; use one of {", ".join(words)}')
