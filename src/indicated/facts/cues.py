"""The cue files of this stage, read once, and the finding of their phrases in a text.

Everything about language that a reader may want to correct is data: `library/cues/*.yaml`. This
module only knows the shape of those files.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import Any

import ahocorasick
import yaml

from indicated.errors import PolicyError
from indicated.facts.fold import fold
from indicated.facts.parts import Cue, Spanned, longest
from indicated.model import Quantity

FOLDER = "library/cues"
SIDES = ("before", "near", "after", "next", "label", "both")
EFFECTS = frozenset(
    [
        "absent",
        "never",
        "possible",
        "family",
        "planned",
        "hypothetical",
        "resolved",
        "past",
        "not_documented",
        "not_on_file",
        "rule",
        "patient",
        "letter",
        "payer",
        "mask",
        "ignore",
        "no-response",
        "response-none",
        "response-lost",
        "response-good",
        "response-partial",
        "intolerance",
        "contraindication",
        "declined",
        "completed",
        "stopped",
        "caused",
        "current",
        "started",
        "used",
        "adequate",
        "inadequate",
        "trough",
        "colonised",
    ]
)


@cache
def load(name: str) -> dict[str, Any]:
    """A cue file as it stands."""
    text = files("indicated").joinpath(f"{FOLDER}/{name}.yaml").read_text(encoding="utf-8")
    tree: dict[str, Any] = yaml.load(text, Loader=yaml.BaseLoader)
    return tree


def words() -> dict[str, Any]:
    """The small words."""
    return load("words")


@cache
def alternatives(name: str, *path: str) -> re.Pattern[str]:
    """The phrases at a place of a cue file as one pattern over folded text, whole words only.

    >>> alternatives("words", "ranges").search("a reference range of")[0]
    'reference range'
    """
    node: Any = load(name)
    for key in path:
        node = node[key]
    return whole_words(node)


def whole_words(phrases: Iterable[str]) -> re.Pattern[str]:
    """One pattern for phrases, longest first, not touching other letters or digits."""
    escaped = (re.escape(fold(p)) for p in sorted(set(phrases), key=len, reverse=True))
    return re.compile(r"(?<!\w)(?:" + "|".join(escaped) + r")(?!\w)")


@cache
def listed(name: str, *path: str) -> frozenset[str]:
    """The phrases at a place of a cue file, folded."""
    node: Any = load(name)
    for key in path:
        node = node[key]
    return frozenset(fold(p) for p in node)


def quantity(text: str) -> Quantity:
    """A "number unit" of a cue file.

    >>> quantity("3.5 d").unit
    'd'
    """
    number, _, unit = text.partition(" ")
    return Quantity.of(number, unit)


# --- phrases with an effect ------------------------------------------------------------------


def _phrases() -> dict[str, set[tuple[str, str]]]:
    found: dict[str, set[tuple[str, str]]] = {}
    sources: list[tuple[str, Mapping[str, Any]]] = [
        ("assertion", load("assertion")),
        ("therapy", load("therapy")["cues"]),
    ]
    for name, tree in sources:
        for effect, sides in tree.items():
            if effect not in EFFECTS or set(sides) - set(SIDES):
                raise PolicyError(f'cue "{effect}" is not one the reader knows', f"{name}.yaml")
            for side, phrases in sides.items():
                for phrase in phrases:
                    found.setdefault(fold(phrase), set()).add((effect, side))
    return _denied() | found  # what is written out stands before what is made here


def _denied() -> dict[str, set[tuple[str, str]]]:
    """ "no side effects from", "not responded to": outcomes turned round by a denial."""
    tree = load("therapy")
    return {
        fold(f"{denial} {phrase}"): {(turned, side)}
        for effect, turned in tree["denied"].items()
        for side, phrases in tree["cues"][effect].items()
        for phrase in phrases
        for denial in tree["denials"]
    }


@cache
def _automaton() -> Any:
    automaton = ahocorasick.Automaton()
    for phrase, effects in _phrases().items():
        automaton.add_word(phrase, (len(phrase), tuple(sorted(effects))))
    automaton.make_automaton()
    return automaton


def find_cues(folded: str, names: Sequence[Spanned] = ()) -> list[Cue]:
    """Every cue in a folded text; of overlapping ones the longest that runs into no name.

    Phrases that only hide others are left out. `names` are sorted and do not overlap.

    >>> [c.effects[0] for c in find_cues("not only; no fever")]
    [('absent', 'before')]
    """
    hits = []
    for last, (length, effects) in _automaton().iter(folded):
        start, end = last + 1 - length, last + 1
        if _whole(folded, start, end):
            hits.append(Cue(start, end, effects))
    if names:
        hits = [h for h in hits if _clear_of(h, names)]
    return [c for c in longest(hits) if not c.has("ignore")]


def _clear_of(hit: Cue, names: Sequence[Spanned]) -> bool:
    """Whether a cue touches no name, or holds it whole ("no relief" holds "relief")."""
    i = bisect_right(names, hit.start, key=lambda n: n.start) - 1
    for name in names[max(0, i) : i + 4]:
        if name.start < hit.end and hit.start < name.end:
            longer = hit.end - hit.start > name.end - name.start
            if not (longer and hit.start <= name.start and name.end <= hit.end):
                return False
    return True


def _whole(folded: str, start: int, end: int) -> bool:
    before = folded[start - 1] if start else " "
    after = folded[end] if end < len(folded) else " "
    first, last = folded[start], folded[end - 1]
    return not (first.isalnum() and before.isalnum()) and not (last.isalnum() and after.isalnum())
