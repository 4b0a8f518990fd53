"""Criteria in words: for each criterion, sentences of a chart that meet it and that deny it.

They stand beside a policy, in `said.yaml`. A worked example shows a whole case; a sentence here
shows that what clinicians write about one criterion is read and judged as its author means it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from indicated.criteria.check import listed
from indicated.criteria.concepts import Folder
from indicated.criteria.lines import Place, Problems, near, read_tree
from indicated.criteria.logic import nodes
from indicated.criteria.references import References
from indicated.criteria.statements import FactReader
from indicated.criteria.tables_schema import SaidKeys, SayingsKeys
from indicated.criteria.translate import validated
from indicated.model import Concepts, Criterion, Phase, Policy, RequestedItem
from indicated.truth import Truth

FILE = "said.yaml"


@dataclass(frozen=True)
class Said:
    """Words of a chart, and what one criterion must make of them. `line` is file:line."""

    criterion: str
    truth: Truth
    words: str
    as_of: date
    item: RequestedItem
    line: str

    @property
    def name(self) -> str:
        return f"{self.criterion} {self.truth.value}"


@dataclass(frozen=True)
class Sayings:
    """What a policy's `said.yaml` holds. `never` says why no chart has words for an answer."""

    said: tuple[Said, ...] = ()
    never: frozenset[tuple[str, Truth]] = frozenset()


def deciding(policy: Policy, phase: Phase) -> dict[str, Criterion]:
    """The criteria of a phase on which its outcome rests, by id."""
    asked = policy.phases[phase]
    ways = [c for route in (*asked.routes, *asked.exceptions) for c in route.criteria]
    return {c.id: c for c in (*ways, *asked.exclusions, *asked.requirements)}


def load_said(path: Folder, concepts: Concepts, policy: Policy) -> Sayings:
    """The words of a file, or beside a policy: none where its folder holds no `said.yaml`.

    Raises `PolicyError` or `PolicyErrors` with file and line for whatever is not sound.
    """
    file = path.joinpath(FILE) if path.is_dir() else path
    if not file.is_file():
        return Sayings()
    problems = Problems(read_tree(file))
    keys: SayingsKeys | None = validated(SayingsKeys, problems, problems.tree.data)
    if keys is None:
        problems.stop()
        return Sayings()
    reader = FactReader(References(concepts, problems, {}))
    said: list[Said] = []
    never: set[tuple[str, Truth]] = set()
    for id, of in keys.criteria.items():
        place: Place = ("criteria", id)
        phase = _phase(id, of, policy, place, problems)
        if phase is None:
            continue
        asked = (of.request, (*place, "request")) if of.request else (keys.request, ("request",))
        item = reader.item(asked[0], phase, asked[1])
        for truth, texts in ((Truth.MET, of.met), (Truth.NOT_MET, of.not_met)):
            for i, text in enumerate(texts):
                at = problems.tree.at((*place, truth.value, i))
                said.append(Said(id, truth, text, keys.as_of, item, at))
        never.update((id, Truth(truth)) for truth in of.never)
    problems.stop()
    return Sayings(tuple(said), frozenset(never))


def _phase(id: str, of: SaidKeys, policy: Policy, place: Place, problems: Problems) -> Phase | None:
    """The first phase that judges the criterion, or the one that is given."""
    judged = {
        phase: {n.id for c in listed(asked) for n in nodes(c)}
        for phase, asked in policy.phases.items()
    }
    if of.phase is not None and id in judged.get(Phase(of.phase), ()):
        return Phase(of.phase)
    if of.phase is None:
        for phase, ids in judged.items():
            if id in ids:
                return phase
    known = sorted(set().union(*judged.values()))
    where = f"in the phase {of.phase}" if of.phase else "of the policy"
    problems.add(
        place,
        f'"{id}" is no criterion {where}',
        "Nothing would be checked.",
        near(id, known) or f"Criteria: {', '.join(known)}.",
    )
    return None
