"""Which of the narrative is already said by entries, so that nothing is said twice.

An entry covers a row when it refers to it, or, where it refers to nothing, when the row holds its
name and nothing that contradicts its value or day. Of a covered row only the cells remain that
the entry does not say. A list item or a paragraph goes only when the entries say all of it. A row
whose number the entry does not have stays whole: the two contradict, and both are shown.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from indicated.chart.ccda_narrative import Narrative, Piece
from indicated.chart.ccda_tokens import Tokens, said_of, tokens
from indicated.chart.labs_dates import parse_day
from indicated.chart.labs_lines import Told, line_of
from indicated.chart.labs_therapy import interval_of
from indicated.cue_files import cue
from indicated.files.tree import Node
from indicated.model import Day, Entry, Quantity
from indicated.units import convert, convertible

MOST = 300  # pieces that one statement is held against, so that the time grows with the length


@dataclass(frozen=True, slots=True)
class Covered:
    """The statements as they will be written, and what of the narrative remains."""

    told: tuple[Told, ...]
    remains: tuple[Piece | None, ...]  # None: said by entries
    rest: tuple[tuple[str, ...], ...]  # for each piece: cells of a covered row, "Heading: text"


def cover(told: Sequence[tuple[Told, Node]], narrative: Narrative) -> Covered:
    """Hold the statements of a section against its narrative."""
    links: dict[int, list[int]] = defaultdict(list)
    out: list[Told] = []
    index = _Index.of(narrative)
    for n, (one, _) in enumerate(told):
        places = _referred(one, narrative)
        named = not places
        places = places or _by_name(one, narrative, index)
        kept = [p for p in places if not _contradicts(one, narrative.pieces[p])]
        for place in kept:
            links[place].append(n)
        out.append(_as_written(one, narrative, kept) if named else one)
    remains: list[Piece | None] = list(narrative.pieces)
    rest: list[tuple[str, ...]] = [() for _ in narrative.pieces]
    saying: dict[int, Tokens] = {}
    for place, numbers in links.items():
        for n in numbers:
            saying.setdefault(n, _saying(out[n], told[n][1]))
        piece = narrative.pieces[place]
        group = [(out[n], saying[n]) for n in numbers]
        if piece.kind == "row":
            remains[place], rest[place] = _of_row(piece, group)
        elif _says(piece.text, group):
            remains[place] = None
    return Covered(tuple(out), tuple(remains), tuple(rest))


def _saying(one: Told, entry: Node) -> Tokens:
    line, coded = tokens(line_of(one)), said_of(entry)
    same = cue("ccda", "same")
    when = one.entry.when
    days = {d for d in (when.start, when.end) if d is not None}
    words = line.words | coded.words | set(same["status"].get(one.entry.status, ()))
    if one.entry.kind in ("medication", "immunization"):
        words |= set(same["forms"])
    return Tokens(words, line.numbers | coded.numbers, line.days | coded.days | days)


def _all(group: Sequence[tuple[Told, Tokens]]) -> Tokens:
    each = [said for _, said in group]
    return Tokens(
        frozenset().union(*(t.words for t in each)),
        frozenset().union(*(t.numbers for t in each)),
        frozenset().union(*(t.days for t in each)),
    )


# --- which piece a statement belongs to ------------------------------------------------------


def _referred(one: Told, narrative: Narrative) -> list[int]:
    """The pieces that a statement refers to, each by an id that stands in one piece only."""
    found = {p for id in one.places if (p := narrative.piece_of(id)) is not None}
    return sorted(found)


@dataclass(frozen=True)
class _Index:
    """The pieces by their words, numbers and days, so that finding one costs no search of all."""

    words: dict[str, list[int]]
    numbers: dict[Decimal, list[int]]
    days: dict[Day, list[int]]

    @classmethod
    def of(cls, narrative: Narrative) -> _Index:
        index = cls(defaultdict(list), defaultdict(list), defaultdict(list))
        for place, piece in enumerate(narrative.pieces):
            if piece.kind != "heading":
                here = tokens(piece.text)
                for word in here.words:
                    index.words[word].append(place)
                for number in here.numbers:
                    index.numbers[number].append(place)
                for day in here.days:
                    index.days[day].append(place)
        return index


def _by_name(one: Told, narrative: Narrative, index: _Index) -> list[int]:
    """The pieces that hold a statement's name, its value and its day."""
    entry = one.entry
    name = tokens(f"{entry.words} {entry.relation}")
    if not name.words:
        return []
    measured = entry.value if entry.kind == "observation" else None
    value = measured.exact if isinstance(measured, Quantity) else None
    days = {d for d in (entry.when.start, entry.when.end) if d is not None}
    found = []
    for place in _candidates(entry, name, value, days, index):
        piece = narrative.pieces[place]
        here = tokens(piece.text)
        heads = {d for c in piece.cells if (d := parse_day(c.heading)) is not None}
        fits = name.words <= here.words and name.numbers <= here.numbers
        fits = fits or (entry.kind == "medication" and bool(days & here.days))
        fits = fits and (value is None or value.normalize() in here.numbers)
        if fits and (not days or not (here.days | heads) or days & (here.days | heads)):
            found.append(place)
    return found


def _candidates(
    entry: Entry, name: Tokens, value: Decimal | None, days: set[Day], index: _Index
) -> list[int]:
    """Where to look: the shortest list of pieces that any word, number or value leads to.

    A name that stands in hundreds of rows is looked for on its own days only.
    """
    if entry.kind == "medication":  # by one name of several, on the same day
        return sorted({p for w in _names(entry) for p in index.words.get(w, ())})[:MOST]
    lists = [index.words.get(w, []) for w in name.words]
    lists += [index.numbers.get(n, []) for n in name.numbers]
    lists += [index.numbers.get(value.normalize(), [])] if value is not None else []
    shortest = min(lists, key=len)
    if len(shortest) > MOST:
        shortest = sorted({p for d in days for p in index.days.get(d, ())})
    return shortest[:MOST]


def _names(entry: Entry) -> frozenset[str]:
    """The words of a medicine's names that name it: no form, no unit, no short word."""
    told = [entry.words, *(c.display for c in entry.codings)]
    words = frozenset().union(*(tokens(t).words for t in told))
    return frozenset(w for w in words if len(w) >= 5) - set(cue("ccda", "same", "forms"))


def _contradicts(one: Told, piece: Piece) -> bool:
    """Whether a row gives numbers, but not the one that the statement gives."""
    value = one.entry.value
    result = one.entry.kind == "observation" and piece.kind != "heading"
    if not isinstance(value, Quantity) or not result:
        return False
    given = {v.normalize() for v in (value.low, value.high) if v is not None}
    numbers = tokens(piece.text).numbers
    return bool(numbers) and not given <= numbers


def _as_written(one: Told, narrative: Narrative, places: Sequence[int]) -> Told:
    """The name as the narrative has it, where one cell of one row is the name."""
    if len(places) != 1 or one.head:
        return one
    name = tokens(one.entry.words)
    cells = [c for c in narrative.pieces[places[0]].cells if name.within(tokens(c.text))]
    if not cells and one.entry.kind == "medication":
        names = _names(one.entry)
        cells = [c for c in narrative.pieces[places[0]].cells if names & tokens(c.text).words]
    if not cells or not (name.words or name.numbers):
        return one
    best = min(cells, key=lambda c: len(c.text))
    if len(best.text) > 120 or tokens(best.text).days:
        return one
    return replace(one, entry=replace(one.entry, words=best.text))


# --- what remains of a row -------------------------------------------------------------------


def _of_row(
    piece: Piece, group: Sequence[tuple[Told, Tokens]]
) -> tuple[Piece | None, tuple[str, ...]]:
    """The row without the cells that are said; older values keep their row and its name."""
    left = [bool(c.text) and not _said(c.text, c.heading, group) for c in piece.cells]
    if not any(left):
        return None, ()
    later = [
        keep and _is_value(c.text, c.heading) for c, keep in zip(piece.cells, left, strict=True)
    ]
    if any(later):
        cells = tuple(
            c if keep or i == 0 else replace(c, text="")
            for i, (c, keep) in enumerate(zip(piece.cells, left, strict=True))
        )
        return replace(piece, cells=cells), ()
    return None, tuple(_headed(piece, left))


def _said(text: str, heading: str, group: Sequence[tuple[Told, Tokens]]) -> bool:
    """Whether statements say a cell: those of its own day, where a day heads its column."""
    day = parse_day(heading)
    of_day = [g for g in group if day is None or day in g[1].days]
    return bool(of_day) and _says(text, of_day)


def _says(text: str, group: Sequence[tuple[Told, Tokens]]) -> bool:
    """Whether statements together say all of a text; an interval counts by its length."""
    said, here = _all(group), tokens(text)
    if here.within(said):
        return True
    every = {_in_days(t.entry.therapy.every) for t, _ in group if t.entry.therapy} - {None}
    written = interval_of(text)
    if written is None or _in_days(written) not in every:
        return False
    often = frozenset(cue("ccda", "same", "often"))
    number = {n.normalize() for n in (written.low, written.high) if n is not None}
    return replace(here, words=here.words - often, numbers=here.numbers - number).within(said)


def _in_days(every: Quantity | None) -> Decimal | None:
    """An interval in days; a month is none that is exact."""
    exact = every.exact if every is not None else None
    if every is None or exact is None or not convertible(every.unit, "d"):
        return None
    return round(convert(exact, every.unit, "d"), 2)


def _is_value(text: str, heading: str) -> bool:
    """Whether a cell is a value of another day than those that the statements give."""
    return parse_day(heading) is not None and bool(tokens(text).numbers)


def _headed(piece: Piece, left: Sequence[bool]) -> Iterator[str]:
    for cell, keep in zip(piece.cells, left, strict=True):
        if keep:
            yield f"{cell.heading}: {cell.text}" if cell.heading else cell.text
