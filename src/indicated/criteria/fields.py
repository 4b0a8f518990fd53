"""The kinds of value that a key may have, and what an editor should accept for each.

Every scalar arrives as text (see lines.py); the JSON Schema says what an editor's YAML parser
makes of the same text, which may be a number or a boolean.
"""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema


def _day(text: Any) -> Any:
    try:
        if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", text):
            raise ValueError
        return date.fromisoformat(text)
    except (TypeError, ValueError):
        what = f'"{text}" is not a date'
        raise ValueError(what, "Write year-month-day, such as 2026-01-31.") from None


def _yes_no(text: Any) -> Any:
    if text not in ("true", "false"):
        raise ValueError(f'"{text}" is neither true nor false', "Write true or false.")
    return text == "true"


def _decimal(text: Any) -> Any:
    try:
        value = Decimal(text)
    except (InvalidOperation, TypeError, ValueError):
        raise ValueError(f'"{text}" is not a number', "Write digits.") from None
    if not value.is_finite():
        raise ValueError(f'"{text}" is not a number', "Write digits.")
    return value


def listed(thing: Any) -> Any:
    return [thing] if isinstance(thing, str) else thing


def text_or_keys(thing: Any) -> str:
    return "<keys>" if isinstance(thing, (dict, BaseModel)) else "<text>"


_SCALAR = {"type": ["string", "number"]}
Scalar = Annotated[str, WithJsonSchema(_SCALAR)]
Text = Annotated[str, Field(min_length=1), WithJsonSchema(_SCALAR | {"minLength": 1})]
QuantityText = Annotated[
    str,
    Field(min_length=1),
    WithJsonSchema(_SCALAR | {"examples": ["400 mg/dL", "0.3-0.5 g/kg", "12 months"]}),
]
Limit = Annotated[
    str,
    Field(min_length=1),
    WithJsonSchema(_SCALAR | {"examples": ["400 mg/dL", "$parameter"]}),
]
Day = Annotated[date, BeforeValidator(_day), WithJsonSchema({"type": "string", "format": "date"})]
YesNo = Annotated[bool, BeforeValidator(_yes_no), WithJsonSchema({"type": "boolean"})]
Number = Annotated[Decimal, BeforeValidator(_decimal), WithJsonSchema({"type": "number"})]
Count = Annotated[int, Field(ge=1)]
Several = Annotated[
    list[Text],
    BeforeValidator(listed),
    Field(min_length=1),
    WithJsonSchema({"anyOf": [_SCALAR, {"type": "array", "items": _SCALAR, "minItems": 1}]}),
]
Cites = Annotated[
    list[Text], Field(description='Sources: "KEY" or "KEY#place in it", keys of `sources`.')
]


class Base(BaseModel):
    """Unknown keys are errors everywhere."""

    model_config = ConfigDict(extra="forbid", frozen=True)


def one_or_more(*words: str) -> Any:
    """What an editor should accept for a list of these words: one of them alone as well."""
    one = {"enum": list(words)}
    return WithJsonSchema({"anyOf": [one, {"type": "array", "items": one, "minItems": 1}]})


def without_null(schema: Any) -> Any:
    """A JSON Schema in which a key is left out or has a value: an empty one is a mistake."""
    if isinstance(schema, list):
        return [without_null(s) for s in schema]
    if not isinstance(schema, dict):
        return schema
    plain = {k: without_null(v) for k, v in schema.items()}
    if plain.get("default", ...) is None:
        del plain["default"]
    options = plain.get("anyOf")
    if isinstance(options, list) and {"type": "null"} in options:
        options = [o for o in options if o != {"type": "null"}]
        del plain["anyOf"]
        plain = {**options[0], **plain} if len(options) == 1 else {**plain, "anyOf": options}
    return plain
