"""What the stages before said in English, in the words of the article's language.

A determination is the same in every language; only its `Clause`s (why, because, the arithmetic in
words) are said again. What the library and the record say is left as it is.
"""

from __future__ import annotations

from dataclasses import fields, is_dataclass, replace
from typing import Any, TypeVar

from indicated.messages import Clause, Messages
from indicated.model import (
    Conflict,
    Determination,
    DoseCheck,
    DoseRow,
    Finding,
    Premise,
    RequestedItem,
)

T = TypeVar("T")

_HOLD_CLAUSES = (Conflict, Determination, DoseCheck, DoseRow, Finding, Premise, RequestedItem)


def in_words_of(messages: Messages, thing: T) -> T:
    """The same thing with each clause in the words of these messages; itself where none differs."""
    said: Any = _said(messages, thing)
    return said  # type: ignore[no-any-return]


def _said(messages: Messages, thing: Any) -> Any:
    if isinstance(thing, Clause):
        words = messages.clause(thing)
        return thing if words == thing else Clause(words, thing.id, thing.slots)
    if isinstance(thing, tuple):
        parts = tuple(_said(messages, x) for x in thing)
        return thing if all(a is b for a, b in zip(parts, thing, strict=True)) else parts
    if is_dataclass(thing) and isinstance(thing, _HOLD_CLAUSES):
        own = {f.name: getattr(thing, f.name) for f in fields(thing)}
        said = {name: _said(messages, value) for name, value in own.items()}
        changed = {name: value for name, value in said.items() if value is not own[name]}
        return replace(thing, **changed) if changed else thing
    return thing
