"""A policy's draft in the policy language: criteria that each stand on words of a source.

What is not known is marked for the author to fill in, as in a new policy; nothing is guessed. A
condition without the words that state it cannot be drafted at all.
"""

from __future__ import annotations

import json
import re
from dataclasses import asdict, dataclass
from datetime import date
from functools import cache

from jinja2 import DictLoader, Environment, StrictUndefined

from indicated.criteria.library import shipped
from indicated.criteria.says import quantity_words
from indicated.criteria.template import FILES
from indicated.errors import PolicyError
from indicated.model import Concepts, Limit, Quantity
from indicated.units import plain

_OPS = {"at_least": "at-least", "at_most": "at-most", "below": "below", "above": "above"}


@dataclass(frozen=True, slots=True)
class Stated:
    """A condition, and the words that state it: where in which work of a collection they stand.

    Raises `PolicyError` without words, or where they are not as long as the place they are from.
    """

    limit: Limit
    key: str  # of the source
    locator: str
    words: str
    work: str
    start: int
    end: int
    pointed: bool = False  # a model pointed at the words
    sentence: str = ""  # around them, for the author; not of a licensed copy

    def __post_init__(self) -> None:
        if not self.words.strip() or len(self.words) != self.end - self.start:
            raise PolicyError(
                f'a condition on "{self.limit.concept}" without the words that state it',
                why="Nobody could tell where its number is from, or that the source has changed.",
                do="Quote the words at their place, or write the criterion without this source.",
            )


@dataclass(frozen=True, slots=True)
class Open:
    """Words that the author must look at: they look like a condition and were not read as one."""

    work: str
    title: str
    locator: str
    start: int
    end: int
    words: str
    why: str
    about: str = ""


@dataclass(frozen=True, slots=True)
class Origin:
    """A source as the draft lists it. Nothing in it is guessed: "" was not known."""

    key: str
    work: str
    title: str = ""
    type: str = ""
    organisation: str = ""
    year: str = ""
    id: str = ""
    url: str = ""
    status: str = "current"
    licensed: bool = False
    quotes: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Drafted:
    """Everything that a draft is written from."""

    treatment: str
    condition: str
    passages: int
    sources: tuple[Origin, ...]
    shown: Stated  # the words that name treatment and condition
    stated: tuple[Stated, ...] = ()
    unread: tuple[Open, ...] = ()
    sentences: tuple[tuple[str, int], ...] = ()  # of `stated`: work and sentence


def draft_files(id: str, draft: Drafted, concepts: Concepts, today: date) -> dict[str, str]:
    """The files of a policy folder, by name."""
    about = {
        "id": id, "today": str(today), "year": str(today.year), "treatment": draft.treatment,
        "condition": draft.condition, "passages": draft.passages, "shown": draft.shown,
        "criteria": criteria(draft, concepts), "sources": [asdict(s) for s in draft.sources],
        "unread": draft.unread, "label": concepts.label,
    }  # fmt: skip
    return {name: _templates().get_template(f"{name}.j2").render(about) for name in FILES}


@dataclass(frozen=True, slots=True)
class Drawn:
    """One criterion of a draft: a condition, everywhere that it is stated."""

    id: str
    limit: Limit
    stated: tuple[Stated, ...]
    beside: tuple[str, ...] = ()  # ids of others that stand in a sentence with it


def criteria(draft: Drafted, concepts: Concepts) -> tuple[Drawn, ...]:
    """The conditions of a draft, each once, with every place that states it."""
    of: dict[str, list[int]] = {}
    for i, stated in enumerate(draft.stated):
        of.setdefault(criterion_id(stated.limit, concepts), []).append(i)
    where = {
        id: {draft.sentences[i] for i in places if i < len(draft.sentences)}
        for id, places in of.items()
    }
    return tuple(
        Drawn(
            id, draft.stated[places[0]].limit, tuple(draft.stated[i] for i in places),
            tuple(other for other in of if other != id and where[other] & where[id]),
        )
        for id, places in of.items()
    )  # fmt: skip


def criterion_id(limit: Limit, concepts: Concepts) -> str:
    """What a condition is called.

    >>> from indicated.model import Bound
    >>> limit = Limit("value", "bmi", 0, 9, (Bound("at_least", Quantity.of("40.0", "kg/m2")),))
    >>> criterion_id(limit, Concepts({}))
    'bmi-at-least-40-kg-m2'
    """
    own = concepts[limit.concept].unit if limit.concept in concepts else ""
    parts = [limit.concept, *(["lasting"] if limit.kind == "lasting" else []), *limit.because]
    for bound in limit.bounds:
        parts += [_OPS[bound.op], _number(bound.limit)]
        parts += [bound.limit.unit] if bound.limit.unit != own else []
    return "-".join(
        p for part in parts if (p := re.sub(r"[^a-z0-9]+", "-", part.lower()).strip("-"))
    )


def _number(limit: Quantity) -> str:
    assert limit.exact is not None
    return plain(limit.exact)


_UNPRINTED = re.compile("[\x00-\x08\x7f-\x9f\u2028\u2029\ud800-\udfff\ufeff\ufffe\uffff]")


def _quoted(text: object) -> str:
    """A text as YAML in double quotes, whatever is in it."""
    written = json.dumps(str(text), ensure_ascii=False)
    return _UNPRINTED.sub(lambda m: f"\\u{ord(m[0]):04x}", written)


@cache
def _templates() -> Environment:
    folder = shipped().joinpath("template", "drafted")
    files = {f.name: f.read_text(encoding="utf-8") for f in folder.iterdir() if f.is_file()}
    made = Environment(  # YAML, not HTML: values go through a filter below
        loader=DictLoader(files), undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True,
        keep_trailing_newline=True,
    )  # fmt: skip
    made.filters |= {
        "q": _quoted,
        "comment": lambda text: _UNPRINTED.sub("", " ".join(str(text).split())),
        "first_up": lambda text: text[:1].upper() + text[1:],
        "words": quantity_words,
        "number": lambda limit: f"{_number(limit)} {limit.unit}".strip(),
    }
    return made


__all__ = ["Drafted", "Drawn", "Open", "Origin", "Stated", "criteria", "draft_files"]
