"""Why a treatment ended, or was never begun, and with what effect."""

from __future__ import annotations

import re
from functools import cache

from indicated.facts.courses import Course
from indicated.facts.cues import alternatives, load, whole_words
from indicated.facts.fold import fold
from indicated.facts.frame import Frame
from indicated.facts.meaning import Meaning
from indicated.facts.parts import Cue, Span, Spanned, within
from indicated.model import Concepts

_BESIDE = re.compile(
    r"\s?(?:[(\[](?P<in>)|:\s|-\s|\s-\s|\|\s?)(?P<why>[^()\[\].;|]{2,60})(?=[)\].;|]|$)"
)


def ended(
    frame: Frame, course: Course, meant: Meaning, concepts: Concepts
) -> tuple[str, list[Spanned]]:
    """Why a treatment ended (or was never begun), with the words that say so."""
    effects = meant.effects
    if "contraindication" in effects:
        return "contraindication", [effects["contraindication"]]
    if "declined" in effects and not _of_a_value(frame, effects["declined"], concepts):
        return "declined", [effects["declined"]]
    for effect in ("stopped", "no-response", "intolerance", "completed"):
        if effect in effects:
            reason, words = _because(frame, effects[effect], concepts)
            if reason and not (effect != "stopped" and reason == "other"):
                return reason, [effects[effect], *words]
    if "caused" in effects:
        cue = effects["caused"]
        reason, words = _reason_in(frame, cue.end, frame.clause(cue.start)[1], concepts)
        if reason == "intolerance":
            return reason, [cue, *words]
    if "intolerance" in effects:
        return "intolerance", [effects["intolerance"]]
    if "no-response" in effects and "current" not in effects:
        return "no-response", [effects["no-response"]]  # still taken, it has not ended
    beside = _BESIDE.match(frame.page.lower, course.mention.end)
    if beside and _side_effects().fullmatch(fold(beside["why"]).strip()):
        return "intolerance", [Span(*beside.span("why"))]
    if frame.sentence.section == "allergies":
        return "intolerance", []
    if frame.sentence.section == "failed":
        return "no-response", []
    if "completed" in effects:
        return "completed", [effects["completed"]]
    return "", [effects["stopped"]] if "stopped" in effects else []


@cache
def _side_effects() -> re.Pattern[str]:
    """One side effect or several, and nothing else."""
    one = whole_words(load("therapy")["reasons"]["intolerance"]).pattern
    return re.compile(rf"(?:severe |mild |moderate )?{one}(?:(?:,| and|, and| or|/)\s?{one})*")


def _of_a_value(frame: Frame, cue: Cue, concepts: Concepts) -> bool:
    """ "FEV1 declined" is no refusal."""
    before = [m for m in frame.mentions if m.end <= cue.start]
    kinds = {concepts[c].kind for c in before[-1].concepts} if before else set()
    return bool(kinds & {"measurement", "score", "symptom"})


def _because(frame: Frame, cue: Cue, concepts: Concepts) -> tuple[str, list[Spanned]]:
    """The reason given behind an ending: "due to nausea"."""
    high = frame.sentence.end
    stop = re.compile(r"[.;]|,(?! (?:and|or) )").search(frame.text, cue.end, high)
    high = stop.start() if stop else high
    start = alternatives("therapy", "because").search(frame.text, cue.end, min(high, cue.end + 60))
    if start is None:
        return "", []
    return _reason_in(frame, start.end(), high, concepts)


def _reason_in(frame: Frame, low: int, high: int, concepts: Concepts) -> tuple[str, list[Spanned]]:
    best: tuple[int, str, Span] | None = None
    for reason, phrases in load("therapy")["reasons"].items():
        for match in whole_words(phrases).finditer(frame.text, low, high):
            length = match.end() - match.start()
            if best is None or length > best[0]:
                best = (length, reason, Span(*match.span()))
            break
    if best:
        return best[1], [best[2]]
    for mention in within(frame.mentions, low, high):
        if any(concepts[c].kind in ("symptom", "disease", "event") for c in mention.concepts):
            return "intolerance", [mention]
    return "", []


def response_of(effects: dict[str, Cue]) -> tuple[str, list[Spanned]]:
    for effect, word in (
        ("response-lost", "lost"), ("no-response", "none"), ("response-partial", "partial"),
        ("response-none", "none"), ("response-good", "good"),
    ):  # fmt: skip
        if effect in effects:
            return word, [effects[effect]]
    return "", []
