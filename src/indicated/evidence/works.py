"""What tells one work from another, and what two copies of one work come to."""

from __future__ import annotations

import hashlib
import json
from dataclasses import fields, replace

from indicated.evidence.parts import STATUSES
from indicated.model import Work

SHORT = 200  # characters: a text below does not tell a work, its title and identifiers join in
FIELDS = tuple(f.name for f in fields(Work) if f.name not in ("id", "identifiers"))
_NOT_FILLED = ("status", "superseded_by", "licensed")


def work_id(work: Work, text: str) -> str:
    """What tells a work: its text; where that is short, also its title, year and identifiers."""
    told = text
    if len(text) < SHORT:
        told = json.dumps([text, work.title, work.year, sorted(work.identifiers)])
    return hashlib.sha256(told.encode("utf-8", "replace")).hexdigest()[:20]


def merged(known: Work, copy: Work, given: set[str]) -> Work:
    """What was known of a work, filled up from another copy of it.

    `given` are the fields that the user said: those go before. The worse status stands.
    """
    values = {
        name: getattr(copy, name)
        for name in FIELDS
        if name not in _NOT_FILLED
        and getattr(copy, name)
        and (name in given or not getattr(known, name))
    }
    licensed = known.licensed or copy.licensed
    worse = STATUSES.index(copy.status) > STATUSES.index(known.status)
    stands = copy if worse else known
    return replace(
        known,
        **values,
        licensed=licensed,
        status=stands.status,
        superseded_by=stands.superseded_by,
    )
