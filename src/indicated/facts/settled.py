"""Effects that only seem to speak of a treatment, taken away or turned.

Each rule looks at what reaches one treatment and knows one way in which words there mislead: a
dose that is unknown, a "neither" that denies the success and not the treatment, "will stop".
"""

from __future__ import annotations

import re
from functools import cache

from indicated.facts.context import Reading
from indicated.facts.cues import alternatives, listed
from indicated.facts.meaning import OUTCOMES
from indicated.facts.parts import Cue, Mention

Effects = dict[str, Cue]
_BREAK = re.compile(r",|\band\b")
# What is told of a treatment as a whole, and needs no object.
WHOLE = frozenset({*OUTCOMES, "adequate", "inadequate"}) - {
    "stopped", "declined", "completed", "caused",
}  # fmt: skip
TO_COME = frozenset({"planned", "hypothetical", "weighed", "rule"})


def settle(frame: Reading, mention: Mention, effects: Effects) -> None:
    """Every rule in turn."""
    for rule in (
        _details, _only_named, _denied_with_others, _same_words, _of_another, _untrue,
        _taken_after_all, _of_the_one_before, _none_worked, _unfailed, _doubted, _refused,
        _only_planned, _planned_after_another, _never_stopped, _unfinished, _does_not_help,
        _resumed, _dose_not_reached,
    ):  # fmt: skip
        rule(frame, mention, effects)


def _details(frame: Reading, mention: Mention, effects: Effects) -> None:
    """ "A, dose unknown": the dose is unknown, not A."""
    for effect in ("not_documented", "not_on_file", "absent", "possible"):
        cue = effects.get(effect)
        if cue and cue.start >= mention.end:
            ahead = frame.text[max(frame.sentence.start, cue.start - 40) : cue.start]
            if _detail().search(ahead):
                del effects[effect]


@cache
def _detail() -> re.Pattern[str]:
    small = r"\s?(?:was |is |were |are |has been )?(?:not )?$"
    return re.compile(alternatives("therapy", "details").pattern + small)


def _only_named(frame: Reading, mention: Mention, effects: Effects) -> None:
    """ "Discussed A and its side effects": what it may do, and not what it did."""
    harm = effects.get("intolerance")
    if harm is None or harm.start < mention.end:
        return
    if (
        alternatives("therapy", "harm_in_general").search(
            frame.text, max(mention.end, harm.start - 32), harm.start
        )
        and {"planned", "hypothetical", "weighed", "rule"} & effects.keys()
    ):
        _drop(effects, "intolerance")


def _denied_with_others(frame: Reading, mention: Mention, effects: Effects) -> None:
    """ "No trial, intolerance, failure or contraindication to A documented": a denied list."""
    for effect in ("contraindication", "intolerance", "no-response", "declined"):
        cue = effects.get(effect)
        if cue is None or cue.start > mention.start:
            continue
        low = max(frame.sentence.start, cue.start - 120)
        listing = _denied_list().search(frame.text, low, cue.start)
        if listing is None:
            continue
        _drop(effects, "contraindication", "intolerance", "no-response", "declined",
              "response-none")  # fmt: skip
        if frame.text.find("document", listing.start(), mention.start) >= 0 or (
            "not_on_file" in effects or "not_documented" in effects
        ):
            effects["not_documented"] = Cue(*listing.span(), (("not_documented", "before"),))
        elif alternatives("therapy", "used_as_noun").search(listing[0]):
            effects["never"] = Cue(*listing.span(), (("never", "before"),))
        else:
            effects["rule"] = cue  # no obstacle to it: nothing is said of its use
        return


@cache
def _denied_list() -> re.Pattern[str]:
    noun = alternatives("therapy", "outcome_nouns").pattern
    small = (
        r"(?:(?:any|documented|known|prior|previous|recorded|evidence of|history of|a|an|true)\s)*"
    )
    return re.compile(
        r"\b(?:no|without|denies|denied|lacks|lack of|absence of|nor)\s" + small
        + r"(?:" + noun + r"(?: to| of| with)?(?:,? or |,? nor |,? and/or |,? and |, ?|/)" + small
        + r"){1,6}\Z"
    )  # fmt: skip


def _same_words(_f: Reading, _: Mention, effects: Effects) -> None:
    """ "Cannot have A", "will not take A": the words that deny say why."""
    for denial in ("absent", "never"):
        denied = effects.get(denial)
        for reason in ("declined", "contraindication", "intolerance", "no-response"):
            cue = effects.get(reason)
            if denied and cue and cue.start < denied.end and denied.start < cue.end:
                _drop(effects, denial)


def _of_another(frame: Reading, mention: Mention, effects: Effects) -> None:
    """ "Refused breakfast, took A", "stopped the car and took A": another verb begins."""
    for effect in ("declined", "contraindication", "no-response", "intolerance", "stopped"):
        cue = effects.get(effect)
        breaks = _BREAK.finditer(frame.text, cue.end, mention.start) if cue else ()
        verbs = [effects[e].start for e in ("used", "current", "started") if e in effects]
        if any(0 <= v - b.end() <= 5 for b in breaks for v in verbs):
            del effects[effect]


def _untrue(frame: Reading, mention: Mention, effects: Effects) -> None:
    """ "It would be wrong to say that A failed"."""
    failed = effects.get("no-response")
    if failed is None:
        return
    low = min(mention.start, failed.start)
    ahead = frame.text[max(frame.sentence.start, low - 24) : low]
    if alternatives("therapy", "untrue").search(ahead):
        _drop(effects, "no-response", "hypothetical")


def _taken_after_all(frame: Reading, mention: Mention, effects: Effects) -> None:
    """What was stopped was taken; what "was not because of A, which goes on" too."""
    missing, denied = effects.get("not_documented"), effects.get("absent")
    if missing and "stopped" in effects and missing.start >= mention.end:
        _drop(effects, "not_documented")
    current = effects.get("current")
    between = denied and current and denied.end <= mention.start < current.start
    if denied and between and frame.text[denied.start : denied.end] == "not":
        _drop(effects, "absent")


def _of_the_one_before(frame: Reading, mention: Mention, effects: Effects) -> None:
    """ "A previously, B at present": the word behind A does not speak of B."""
    for effect in ("used", "past"):
        cue = effects.get(effect)
        if cue and cue.end < mention.start and frame.text[cue.end] in ",;":
            del effects[effect]


_NOTHING = re.compile(r"(?:nothing|none|neither)\b")


def _none_worked(frame: Reading, mention: Mention, effects: Effects) -> None:
    """ "Neither A nor B helped" denies the help; "no evidence that A was tried" its record."""
    denied = effects.get("absent") or effects.get("never")
    if denied is None:
        return
    words = frame.text[denied.start : denied.end]
    if denied.start < mention.start:
        good = effects.get("response-good") or effects.get("any-response")
        good = None if words == "not" else good
        if words in ("nor", "not") and not good:
            earlier = [c for c in frame.cues if c.end <= denied.start and c.has("no-response")]
            if words == "not":  # "nothing has worked: not A, not B"
                earlier = [c for c in earlier if _NOTHING.match(frame.text, c.start, c.end)]
            good = earlier[-1] if earlier else None
        if good and (words == "not" or words in listed("therapy", "none_of")):
            _drop(effects, "absent", "never", "response-good", "any-response", "current")
            effects["no-response"] = good
    if "absent" in effects and words.startswith("no evidence"):
        effects["not_documented"] = effects.pop("absent")


def _unfailed(frame: Reading, mention: Mention, effects: Effects) -> None:
    """ "Never failed A, and takes it still"; "no further A is planned, as it failed"."""
    denied = effects.get("absent") or effects.get("never")
    unfailed = denied or effects.get("not_documented")
    said = frame.text[unfailed.start : unfailed.end + 7] if unfailed else ""
    if {"current", "stopped"} & effects.keys() and "fail" in said:
        _drop(effects, "absent", "never", "not_documented", "no-response")
    if denied and "planned" in effects and effects.keys() & WHOLE:
        _drop(effects, "absent", "never", "planned", "resolved")
    planned = effects.get("planned")
    if denied and planned and denied.end <= mention.start < planned.start:
        _drop(effects, "planned")  # "has not yet tried A, which could be added"


def _doubted(frame: Reading, _: Mention, effects: Effects) -> None:
    """ "Too early to say whether A helps": A is taken. "Whether A was tried is not stated"."""
    doubt = effects.get("hypothetical")
    if doubt and "current" in effects and frame.text[doubt.start : doubt.end] in ("whether", "if"):
        _drop(effects, "hypothetical", "response-good", "response-partial", "no-response")
    if "not_documented" in effects:
        _drop(effects, "hypothetical")


_OWN = re.compile(r"\b(?:her|his|their|patient's) ")
_FOR_PATIENT = re.compile(r"\b(?:for|on behalf of) (?:him|her|them|the child|the patient|their)\b")


def _refused(frame: Reading, _: Mention, effects: Effects) -> None:
    """Who refused: a parent does so for the child, a plan for nobody."""
    refused = effects.get("declined")
    if refused is None:
        return
    later = [effects[e] for e in ("current", "started") if e in effects]
    if any(refused.end < c.start and _is_verb(c) for c in later) and "never" not in effects:
        _drop(effects, "declined")  # "at first refused A, now uses it every night"
        return
    _drop(effects, *(() if any(_is_verb(c) for c in later) else ("current",)))
    ahead = frame.text[max(frame.sentence.start, refused.start - 24) : refused.start]
    if _payer().search(ahead):
        effects["payer"] = effects.pop("declined")
    elif relative := effects.get("family"):
        words = frame.text[relative.start : relative.end]
        refusal = frame.text[refused.start : refused.end]
        # "Her father refused A all his life" speaks of the father; "Mother declined A", "her father
        # declined A for her" of the patient.
        before = frame.text[max(frame.sentence.start, relative.start - 12) : relative.start]
        own = _OWN.search(before) or _OWN.match(words)
        for_patient = _FOR_PATIENT.search(frame.text, refused.end, frame.sentence.end)
        decides = alternatives("therapy", "relatives_who_decide").fullmatch(words) and (
            not own or for_patient or alternatives("therapy", "on_behalf").search(refusal)
        )
        if decides or alternatives("therapy", "guardians").fullmatch(words):
            _drop(effects, "family")


def _is_verb(cue: Cue) -> bool:
    """Whether words that a treatment goes on are a verb ("uses") and no "at this time"."""
    return any(side in ("before", "near", "both") for _, side in cue.effects)


@cache
def _payer() -> re.Pattern[str]:
    return re.compile(alternatives("words", "payers").pattern + r" (?:has |have |had )?$")


def _only_planned(_f: Reading, _: Mention, effects: Effects) -> None:
    """ "Will discontinue A": it is going on."""
    planned, stopped = effects.get("planned"), effects.get("stopped")
    if planned and stopped and 0 <= stopped.start - planned.end <= 3:
        _drop(effects, "planned", "stopped")
        effects.setdefault("current", stopped)


_OF_THE_OTHER = (
    "no-response", "response-none", "intolerance", "completed", "inadequate", "adequate", "stopped",
)  # fmt: skip


def _planned_after_another(frame: Reading, mention: Mention, effects: Effects) -> None:
    """ "Failed A and wants B", "completed A and I am considering B": the first was said of A."""
    planned = effects.get("planned")
    if planned is None:
        return
    others = [m for m in frame.mentions if not (m.start < mention.end and mention.start < m.end)]
    ahead = planned.end <= mention.start
    between = (planned.end, mention.start) if ahead else (mention.end, planned.start)
    if any(between[0] <= m.start and m.end <= between[1] for m in others):
        return  # the plan is of another treatment
    before = planned.start if ahead else mention.start
    for effect in _OF_THE_OTHER:
        cue = effects.get(effect)
        if cue and any(cue.end <= m.start and m.end <= before for m in others):
            _drop(effects, effect)


def _never_stopped(_f: Reading, _: Mention, effects: Effects) -> None:
    denied = effects.get("absent") or effects.get("never")
    stopped = effects.get("stopped")
    if denied and stopped and 0 <= stopped.start - denied.end <= 6:
        _drop(effects, "absent", "never", "stopped")
        effects.setdefault("current", stopped)


def _unfinished(frame: Reading, _: Mention, effects: Effects) -> None:
    """ "Never completed A", "did not finish A": it was begun, and was not enough."""
    for effect in ("never", "absent"):
        denied = effects.get(effect)
        said = denied and alternatives("therapy", "unfinished").match(frame.text, denied.start)
        if not denied or not said:
            continue
        _drop(effects, "never", "absent", "undone", "completed")
        effects["inadequate"] = Cue(denied.start, max(said.end(), denied.end),
                                    (("inadequate", "both"),))  # fmt: skip


_NO_LONGER = frozenset({
    "current", "stopped", "past", "used", "completed", "intolerance", "declined", "planned",
    "absent", "never",
})  # fmt: skip


def _does_not_help(frame: Reading, _: Mention, effects: Effects) -> None:
    """ "A does not help" is said of what is taken, as "A helps" is."""
    vain = effects.get("no-response") or effects.get("response-none")
    if vain is None or _NO_LONGER & effects.keys():
        return
    if alternatives("therapy", "not_now").match(frame.text, vain.start):
        effects["current"] = vain


_AFTERWARDS = 90  # characters behind an end within which it is told that it was none


def _resumed(frame: Reading, mention: Mention, effects: Effects) -> None:
    """ "Held for surgery and resumed two weeks later": it is going on."""
    stopped = effects.get("stopped")
    if stopped is None or "never" in effects or "absent" in effects:
        return
    names = [m.start for m in frame.mentions if m.start >= max(stopped.end, mention.end)]
    names = [n for n in names if _HALT.search(frame.text, stopped.end, n)]
    high = min([stopped.end + _AFTERWARDS, frame.sentence.end, *names])
    found = list(alternatives("therapy", "resumed").finditer(frame.text, stopped.end, high))
    if not found or found[-1].start() < mention.end <= stopped.end:
        return
    again = found[-1]
    ahead = frame.text[max(stopped.end, again.start() - 24) : again.start()]
    object_ = _IT.match(frame.text, again.end()) or again.end() >= frame.sentence.end
    later = [c for c in frame.cues if again.end() < c.start < high and c.has("stopped")]
    if _not_resumed().search(ahead) or later or not (object_ or "back" not in again[0]):
        return
    _drop(effects, "stopped", "past")
    effects["current"] = effects["resumed"] = Cue(*again.span(), (("current", "after"),))


_HALT = re.compile(r"[;.]|, |\band\b")
_IT = re.compile(r"\s(?:it|them|this|that|the (?:drug|medication|same|machine|device))\b|[.,;)]")


@cache
def _not_resumed() -> re.Pattern[str]:
    return re.compile(alternatives("therapy", "not_resumed").pattern + r"\s(?:\w+\s)?$")


def _dose_not_reached(frame: Reading, mention: Mention, effects: Effects) -> None:
    """ "The target dose of A was never reached"."""
    for effect in ("rule", "adequate"):
        cue = effects.get(effect)
        if cue is None or cue.end > mention.start or " dose" not in frame.text[cue.start : cue.end]:
            continue
        behind = alternatives("therapy", "unreached").match(frame.text, mention.end + 1)
        if behind:
            _drop(effects, effect, "never", "absent", "intolerance")
            effects["inadequate"] = Cue(*behind.span(), (("inadequate", "both"),))


def _drop(effects: Effects, *names: str) -> None:
    for name in names:
        effects.pop(name, None)
