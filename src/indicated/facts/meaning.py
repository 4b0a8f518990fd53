"""From the cues that reach a mention to what the text says of it, and who says it."""

from __future__ import annotations

import re
from dataclasses import dataclass

from indicated.facts.context import Reading
from indicated.facts.cues import alternatives, listed, load
from indicated.facts.parts import Cue, Mention
from indicated.model import Asserter, Assertion

BESIDE = 12  # characters between "stopped" and a habit or symptom that was stopped
NEAR = 3  # characters between a plan and an event that is planned
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


@dataclass(slots=True, unsafe_hash=True)
class Meaning:
    """What is said of a mention.

    `ever`: it was never so. `past`: it was so at some earlier time.
    """

    assertion: Assertion
    asserter: Asserter
    effects: dict[str, Cue]
    ever: bool = False
    past: bool = False


def meaning(
    frame: Reading, mention: Mention, kind: str, effects: dict[str, Cue] | None = None
) -> Meaning | None:
    """What the sentence says of a mention; None when it says nothing about this patient.

    `effects`, where given, are those that reach it, gathered by the caller.
    """
    effects = frame.effects(mention) if effects is None else effects
    if "mask" in effects and effects["mask"].start - mention.end > 1:  # "-like", not "like" later
        effects = {k: v for k, v in effects.items() if k != "mask"}
    section = frame.sentence.section
    if section == "plan" and kind in THERAPIES:
        effects = _left_as_it_is(frame, effects, kind)
    ruled = section == "rule" and not _answers_rule(frame, mention)
    if "rule" in effects and _wondered(effects, mention):
        effects = {k: v for k, v in effects.items() if k != "rule"}
    if "rule" in effects and kind in THERAPIES and _untried(frame, effects, mention):
        effects = {k: v for k, v in effects.items() if k != "rule"}
    if kind in ("disease", "symptom") and _only_tested_for(frame, mention):
        return None
    if {"rule", "mask"} & effects.keys() or ruled or section == "questions":
        return None
    untreated = effects.get("never")
    if kind in ("disease", "symptom") and untreated and _naive(frame, untreated):
        effects = {k: v for k, v in effects.items() if v is not untreated}
    denial = effects.get("absent") or effects.get("never")
    if kind not in THERAPIES and denial is not None and _of_remedy(frame, mention, denial):
        return None
    asserter = _asserter(frame, effects)
    assertion = _assertion(frame, mention, effects, kind, asserter)
    if assertion is None:
        return None
    if assertion is Assertion.PRESENT and {"letter", "payer"} & effects.keys():
        effects = {**effects, "says": effects.get("letter") or effects["payer"]}
    past = "past" in effects or "resolved" in effects or "used" in effects
    return Meaning(assertion, asserter, effects, ever="never" in effects, past=past)


_LIST = re.compile(r"(?:(?:\s?,\s?|\s?/\s?|\s(?:and|or)\s)[a-z]+(?: [a-z]+)?){0,3}?\s")


def _only_tested_for(frame: Reading, mention: Mention) -> bool:
    """ "CF and SMA carrier testing": the illness is what the test is for."""
    if "carrier" not in frame.text[mention.end : mention.end + 60]:
        return False
    tests = alternatives("words", "tested_for")
    found = tests.search(frame.text, mention.end, min(frame.sentence.end, mention.end + 80))
    return found is not None and _LIST.fullmatch(frame.text, mention.end, found.start()) is not None


def _of_remedy(frame: Reading, mention: Mention, denial: Cue) -> bool:
    """ "Never took osteoporosis medication", "no surgery for a fracture" deny what is done about
    an illness, and "no spread of the cancer" what it does; not the illness."""
    following = alternatives("words", "remedies").match(frame.text, mention.end + 1)
    if following is not None and frame.text[mention.end] == " ":
        return True
    gap = frame.text[denial.start : mention.start]
    found = [
        m for name in ("remedies", "courses_of")
        for m in alternatives("words", name).finditer(gap) if _OF_ILLNESS.fullmatch(gap, m.end())
    ]  # fmt: skip
    said = denial.end - denial.start
    return any(_ITS_KIND.fullmatch(gap, min(said, m.start()), m.start()) for m in found)


def _naive(frame: Reading, cue: Cue) -> bool:
    """ "Crohn's disease, A and B naive": one is naive to treatments, and never to an illness."""
    return frame.text[cue.start : cue.end] in listed("words", "suffixes", "never")


_OF_ILLNESS = re.compile(
    r" (?:for|of|in|against)(?: (?:the|his|her|their|any|an?|this|known|prior|previous))* "
)
_ITS_KIND = re.compile(r" ?(?:[a-z]+ ){0,2}")


def _wondered(effects: dict[str, Cue], mention: Mention) -> bool:
    """ "Asks whether it would be covered" is a question, and no rule."""
    asks = effects.get("hypothetical")
    return asks is not None and asks.end <= mention.start and mention.end <= effects["rule"].start


_CONDITION = re.compile(r"\b(?:if|unless|when|until|once|before|must|should|that|who|whether)\b")


def _untried(frame: Reading, effects: dict[str, Cue], mention: Mention) -> bool:
    """ "Plan requires A and B; neither was tried": what stands behind the rule is no part of it."""
    rule = effects["rule"]
    for effect in ("never", "not_documented"):
        cue = effects.get(effect)
        if cue is None or cue.start < max(rule.end, mention.end):
            continue
        between = frame.text[min(rule.end, mention.end) : cue.start]
        if not _CONDITION.search(between):
            return True
    return False


def _answers_rule(frame: Reading, mention: Mention) -> bool:
    """ "BSA over 10 %: [met] (BSA 22 %)": what follows the verdict is the patient's."""
    return any(c.has("rule") and "met" in frame.text[c.start : c.end] and c.end <= mention.start
               for c in frame.cues)  # fmt: skip


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
    frame: Reading, mention: Mention, effects: dict[str, Cue], kind: str, asserter: Asserter
) -> Assertion | None:
    section, therapy = frame.sentence.section, kind in THERAPIES
    if "asked" in effects:
        effects.setdefault("planned", effects["asked"])
    denied = "absent" in effects or "never" in effects
    if not therapy and "disclaimed" in effects:
        denied, effects["absent"] = True, effects["disclaimed"]
    if ("family" in effects or section == "family") and not _later(effects, "self", "family"):
        return None if denied else Assertion.FAMILY
    evaluated = therapy and _same(effects, "hypothetical", "planned")
    evaluated = evaluated or (therapy and "current" in effects and _watched(frame, effects))
    if (
        "hypothetical" in effects
        and not evaluated
        and not _there_already(frame, mention, effects, kind)
    ):
        if not denied:
            return Assertion.HYPOTHETICAL
        cue = effects.get("absent") or effects["never"]
        if cue.start < mention.end or therapy:  # "tested for it; negative" was answered
            return None
    if _same(effects, "unfound", "not_documented") and _examined(frame, effects["unfound"]):
        effects = {k: v for k, v in effects.items() if k != "not_documented"}
    if "not_documented" in effects or (denied and _not_on_file(effects)):
        return Assertion.NOT_DOCUMENTED
    if denied and therapy and _NONE_FOUND.match(frame.text, mention.end, frame.sentence.end):
        return Assertion.NOT_DOCUMENTED
    if "unfound" in effects:  # by an examiner, or by a reader of the file
        looked_in_file = therapy or kind in ("test", "measurement", "score")
        filed = looked_in_file or "not_on_file" in effects
        return Assertion.NOT_DOCUMENTED if filed else Assertion.ABSENT
    if "undone" in effects:
        return Assertion.ABSENT if therapy or kind == "event" else Assertion.NOT_DOCUMENTED
    if denied:
        if (
            kind == "test"
            and "never" not in effects
            and _result_word(effects["absent"])
            and not _none_of(frame, mention, effects["absent"])
        ):
            return Assertion.PRESENT  # a negative test was done
        given_up = _later(effects, "never", "planned")  # "was to begin it, but never did"
        return None if "planned" in effects and not given_up else Assertion.ABSENT
    outcome = any(o in effects for o in (*OUTCOMES, "adequate", "inadequate"))
    if asserter is Asserter.PAYER and (therapy or kind == "event") and not outcome:
        # What a plan denies or wants was not therefore given; what was asked of it is planned.
        return Assertion.PLANNED if therapy and "asked" in effects else None
    if _planned(frame, mention, effects, kind) and not outcome:
        return Assertion.PLANNED
    given_up = kind in ("state", "symptom") and "stopped" in effects
    if given_up and _apart(effects["stopped"], mention) <= BESIDE and not _of_what_did_it(
        frame, mention, effects["stopped"]
    ):  # fmt: skip
        return Assertion.HISTORICAL
    if therapy and section not in _LISTS and _only_weighed(effects):
        return Assertion.HYPOTHETICAL
    if "possible" in effects and not outcome and not _sure(effects, mention):
        return Assertion.POSSIBLE
    if "resolved" in effects and kind not in EVENTS and not therapy:
        return Assertion.HISTORICAL
    earlier = {"prior", "previous", "previously", "former", "formerly", "past", "remote", "ex"}
    if "past" in effects and kind in ("disease", "state"):
        cue = effects["past"]
        if frame.text[cue.start : cue.end] in earlier:
            return Assertion.HISTORICAL
    return Assertion.PRESENT


_LISTS = frozenset({"medications", "past-medications", "failed", "allergies"})
_GIVEN = frozenset({
    *OUTCOMES, "adequate", "inadequate", "current", "started", "used", "past", "resolved", "done",
    "trough",
})  # fmt: skip


def _only_weighed(effects: dict[str, Cue]) -> bool:
    """Whether a treatment is spoken of (preferred, denied, an option), and nothing says given."""
    if "disclaimed" in effects and _GIVEN.isdisjoint(effects):
        return True
    return "weighed" in effects and _GIVEN.isdisjoint(effects)


_FOR_IT = frozenset({"for", "due", "because", "after", "when", "since", "as", "from", "over", "by"})


def _of_what_did_it(frame: Reading, mention: Mention, stopped: Cue) -> bool:
    """ "A gave him diarrhea and was withdrawn": A was, and not the diarrhea."""
    between = frame.text[stopped.end : mention.start].split()
    if stopped.end <= mention.start and between and between[0] in _FOR_IT:
        return True  # "stopped for pregnancy"
    gap = frame.text[mention.end : stopped.start]
    return (
        stopped.start >= mention.end and "and" in f"{gap} {frame.text[stopped.start :][:4]}".split()
    )


def _apart(cue: Cue, mention: Mention) -> int:
    return max(cue.start - mention.end, mention.start - cue.end)


def _result_word(cue: Cue) -> bool:
    """Whether the denial is a result ("negative"), which stands behind what was tested."""
    behind = ("after", "label", "sign", "signed")
    return cue.has("result") or any(side in behind for _, side in cue.effects)


def _none_of(frame: Reading, mention: Mention, cue: Cue) -> bool:
    """ "No sleep test was done": a bare "no" before a test says that there was none."""
    return cue.end <= mention.start and frame.text[cue.start : cue.end] in ("no", "without", "nil")


def _not_on_file(effects: dict[str, Cue]) -> bool:
    """ "No asthma documented": only a denial in front is turned."""
    denial = effects.get("absent") or effects["never"]
    return "not_on_file" in effects and denial.start < effects["not_on_file"].start


def _later(effects: dict[str, Cue], one: str, other: str) -> bool:
    """Whether an effect is there and stands behind another, or without it."""
    if one not in effects:
        return False
    return other not in effects or effects[one].start > effects[other].start


def _same(effects: dict[str, Cue], one: str, other: str) -> bool:
    return one in effects and other in effects and effects[one].start == effects[other].start


_KNOWN = re.compile(r"\b(?:the|his|her|this|that|their|current)\b[^,;.]*$")


_AGAINST = re.compile(
    r"\b(?:for|help|helps|treat|treats|control|controls|relieve|relieves|improve|improves|ease|"
    r"eases|cure|cures|worsen|worsens|affect|affects|explain|explains|aggravate|manage)\s"
    r"(?:his|her|their|the patient's|patient's|pt's)\s(?:[a-z]+\s)?\Z"
)


_COMES_FOR = re.compile(
    r"(?:return|com(?:e|es|ing) back|rtc|back|follow up|see h|will be|(?:is )?to be|is being)\b"
    r"[a-z0-9 ]*? for\b"
)
_FOR_WHAT = re.compile(r"\b(?:requested|request|considered|sought) for\b")
_NONE_FOUND = re.compile(
    r"[^,;.]{0,40}?\s(?:was|were|is|are|could be)\s(?:found|located|identified|evident)\b"
)
_WATCH = re.compile(r"monitor|watch|surveil|screen")


def _watched(frame: Reading, effects: dict[str, Cue]) -> bool:
    """ "Monitor for nausea on A": what is looked out for may come, A is being taken."""
    cue = effects.get("hypothetical")
    return cue is not None and _WATCH.match(frame.text, cue.start) is not None


_HERS = re.compile(r"(?:\A|\s)(?:his|her|their|the)\s(?:[a-z]+\s)?\Z")
_BLAMED = re.compile(
    r"\s(?:(?:might|may|could|can)\s(?:be|come|have come|have been)|is|was|are|were)\s"
    r"(?:from|due|related|caused|coming|because|linked|triggered|brought|made)\b"
)


def _examined(frame: Reading, cue: Cue) -> bool:
    """ "The CT did not find any ...": a study of the patient looked for it, and not a reader."""
    low = frame.clause(cue.start)[0]
    return any(alternatives("words", "shown_by", means).search(frame.text, low, cue.start)
               for means in load("words")["shown_by"])  # fmt: skip


def _there_already(frame: Reading, mention: Mention, effects: dict[str, Cue], kind: str) -> bool:
    """ "If the cough has not settled by Friday" says that there is a cough; "asks whether it
    would help her asthma" that there is asthma."""
    cue_end = effects["hypothetical"].end
    before = frame.text[max(cue_end, mention.start - 48) : mention.start]
    if kind == "disease" and cue_end < mention.start and _AGAINST.search(before):
        return True
    blamed = kind in ("disease", "symptom") and _HERS.search(before)
    if blamed and _BLAMED.match(frame.text, mention.end):
        return True
    if "persists" not in effects:
        return False
    before = frame.text[effects["hypothetical"].end : mention.start]
    cue = frame.text[effects["hypothetical"].start : effects["hypothetical"].end]
    return _KNOWN.search(f"{cue} {before}") is not None


def _sure(effects: dict[str, Cue], mention: Mention) -> bool:
    """Whether what was suspected was then confirmed: the last word on it counts."""
    if "confirmed" not in effects:
        return False
    sure, hedge = effects["confirmed"], effects["possible"]
    if sure.start >= mention.end and hedge.start >= mention.end:
        return sure.start > hedge.start
    if sure.start < mention.start and hedge.start < mention.start:
        return sure.start > hedge.start
    return sure.start >= mention.end


def _left_as_it_is(frame: Reading, effects: dict[str, Cue], kind: str) -> dict[str, Cue]:
    """In a plan "A: no change" says how A goes on, and not what it did."""
    cue = effects.get("no-response")
    if cue is None or frame.text[cue.start : cue.end] not in listed("therapy", "left_as_it_is"):
        return effects
    rest = {k: v for k, v in effects.items() if v is not cue}
    return {**rest, "current": cue} if kind == "drug" else rest


def _planned(frame: Reading, mention: Mention, effects: dict[str, Cue], kind: str) -> bool:
    section = frame.sentence.section
    if kind != "drug" and "appointed" in effects and "planned" not in effects:
        effects["planned"] = effects[
            "appointed"
        ]  # a drug that is "scheduled" is given by the clock
    if "planned" in effects and _later(effects, "done", "planned"):
        return False
    asked = section == "request" or (
        frame.page.document.kind == "order" and section != "medications"
    )
    if kind not in THERAPIES | {"test"}:
        if "planned" not in effects or kind not in ("event", "state"):
            return False
        cue = effects["planned"]
        if kind == "state" and _FOR_WHAT.search(frame.text, cue.start, cue.end + len(" for ")):
            return False  # "requested for use at school", "X, being considered for A"
        if _COMES_FOR.match(frame.text, cue.start):
            return False  # "back in four weeks for her pneumonia": it is there
        return _apart(cue, mention) <= NEAR and not cue.has("possible")
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
