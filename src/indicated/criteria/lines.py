"""YAML with line numbers: every key and every value knows where it stands.

Scalars stay the text that the author wrote ("no" is "no", "1.10" is "1.10"); what they mean is
the schema's business. A key given twice is an error, because YAML would silently keep one.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

import yaml
from rapidfuzz import fuzz, process

from indicated.errors import PolicyError, PolicyErrors

LIMIT = 2_000_000  # bytes; the longest sensible file is a twentieth of it
DEPTH = 40

Step = str | int
Place = tuple[Step, ...]
FILL_IN = "FILL-IN"  # marks a place of the template that nobody has filled in
_Loader: Any = getattr(yaml, "CBaseLoader", yaml.BaseLoader)


@dataclass(frozen=True)
class Tree:
    """One file as nested dict, list and str, with the line of every key and list item."""

    file: str
    data: Any
    lines: dict[Place, int]

    def line(self, place: Place) -> int:
        """The line of a place, or of the nearest thing around it."""
        while place and place not in self.lines:
            place = place[:-1]
        return self.lines.get(place, 1)

    def at(self, place: Place) -> str:
        """Where a place stands, as "file:line"."""
        return f"{self.file}:{self.line(place)}"


@dataclass
class Problems:
    """Collects everything that is wrong with one file, so that it is mended in one go."""

    tree: Tree
    errors: list[PolicyError] = field(default_factory=list)
    spoiled: set[Place] = field(default_factory=set)  # where the schema already found fault

    def add(self, place: Place, what: str, why: str = "", do: str = "") -> None:
        """Note a problem at a place; the same problem of the same line is noted once."""
        self.note(self.tree.at(place), what, why, do)

    def note(self, where: str, what: str, why: str = "", do: str = "") -> None:
        """Note a problem at a "file:line"."""
        if not any(e.where == where and e.what == what for e in self.errors):
            self.errors.append(PolicyError(what=what, where=where, why=why, do=do))

    def stop(self) -> None:
        """Raise what was found, in the order of the lines; do nothing when nothing was."""
        raise_all(self.errors)


def raise_all(errors: list[PolicyError]) -> None:
    """Raise one error as itself and several as `PolicyErrors`, in the order of file and line."""
    if len(errors) == 1:
        raise errors[0]
    if errors:
        raise PolicyErrors(sorted(errors, key=_file_and_line))


def _file_and_line(error: PolicyError) -> tuple[str, int]:
    file, _, line = error.where.rpartition(":")
    return (file, int(line)) if line.isdigit() else (error.where, 0)


def near(name: str, options: Iterable[str], count: int = 3) -> str:
    """A hint that names the closest valid words, or "" when none is close.

    >>> near("belwo", ["below", "above", "between"])
    'Did you mean "below"?'
    """
    found = process.extract(name, list(options), scorer=fuzz.ratio, limit=count, score_cutoff=70)
    if not found:
        return ""
    best = found[0][1]
    words = [f'"{word}"' for word, score, _ in found if score >= best - 12]
    return f"Did you mean {' or '.join(words)}?"


def shown(path: Path | Traversable) -> str:
    """A path as readers see it: shipped files from "library/" on, others as they were given."""
    parts = Path(str(path)).parts
    if "indicated" in parts and "library" in parts:
        start = len(parts) - 1 - parts[::-1].index("library")
        if parts[start - 1] == "indicated":
            return "/".join(parts[start:])
    return str(path)


Content = tuple[str, bytes] | None


def content(path: Path | Traversable) -> Content:
    """What a file is known by: its name for readers and the hash of its bytes; None where it
    cannot be read, which reading it properly will explain."""
    try:
        return shown(path), hashlib.sha256(path.read_bytes()).digest()
    except OSError:
        return None


def read_tree(path: Path | Traversable) -> Tree:
    """Read a file. Raises `PolicyError` when it is not one YAML document of sensible size."""
    file = shown(path)
    try:
        raw = path.read_bytes()
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise PolicyError(
            f"the file cannot be read: {reason}", file, do="Check that it is there and readable."
        ) from None
    if len(raw) > LIMIT:
        raise PolicyError(
            f"the file is too large: {len(raw):,} bytes, and {LIMIT:,} are the limit",
            f"{file}:1",
            why="A file of this size is not a policy; reading it would only take memory.",
            do="Check that it is the right file, or split it.",
        )
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        raise PolicyError(
            "the file is not UTF-8",
            f"{file}:{line}",
            why="Signs such as µ or ≥ would be read as something else.",
            do="Save it with the encoding UTF-8.",
        ) from None
    return parse_tree(text, file)


def parse_tree(text: str, file: str) -> Tree:
    """Parse YAML text into a tree with lines."""
    errors: list[PolicyError] = []
    lines: dict[Place, int] = {}
    try:
        data = _document(yaml.parse(text, Loader=_Loader), file, lines, errors)
    except yaml.YAMLError as error:
        raise _syntax(error, text, file) from None
    if FILL_IN in text:
        errors += _unfilled(data, file, lines)
    raise_all(errors)
    return Tree(file, data, lines)


def _syntax(error: yaml.YAMLError, text: str, file: str) -> PolicyError:
    mark = getattr(error, "problem_mark", None)
    line = mark.line + 1 if mark else 1
    problem = getattr(error, "problem", None) or getattr(error, "reason", None) or "unreadable sign"
    rows = text.splitlines()
    here = rows[line - 1] if 0 < line <= len(rows) else ""
    if "\t" in here:
        return PolicyError(
            "a tab where YAML wants spaces",
            f"{file}:{line}",
            why="YAML reads the depth of a line from its spaces; a tab has no depth.",
            do="Replace tabs with two spaces each.",
        )
    return PolicyError(
        f"this is not YAML: {problem}",
        f"{file}:{line}",
        why="Nothing after this line can be read.",
        do='Check indentation, brackets and quotes; put text with ":" or "#" in double quotes.',
    )


def _document(
    events: Iterator[Any], file: str, lines: dict[Place, int], errors: list[PolicyError]
) -> Any:
    """The one document of a stream of YAML events."""
    data: Any = None
    documents = 0
    for event in events:
        if isinstance(event, yaml.DocumentStartEvent):
            documents += 1
            if documents > 1:
                line = _line(event)
                raise PolicyError(
                    "a second YAML document begins here",
                    f"{file}:{line}",
                    why="Only the first would be used.",
                    do='Remove the "---" line.',
                )
            data = _value(next(events), events, (), _Marks(file, lines, errors))
    if data is None or data == "":
        raise PolicyError("the file is empty", f"{file}:1", do="Write it, or remove it.")
    return data


def _unfilled(data: Any, file: str, lines: dict[Place, int], at: Place = ()) -> list[PolicyError]:
    """A template's places that still wait for their author, one error a place."""
    if isinstance(data, str):
        if FILL_IN not in data:
            return []
        return [
            PolicyError(
                f"to be filled in: {data[data.index(FILL_IN) :]}",
                f"{file}:{lines.get(at, 1)}",
                do="Write it in place of these words.",
            )
        ]
    steps = data.items() if isinstance(data, dict) else enumerate(data)
    return [e for step, inner in steps for e in _unfilled(inner, file, lines, (*at, step))]


def _line(event: Any) -> int:
    return int(event.start_mark.line) + 1


@dataclass(frozen=True)
class _Marks:
    """Where lines and problems of a file are noted while its events are read."""

    file: str
    lines: dict[Place, int]
    errors: list[PolicyError]

    def refuse(self, event: Any, what: str, why: str, do: str) -> None:
        self.errors.append(PolicyError(what, f"{self.file}:{_line(event)}", why, do))


def _value(event: Any, events: Iterator[Any], place: Place, marks: _Marks) -> Any:
    marks.lines.setdefault(place, _line(event))
    if isinstance(event, yaml.AliasEvent):
        marks.refuse(
            event,
            f'"*{event.anchor}" repeats another part of the file',
            "A reader would have to look elsewhere to know what stands here.",
            "Write it out, or name a criterion by its id.",
        )
        return ""
    if len(place) > DEPTH:
        raise PolicyError(
            "nested too deeply",
            f"{marks.file}:{_line(event)}",
            why=f"More than {DEPTH} levels cannot be read by a person either.",
            do="Give inner criteria an id of their own.",
        )
    if isinstance(event, yaml.ScalarEvent):
        return str(event.value)
    if isinstance(event, yaml.SequenceStartEvent):
        items: list[Any] = []
        while not isinstance(event := next(events), yaml.SequenceEndEvent):
            marks.lines[(*place, len(items))] = _line(event)
            items.append(_value(event, events, (*place, len(items)), marks))
        return items
    return _mapping(events, place, marks)


def _mapping(events: Iterator[Any], place: Place, marks: _Marks) -> dict[str, Any]:
    found: dict[str, Any] = {}
    while not isinstance(event := next(events), yaml.MappingEndEvent):
        if not isinstance(event, yaml.ScalarEvent):
            raise PolicyError(
                "a key must be one word",
                f"{marks.file}:{_line(event)}",
                do='Write "key: value"; put text that begins with a bracket in quotes.',
            )
        key = str(event.value)
        here = (*place, key)
        if key in found:
            marks.refuse(
                event,
                f'duplicate key "{key}" (first on line {marks.lines[here]})',
                "YAML would keep only one of the two, without a word.",
                "Remove one, or rename it.",
            )
            _value(next(events), events, (*place, f"{key} (again)"), marks)
            continue
        marks.lines[here] = _line(event)
        found[key] = _value(next(events), events, here, marks)
    return found
