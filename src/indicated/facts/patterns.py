"""Phrases with choices in them, found in a text in one pass.

"{no|without} {any |}<sign> of" stands for every way through it. The ways are never written out:
the patterns are one automaton, whose states are made when a text first needs them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar

_CHOICE = re.compile(r"<(?P<list>\w+)>|\{(?P<choices>[^{}]*)\}")
_LIST = re.compile(r"<(\w+)>")
MOST_KNOWN = 100_000  # words kept for one state: a chart has fewer, garbage has no end of them
_BEGIN = re.compile(r"[^\W_]+|\S")  # a word or sign with which a pattern may begin
_TOKEN = re.compile(r"[^\W_]+|.", re.DOTALL)
NOWHERE = -1
T = TypeVar("T")


def pieces(pattern: str, lists: Mapping[str, Sequence[str]]) -> list[list[str]]:
    """The choices of a pattern, one after the other.

    >>> pieces("{is|} not <seen>", {"seen": ["found", "noted"]})
    [['is', ''], [' not '], ['found', 'noted']]
    """
    found: list[list[str]] = []
    last = 0
    for choice in _CHOICE.finditer(pattern):
        found.append([pattern[last : choice.start()]])
        if choice["list"]:
            found.append(list(lists[choice["list"]]))
        else:
            found.append([w for c in choice["choices"].split("|") for w in _listed(c, lists)])
        last = choice.end()
    return [p for p in [*found, [pattern[last:]]] if p != [""]]


def _listed(choice: str, lists: Mapping[str, Sequence[str]]) -> list[str]:
    """One choice; where it names a list, one for each word of that list."""
    name = _LIST.search(choice)
    if name is None:
        return [choice]
    return [choice[: name.start()] + word + choice[name.end() :] for word in lists[name[1]]]


@dataclass
class Patterns(Generic[T]):
    """Many patterns, each with what it means.

    >>> some = Patterns[str]()
    >>> some.add([["no ", "without "], ["any ", ""], ["sign of"]], "absent")
    >>> list(some.find("without  any sign of fever"))
    [(0, 20, ('absent',))]
    """

    _steps: list[dict[str, int]] = field(default_factory=lambda: [{}])
    _free: list[list[int]] = field(default_factory=lambda: [[]])  # steps that consume nothing
    _ends: dict[int, list[T]] = field(default_factory=dict)
    # States that a text has led to, by number: where each word and each letter leads from there.
    _numbers: dict[frozenset[int], int] = field(default_factory=dict)
    _nodes: list[frozenset[int]] = field(default_factory=list)
    _moves: list[dict[str, int]] = field(default_factory=list)
    _letters: list[dict[str, int]] = field(default_factory=list)
    _meanings: list[tuple[T, ...]] = field(default_factory=list)

    def add(self, choices: Sequence[Sequence[str]], meaning: T) -> None:
        """A pattern, as its choices one after the other. Blanks at its ends do not count."""
        # Where it may stand after each choice: directly behind a word, or with a blank to come.
        behind: int | None = None
        due: int | None = None
        start: int | None = 0
        for alternatives in choices:
            after, blank = self._node(), self._node()
            for apart in (False, True):  # whether the words stand apart from what is before them
                words = [c for c in alternatives if c.strip() and c.startswith(" ") == apart]
                if words:
                    joined, parted = (None, behind) if apart else (behind, None)
                    heads = self._heads(start, joined, parted, due)
                    for choice in words:
                        ends_in = blank if choice.endswith(" ") else after
                        for head in heads:
                            self._spell(head, " ".join(choice.split()), ends_in)
            bare = [c for c in alternatives if not c.strip()]
            for choice in bare:
                if behind is not None:
                    self._free[behind].append(blank if choice else after)
                if due is not None:
                    self._free[due].append(blank)
            behind, due, start = after, blank, start if bare else None
        for last in (behind, due):
            if last is not None:
                self._ends.setdefault(last, []).append(meaning)

    def _heads(
        self, start: int | None, joined: int | None, apart: int | None, due: int | None
    ) -> list[int]:
        """The nodes from which words are spelled: the start of all, and one for all other ways."""
        heads = [] if start is None else [start]
        if joined is not None or apart is not None or due is not None:
            head = self._node()
            heads.append(head)
            if joined is not None:
                self._free[joined].append(head)
            if apart is not None or due is not None:
                space = self._node()
                self._steps[space][" "] = head
                for way in (apart, due):
                    if way is not None:
                        self._free[way].append(space)
        return heads

    def _node(self) -> int:
        self._steps.append({})
        self._free.append([])
        return len(self._steps) - 1

    def _spell(self, at: int, words: str, to: int) -> None:
        """Nodes for the letters of some words, shared as far as others begin alike."""
        for letter in words:
            following = self._steps[at].get(letter)
            if following is None:
                following = self._steps[at][letter] = self._node()
            at = following
        self._free[at].append(to)

    def find(self, text: str) -> Iterator[tuple[int, int, tuple[T, ...]]]:
        """Every place where a pattern begins at a word, with each of its possible ends.

        A text is gone through word by word, and what a word does to a state is kept: nearly every
        word begins no pattern, which is then known without looking at its letters.
        """
        if not self._nodes:
            self._state({0})
        moves, meanings = self._moves, self._meanings
        begins = moves[0]
        for word in _BEGIN.finditer(text):
            token = word[0]
            state = begins.get(token)
            if state is None:
                state = self._move(0, token)
            if state == NOWHERE:
                continue
            start, end = word.span()
            if meanings[state]:
                yield start, end, meanings[state]
            last = token
            for following in _TOKEN.finditer(text, end):
                token = following[0]
                if token == " " and last == " ":
                    continue
                move = moves[state].get(token)
                state = self._move(state, token) if move is None else move
                if state == NOWHERE:
                    break
                if meanings[state]:
                    yield start, following.end(), meanings[state]
                last = token

    def _move(self, state: int, token: str) -> int:
        """Where a word or a sign leads, remembered."""
        at = state
        for letter in token:
            following = self._letters[at].get(letter)
            if following is None:
                targets = {s[letter] for n in self._nodes[at] if letter in (s := self._steps[n])}
                following = self._state(targets) if targets else NOWHERE
                self._letters[at][letter] = following
            at = following
            if at == NOWHERE:
                break
        known = self._moves[state]
        if len(known) < MOST_KNOWN:
            known[token] = at
        return at

    def _state(self, nodes: set[int]) -> int:
        """The state of the nodes with all that can be reached from them for nothing."""
        found, waiting = set(nodes), list(nodes)
        while waiting:
            for free in self._free[waiting.pop()]:
                if free not in found:
                    found.add(free)
                    waiting.append(free)
        # Only nodes with a way on, or an end, tell two states apart.
        steps, ends = self._steps, self._ends
        told = frozenset([n for n in found if steps[n] or n in ends])
        number = self._numbers.setdefault(told, len(self._nodes))
        if number == len(self._nodes):
            self._nodes.append(told)
            self._moves.append({})
            self._letters.append({})
            ended = sorted([n for n in told if n in ends])
            self._meanings.append(tuple([m for n in ended for m in ends[n]]))
        return number
