"""Why a treatment ended, or was never begun, and with what effect."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

from indicated.facts.courses import Course
from indicated.facts.cues import alternatives, listed, load
from indicated.facts.fold import fold
from indicated.facts.frame import Frame
from indicated.facts.meaning import Meaning
from indicated.facts.parts import Cue, Mention, Span, Spanned, within
from indicated.model import Concepts

_BESIDE = re.compile(
    r"\s?(?:[(\[](?P<in>)|:\s|-{1,2}>?\s|\s-{1,2}>?\s|\|\s?|=>?\s|\s=>?\s|\s?\u2192\s?|\s?/\s)"
    r"(?P<why>[^()\[\].;|]{2,60})(?=[)\].;|]|$)"
)
_HARM_ENDS = re.compile(r"[.;]|,(?! ?(?:and|or)\b)")
_NEAR = 60  # characters in which the word that leads to a reason follows an ending
# How many words behind "because of", and behind a "for", which an effect that was lacking may have
# for what it is taken for: "did nothing for her pain".
_BECAUSE = (("strong", 9), ("weak", 5))
_ENDINGS = ("stopped", "no-response", "intolerance", "completed")


def ended(
    frame: Frame, course: Course, meant: Meaning, concepts: Concepts
) -> tuple[str, list[Spanned]]:
    """Why a treatment ended (or was never begun), with the words that say so."""
    effects, mention = meant.effects, course.mention
    if "contraindication" in effects and "intolerance" not in effects:
        return "contraindication", [effects["contraindication"]]
    if "declined" in effects and not _of_a_value(frame, effects["declined"], concepts):
        return "declined", [effects["declined"]]
    for effect in _ENDINGS:
        if effect in effects:
            ways = _BECAUSE[:1] if effect == "no-response" else _BECAUSE
            reason, words = _because(frame, effects[effect], concepts, ways)
            if not reason and effect == "stopped":
                reason, words = _around(frame, mention, effects[effect], concepts)
            if reason and not (effect != "stopped" and reason == "other"):
                return reason, [effects[effect], *words]
    if "caused" in effects:
        cue = effects["caused"]
        high = frame.clause(cue.start)[1]
        stop = _HARM_ENDS.search(frame.text, cue.end, high)
        reason, words = _reason_in(frame, cue.end, stop.start() if stop else high, concepts)
        if reason == "intolerance":
            return reason, [cue, *words]
    if "intolerance" in effects:
        return "intolerance", [effects["intolerance"]]
    if "no-response" in effects and "current" not in effects:
        return "no-response", [effects["no-response"]]  # still taken, it has not ended
    told = max([mention.end, *(w.end for w in course.words if w.end <= frame.sentence.end)])
    if hurt := _harm_from(frame, mention, effects, concepts):
        return "intolerance", hurt
    beside = _BESIDE.match(frame.page.lower, told)
    arrow = beside is not None and ">" in beside[0]
    if beside and _told_beside(frame, fold(beside["why"]).strip(), effects, arrow=arrow):
        return "intolerance", [Span(*beside.span("why"))]
    if frame.sentence.section == "allergies":
        return "intolerance", []
    if frame.sentence.section == "failed":
        return "no-response", []
    if "completed" in effects:
        return "completed", [effects["completed"]]
    return "", [effects["stopped"]] if "stopped" in effects else []


# "-itis", "-penia", ...: a word made so names an illness, in the list or not.
_MADE = (
    r"\b[a-z]{3,}(?:itis|a?emia|penia|algias?|osis|uria|orrh(?:o?ea|age)|(?:o)?edema|opathy|toxicity|"
    r"spasms?|urticaria|plegia|rrhythmias?|sickness|phobia)\b"
)


def _told_beside(frame: Frame, why: str, effects: dict[str, Cue], *, arrow: bool) -> bool:
    """Whether what stands beside a name is what it did, rather than what it is taken for."""
    if not is_harm(why):
        return False
    if arrow or not alternatives("therapy", "taken_for").fullmatch(why):
        return True
    return "stopped" in effects or frame.sentence.section in ("allergies", "past-medications")


_FROM = re.compile(r"\s(?:from|to)\s(?:the |her |his |taking )?$")


def _harm_from(
    frame: Frame, mention: Mention, effects: dict[str, Cue], concepts: Concepts
) -> list[Spanned]:
    """ "Hives from A": a side effect led to the name by "from" or "to", and A does not go on."""
    low = frame.clause(mention.start)[0]
    leads = _FROM.search(frame.text, max(low, mention.start - 20), mention.start)
    goes_on = effects.get("current")
    if leads is None and (hurt := _suffered(frame, mention, low)):
        return hurt
    if leads is None or (goes_on and not low <= goes_on.start < leads.start()):
        return []
    words = list(re.compile(r"\S+").finditer(frame.text, low, leads.start()))[-3:]
    if not words or {"absent", "never", "unharmed"} & effects.keys():
        return []
    reason, found = _reason_in(frame, words[0].start(), leads.start(), concepts, names=False)
    at_end = bool(found) and leads.start() - found[0].end <= 1
    return found if reason == "intolerance" and at_end else []


_ON = re.compile(r" (?:while |whilst |when )?(?:on|taking|with|using) (?:[a-z]+ ){0,2}$")


def _suffered(frame: Frame, mention: Mention, low: int) -> list[Spanned]:
    """ "She had hair loss and palpitations on A": a past verb with side effects, and then A."""
    leads = _ON.search(frame.text, max(low, mention.start - 32), mention.start)
    if leads is None or within(frame.mentions, leads.start(), mention.start):
        return []
    verbs = list(alternatives("therapy", "suffered").finditer(frame.text, low, leads.start()))
    why = frame.text[verbs[-1].end() : leads.start()].strip() if verbs else ""
    pieces = _PIECES.split(why) if why else []
    if not pieces or not all(_side_effect(piece) for piece in pieces):
        return []
    if alternatives("therapy", "denials").search(frame.text, low, verbs[-1].start()):
        return []  # "never had nausea on A"
    if all(alternatives("therapy", "taken_for").fullmatch(piece) for piece in pieces):
        return []
    return [Span(verbs[-1].end() + 1, leads.start())]


_PIECES = re.compile(r",? and |,? or |, ?| ?/ ?| ?& ?")


def is_harm(why: str) -> bool:
    """Whether words name side effects and nothing else: "nausea and severe hair loss"."""
    return all(_side_effect(piece) for piece in _PIECES.split(why))


def may_be_treated(why: str) -> bool:
    """Whether one may have taken the treatment for what is named: "headache"."""
    return alternatives("therapy", "taken_for").search(why) is not None


def _side_effect(piece: str) -> bool:
    """Whether words name a side effect and nothing else: "severe hair loss"."""
    if _harm().fullmatch(piece):
        return True  # "LFTs up"
    words = piece.split()
    while words:
        left = " ".join(words)
        known = left in listed("therapy", "reasons", "intolerance") or re.fullmatch(_MADE, left)
        if known or left.endswith((" side effects", " side effect", " reaction", " toxicity")):
            return True
        if words[0] not in listed("therapy", "degrees"):
            return False
        words = words[1:]
    return False


def _around(
    frame: Frame, mention: Mention, cue: Cue, concepts: Concepts
) -> tuple[str, list[Spanned]]:
    """A reason without "because": "nausea, stopped", "stopped, nausea"."""
    if mention.end <= cue.start:
        low = max(mention.end, cue.start - _NEAR)
        names = [m.end for m in frame.mentions if low <= m.start < cue.start]
        reason, words = _reason_in(frame, low, cue.start, concepts, names=bool(names))
        if reason == "intolerance":
            return reason, words
    apart = re.compile(r"[\w\s]{0,30}?(?:\s?[,:;(/]|\s?-{1,2}>?)\s?").match(
        frame.page.lower, max(cue.end, mention.end)
    )
    if apart and not within(frame.mentions, max(cue.end, mention.end), apart.end()):
        start = apart.end()
        stop = re.compile(r"[.;,)|]").search(frame.text, start, frame.sentence.end)
        end = min(stop.start() if stop else frame.sentence.end, start + _NEAR)
        if len(frame.text[start:end].split()) <= 5:
            reason, words = _reason_in(frame, start, end, concepts)
            if reason:
                return reason, words
    harmed = re.compile(
        alternatives("therapy", "harmed_by").pattern + r"(?: (?:the|her|his|first|initial|a))?\s$"
    ).search(frame.text, max(frame.sentence.start, mention.start - 20), mention.start)
    if harmed:
        low = max(frame.clause(mention.start)[0], harmed.start() - 40)
        reason, words = _reason_in(frame, low, harmed.start(), concepts)
        if reason == "intolerance":
            return reason, words
    led = alternatives("therapy", "led_to").search(
        frame.text, max(frame.sentence.start, cue.start - 30), cue.start
    )
    if led and not frame.text[led.end() : cue.start].strip(" a-z"):
        return _reason_in(frame, max(frame.sentence.start, led.start() - _NEAR), led.start(),
                          concepts)  # fmt: skip
    head = alternatives("therapy", "because", "strong").match(frame.text, frame.sentence.body)
    if head and head.end() < min(mention.start, cue.start):
        return _reason_in(frame, head.end(), min(mention.start, cue.start), concepts)
    return "", []


def _of_a_value(frame: Frame, cue: Cue, concepts: Concepts) -> bool:
    """ "FEV1 declined" is no refusal."""
    before = [m for m in frame.mentions if m.end <= cue.start]
    kinds = {concepts[c].kind for c in before[-1].concepts} if before else set()
    return bool(kinds & {"measurement", "score", "symptom"})


def _because(
    frame: Frame, cue: Cue, concepts: Concepts, ways: Sequence[tuple[str, int]]
) -> tuple[str, list[Spanned]]:
    """The reason given behind an ending: "due to nausea", "after 6 weeks for rash"."""
    high = frame.sentence.end
    stop = re.compile(r"[.;]|,(?! (?:and|or) )").search(frame.text, cue.end, high)
    high = stop.start() if stop else high
    for strength, most in ways:
        leads = alternatives("therapy", "because", strength)
        for start in leads.finditer(frame.text, cue.end, min(high, cue.end + _NEAR)):
            words = list(re.compile(r"\S+").finditer(frame.text, start.end(), high))[:most]
            if not words or frame.text.endswith((" not ", " than "), 0, start.start()):
                continue  # "not for want of effect"
            reason, found = _reason_in(frame, start.end(), words[-1].end(), concepts)
            if reason:
                return reason, found
    return "", []


@cache
def _harm() -> re.Pattern[str]:
    """ "When his transaminases tripled", "as the platelets fell"."""
    return re.compile("|".join(
        alternatives("therapy", "harm", what).pattern + r" (?:\w+ )?(?:\w+ )?"
        + alternatives("therapy", "harm", became).pattern
        for what, became in (("risen", "rose"), ("fallen", "fell"))
    ))  # fmt: skip


def _reason_in(
    frame: Frame, low: int, high: int, concepts: Concepts, *, names: bool = True
) -> tuple[str, list[Spanned]]:
    """What kind of reason a stretch names. The longest phrase decides, then what is an illness by
    its name; of an illness that persists, it is the effect that was lacking."""
    best: tuple[int, str, Span] | None = None
    for reason in load("therapy")["reasons"]:
        for match in alternatives("therapy", "reasons", reason).finditer(frame.text, low, high):
            length = match.end() - match.start()
            if best is None or length > best[0]:
                best = (length, reason, Span(*match.span()))
            break
    if best:
        return best[1], [best[2]]
    if worse := _harm().search(frame.text, low, high):
        return "intolerance", [Span(*worse.span())]
    if made := re.compile(_MADE).search(frame.text, low, high):
        return "intolerance", [Span(*made.span())]
    for mention in within(frame.mentions, low, high) if names else ():
        if any(concepts[c].kind in ("symptom", "disease", "event") for c in mention.concepts):
            lasts = alternatives("therapy", "lasting").search(frame.text, low, high)
            return "no-response" if lasts else "intolerance", [mention]
    return "", []


def response_of(effects: dict[str, Cue], reason: str) -> tuple[str, list[Spanned]]:
    """How well a treatment worked, with the words that say so."""
    for effect, word in (
        ("response-lost", "lost"), ("no-response", "none"), ("response-partial", "partial"),
        ("response-none", "none"), ("response-good", "good"),
    ):  # fmt: skip
        if effect in effects:
            return word, [effects[effect]]
    if reason == "no-response":  # what ended for want of an effect had none
        return "none", []
    return "", []
