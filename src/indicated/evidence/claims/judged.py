"""Verdicts of a text ("medically necessary", "standard of care", "FDA-approved for ...", a dose
called evidence-based) held against determinations, policies and label tables."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from indicated.evidence.claims.scope import Said, Verdict, doses
from indicated.evidence.claims.words import cue, pattern
from indicated.model import (
    ClaimStanding,
    Concepts,
    Determination,
    DoseCheck,
    DoseLine,
    Label,
    Library,
    Outcome,
    Quantity,
    Remark,
    Statement,
)
from indicated.truth import MET, NOT_MET

YES, NO, OVER = ClaimStanding.SUPPORTED, ClaimStanding.CONTRADICTED, ClaimStanding.OVERSTATED
Off = tuple[Determination, Statement]
Doses = Callable[[Determination, Quantity, Quantity | None], DoseCheck | None]

# What a verdict of a text is worth beside the outcome that the criteria give.
OUTCOMES: Mapping[str, Mapping[Outcome, ClaimStanding]] = {
    "necessary": {
        Outcome.INDICATED: YES,
        Outcome.INDICATED_WITH_CHANGES: OVER,
        Outcome.CONDITIONAL: OVER,
        Outcome.CANNOT_DETERMINE: OVER,
        Outcome.NOT_INDICATED: NO,
    },
    "unnecessary": {
        Outcome.NOT_INDICATED: YES,
        Outcome.INDICATED: NO,
        Outcome.INDICATED_WITH_CHANGES: NO,
        Outcome.CONDITIONAL: OVER,
        Outcome.CANNOT_DETERMINE: OVER,
    },
    "contraindicated": {Outcome.INDICATED: NO, Outcome.INDICATED_WITH_CHANGES: NO},
    "conditional": {Outcome.CONDITIONAL: YES},
    "open": {Outcome.CANNOT_DETERMINE: YES},
}
# ... and beside the standing that the policy gives to the treatment.
STANDINGS: Mapping[str, Mapping[str, ClaimStanding]] = {
    "standard": {
        "standard-of-care": YES,
        "accepted": OVER,
        "investigational": NO,
        "not-recommended": NO,
    },
    "not_standard": {"standard-of-care": NO, "investigational": YES, "not-recommended": YES},
    "not_recommended": {"standard-of-care": NO, "investigational": YES, "not-recommended": YES},
    "experimental": {"standard-of-care": NO, "accepted": NO, "investigational": YES},
    "not_experimental": {"standard-of-care": YES, "accepted": YES, "investigational": NO},
}


@dataclass(frozen=True)
class Judged:
    """The determinations of the case, and what else verdicts are held against."""

    determinations: Sequence[Determination]
    library: Library
    doses: Doses  # a dose against the lines of a determination's policy

    @property
    def concepts(self) -> Concepts:
        """The library's concepts."""
        return self.library.concepts

    def about(self, treatments: Sequence[str]) -> list[Determination]:
        """The determinations on these treatments, those that were asked for first."""
        is_a = self.concepts.is_a
        found = [
            d for d in self.determinations
            if d.policy and any(
                is_a(d.item.treatment, t) or is_a(t, d.item.treatment) for t in treatments
            )
        ]  # fmt: skip
        return sorted(found, key=lambda d: d.item.secondary)


def remarks(said: Said, verdicts: Sequence[Verdict], judged: Judged) -> Iterator[Remark]:
    """What the criteria, the policies' statements and the labels say of each verdict."""
    if said.asks:
        return
    if said.hedges:
        verdicts = [v for v in verdicts if v.kind == "open"]
    done: set[tuple[str, tuple[str, ...]]] = set()
    for verdict in verdicts:
        if (key := (verdict.kind, verdict.treatments)) in done or not verdict.treatments:
            continue
        done.add(key)
        if verdict.kind in OUTCOMES:
            yield from _outcome(said, verdict, judged)
        elif verdict.kind in STANDINGS:
            yield from _standing(verdict, judged)
        else:
            yield from _labelled(said, verdict, judged)
    yield from _dose(said, verdicts, judged)


# --- outcomes -------------------------------------------------------------------------------


def _outcome(said: Said, verdict: Verdict, judged: Judged) -> Iterator[Remark]:
    if not said.acts:
        return
    found = judged.about(verdict.treatments)
    answers = [(d, _worth(verdict.kind, d)) for d in _of_dose(said, found)]
    answers = [(d, worth) for d, worth in answers if worth is not None]
    if not answers:
        return
    worths = {worth for _, worth in answers}
    d, worth = answers[0]
    if len(worths) > 1 and NO in worths:
        d, worth = next((d, w) for d, w in answers if w is not NO)  # never wrong where one is right
    kinds = {YES: "criteria", NO: "criteria_against", OVER: "criteria_open"}
    assert worth is not None
    assert d.policy is not None
    yield Remark(kinds[worth], worth, d.item.treatment, item=d.item.id, policy=d.policy.id)


def _worth(kind: str, d: Determination) -> ClaimStanding | None:
    return OUTCOMES[kind].get(d.outcome)


def _of_dose(said: Said, found: Sequence[Determination]) -> list[Determination]:
    """The determinations on the dose that the sentence names, where there are any."""
    own = [f.therapy.dose for f in said.facts if f.therapy and f.therapy.dose]
    same = [d for d in found if d.item.dose in own]
    return same or list(found)


# --- standing -------------------------------------------------------------------------------


def _standing(verdict: Verdict, judged: Judged) -> Iterator[Remark]:
    for d in judged.about(verdict.treatments)[:1]:
        assert d.policy is not None
        worth = STANDINGS[verdict.kind].get(d.policy.standing)
        if worth is not None:
            kinds = {YES: "standing", NO: "standing_against", OVER: "standing_over"}
            yield Remark(kinds[worth], worth, d.item.treatment, (), d.item.id, d.policy.id)


# --- labels ---------------------------------------------------------------------------------


def _labelled(said: Said, verdict: Verdict, judged: Judged) -> Iterator[Remark]:
    rows = _rows(verdict.treatments, judged)
    if not rows:
        return
    off = _off_label(verdict.treatments, judged)
    diseases = _diseases(said, off, judged.concepts)
    named = [(d, [r for r in rows if _names(r, d, judged.concepts)]) for d in diseases]
    if verdict.kind == "labelled":
        for disease, of in named:
            if of:
                yield Remark("label", YES, disease, label=of[0])
            elif off and _is_of(off[0], disease, judged.concepts):
                yield _from(off, "off_label", NO, disease)
            else:
                yield Remark("label_not_found", ClaimStanding.NOT_FOUND, disease)
    elif off and not any(of for _, of in named):
        yield _from(off, "statement", YES, "")
    elif any(of for _, of in named):
        row = next(of for _, of in named if of)[0]
        yield Remark("label_against", NO, label=row)


def _rows(treatments: Sequence[str], judged: Judged) -> list[Label]:
    """The rows of the regulators that such words mean."""
    is_a = judged.concepts.is_a
    return [
        row for row in judged.library.labels
        if row.regulator in cue("regulators")
        and any(is_a(row.ingredient, t) or is_a(t, row.ingredient) for t in treatments)
    ]  # fmt: skip


def _diseases(said: Said, off: Off | None, concepts: Concepts) -> list[str]:
    """The diseases that a sentence names, and whatever else the policy's own patients have."""
    found = [
        c for n in said.named for c in n.concepts
        if concepts[c].kind == "disease" or (off and _is_of(off[0], c, concepts))
    ]  # fmt: skip
    return list(dict.fromkeys(found))


def _names(row: Label, disease: str, concepts: Concepts) -> bool:
    return any(concepts.is_a(i, disease) or concepts.is_a(disease, i) for i in row.indications)


def _off_label(treatments: Sequence[str], judged: Judged) -> Off | None:
    """The sentence of a policy that fits which says that this use is in no label."""
    for d in judged.about(treatments):
        for statement in d.policy.status_lines if d.policy else ():
            if statement.kind == "regulatory" and pattern("off_label_says").search(statement.says):
                return d, statement
    return None


def _is_of(d: Determination, disease: str, concepts: Concepts) -> bool:
    """Whether the policy is about that disease."""
    about = _about(d)
    return any(concepts.is_a(disease, a) or concepts.is_a(a, disease) for a in about)


def _about(d: Determination) -> set[str]:
    test = d.policy.applies.test if d.policy and d.policy.applies else None
    return set(getattr(test, "concepts", ()))


def _from(off: Off, kind: str, worth: ClaimStanding, about: str) -> Remark:
    d, statement = off
    assert d.policy is not None
    return Remark(kind, worth, about, item=d.item.id, policy=d.policy.id, statement=statement)


# --- doses ----------------------------------------------------------------------------------


def _dose(said: Said, verdicts: Sequence[Verdict], judged: Judged) -> Iterator[Remark]:
    """A dose that is called right, against every line that the policy lists."""
    approves = any(v.kind in ("necessary", "standard") for v in verdicts)
    if not approves and not pattern("dose_verdict").search(said.text):
        return
    for treatment, dose, every in doses(said, judged.concepts):
        for d in judged.about([treatment])[:1]:
            yield from _against_lines(treatment, judged.doses(d, dose, every), d)


def _against_lines(treatment: str, checked: DoseCheck | None, d: Determination) -> Iterator[Remark]:
    rows = [r for r in checked.rows if r.line.amount] if checked else []
    within = tuple(r.line for r in rows if r.truth is MET)
    if within:
        yield _ranges("dose_within", YES, treatment, d, within[:2])
    elif rows and all(r.truth is NOT_MET for r in rows):
        lines = tuple(r.line for r in rows)
        yield _ranges("dose_outside", ClaimStanding.NUMBER, treatment, d, lines)


def _ranges(
    kind: str, worth: ClaimStanding, about: str, d: Determination, lines: tuple[DoseLine, ...]
) -> Remark:
    policy = d.policy.id if d.policy else ""
    return Remark(kind, worth, about, item=d.item.id, policy=policy, lines=lines)
