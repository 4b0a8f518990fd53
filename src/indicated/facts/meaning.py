"""From the cues that reach a mention to what the text says of it, and who says it."""

from __future__ import annotations

from dataclasses import dataclass

from indicated.facts.context import Reading
from indicated.facts.parts import Cue, Mention
from indicated.model import Asserter, Assertion

THERAPIES = frozenset({"drug", "device", "procedure", "service"})
EVENTS = frozenset({"event", "procedure", "organism", "test"})
_KINDS = {
    "letter": Asserter.LETTER,
    "denial": Asserter.PAYER,
    "question": Asserter.QUESTION,
    "laboratory": Asserter.LABORATORY,
}
# Treatments that these reach were taken, or are said not to have worked: whatever a request says.
OUTCOMES = (
    "no-response", "response-none", "response-lost", "response-good", "response-partial",
    "intolerance", "contraindication", "declined", "completed", "stopped", "caused",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Meaning:
    """What is said of a mention.

    `ever`: it was never so. `past`: it was so at some earlier time.
    """

    assertion: Assertion
    asserter: Asserter
    effects: dict[str, Cue]
    ever: bool = False
    past: bool = False


def meaning(frame: Reading, mention: Mention, kind: str) -> Meaning | None:
    """What the sentence says of a mention; None when it says nothing about this patient."""
    effects = frame.effects(mention)
    if "mask" in effects and effects["mask"].start - mention.end > 1:  # "-like", not "like" later
        effects = {k: v for k, v in effects.items() if k != "mask"}
    section = frame.sentence.section
    if {"rule", "mask"} & effects.keys() or section in ("rule", "questions"):
        return None
    asserter = _asserter(frame, effects)
    assertion = _assertion(frame, effects, kind, asserter)
    if assertion is None:
        return None
    if assertion is Assertion.PRESENT and {"letter", "payer"} & effects.keys():
        effects = {**effects, "says": effects.get("letter") or effects["payer"]}
    past = "past" in effects or "resolved" in effects or "used" in effects
    return Meaning(assertion, asserter, effects, ever="never" in effects, past=past)


def _asserter(frame: Reading, effects: dict[str, Cue]) -> Asserter:
    document = _KINDS.get(frame.page.document.kind, Asserter.PROVIDER)
    if "payer" in effects or frame.sentence.section == "denial":
        return Asserter.PAYER
    if document is not Asserter.PROVIDER:
        return document
    if "letter" in effects or frame.sentence.section == "letter":
        return Asserter.LETTER
    return Asserter.PATIENT if "patient" in effects else document


def _assertion(
    frame: Reading, effects: dict[str, Cue], kind: str, asserter: Asserter
) -> Assertion | None:
    section, therapy = frame.sentence.section, kind in THERAPIES
    denied = "absent" in effects or "never" in effects
    if "family" in effects or section == "family":
        return None if denied else Assertion.FAMILY
    if "hypothetical" in effects:
        return None if denied else Assertion.HYPOTHETICAL
    if "not_documented" in effects or (denied and "not_on_file" in effects):
        return Assertion.NOT_DOCUMENTED
    if denied:
        if kind == "test" and "never" not in effects and _result_word(effects["absent"]):
            return Assertion.PRESENT  # a negative test was done
        return None if "planned" in effects else Assertion.ABSENT
    outcome = any(o in effects for o in OUTCOMES)
    if asserter is Asserter.PAYER and (therapy or kind == "event") and not outcome:
        return None  # what a plan denies or wants was not therefore given
    if _planned(frame, effects, kind) and not outcome:
        return Assertion.PLANNED
    if kind in ("state", "symptom") and "stopped" in effects:
        return Assertion.HISTORICAL
    if "possible" in effects and not outcome:
        return Assertion.POSSIBLE
    if "resolved" in effects and kind not in EVENTS and not therapy:
        return Assertion.HISTORICAL
    earlier = {"prior", "previous", "previously", "former", "formerly", "past", "remote"}
    if "past" in effects and kind in ("disease", "state"):
        cue = effects["past"]
        if frame.text[cue.start : cue.end] in earlier:
            return Assertion.HISTORICAL
    return Assertion.PRESENT


def _result_word(cue: Cue) -> bool:
    """Whether the denial is a result ("negative"), which stands behind what was tested."""
    return any(side in ("after", "label") for _, side in cue.effects)


def _planned(frame: Reading, effects: dict[str, Cue], kind: str) -> bool:
    section = frame.sentence.section
    asked = section == "request" or (
        frame.page.document.kind == "order" and section != "medications"
    )
    if kind not in THERAPIES | {"test"}:
        return "planned" in effects and kind in ("event", "state")
    running = "current" in effects and not asked
    if "planned" in effects:
        closer = running and effects["current"].start > effects["planned"].start
        return not closer
    if asked:
        return "used" not in effects and "past" not in effects
    done = running or {"used", "past", "started", "adequate"} & effects.keys()
    if section == "assessment-plan":  # a drug named there may be one that is going on
        return kind in ("procedure", "test") and not done
    return section == "plan" and not done
