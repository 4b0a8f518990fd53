"""Leaves as data: what one SQL statement needs to know of each leaf, as rows of small tables.

`leaf`: its qualifiers, with every length of time turned into a day. `leaf_concept`: what a fact of
a concept says to it. `group_concept`: the same for what leaves relate to in time, and for what
closes their world. `relation` and `cut`: its relations, and its bounds in every unit. What a leaf
asks that is not in these tables is refused, by name.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from indicated.errors import PolicyError
from indicated.judge import timing
from indicated.judge.cutoffs import cuts
from indicated.judge.leaves import SAYS_SO
from indicated.model import (
    Bound,
    Concepts,
    Criterion,
    Has,
    Qualifiers,
    Quantity,
    Relation,
    Value,
)
from indicated.units import convert, convertible

YEAR = Quantity.of(1, "a")  # of a denial of the past, of any length (leaves.related)
COUNT = "{count}"
MANY = 1 << 30  # more concepts than any record denies

Row = dict[str, Any]


@dataclass(frozen=True)
class Kin:
    """The concepts below and opposed to each: `Concepts.above` turned round."""

    concepts: Concepts
    below: Mapping[str, frozenset[str]]

    @classmethod
    def of(cls, concepts: Concepts) -> Kin:
        """Kin of every concept."""
        below: dict[str, set[str]] = {}
        for id in concepts.by_id:
            for above in concepts.above(id):
                below.setdefault(above, set()).add(id)
        return cls(concepts, {id: frozenset(ids) for id, ids in below.items()})

    def narrower(self, id: str) -> frozenset[str]:
        """The concept and every one under it."""
        return self.below.get(id, frozenset()) | {id}

    def opposed(self, id: str) -> frozenset[str]:
        """Whatever is an opposite of the concept, or of a broader one."""
        known = self.concepts
        opposites = {known[a].opposite for a in known.above(id) if a in known} - {""}
        return frozenset(x for o in opposites for x in self.narrower(o))


@dataclass
class Leaves:
    """The tables, filled leaf by leaf; the same leaf is there once, whoever asks for it."""

    concepts: Concepts
    as_of: date
    site: frozenset[str] = frozenset()
    treatment: str = ""
    leaf: list[Row] = field(default_factory=list)
    leaf_concept: list[Row] = field(default_factory=list)
    group_concept: list[Row] = field(default_factory=list)
    relation: list[Row] = field(default_factory=list)
    cut: list[Row] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._kin = Kin.of(self.concepts)
        self._numbers: dict[object, int] = {}
        self._groups: dict[object, int] = {}
        self._bounds: dict[object, int] = {}

    def number(self, criterion: Criterion) -> int:
        """The number under which a leaf is judged. Raises `PolicyError` where SQL cannot."""
        test = criterion.test
        key = (test, bool(criterion.silence), criterion.given)
        if key not in self._numbers:
            self._numbers[key] = len(self._numbers)
            assert isinstance(test, (Has, Value))
            self._add(len(self._numbers) - 1, criterion, test)
        return self._numbers[key]

    def _add(self, n: int, criterion: Criterion, test: Has | Value) -> None:
        has = isinstance(test, Has)
        own = (
            _has_row(test, criterion)
            if isinstance(test, Has)
            else self._value_row(n, criterion, test)
        )
        shared = self._qualifiers(n, test.where)
        given = self._given(criterion.given) if criterion.given else None
        self.leaf.append(
            {
                "leaf": n,
                "test": "has" if has else "value",
                "silence": bool(criterion.silence),
                "given_group": given,
                **shared,
                **own,
            }
        )
        wanted = test.concepts if isinstance(test, Has) else (test.concept,)
        others = self._others(wanted)
        if others and isinstance(test, Has):
            self._wide(n, criterion, test, others)
        else:
            self._narrow(n, test, wanted)

    # --- concepts --------------------------------------------------------------------------

    def _narrow(self, n: int, test: Has | Value, wanted: Sequence[str]) -> None:
        distinct = list(dict.fromkeys(wanted))
        says = self._says(distinct)
        classed = isinstance(test, Has) and test.distinct == "class"
        for id, about in says.items():
            row = _concept_row(n, id, *about)
            row["own"] = id in distinct
            if classed:
                row["classes"] = sorted(
                    {self.concepts.member_class(id, of) for of in wanted
                     if self.concepts.is_a(id, of)} - set(wanted)
                )  # fmt: skip
            self.leaf_concept.append(row)

    def _says(self, wanted: Sequence[str]) -> dict[str, tuple[bool, list[int], list[int]]]:
        """Of each concept that bears on those wanted: whether it is one of them or narrower; which
        of them it is broader than; which it is an opposite of."""
        narrow = {x for c in wanted for x in self._kin.narrower(c)}
        wide: dict[str, list[int]] = {}
        opposed: dict[str, list[int]] = {}
        for i, c in enumerate(wanted):
            for x in self.concepts.above(c):
                wide.setdefault(x, []).append(i)
            for x in self._kin.opposed(c):
                opposed.setdefault(x, []).append(i)
        return {
            x: (x in narrow, wide.get(x, []), opposed.get(x, []))
            for x in sorted(narrow | wide.keys() | opposed.keys())
        }

    def _others(self, wanted: Iterable[str]) -> frozenset[str]:
        """Where a leaf asks for any treatment: every one but the one that is asked for."""
        known = self.concepts
        kinds = {k for c in wanted if c in known for k in known[c].kinds}
        kin = known.above(self.treatment) | self._kin.narrower(self.treatment)
        own = kin if self.treatment else frozenset()
        return frozenset(id for id, c in known.by_id.items() if c.kind in kinds) - own

    def _wide(self, n: int, criterion: Criterion, test: Has, others: frozenset[str]) -> None:
        """A leaf over any treatment asks for those that the case names: what a fact says to it
        may hang on which others are named."""
        if test.distinct == "class":
            raise refused(criterion, "distinct: class, over any treatment")
        static = self._says(list(dict.fromkeys(test.concepts)))
        broad = {a for c in test.concepts for a in self.concepts.above(c)}
        broad |= {x for c in test.concepts for x in self._kin.opposed(c)}
        opposed_to: dict[str, set[str]] = {}
        for other in others:
            for x in self._kin.opposed(other):
                opposed_to.setdefault(x, set()).add(other)
        reach = {a for o in others for a in self.concepts.above(o)}
        reach |= {x for o in others for x in self._kin.narrower(o)}
        for id in sorted(reach | static.keys() | opposed_to.keys()):
            named = id in others
            narrow, wide, opposed = static.get(id, (False, [], []))
            row = _concept_row(n, id, narrow or named, wide or ([0] if named else []), opposed)
            row["own"] = named or id in test.concepts
            row["narrow_if"] = sorted(self.concepts.above(id) & others)
            row["wide_if"] = sorted((self._kin.narrower(id) & others) - {id})
            row["opposed_if"] = sorted(opposed_to.get(id, ()))
            row["unsure"] = id in broad  # which concepts are all denied is not known here
            self.leaf_concept.append(row)
        self.leaf[-1]["others"] = True
        self.leaf[-1]["n_wanted"] = MANY

    # --- qualifiers ------------------------------------------------------------------------

    def _qualifiers(self, n: int, where: Qualifiers) -> Row:
        begin = timing.shift(self.as_of, where.within, -1) if where.within else None
        for relation in where.relations:
            self._relate(n, "where", relation)
        past = (where.within is not None or bool(where.relations)) and not where.currently
        return {
            "says": [a.value for a in SAYS_SO[where.said_of]],
            "denies": not where.said_of,
            "past": past,
            "never": where.within is None or bool(where.relations),
            "since": begin,
            "related": bool(where.relations),
            "currently": where.currently,
            "lasting": self._bound(where.lasting, through="d"),
            "dose": self._bound(where.dose),
            "ended": sorted(where.ended_because) or None,
            "response": sorted(where.response) or None,
            "shown": sorted(where.shown_by) or None,
            "site": sorted(self.site) if where.same_site and self.site else None,
            "adequate": where.adequate,
        }

    def _relate(self, n: int, use: str, relation: Relation) -> None:
        group = self._group(relation.concept)
        narrow = sorted(self._kin.narrower(relation.concept))
        self.relation.append(
            {
                "leaf": n, "use": use, "kind": relation.kind, "group_no": group,
                "silence": bool(relation.silence), "narrow": narrow,
            }
        )  # fmt: skip

    def _group(self, concept: str) -> int:
        key = ("relation", concept)
        if key not in self._groups:
            number = self._groups[key] = len(self._groups)
            for id, (narrow, wide, opposed) in self._says([concept]).items():
                row = {"narrow": narrow, "wide": bool(wide), "opposed": bool(opposed)}
                self.group_concept.append(
                    {"group_no": number, "concept": id, "given": False, **row}
                )
        return self._groups[key]

    def _given(self, given: tuple[str, ...]) -> int:
        key = ("given", given)
        if key not in self._groups:
            number = self._groups[key] = len(self._groups)
            known = self.concepts
            present = {x for c in given for x in self._kin.narrower(c)}
            opposites = [known[c].opposite for c in given if c in known and known[c].opposite]
            says = self._says(list(dict.fromkeys(opposites))) if opposites else {}
            for id in sorted(present | says.keys()):
                _, wide, opposed = says.get(id, (False, [], []))
                row = {"narrow": id in present, "wide": bool(wide), "opposed": bool(opposed)}
                self.group_concept.append({"group_no": number, "concept": id, "given": True, **row})
        return self._groups[key]

    def _bound(
        self, bounds: tuple[Bound, ...], molar: Decimal | None = None, through: str = ""
    ) -> int | None:
        if not bounds:
            return None
        key = (bounds, molar, through)
        if key not in self._bounds:
            number = self._bounds[key] = len(self._bounds)
            for unit, found in cuts(bounds, molar, through).items():
                for i, c in enumerate(found):
                    row = {"upper": c.upper, "inclusive": c.inclusive, "edge": c.at}
                    self.cut.append(
                        {"bound": number, "i": i, "unit": unit, "beyond": c.beyond, **row}
                    )
        return self._bounds[key]

    def _value_row(self, n: int, criterion: Criterion, test: Value) -> Row:
        known = test.concept in self.concepts
        molar = self.concepts[test.concept].molar_mass if known else None
        versus = test.versus
        for relation in versus.relations if versus else ():
            self._relate(n, "versus", relation)
        return {
            **_NO_HAS,
            "n_wanted": 1,
            "pick": test.pick,
            "one_of": sorted(w.casefold() for w in test.one_of) or None,
            "bound": self._bound(test.bounds, None if versus else molar),
            "counts_out": bool(test.bounds) and all(b.limit.unit != COUNT for b in test.bounds),
            "versus": versus.pick if versus else None,
            "change": versus.change if versus else None,
            "versus_related": bool(versus and versus.relations),
            "percent": _percent(criterion, test) if versus and versus.change == "percent" else None,
        }


_NO_HAS: Row = {"times": 1, "distinct_by": "", "apart_days": None, "apart_months": None}
_NO_VALUE: Row = {
    "pick": None, "one_of": None, "bound": None, "counts_out": False, "versus": None,
    "change": None, "versus_related": False, "percent": None,
}  # fmt: skip


def _percent(criterion: Criterion, test: Value) -> list[Row] | None:
    """The bounds of a change in percent; none where they are no percentages, and never known."""
    units = {b.limit.unit for b in test.bounds} - {"%"}
    if any(convertible("%", unit) for unit in units):
        raise refused(criterion, f"versus, as percent, in {', '.join(sorted(units))}")
    if units:
        return None
    return [
        {
            "upper": b.op in ("below", "at_most"),
            "inclusive": b.op in ("at_most", "at_least"),
            "edge": b.limit.high if b.op in ("below", "at_most") else b.limit.low,
        }
        for b in test.bounds
    ]


def _has_row(test: Has, criterion: Criterion) -> Row:
    if test.each:
        raise refused(criterion, f"each: {test.each}")
    days, months = _apart(test.apart) if test.apart else (None, None)
    return {
        "n_wanted": len(set(test.concepts)),
        "times": test.times,
        "distinct_by": test.distinct,
        "apart_days": days,
        "apart_months": months,
        **_NO_VALUE,
    }


def _apart(length: Quantity) -> tuple[int | None, int | None]:
    """A length as whole days or whole months, as `timing.shift` counts it."""
    number = length.high if length.high is not None else length.low
    if number is None:
        return 0, None
    months = {"mo": number, "a": number * 12}.get(length.unit)
    if months is not None and months == int(months):
        return None, int(months)
    return timedelta(days=float(convert(number, length.unit, "d"))).days, None


def _concept_row(n: int, id: str, narrow: bool, wide: list[int], opposed: list[int]) -> Row:
    return {
        "leaf": n, "concept": id, "narrow": narrow, "wide": bool(wide), "opposed": bool(opposed),
        "covers": sorted({*wide, *opposed}), "own": False, "classes": [], "unsure": False,
        "narrow_if": None, "wide_if": None, "opposed_if": None,
    }  # fmt: skip


def refused(criterion: Criterion, qualifier: str) -> PolicyError:
    """The error for what SQL does not carry: which criterion, and what of it."""
    return PolicyError(
        f'criterion "{criterion.id}" asks for what SQL does not carry: {qualifier}',
        criterion.line,
        "Nothing is judged rather than judged otherwise than by the reference engine.",
        "Judge these cases one by one: `indicated batch`.",
    )


def concept_rows(concepts: Concepts) -> list[Row]:
    """Every concept with its kind, the broader ones, and what speaks against it."""
    kin = Kin.of(concepts)
    return [
        {
            "concept": id, "kind": c.kind, "above": sorted(concepts.above(id)),
            "opposed_by": sorted(kin.opposed(id)),
        }
        for id, c in concepts.by_id.items()
    ]  # fmt: skip
