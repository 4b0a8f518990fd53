"""The words of the article, kept apart from its structure.

Every sentence is a template with named slots in `library/messages/<language>.yaml`. Loading and
filling are strict: an id that is not there, a slot that is left empty or one too many is an error,
so that no half-written sentence reaches a reader.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Any

import yaml

from indicated.errors import IndicatedError

_SLOT = re.compile(r"\{([a-z_]+)\}")


class _Strict(yaml.BaseLoader):
    """Plain text only; a key that stands twice is an error instead of a silent replacement."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        keys = [self.construct_object(k, deep=True) for k, _ in node.value]
        twice = sorted({str(k) for k in keys if keys.count(k) > 1})
        if twice:
            where = f"messages:{node.start_mark.line + 1}"
            raise MessageError(f"{', '.join(twice)} stands twice", where=where)
        return super().construct_mapping(node, deep)


class MessageError(IndicatedError):
    """A message is missing, or its slots and what fills them do not agree."""


@dataclass(frozen=True)
class Messages:
    """Templates by id ("section.name"), and tables of words ("outcome.indicated").

    >>> m = Messages({"a.yes": "{item} is {outcome}."})
    >>> m.fill("a.yes", item="Tea", outcome="indicated")
    'Tea is indicated.'
    >>> m.fill("a.yes", item="Tea")
    Traceback (most recent call last):
    indicated.report.messages.MessageError: message "a.yes" needs item, outcome and was given item
    """

    table: Mapping[str, str]

    def template(self, id: str) -> str:
        """The template of that id. Raises `MessageError` when there is none."""
        if id not in self.table:
            raise MessageError(f'there is no message "{id}"', do="Add it to library/messages.")
        return self.table[id]

    def fill(self, id: str, /, **slots: str) -> str:
        """The template with every slot filled."""
        template = self.template(id)
        wanted = set(_SLOT.findall(template))
        if wanted != set(slots):
            needs, given = (", ".join(sorted(x)) or "nothing" for x in (wanted, set(slots)))
            raise MessageError(f'message "{id}" needs {needs} and was given {given}')
        return _SLOT.sub(lambda m: slots[m.group(1)], template)

    def pieces(self, id: str) -> tuple[str, ...]:
        """The template cut at its slots: fixed words at even places, slot names at odd ones."""
        return tuple(_SLOT.split(self.template(id)))

    def word(self, table: str, key: str) -> str:
        """A word of a closed table (outcomes, findings, phases), strictly."""
        return self.template(f"{table}.{key}")

    def word_or_own(self, table: str, key: str) -> str:
        """A word of a table, or the data's own word where the table has none."""
        return self.table.get(f"{table}.{key}", key.replace("-", " ").replace("_", " "))


@lru_cache(maxsize=4)
def load_messages(language: str = "en") -> Messages:
    """The messages of a language. Raises `MessageError` where the file is not sound."""
    name = f"library/messages/{language}.yaml"
    text = files("indicated").joinpath(name).read_text(encoding="utf-8")
    loaded = yaml.load(text, Loader=_Strict)
    if not isinstance(loaded, dict):
        raise MessageError("the messages are not sections of id: text", where=name)
    table: dict[str, str] = {}
    for section, members in loaded.items():
        if not isinstance(members, dict):
            raise MessageError(f'section "{section}" is not a list of id: text', where=name)
        for key, template in members.items():
            if not isinstance(template, str):
                raise MessageError(f'message "{section}.{key}" is not text', where=name)
            table[f"{section}.{key}"] = template
    return Messages(table)
