"""The cue files of this stage, read once, and the finding of their phrases in a text.

Everything about language that a reader may want to correct is data: `library/cues/*.yaml`. This
module only knows the shape of those files.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from functools import cache, lru_cache
from typing import Any

from indicated.cue_files import cue_file
from indicated.errors import PolicyError
from indicated.facts.fold import fold
from indicated.facts.parts import Cue, Spanned, longest
from indicated.facts.patterns import Patterns, pieces
from indicated.model import Quantity

SIDES = ("before", "near", "after", "next", "label", "both", "listing", "first", "apposed")
EFFECTS = frozenset({
    "absent", "never", "disclaimed", "undone", "possible", "confirmed", "family", "self",
    "planned", "appointed", "asked", "done", "hypothetical", "persists", "resolved", "past",
    "not_documented", "not_on_file", "rule", "patient", "letter", "payer", "mask", "ignore",
    "no-response", "response-none", "response-lost", "response-good", "response-partial",
    "intolerance", "contraindication", "declined", "completed", "stopped", "caused", "current",
    "started", "used", "adequate", "inadequate", "trough", "colonised", "undated", "result",
    "likewise", "unfound", "weighed",
})  # fmt: skip


load = cue_file


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


Effect = tuple[str, str]


@cache
def _patterns() -> Patterns[tuple[Effect, bool]]:
    """Every phrase with its effect, and whether it is written out or made by a denial."""
    lists = load("assertion")["lists"]
    found: Patterns[tuple[Effect, bool]] = Patterns()
    for name, tree in (("assertion", load("assertion")), ("therapy", load("therapy")["cues"])):
        for effect, sides in tree.items():
            if effect in ("lists", "weighed"):
                continue
            if effect not in EFFECTS or set(sides) - set(SIDES):
                raise PolicyError(f'cue "{effect}" is not one the reader knows', f"{name}.yaml")
            for side, phrases in sides.items():
                for phrase in phrases:
                    choices = pieces(phrase, lists)
                    found.add([[fold(c) for c in p] for p in choices], ((effect, side), True))
    denials = [f"{fold(d)} " for d in load("therapy")["denials"]]
    for phrases, made in _denied():
        plain = [fold(p) for p in phrases if not {"{", "<"} & set(p)]
        found.add([denials, plain], (made, False))
        for phrase in (p for p in phrases if {"{", "<"} & set(p)):
            choices = [[fold(c) for c in p] for p in pieces(phrase, lists)]
            found.add([denials, *choices], (made, False))
    # The phrases that only weigh a treatment, which `find_weighed` picks out.
    for side, phrases in load("assertion")["weighed"].items():
        for phrase in phrases:
            choices = pieces(phrase, lists)
            found.add([[fold(c) for c in p] for p in choices], (("weighed", side), True))
    return found


def _denied() -> Iterator[tuple[list[str], Effect]]:
    """ "no side effects from", "not responded to": outcomes turned round by a denial.

    A label ("rash") is an outcome only where it stands alone; denied, it is a finding like any.
    """
    for effect, turned in load("therapy")["denied"].items():
        for side, phrases in load("therapy")["cues"][effect].items():
            if side not in ("label", "next"):
                yield phrases, (turned, side)


Effects = tuple[Effect, ...]


@cache
def _told(meanings: tuple[tuple[Effect, bool], ...]) -> tuple[Effects, Effects, Effects]:
    """What the meanings of a phrase say: as a cue, of what it weighs, and of what its rule does."""
    said = [(effect, out) for effect, out in meanings if effect[0] != "weighed"]
    written = {effect for effect, out in said if out}
    effects = written or {effect for effect, _ in said}
    if len(effects) > 1:
        effects = {e for e in effects if e[0] != "ignore"}
    weighed = {effect for effect, _ in meanings if effect[0] == "weighed"}
    ruled = {("weighed", side) for effect, side in written if effect == "rule"}
    return tuple(sorted(effects)), tuple(sorted(weighed)), tuple(sorted(ruled))


@lru_cache(maxsize=1)
def _phrases(folded: str) -> list[tuple[int, int, tuple[Effects, Effects, Effects]]]:
    """Every phrase of a text in whole words, with what it says."""
    return [
        (start, end, _told(meanings))
        for start, end, meanings in _patterns().find(folded)
        if _whole(folded, end)
    ]


def find_cues(
    folded: str,
    names: Sequence[Spanned] = (),
    states: frozenset[int] = frozenset(),
    trials: frozenset[int] = frozenset(),
) -> list[Cue]:
    """Every cue in a folded text; of overlapping ones the longest that runs into no name.

    Phrases that only hide others are left out. `names` are sorted and do not overlap; in those that
    begin at one of `states` the words on a treatment's outcome count as well, and in those at one
    of `trials`, which hold a treatment ("failed physical therapy"), all words.

    >>> [c.effects[0] for c in find_cues("not only; no fever")]
    [('absent', 'before')]
    """
    from indicated.facts.composed import composed_cues  # which needs the files that are read here

    hits = [Cue(start, end, told[0]) for start, end, told in _phrases(folded) if told[0]]
    hits += composed_cues(folded)  # of two that are equally long the written one stays
    if names:
        hits = [h for h in hits if _clear_of(h, names, folded, states, trials)]
    return [c for c in longest(_cut_short(hits)) if not c.has("ignore")]


def find_weighed(folded: str, names: Sequence[Spanned] = ()) -> list[Cue]:
    """Words that only weigh a treatment. They stand beside whatever else words say.

    What a guideline says may be the name of a concept ("NCCN recommends"), which leaves no rule;
    what it speaks of is weighed all the same.
    """
    hits = [Cue(start, end, told[1]) for start, end, told in _phrases(folded) if told[1]]
    ruled = [Cue(start, end, told[2]) for start, end, told in _phrases(folded) if told[2]]
    return longest([*hits, *(cue for cue in ruled if not _clear_of(cue, names, folded))])


def _cut_short(hits: list[Cue]) -> list[Cue]:
    """Words that only hide others, up to where others begin that go on past them: "mother asks"
    hides the mother, and not the "asks for" behind her."""
    hiding = [h for h in hits if h.has("ignore")]
    if not hiding:
        return hits
    others = sorted((h for h in hits if not h.has("ignore")), key=lambda h: h.start)
    starts = [h.start for h in others]
    out = [h for h in hits if not h.has("ignore")]
    for hit in hiding:
        inside = others[bisect_right(starts, hit.start) : bisect_left(starts, hit.end)]
        past = [h.start for h in inside if h.end > hit.end and h.has("asked")]
        out.append(replace(hit, end=min(past)) if past else hit)
    return out


# What is said of a treatment, and may be the name of a state too: "without improvement".
OUTCOMES = frozenset({
    "no-response", "response-none", "response-lost", "response-partial", "response-good",
})  # fmt: skip


@cache
def outcomes_in(name: str) -> frozenset[str]:
    """What a name alone says of a treatment's outcome.

    >>> sorted(outcomes_in("without improvement")), sorted(outcomes_in("improvement in mood"))
    (['no-response'], [])
    """
    told = OUTCOMES | {"current"}
    return frozenset(e for cue in find_cues(name) for e, _ in cue.effects if e in told)


def _clear_of(
    hit: Cue,
    names: Sequence[Spanned],
    folded: str,
    states: frozenset[int] = frozenset(),
    trials: frozenset[int] = frozenset(),
) -> bool:
    """Whether a cue touches no name, or holds it whole ("no relief" holds "relief"); or is an
    outcome that ends the name of a state."""
    i = bisect_right(names, hit.start, key=lambda n: n.start) - 1
    for name in names[max(0, i) : i + 4]:
        if name.start < hit.end and hit.start < name.end:
            if folded[name.start : name.end] in listed("words", "persons"):
                return False  # "PT with ..." is the therapy, not the patient
            inside = name.start <= hit.start and hit.end <= name.end
            if inside and name.start in trials and hit.end < name.end:
                continue
            if name.start in states and name.start <= hit.start and hit.end == name.end:
                return any(
                    effect == "current" or (effect in OUTCOMES and side == "both")
                    for effect, side in hit.effects
                )
            longer = hit.end - hit.start > name.end - name.start
            if not (longer and hit.start <= name.start and name.end <= hit.end):
                return False
    return True


def _whole(folded: str, end: int) -> bool:
    return end == len(folded) or not (folded[end].isalnum() and folded[end - 1].isalnum())
