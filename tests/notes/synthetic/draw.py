"""Statements about an invented patient: what to say, and in which of its wordings."""

from __future__ import annotations

from .data import Group, data, groups
from .filling import Filling, Missing, Statement
from .patient import Patient


def state(patient: Patient, group_id: str, style: str) -> Statement | None:
    """One statement of a group in a style (`prose`, `list`); None when nothing is left to say."""
    rng, clinic = patient.rng, data("clinic")
    if group_id in ("measured", "function"):
        own = {g.split(":")[1] for g in groups() if g.startswith("measured:")}
        function = {"strength", "knee-motion", "walking-distance"}
        wanted = function if group_id == "function" else own - {"knee-motion"}
        theme = set(clinic["themes"][patient.theme]) if group_id == "measured" else wanted
        picked = patient.pick(sorted(wanted & theme) or sorted(wanted))
        if not picked:
            return None
        group, concepts = groups()[f"measured:{picked[0]}"], picked
    else:
        if group_id == "smoking":
            group_id = rng.choice(["smoking-present", "smoking-past", "smoking-absent"])
        if group_id == "procedure-past" and rng.random() < 0.12:
            group_id = "imaging-done"
        if group_id == "symptom-absent" and rng.random() < 0.2:
            group_id = rng.choice(["finding-absent", "finding-absent", "alcohol-absent"])
        if group_id == "trial-failed" and rng.random() < 0.12:
            group_id = "care-failed"
        group = groups()[group_id]
        concepts = patient.pick(
            clinic["pools"][group.pool], rng.randint(2, 4) if group.several else 1
        )
        if not concepts:
            return None
    return say(patient, group, concepts, style)


def say(patient: Patient, group: Group, concepts: list[str], style: str) -> Statement | None:
    """The concepts in one of the group's wordings that they can fill."""
    wordings = list(group.list if style == "list" else group.prose) or list(
        group.prose or group.list
    )
    wordings = [w for w in wordings if patient.british or not w.startswith("GB: ")]
    patient.rng.shuffle(wordings)
    for wording in wordings:
        try:
            return Filling(patient, group, concepts, style == "list").fill(wording)
        except Missing:
            continue
    return None
