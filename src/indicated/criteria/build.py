"""One node of YAML as a `model.Criterion`: concepts, units, parameters and references resolved."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from indicated.criteria.leaf import BOUNDS, TIME, has_test, value_test
from indicated.criteria.lines import Place, near
from indicated.criteria.references import References
from indicated.criteria.says import says
from indicated.criteria.schema import Node
from indicated.model import Citation, Combine, Criterion, Has, Role, Value

TESTS = ("has", "value", "all", "any", "none", "of")
_COMBINE = ("all", "any", "none", "of")
_LEAF = {
    "within",
    *TIME,
    "lasting",
    "ended_because",
    "response",
    "shown_by",
    "dose",
    "currently",
    "adequate",
    "same_site",
    "said_of",
    "silence",
    "because",
    "given",
}
# Which keys make sense beside which test; everything else there would be read by nobody.
_FITS: dict[str, set[str]] = {
    "has": _LEAF | {"times", "distinct", "apart", "each"},
    "value": _LEAF | {*BOUNDS, "pick", "one_of", "versus"},
    "all": set(),
    "any": set(),
    "none": set(),
    "of": {"at_least"},
}
_ALWAYS = {"id", "says", "cite", "ask", "note", "in_force"}


@dataclass(frozen=True)
class Around:
    """What a node takes from the criterion around it."""

    id: str
    cite: tuple[Citation, ...] = ()
    ask: str = ""
    role: Role = Role.ESSENTIAL
    trail: tuple[str, ...] = ()  # ids on the way here: a criterion must not lead back to itself


@dataclass
class Builder(References):
    """Builds the criteria of one file, noting problems as it goes."""

    nodes: Mapping[str, Node] = field(default_factory=dict)
    used: set[str] = field(default_factory=set)  # criteria that something refers to

    def item(self, item: str | Node, place: Place, around: Around) -> Criterion | None:
        """A reference to a criterion by id, or a node written in place."""
        if isinstance(item, Node):
            return self.node(item, place, around)
        if item not in self.nodes:
            self.problems.add(
                place,
                f'unknown criterion "{item}"',
                "A criterion that is named and not written cannot be judged.",
                near(item, self.nodes) or f'Add "{item}" under `criteria`.',
            )
            return None
        if item in around.trail:
            way = " -> ".join([*around.trail[around.trail.index(item) :], item])
            self.problems.add(
                place,
                f"criteria lead back to themselves: {way}",
                "Such a criterion would never be decided.",
                "Write one of them without the other.",
            )
            return None
        self.used.add(item)
        inner = replace(around, id=item, trail=(*around.trail, item))
        return self.node(self.nodes[item], ("criteria", item), inner)

    def node(self, node: Node, place: Place, around: Around) -> Criterion | None:
        """A node as a criterion; None when it is not sound."""
        if self._spoiled(place):
            return None  # said already; what follows from it would only distract
        kind = self._kind(node, place)
        if kind is None:
            return None
        id = node.id or around.id
        cite = self.cite(node.cite, (*place, "cite")) or around.cite
        ask = node.ask or around.ask
        inside = replace(around, id=id, cite=cite, ask=ask)
        test = self._test(kind, node, place, inside)
        if test is None:
            return None
        silence = self.silence(node.silence, node.because, place)
        given = self.given(node.given, silence, place)
        for name in _parameters(test):
            cite += tuple(c for c in self.parameter_cites.get(name, ()) if c not in cite)
        return Criterion(
            id=id,
            says=node.says or says(test, self.concepts),
            test=test,
            role=around.role,
            cite=cite,
            ask=ask,
            silence=silence,
            given=given,
            since=node.in_force,
            note=node.note or "",
            line=self.problems.tree.at(place),
        )

    def _spoiled(self, place: Place) -> bool:
        def own(bad: Place) -> bool:
            rest = bad[len(place) :]
            return bad[: len(place)] == place and not (len(rest) > 1 and rest[0] in _COMBINE)

        return any(own(bad) for bad in self.problems.spoiled)

    def _kind(self, node: Node, place: Place) -> str | None:
        given = node.model_fields_set
        tests = [t for t in TESTS if getattr(node, t) is not None]
        if len(tests) != 1:
            what = f"two tests in one criterion: {', '.join(tests)}" if tests else "no test"
            self.problems.add(
                place,
                what,
                "A criterion is met or not by exactly one test.",
                f"Give exactly one of: {', '.join(TESTS)}.",
            )
            return None
        kind = tests[0]
        sound = True
        for key in sorted(given - _FITS[kind] - _ALWAYS - {kind}):
            where = ", ".join(k for k, fits in _FITS.items() if key in fits) or "other tests"
            self.problems.add(
                (*place, key),
                f'"{key}" does not go with "{kind}"',
                "It would be read by nobody.",
                f"Remove it; it belongs to {where}.",
            )
            sound = False
        return kind if sound else None

    def _test(
        self, kind: str, node: Node, place: Place, inside: Around
    ) -> Has | Value | Combine | None:
        if kind == "has":
            return has_test(self, node, place)
        if kind == "value":
            return value_test(self, node, place)
        items: list[str | Node] = getattr(node, kind)
        parts = [
            self.item(item, (*place, kind, i), replace(inside, id=f"{inside.id}.{i + 1}"))
            for i, item in enumerate(items)
        ]
        n = self._count(node, place, len(items)) if kind == "of" else 0
        sound = [p for p in parts if p is not None]
        if len(sound) < len(parts) or n is None:
            return None
        return Combine("at_least" if kind == "of" else kind, tuple(sound), n)

    def _count(self, node: Node, place: Place, size: int) -> int | None:
        text = node.at_least
        if text is None or not text.isdigit():
            self.problems.add(
                (*place, "of"),
                '"of" needs "at_least: n", a whole number',
                do='Write "at_least: 2" beside it.',
            )
            return None
        n = int(text)
        if n < 1:
            self.problems.add(
                (*place, "at_least"),
                f"at least {n} is always met: a constant criterion",
                "It would pass every chart, even an empty one.",
                "Ask for one or more.",
            )
            return None
        if n > size:
            self.problems.add(
                (*place, "at_least"),
                f"at least {n} of {size} is never met",
                "It would refuse every chart.",
                f"Ask for {size} or fewer.",
            )
            return None
        return n


def _parameters(test: Has | Value | Combine) -> list[str]:
    if isinstance(test, Combine):
        return []
    bounds = [
        *test.where.lasting,
        *test.where.dose,
        *(test.bounds if isinstance(test, Value) else ()),
    ]
    return [n for n in (*(b.parameter for b in bounds), test.where.within_parameter) if n]
