"""What a page of the site shows of a policy, as plain data for the templates."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from indicated.criteria import load_examples, shipped
from indicated.criteria.coverage import year_of
from indicated.criteria.says import says
from indicated.model import Combine, Concept, Criterion, Library, Phase, PhaseCriteria, Policy

JOINS = {"all": "all of", "any": "any of", "none": "none of", "at_least": "at least {n} of"}


@dataclass(frozen=True)
class Node:
    """A criterion with everything below it."""

    criterion: Criterion
    test: str  # of a leaf, in words
    joins: str  # of the parts
    parts: tuple[Node, ...]


@dataclass(frozen=True)
class Group:
    """Criteria of a phase with one role: a route, the exclusions, ..."""

    title: str
    says: str
    condition: str
    nodes: tuple[Node, ...]


@dataclass(frozen=True)
class Closed:
    """A leaf for which silence counts as absent."""

    id: str
    says: str
    reason: str


@dataclass(frozen=True)
class Shown:
    """One policy's page."""

    policy: Policy
    library: Library

    @property
    def phases(self) -> list[tuple[str, list[Group], PhaseCriteria]]:
        """Each phase with its groups; one that shares another's criteria is named with it."""
        shared: dict[int, list[Phase]] = {}
        for phase, asked in self.policy.phases.items():
            shared.setdefault(id(asked), []).append(phase)
        return [
            (
                " and ".join(_words(p.value) for p in phases),
                self._groups(self.policy.phases[phases[0]]),
                self.policy.phases[phases[0]],
            )
            for phases in shared.values()
        ]

    def _groups(self, asked: PhaseCriteria) -> list[Group]:
        groups = [
            Group("Way to qualify", r.says, "", self._nodes(r.criteria)) for r in asked.routes
        ]
        groups += [
            Group("Exception", r.says, r.condition, self._nodes(r.criteria))
            for r in asked.exceptions
        ]
        lists = {
            "Exclusions: any of these rules it out": asked.exclusions,
            "Requirements: in place before it is given": asked.requirements,
            "Supporting: strengthens or weakens, never decides": asked.supporting,
        }
        return groups + [Group(title, "", "", self._nodes(c)) for title, c in lists.items() if c]

    def _nodes(self, criteria: tuple[Criterion, ...]) -> tuple[Node, ...]:
        return tuple(self._node(c) for c in criteria)

    def _node(self, criterion: Criterion) -> Node:
        test = criterion.test
        if isinstance(test, Combine):
            return Node(criterion, "", JOINS[test.kind].format(n=test.n), self._nodes(test.parts))
        words = says(test, self.library.concepts)
        return Node(criterion, "" if words == criterion.says else words, "", ())

    @property
    def applies(self) -> Node | None:
        return self._node(self.policy.applies) if self.policy.applies else None

    @property
    def leaves(self) -> list[Criterion]:
        """Every leaf once, in the order of the phases."""
        return list({leaf.id: leaf for top in _tops(self.policy) for leaf in top.leaves()}.values())

    @property
    def thresholds(self) -> list[tuple[Criterion, str]]:
        """Leaves that compare a number, with the test in words."""
        words = [(c, says(c.test, self.library.concepts)) for c in self.leaves]
        return [(c, told) for c, told in words if any(sign.isdigit() for sign in told)]

    @property
    def closed(self) -> list[Closed]:
        """Every leaf, and every relation of one, for which silence counts as absent."""
        found = [Closed(c.id, c.says + self._given(c), c.silence) for c in self.leaves if c.silence]
        for c in self.leaves:
            if not isinstance(c.test, Combine):
                found += [
                    Closed(c.id, f"{c.says} ({r.kind} {self.label(r.concept)})", r.silence)
                    for r in c.test.where.relations
                    if r.silence
                ]
        return found

    def _given(self, leaf: Criterion) -> str:
        """In which records alone silence counts, where the leaf names what must be said."""
        said = ", ".join(self.label(c) for c in leaf.given)
        return f" (where the record says one of these: {said})" if said else ""

    @property
    def examples(self) -> list[tuple[str, str, str]]:
        """Name, phase and outcome of each worked example."""
        folder = shipped().joinpath("policies", self.policy.id)
        found = load_examples(folder, self.library.concepts)
        return [(e.name, _words(e.phase.value), _words(e.outcome.value)) for e in found]

    @property
    def profiles(self) -> list[str]:
        """Titles of the plans that have rules of their own for it."""
        id = self.policy.id
        return [
            p.title
            for p in self.library.profiles.values()
            if id in {*p.parameters, *p.roles, *p.notes}
        ]

    @property
    def treatments(self) -> list[Concept]:
        return self._narrower(self.policy.treatments)

    @property
    def diagnoses(self) -> list[Concept]:
        """The diseases that the policy is about; where it says none, those its ways ask for."""
        about = [self.policy.applies] if self.policy.applies else []
        routes = [c for p in self.policy.phases.values() for r in p.routes for c in r.criteria]
        for criteria in (about, routes):
            ids = [id for top in criteria for leaf in top.leaves() for id in _concepts(leaf)]
            found = [
                self.library.concepts[id]
                for id in dict.fromkeys(ids)
                if self.library.concepts[id].kind == "disease"
            ]
            if found:
                return found
        return []

    @property
    def codes(self) -> list[tuple[str, str, Concept]]:
        """(system, code, concept) of its treatments and diagnoses and of what is under them."""
        concepts = [*self.treatments, *self._narrower([c.id for c in self.diagnoses])]
        return [
            (system, code, c)
            for c in concepts
            for system, codes in c.codes.items()
            for code in codes
        ]

    def _narrower(self, ids: tuple[str, ...] | list[str]) -> list[Concept]:
        concepts = self.library.concepts
        return [c for c in concepts.by_id.values() if any(concepts.is_a(c.id, id) for id in ids)]

    def label(self, concept: str) -> str:
        return self.library.concepts.label(concept)

    @property
    def seen(self) -> int:
        return sum(r.checked == "seen" for r in self.policy.references.values())

    @property
    def years(self) -> str:
        """From the oldest to the newest year of its sources."""
        years = sorted(y for r in self.policy.references.values() if (y := year_of(r)))
        return "-".join(dict.fromkeys((str(years[0]), str(years[-1])))) if years else ""

    @property
    def words(self) -> str:
        """What the search box looks through."""
        names = [
            n
            for c in (*self.treatments, *self.diagnoses)
            for n in (c.label, *c.names, *c.abbreviations)
        ]
        codes = [code for _, code, _ in self.codes]
        return " ".join(
            dict.fromkeys((self.policy.id, self.policy.title, self.policy.question, *names, *codes))
        )


def _tops(policy: Policy) -> Iterator[Criterion]:
    for asked in policy.phases.values():
        for route in (*asked.routes, *asked.exceptions):
            yield from route.criteria
        yield from (*asked.exclusions, *asked.requirements, *asked.supporting)


def _concepts(leaf: Criterion) -> tuple[str, ...]:
    test = leaf.test
    if isinstance(test, Combine):
        return ()
    return tuple(getattr(test, "concepts", ())) or (test.concept,)  # type: ignore[union-attr]


def _words(id: str) -> str:
    return id.replace("_", " ")
