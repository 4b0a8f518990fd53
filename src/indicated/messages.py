"""The words of the program, kept apart from what decides which are said.

Every sentence is a template with named slots in `library/messages/<language>/`. Loading and
filling are strict: an id that is not there, a slot that is left empty or one too many is an error,
so that no half-written sentence reaches a reader. A stage says a reason as a `Clause`, which every
language can word for itself.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any

import yaml

from indicated.errors import IndicatedError
from indicated.model import Reader

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


class Clause(str):
    """A clause of a stage: its words in English, and the message and slots that it was made of.

    >>> because = clause("why.present")
    >>> because, because.id
    ('the record says so', 'why.present')
    """

    __slots__ = ("id", "slots")
    id: str
    slots: tuple[tuple[str, str], ...]

    def __new__(cls, text: str, id: str = "", slots: tuple[tuple[str, str], ...] = ()) -> Clause:
        """The clause; without an id it is words that no language has another form for."""
        made = super().__new__(cls, text)
        made.id, made.slots = id, slots
        return made


@dataclass(frozen=True)
class Messages:
    """Templates by id ("section.name"), and tables of words ("outcome.indicated").

    >>> m = Messages({"a.yes": "{item} is {outcome}."})
    >>> m.fill("a.yes", item="Tea", outcome="indicated")
    'Tea is indicated.'
    >>> m.fill("a.yes", item="Tea")
    Traceback (most recent call last):
    indicated.messages.MessageError: message "a.yes" needs item, outcome and was given item
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

    def clause(self, text: str) -> str:
        """A stage's clause in the words of these messages; any other text as it is."""
        if not isinstance(text, Clause) or not text.id:
            return text
        return self.fill(text.id, **{name: self.clause(value) for name, value in text.slots})

    def word(self, table: str, key: str) -> str:
        """A word of a closed table (outcomes, findings, phases), strictly."""
        return self.template(f"{table}.{key}")

    def word_or_own(self, table: str, key: str) -> str:
        """A word of a table, or the data's own word where the table has none."""
        return self.table.get(f"{table}.{key}", key.replace("-", " ").replace("_", " "))


ENGLISH = "en"  # the language in which every message is written; others are laid over it
FOLDER = "library/messages"


@lru_cache(maxsize=16)
def load_messages(language: str = ENGLISH, reader: Reader = Reader.CLINICIAN) -> Messages:
    """The messages of a language, worded for a reader.

    `library/messages/<language>/*.yaml` hold them by what they are for; a file in `readers/` words
    some of them otherwise, or adds some, for one reader. What a language has not translated stands
    in English. Raises `MessageError` where a file is not sound, where two files of a language hold
    one id, and where a wording asks for other slots than the message that it takes the place of.
    """
    if language not in languages():
        known = ", ".join(languages())
        raise MessageError(f'there are no messages in "{language}"', do=f"Choose of: {known}.")
    table: dict[str, str] = {}
    for tongue in dict.fromkeys((ENGLISH, language)):
        table = _laid_over(table, _of_language(tongue), tongue)
        own = files("indicated").joinpath(FOLDER, tongue, "readers", f"{reader.value}.yaml")
        if own.is_file():
            table = _laid_over(table, _read(own), f"{tongue}/readers/{reader.value}.yaml")
    return Messages(table)


def clause(id: str, /, **slots: str) -> Clause:
    """The clause of a message. Slots that the message does not name are left out."""
    words = load_messages()
    named = set(_SLOT.findall(words.template(id)))
    used = tuple((name, value) for name, value in slots.items() if name in named)
    return Clause(words.fill(id, **dict(used)), id, used)


@lru_cache(maxsize=1)
def languages() -> tuple[str, ...]:
    """The languages that there are messages in; English comes first."""
    found = {f.name for f in files("indicated").joinpath(FOLDER).iterdir() if f.is_dir()}
    return (ENGLISH, *sorted(found - {ENGLISH}))


def _of_language(language: str) -> dict[str, str]:
    table: dict[str, str] = {}
    folder = files("indicated").joinpath(FOLDER, language)
    for file in sorted(folder.iterdir(), key=lambda f: f.name):
        if not file.name.endswith(".yaml"):
            continue
        own = _read(file)
        if twice := sorted(own.keys() & table.keys()):
            raise MessageError(f"{', '.join(twice)} stands in two files", where=file.name)
        table |= own
    return table


def _laid_over(below: Mapping[str, str], own: Mapping[str, str], where: str) -> dict[str, str]:
    for id in own.keys() & below.keys():
        asked, given = (set(_SLOT.findall(t[id])) for t in (below, own))
        if asked != given:
            names = ", ".join(sorted(asked ^ given))
            raise MessageError(f'message "{id}" does not have the same slots: {names}', where=where)
    return {**below, **own}


def _read(file: Traversable) -> dict[str, str]:
    loaded = yaml.load(file.read_text(encoding="utf-8"), Loader=_Strict)
    if not isinstance(loaded, dict):
        raise MessageError("the messages are not sections of id: text", where=file.name)
    table: dict[str, str] = {}
    for section, members in loaded.items():
        if not isinstance(members, dict):
            raise MessageError(f'section "{section}" is not a list of id: text', where=file.name)
        for key, template in members.items():
            if not isinstance(template, str):
                raise MessageError(f'message "{section}.{key}" is not text', where=file.name)
            table[f"{section}.{key}"] = template
    return table
