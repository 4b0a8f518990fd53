"""What only the sender knows: who writes to whom about which member, and the plan's own texts.

A small YAML file that a person fills. It is the only place from which a letter takes a name or a
number of a person; nothing of the chart ever gets here. What it leaves out stands in the letter as
a marked blank.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path

import yaml

from indicated.errors import InputError
from indicated.report.phrases import clean
from indicated.report.privacy import placeholders

LIMIT = 100_000  # characters; the longest appeal-rights texts are a tenth of it
LONGEST_DAYS = 3650
SHEET = "docs/letters.md shows a whole file."

# Every field: group -> keys. All are text, of one line or more, but those of DAYS.
FIELDS: Mapping[str, tuple[str, ...]] = {
    "sender": ("organisation", "address", "contact"),
    "recipient": ("name", "organisation", "address", "contact"),
    "member": ("name", "id", "birth_date"),
    "case": ("number", "denial_date"),
    "signer": ("name", "role", "license", "contact"),
    "appeal": ("rights", "deadline", "address"),
    "criteria": ("copy",),
    "answer": ("days", "address"),
    "call": ("time", "number"),
}
DAYS = frozenset(["answer.days"])


@dataclass(frozen=True)
class Letterhead:
    """The fields that were filled, "member.name" -> its lines."""

    fields: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def lines(self, key: str) -> tuple[str, ...]:
        """The lines of a field; none where it was left out."""
        return self.fields.get(key, ())

    @property
    def days(self) -> int | None:
        """Within how many days an answer is asked for."""
        given = self.lines("answer.days")
        return int(given[0]) if given else None

    def words(self) -> tuple[str, ...]:
        """Everything that was filled in, line by line: what a letter may take from it."""
        return tuple(line for lines in self.fields.values() for line in lines)


def load_letterhead(path: Path) -> Letterhead:
    """Read a letterhead file. Raises `InputError` with file and line for everything wrong in it."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        what = f"the letterhead cannot be read: {error.strerror}"
        raise InputError(what, str(path), do="Check the path.") from None
    except UnicodeDecodeError:
        do = "Save it with the encoding UTF-8."
        raise InputError("the letterhead is not UTF-8 text", str(path), do=do) from None
    return letterhead_of(text, str(path))


def letterhead_of(text: str, name: str = "letterhead") -> Letterhead:
    """The same from its text.

    >>> letterhead_of("member: {id: AB-77}").lines("member.id")
    ('AB-77',)
    >>> letterhead_of("membre: {id: AB-77}")
    Traceback (most recent call last):
    indicated.errors.InputError: letterhead:1: there is no field "membre"
      Do this: Did you mean "member"? docs/letters.md shows a whole file.
    """
    if len(text) > LIMIT:
        raise InputError("the letterhead is too long", name, do=SHEET)
    try:
        root = yaml.compose(text, Loader=yaml.SafeLoader)
    except (yaml.YAMLError, ValueError) as error:  # a ValueError: a control character
        mark = getattr(error, "problem_mark", None)
        where = f"{name}:{mark.line + 1}" if mark else name
        do = 'Check indentation and quotes; put text with ":" or "#" in double quotes.'
        raise InputError("this is not YAML", where, do=do) from None
    except RecursionError:
        raise InputError("the letterhead is nested too deeply", name, do=SHEET) from None
    errors: list[InputError] = []
    fields = dict(_read(root, name, errors))
    if len(errors) == 1:
        raise errors[0]
    if errors:
        raise InputError("\n".join(map(str, errors)))
    return Letterhead(fields)


def _read(
    root: yaml.Node | None, name: str, errors: list[InputError]
) -> Iterator[tuple[str, tuple[str, ...]]]:
    if root is None:
        return
    for group, node in _pairs(root, FIELDS, name, errors):
        for key, value in _pairs(node, FIELDS[group], name, errors):
            lines = _lines(f"{group}.{key}", value, name, errors)
            if lines:
                yield f"{group}.{key}", lines


def _pairs(
    node: yaml.Node, known: Mapping[str, object] | tuple[str, ...], name: str,
    errors: list[InputError],
) -> Iterator[tuple[str, yaml.Node]]:  # fmt: skip
    """The known keys of a mapping with what stands there; the others are noted as errors."""
    if isinstance(node, yaml.ScalarNode) and node.value in ("", "~", "null"):
        return
    if not isinstance(node, yaml.MappingNode):
        fields = ", ".join(known)
        errors.append(InputError(f"here should stand fields: {fields}", _at(node, name), do=SHEET))
        return
    seen: set[str] = set()
    for key, value in node.value:
        word = key.value if isinstance(key, yaml.ScalarNode) else ""
        if word in seen:
            errors.append(InputError(f'"{word}" stands twice', _at(key, name)))
        elif word not in known:
            near = get_close_matches(word, list(known), 1)
            hint = f'Did you mean "{near[0]}"? ' if near else ""
            what = f'there is no field "{clean(word)[:40]}"'
            errors.append(InputError(what, _at(key, name), do=hint + SHEET))
        else:
            seen.add(word)
            yield word, value


def _lines(
    key: str, node: yaml.Node, name: str, errors: list[InputError]
) -> tuple[str, ...] | None:
    """The lines of one field, none where it is empty. A form that was never filled in is refused:
    its empty boxes would be printed as if they were an answer."""
    where = _at(node, name)
    if not isinstance(node, yaml.ScalarNode):
        do = f"Write text; several lines after `{key.rpartition('.')[2]}: |`."
        errors.append(InputError(f'"{key}" is not text', where, do=do))
        return None
    if node.style is None and node.value in ("~", "null"):
        return None
    lines = tuple(said for line in node.value.splitlines() if (said := clean(line)))
    if any(placeholders(line) or not line.isprintable() for line in lines):
        do = "Fill it in, or leave the field out: the letter then shows a marked blank."
        errors.append(InputError(f'"{key}" holds something that was never filled in', where, do=do))
        return None
    if key in DAYS and lines:
        days = lines[0]
        if len(lines) > 1 or not (days.isascii() and days.isdigit() and _sensible(days)):
            do = f"Write a whole number from 1 to {LONGEST_DAYS}."
            errors.append(InputError(f'"{key}" is not a number of days', where, do=do))
            return None
    return lines


def _sensible(days: str) -> bool:
    return len(days) < 6 and 1 <= int(days) <= LONGEST_DAYS


def _at(node: yaml.Node, name: str) -> str:
    return f"{name}:{node.start_mark.line + 1}"
