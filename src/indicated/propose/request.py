"""A request and its answer. The same request has the same key, on any machine."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from indicated.propose.prompts import Prompt, load_prompt

LARGEST = 1_000_000  # bytes of an answer; a longer one is not read

S = TypeVar("S", bound=BaseModel)


@dataclass(frozen=True)
class Request:
    """One question to a model: what for, the versioned prompt, the shape of the answer, the data.

    `data` is text of the case and of the library. It is handed over as one JSON object between
    marks that the data cannot contain, so that nothing in a chart can pass for an instruction.
    """

    prompt: Prompt
    schema: Mapping[str, Any]
    data: Mapping[str, Any]
    identified: bool = False  # it holds the record as it is: only for a model inside

    @cached_property
    def key(self) -> str:
        """SHA-256 of everything that goes in."""
        return hashlib.sha256(_text(self.content).encode("utf-8")).hexdigest()

    @property
    def content(self) -> dict[str, Any]:
        """Everything that goes in, as plain data."""
        prompt = {
            "purpose": self.prompt.purpose,
            "version": self.prompt.version,
            "text": self.prompt.text,
        }
        return {
            "prompt": prompt,
            "schema": dict(self.schema),
            "data": dict(self.data),
            "identified": self.identified,
        }

    @property
    def messages(self) -> list[dict[str, str]]:
        """The request as the messages of a conversation: the prompt, then the data as data."""
        mark = f"DATA-{self.key[:16]}"
        told = f"<{mark}>\n{_text(self.data)}\n</{mark}>"
        return [
            {"role": "system", "content": self.prompt.text},
            {"role": "user", "content": told},
        ]


@dataclass(frozen=True)
class Answer:
    """What came back for a request: text as it came, or why there is none.

    why: pending | budget | cancelled | unreachable | timeout | too_large | refused | empty.
    """

    text: str | None
    why: str = ""


# Whoever answers: a folder of files, an endpoint, a test. One answer for each request, in order.
Model = Callable[[Sequence[Request]], Sequence[Answer]]


def made(
    purpose: str, shape: type[BaseModel], data: Mapping[str, Any], *, identified: bool = False
) -> Request:
    """A request with the newest prompt for its purpose."""
    return Request(load_prompt(purpose), shape.model_json_schema(), data, identified)


def read_answer(answer: Answer, shape: type[S]) -> tuple[S | None, str]:
    """The answer in its shape, or the reason why it is none. Nothing is repaired.

    >>> class Kind(BaseModel):
    ...     kind: str
    >>> read_answer(Answer('{"kind": "why"}'), Kind)[0].kind
    'why'
    >>> read_answer(Answer("Sure! {"), Kind), read_answer(Answer(None, "pending"), Kind)
    ((None, 'not_json'), (None, 'pending'))
    """
    if answer.text is None:
        return None, answer.why or "empty"
    if not answer.text.strip():
        return None, "empty"
    if len(answer.text.encode("utf-8", "surrogatepass")) > LARGEST:
        return None, "too_large"
    try:
        data = json.loads(answer.text, parse_constant=_no_number)
    except (ValueError, RecursionError):
        return None, "not_json"
    try:
        return shape.model_validate(data), ""
    except (ValidationError, RecursionError):
        return None, "not_as_asked"


def _no_number(constant: str) -> None:
    raise ValueError(f"{constant} is no JSON")


def _text(data: Any) -> str:
    return json.dumps(data, sort_keys=True, ensure_ascii=False)
