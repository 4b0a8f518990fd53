"""What happens to a note on its way: wrapping, page lines, lost stops, scanning."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Callable
from dataclasses import dataclass
from random import Random

from indicated.units import unit_names

from .data import data
from .layout import Block

_WORD = re.compile(r"(?<![\w/%^.-])[A-Za-z]{4,}(?![\w/%^])")


@dataclass(frozen=True)
class Noise:
    """What is done to one note."""

    kind: str  # clean | wrapped | scanned
    width: int = 0
    doubled: float = 0.0  # share of spaces that are doubled
    stops: float = 0.0  # share of full stops before a capital that are lost at a line's end
    pages: int = 0  # lines to a page; 0: no page lines
    misspell: float = 0.0
    hanging: bool = True
    scan: float = 0.0  # share of words that are misread

    def names(self) -> list[str]:
        """What was done, in words."""
        done = {
            "wrapped": self.width, "doubled spaces": self.doubled, "lost stops": self.stops,
            "page lines": self.pages, "misspelt names": self.misspell, "scanned": self.scan,
        }  # fmt: skip
        return [name for name, on in done.items() if on]


def draw(rng: Random, kind: str) -> Noise:
    """The noise of one note of a kind."""
    if kind == "clean":
        return Noise("clean")
    scanned = kind == "scanned"
    return Noise(
        kind,
        width=rng.randint(60, 90),
        doubled=rng.choice([0, 0, 0.02, 0.05]),
        stops=rng.choice([0, 0, 0.3]),
        pages=rng.choice([14, 22, 30]) if rng.random() < (0.5 if scanned else 0.3) else 0,
        misspell=0.3 if rng.random() < 0.25 else 0.0,
        hanging=rng.random() < 0.6,
        scan=rng.choice([0.02, 0.035, 0.05]) if scanned else 0.0,
    )


def printed(blocks: list[Block], noise: Noise, rng: Random, name: str) -> str:
    """The note as it arrives."""
    lines: list[str] = []
    for block in blocks:
        lines += _lines(block, noise, rng)
    while lines and not lines[-1]:
        lines.pop()
    if noise.scan:
        lines = [_scanned(line, noise.scan, rng) for line in lines]
    if noise.pages:
        lines = _paged(lines, noise.pages, rng, name)
    return "\n".join(lines) + "\n"


def _lines(block: Block, noise: Noise, rng: Random) -> list[str]:
    words = block.words
    if block.kind in ("line", "head", "gap"):
        return [words]
    if noise.stops and block.kind in ("bullet", "text") and rng.random() < noise.stops:
        words = words.removesuffix(".")
    if noise.doubled:
        words = re.sub(" ", lambda _: "  " if rng.random() < noise.doubled else " ", words)
    if not noise.width:
        return [block.mark + words]
    indent = " " * len(block.mark) if noise.hanging else ""
    # A wrapper that keeps doubled spaces inside a line, as a typist's do.
    lines = textwrap.wrap(
        block.mark + words, noise.width, subsequent_indent=indent, break_long_words=False,
        break_on_hyphens=False,
    )  # fmt: skip
    return _hyphenated(lines, rng) if noise.scan else lines


def _hyphenated(lines: list[str], rng: Random) -> list[str]:
    """Some long words broken over the end of a line."""
    for i in range(len(lines) - 1):
        here, following = lines[i], lines[i + 1]
        word = re.match(r"(\s*)([a-z]{9,})(?= )", following)
        if not word or len(here) < 45 or rng.random() > 0.35:
            continue
        at = rng.randint(4, len(word[2]) - 4)
        lines[i] = f"{here} {word[2][:at]}-"
        lines[i + 1] = word[1] + following[word.start(2) + at :]
    return lines


def _scanned(line: str, share: float, rng: Random) -> str:
    """Letters misread in some words; numbers, units and short words stay as they are."""
    units = unit_names()

    def misread(match: re.Match[str]) -> str:
        word = match.group(0)
        if word.casefold() in units or rng.random() > share:
            return word
        swaps: list[Callable[[str], str]] = [
            lambda w: _swap(w, "l", "1", rng), lambda w: _swap(w, "O", "0", rng),
            lambda w: _swap(w, "o", "0", rng), lambda w: _swap(w, "rn", "m", rng),
            lambda w: _swap(w, "m", "rn", rng), lambda w: _swap(w, "I", "l", rng),
        ]  # fmt: skip
        rng.shuffle(swaps)
        return next((new for swap in swaps if (new := swap(word)) != word), word)

    line = _WORD.sub(misread, line)
    if rng.random() < share * 2:
        # A speck between two words, never beside a number.
        gaps = [m.start() for m in re.finditer(r"(?<=[a-z]{3}) (?=[a-z]{3})", line)]
        if gaps:
            at = rng.choice(gaps)
            line = f"{line[:at]} {rng.choice(['~', '`', '^', '_', '¬'])} {line[at + 1 :]}"
    return line


def _swap(word: str, old: str, new: str, rng: Random) -> str:
    places = [m.start() for m in re.finditer(old, word)]
    if not places:
        return word
    at = rng.choice(places)
    return word[:at] + new + word[at + len(old) :]


def _paged(lines: list[str], length: int, rng: Random, name: str) -> list[str]:
    """A line of the printer or the fax after every page, wherever the page ends."""
    form = rng.choice(data("filler")["page_lines"])
    pages = -(-len(lines) // length)
    record, made = rng.randint(100000, 999999), []
    for i, line in enumerate(lines):
        made.append(line)
        if (i + 1) % length == 0 and i + 1 < len(lines):
            made.append(form.format(n=(i + 1) // length, m=pages, name=name, mrn=record))
    return made
