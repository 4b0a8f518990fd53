"""An answer file as text with lines: every key and list item knows where it stands.

YAML (and so JSON). Scalars stay the text that was written; an empty one, `null` and `~` are left
out, because on an answer sheet an empty place is a question that nobody answered.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from indicated.errors import InputError

LIMIT = 1_000_000  # characters; a sheet of hundreds of answers is a tenth of it
DEPTH = 8
SHEET = "Write answers as `indicated sheet ... -o answers.yaml` lays them out."
_Loader: Any = getattr(yaml, "CBaseLoader", yaml.BaseLoader)

Place = tuple[str | int, ...]


@dataclass
class Form:
    """One file as nested dict, list and str, with the line of every place, and what is wrong."""

    name: str
    data: Any = None
    lines: dict[Place, int] = field(default_factory=dict)
    errors: list[InputError] = field(default_factory=list)

    def at(self, place: Place) -> str:
        """Where a place stands, or the nearest thing around it: "file:line"."""
        while place and place not in self.lines:
            place = place[:-1]
        line = self.lines.get(place)
        return f"{self.name}:{line}" if line else self.name

    def add(self, place: Place, what: str, why: str = "", do: str = "") -> None:
        """Note a problem at a place."""
        self.errors.append(InputError(what, self.at(place), why, do))

    def stop(self) -> None:
        """Raise what was found, all of it at once; do nothing when nothing was."""
        if len(self.errors) == 1:
            raise self.errors[0]
        if self.errors:
            raise InputError("\n".join(str(e) for e in self.errors))


def form_of_file(path: Path) -> Form:
    """Read a file. Raises `InputError` when it is not one YAML document of sensible size."""
    try:
        if path.stat().st_size > 4 * LIMIT:
            raise InputError("the file is too large to hold answers", str(path), do=SHEET)
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise InputError(
            f"the answers cannot be read: {reason}", str(path), do="Check the path."
        ) from None
    except UnicodeDecodeError:
        what = "the answers are not UTF-8 text"
        raise InputError(what, str(path), do="Save them with the encoding UTF-8.") from None
    return form_of_text(text, str(path))


def form_of_text(text: str, name: str) -> Form:
    """Parse YAML text. Raises `InputError` with file and line when it is none."""
    form = Form(name)
    if len(text) > LIMIT:
        raise InputError("the text is too long to hold answers", name, do=SHEET)
    try:
        events = yaml.parse(text, Loader=_Loader)
        documents = 0
        for event in events:
            if isinstance(event, yaml.DocumentStartEvent):
                documents += 1
                if documents > 1:
                    _refuse(form, event, "a second YAML document begins here")
                form.data = _value(next(events), events, (), form)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f"{name}:{mark.line + 1}" if mark else name
        raise InputError(
            "this is not YAML",
            where,
            "Nothing after this line can be read.",
            'Check indentation, brackets and quotes; put text with ":" or "#" in double quotes.',
        ) from None
    form.stop()
    return form


def form_of_data(data: Mapping[str, Any], name: str) -> Form:
    """The same from data that was parsed already: a batch line's own answers, without lines."""
    return Form(name, _as_text(data, 0, name))


def _as_text(thing: Any, depth: int, name: str) -> Any:
    if depth > DEPTH:
        raise InputError("the answers are nested too deeply", name, do=SHEET)
    if isinstance(thing, Mapping):
        return {str(k): _as_text(v, depth + 1, name) for k, v in thing.items()}
    if isinstance(thing, list):
        return [_as_text(v, depth + 1, name) for v in thing]
    if isinstance(thing, bool):
        return "true" if thing else "false"
    return "" if thing is None else str(thing)


def _refuse(form: Form, event: Any, what: str) -> None:
    raise InputError(what, f"{form.name}:{event.start_mark.line + 1}", do=SHEET)


def _value(event: Any, events: Iterator[Any], place: Place, form: Form) -> Any:
    form.lines.setdefault(place, int(event.start_mark.line) + 1)
    if isinstance(event, yaml.AliasEvent):
        _refuse(form, event, "an alias (*) repeats another part of the file")
    if len(place) > DEPTH:
        _refuse(form, event, "the answers are nested too deeply")
    if isinstance(event, yaml.ScalarEvent):
        plain = event.style in (None, "")
        return "" if plain and event.value in ("~", "null") else str(event.value)
    if isinstance(event, yaml.SequenceStartEvent):
        items: list[Any] = []
        while not isinstance(event := next(events), yaml.SequenceEndEvent):
            items.append(_value(event, events, (*place, len(items)), form))
        return items
    found: dict[str, Any] = {}
    while not isinstance(event := next(events), yaml.MappingEndEvent):
        if not isinstance(event, yaml.ScalarEvent):
            _refuse(form, event, "a key must be one word")
        key, line = str(event.value), int(event.start_mark.line) + 1
        here = (*place, key)
        if key in found:
            do = f"It stands on line {form.lines[here]} already: remove one of the two."
            form.errors.append(InputError(f'duplicate key "{key}"', f"{form.name}:{line}", do=do))
        form.lines[here] = line
        found[key] = _value(next(events), events, here, form)
    return found
