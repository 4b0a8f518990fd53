"""Validate a tree against the schema, and say what is wrong in an author's words."""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from typing import Any, TypeVar, get_args

from pydantic import BaseModel, TypeAdapter, ValidationError

from indicated.criteria.lines import Place, Problems, Step, near

M = TypeVar("M")

# pydantic's kind of error -> what is wrong, what to do
_WORDS = {
    "string_type": ("one piece of text is needed here", "Write one value, without brackets."),
    "string_too_short": ("a value is missing here", "Write the value, or remove the key."),
    "list_type": ("a list is needed here", "Write [one, two], or one item a line after a dash."),
    "dict_type": ("keys and values are needed here", 'Write "key: value" lines below it.'),
    "model_type": ("keys and values are needed here", 'Write "key: value" lines below it.'),
    "model_attributes_type": ("keys and values are needed here", 'Write "key: value" lines.'),
    "int_parsing": ("a whole number is needed here", "Write a number such as 2."),
    "int_from_float": ("a whole number is needed here", "Write a number such as 2."),
    "greater_than_equal": ("the number must be at least 1", "Nothing is met by less than one."),
}
_WHY_UNKNOWN = "A key that nobody reads looks as if it were in force."


def validated(model: Any, problems: Problems, data: Any, at: Place = ()) -> Any:
    """The data as the schema's classes; None when it cannot be understood even in part.

    Every problem is noted. Where only unknown or unreadable keys are at fault, the rest is
    returned without them, so that one run shows an author the problems of meaning as well.
    """
    adapter: TypeAdapter[Any] = TypeAdapter(model)
    try:
        return adapter.validate_python(data)
    except ValidationError as error:
        found = error.errors()
    pruned = deepcopy(data)
    for one in found:
        place = _place(one["loc"], data)
        _note(one, place, model, problems, at)
        problems.spoiled.add(at + place)
        _remove(pruned, place if one["type"] != "missing" else ())
    try:
        return adapter.validate_python(pruned)
    except ValidationError:
        return None


def _place(loc: tuple[Step, ...], data: Any) -> Place:
    """A location without the names that pydantic adds for the members of a union."""
    place: list[Step] = []
    here = data
    for step in loc:
        in_map = isinstance(here, Mapping) and step in here
        in_list = isinstance(here, list) and isinstance(step, int) and step < len(here)
        if in_map or in_list:
            here = here[step]
            place.append(step)
    return tuple(place)


def _note(one: Any, place: Place, model: Any, problems: Problems, at: Place) -> None:
    kind, last = str(one["type"]), one["loc"][-1] if one["loc"] else ""
    where = at + place
    key = f'"{place[-1]}": ' if place and isinstance(place[-1], str) else ""
    if kind == "extra_forbidden":
        known = _keys(model, one["loc"][:-1])
        hint = near(str(last), known) or f"Known keys here: {', '.join(known)}."
        problems.add(where, f'unknown key "{last}"', _WHY_UNKNOWN, hint)
    elif kind == "missing":
        problems.add(
            where,
            f'missing key "{last}"',
            "Without it the file says too little to be used.",
            f'Add "{last}: ...".',
        )
    elif kind == "literal_error":
        choices = [c.strip("' ") for c in _choices(one["ctx"]["expected"])]
        given = str(one["input"])
        hint = near(given, choices) or f"Write one of: {', '.join(choices)}."
        problems.add(where, f'{key}"{given}" is not one of {", ".join(choices)}', "", hint)
    elif kind in ("too_short", "too_long"):
        problems.add(where, f"{key}{_length(one)}", "", "Write the items, or remove the key.")
    elif kind == "value_error":
        what, *do = one["ctx"]["error"].args  # raised by a validator of `fields`
        problems.add(where, f"{key}{what}", "", *map(str, do))
    else:
        what, do = _WORDS.get(kind, (one["msg"], ""))
        problems.add(where, key + what, "", do)


def _choices(expected: str) -> list[str]:
    return expected.replace(" or ", ", ").split(", ")


def _length(one: Any) -> str:
    context = one["ctx"]
    if "min_length" in context and context["actual_length"] == 0:
        return "the list is empty"
    wanted = context.get("min_length", context.get("max_length"))
    return f"{context['actual_length']} items where {wanted} are needed"


def _keys(model: Any, loc: tuple[Step, ...]) -> list[str]:
    """The keys that the schema allows at a location of an error."""
    here, skip = _model_in(model), _is_map(model)
    for step in loc:
        if skip:
            skip = False
            continue
        fields = {f.alias or n: f.annotation for n, f in here.model_fields.items()} if here else {}
        if step in fields:
            inner = _model_in(fields[str(step)])
            if inner:
                here, skip = inner, _is_map(fields[str(step)])
    return [f.alias or name for name, f in here.model_fields.items()] if here else []


def _model_in(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((m for a in get_args(annotation) if (m := _model_in(a))), None)


def _is_map(annotation: Any) -> bool:
    origin = getattr(annotation, "__origin__", None)
    return origin is dict or any(_is_map(a) for a in get_args(annotation))


def _remove(data: Any, place: Place) -> None:
    """Take one value out; a list item leaves the list's other numbers alone by being emptied."""
    if not place:
        return
    for step in place[:-1]:
        try:
            data = data[step]
        except (KeyError, IndexError, TypeError):
            return
    if isinstance(data, dict):
        data.pop(place[-1], None)
