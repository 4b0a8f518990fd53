"""Outcome words with what stands before and behind them: "did not really help", "little relief".

An outcome word alone says one thing ("helped") or nothing ("relief"). The words directly before it
turn it: a denial, a degree, an end. The table is `composed` in `library/cues/therapy.yaml`; here is
only how it is laid together, so that every verb has its whole paradigm.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Any

import ahocorasick

from indicated.facts.cues import load, whole_words
from indicated.facts.fold import fold
from indicated.facts.parts import Cue

AHEAD = 72  # characters before an outcome word in which its modifiers stand
BEHIND = 36
_PHRASE = 4  # words in the longest modifier
_WORD = re.compile(r"(?<![\w'])-?[\w']+(?:/\w+)?")
# Of several modifiers the first of these that is there decides: "may not help" says nothing.
_ORDER = ("modal", "lost", "less", "none", "partial", "weak", "good", "any")


@cache
def _words() -> Any:
    """Every outcome word in folded form with the kind of word that it is."""
    automaton = ahocorasick.Automaton()
    for kind, entry in load("therapy")["composed"]["words"].items():
        for word in entry["names"]:
            automaton.add_word(fold(word), (len(fold(word)), kind))
    automaton.make_automaton()
    return automaton


def composed_cues(folded: str) -> list[Cue]:
    """Every outcome word of a folded text that, with what stands around it, says something.

    >>> [c.effects for c in composed_cues("it may help, it did not help")]
    [(('no-response', 'both'),)]
    """
    found = []
    for last, (length, kind) in _words().iter(folded):
        start, end = last + 1 - length, last + 1
        whole = not (start and folded[start - 1].isalnum()) and not folded[end : end + 1].isalnum()
        if whole and (cue := composed(folded, start, end, kind)):
            found.append(cue)
    return found


@cache
def _modifiers() -> dict[str, str]:
    """Every modifier and small word in folded form, with its class ("" for a small one)."""
    tree = load("therapy")["composed"]
    small = {fold(w): "" for w in (*tree["between"], *tree["verbs"])}
    return small | {fold(w): name for name, words in tree["modifiers"].items() for w in words}


def _run(folded: str, low: int, start: int) -> tuple[int, set[str]]:
    """Where the modifiers and small words directly before an outcome word begin, and what they are.

    Read word by word from the right, the longest known phrase each time.
    """
    words = list(_WORD.finditer(folded, low, start))
    if not words or folded[words[-1].end() : start].strip(" /"):
        return start, set()
    found: set[str] = set()
    last = len(words)
    while last:
        for length in range(min(_PHRASE, last), 0, -1):
            first = words[last - length]
            phrase = folded[first.start() : words[last - 1].end()]
            if phrase in _modifiers():
                found.add(_modifiers()[phrase])
                last -= length
                break
        else:
            break
        if last and folded[words[last - 1].end() : words[last].start()].strip(" ,/"):
            break
    return (words[last].start() if last < len(words) else start), found


@cache
def _trailing() -> dict[str, re.Pattern[str]]:
    """Degrees that stand behind: "helped a little", "responded very well"."""
    behind = load("therapy")["composed"]["behind"]
    return {
        name: re.compile(r",? ?(?:her |him |them |me )?" + whole_words(words).pattern)
        for name, words in behind.items()
    }


def composed(folded: str, start: int, end: int, kind: str) -> Cue | None:
    """The outcome word with its modifiers as one cue; None where it says nothing.

    >>> found = composed("it did not really help", 18, 22, "verb")
    >>> found and (found.start, found.effects)
    (3, (('no-response', 'both'),))
    """
    entry = load("therapy")["composed"]["words"][kind]
    begin, found = _run(folded, max(0, start - AHEAD), start)
    order = entry.get("order", _ORDER)
    degree = next((name for name in order if name in found), "")
    if degree == "lost" and "none" in found and "," not in folded[begin:start]:
        degree = "any"  # "has not lost its effect": there is one, of whatever degree
    if degree in ("", "good"):
        for name, pattern in _trailing().items():
            if behind := pattern.match(folded, end, end + BEHIND):
                degree, end = name, behind.end()
                break
    if _of_a_person(folded, begin, start, end):
        return None
    effect = entry["turned"].get(degree, "") if degree else entry.get("alone", "")
    if not effect:
        return None
    begin = begin if degree or kind == "bad" else start
    effects = [(effect, "both")]
    if effect in ("response-good", "response-partial") and _present().search(folded, begin, end):
        effects.append(("current", "both"))
    return Cue(begin, end, tuple(effects))


def _of_a_person(folded: str, begin: int, start: int, end: int) -> bool:
    """ "Some work stress", "unable to work": what somebody does, and no outcome."""
    apart = load("therapy")["composed"]["of_persons"].get(folded[start:end])
    if apart is None:
        return False
    ahead = " ".join(folded[begin:start].split())
    before = any(ahead == w or ahead.endswith(" " + w) for w in apart["before"])
    return before or whole_words(apart["behind"]).match(folded, end + 1) is not None


@cache
def _present() -> re.Pattern[str]:
    return whole_words(load("therapy")["composed"]["present"])
