"""Two corpora: the library's own sentences, for which questions were judged, and as many passages
as wanted from templates, for which times are taken."""

from __future__ import annotations

import random
from collections.abc import Iterator

from indicated.evidence.parts import Found, Piece
from indicated.model import Criterion, Library, Policy, Statement, Work

OF_A_WORK = 20  # passages
_KINDS = ("guideline", "label", "coverage policy", "systematic review", "trial", "cohort", "")
_TEMPLATES = (
    "{drug} is recommended for {who} with {disease} when {other} has failed or cannot be taken; "
    "the certainty of the evidence is {certainty}.",
    "In {count} {who} with {disease}, {drug} at {dose} mg every {weeks} weeks was compared with "
    "{other} over {months} months. The primary outcome improved in {percent}% against {less}%.",
    "Before {drug} is started, {test} should be recorded, and again after {months} months; stop if "
    "there is no improvement.",
    "Coverage of {drug} for {disease} requires documentation of {test}, a trial of {other} for at "
    "least {weeks} weeks, and prescription by a specialist.",
    "Adverse events leading to discontinuation of {drug} occurred in {less}% of {who}, most often "
    "in those with {disease} who also received {other}.",
    "There is no sufficient evidence for {drug} in {disease}; studies are small, follow {count} "
    "{who} and measure {test} alone.",
)


def library_works(library: Library) -> Iterator[tuple[str, Found]]:
    """Each policy as a work: its criteria and statements are the passages."""
    for id, policy in sorted(library.policies.items()):
        said = dict.fromkeys(_sentences(policy))
        pieces = tuple(Piece(text, section) for text, section in said if len(text) >= 30)
        if pieces:
            yield id, Found(Work("", policy.title, type="coverage policy"), pieces)


def _sentences(policy: Policy) -> Iterator[tuple[str, str]]:
    for phase in policy.phases.values():
        for route in (*phase.routes, *phase.exceptions):
            for criterion in route.criteria:
                yield from _below(criterion, "Criteria")
        for heading in ("exclusions", "requirements", "supporting"):
            for criterion in getattr(phase, heading):
                yield from _below(criterion, heading.capitalize())
    groups: tuple[tuple[str, tuple[Statement, ...]], ...] = (
        ("Status", policy.status_lines), ("Where authorities differ", policy.disagreements),
        ("Monitoring", policy.monitoring), ("Safety", policy.safety), ("Pitfalls", policy.pitfalls),
    )  # fmt: skip
    for heading, statements in groups:
        yield from ((s.says, heading) for s in statements)


def _below(criterion: Criterion, heading: str) -> Iterator[tuple[str, str]]:
    yield criterion.says, heading
    for leaf in criterion.leaves():
        yield leaf.says, heading


def made_works(library: Library, passages: int, seed: int = 1) -> Iterator[Found]:
    """Works of twenty passages each, from templates filled with what the library's concepts are
    called. The same seed makes the same works."""
    chance = random.Random(seed)
    named: dict[str, list[str]] = {}
    for concept in library.concepts.by_id.values():
        for name in (concept.label, *concept.names[:2]):
            named.setdefault(concept.kind, []).append(name)
    drugs, diseases = named["drug"], named["disease"]
    tests = named["measurement"]
    for n in range(0, passages, OF_A_WORK):
        drug, disease = chance.choice(drugs), chance.choice(diseases)
        pieces = tuple(
            Piece(_passage(chance, drug, disease, drugs, diseases, tests), f"Section {i}")
            for i in range(min(OF_A_WORK, passages - n))
        )
        work = Work(
            "", f"{drug} in {disease}, report {n // OF_A_WORK}", type=chance.choice(_KINDS),
            year=str(chance.randint(1995, 2026)),
        )  # fmt: skip
        yield Found(work, pieces)


def _passage(
    chance: random.Random,
    drug: str,
    disease: str,
    drugs: list[str],
    diseases: list[str],
    tests: list[str],
) -> str:
    """Three or four sentences: about a hundred words."""
    out = []
    for template in chance.sample(_TEMPLATES, chance.randint(3, 4)):
        out.append(
            template.format(
                drug=drug if chance.random() < 0.7 else chance.choice(drugs),
                disease=disease if chance.random() < 0.7 else chance.choice(diseases),
                other=chance.choice(drugs), test=chance.choice(tests),
                who=chance.choice(("adults", "children", "patients", "women", "older adults")),
                certainty=chance.choice(("high", "moderate", "low", "very low")),
                count=chance.randint(10, 2000), dose=chance.randint(1, 900),
                weeks=chance.randint(1, 12), months=chance.randint(2, 36),
                percent=chance.randint(30, 90), less=chance.randint(1, 29),
            )
        )  # fmt: skip
    return " ".join(out)
