"""Which words about an outcome belong to which treatment, where grammar leaves it to the reader.

`Reading.effects` says what reaches a name. Much of what is said of treatments reaches no name:
"Topiramate 50 mg; stopped it after a month.", "Tried sertraline. No benefit.", "Neither A nor B
helped". This module hands such words to the treatment that they speak of.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from indicated.facts.context import Reading
from indicated.facts.cues import alternatives, listed
from indicated.facts.orphans import TOLD, Kinds, orphans, reaches, told_next
from indicated.facts.outcome import is_harm, may_be_treated
from indicated.facts.outlasting import next_item, not_helped, past_amounts
from indicated.facts.parts import Cue, Mention, within
from indicated.facts.settled import TO_COME, WHOLE, Effects, settle

_HEADS = frozenset(
    ["current", "stopped", "no-response", "intolerance", "declined", "contraindication",
     "completed", "used"]
)  # fmt: skip
_SWITCHED = re.compile(r"\s(?:over )?(?:to|onto|for|with|by|in favou?r of)\s(?:\w+ ){0,2}")


def effects_of(frame: Reading, named: Sequence[Mention], kinds: Kinds) -> list[Effects]:
    """What the text says of each treatment of a sentence, in the order of their names."""
    found = [dict(frame.effects(m)) for m in named]
    _across_prepositions(frame, named, found)
    for cue, target in orphans(frame, named):
        _give(found, named, cue, target)
    for cue, target in told_next(frame, named, kinds):
        given = [m for m in target if not _to_come(found[_place(named, m)])]
        _give(found, named, cue, given)
    _subjects(frame, named, found)
    _each_of_them(frame, named, found)
    _headed(frame, named, found)
    _unchanged(frame, named, found)
    not_helped(frame, named, found, kinds)
    _one_after_another(frame, named, found)
    _did_not(frame, named, found)
    _but_not_to(frame, named, found)
    _same_again(frame, named, found)
    _switched(frame, named, found)
    _replaced(frame, named, found)
    _taken_before(frame, named, found)
    _harm_alone(frame, named, found)
    for mention, effects in zip(named, found, strict=True):
        settle(frame, mention, effects)
    return found


def _give(
    found: list[Effects], named: Sequence[Mention], cue: Cue, target: Iterable[Mention]
) -> None:
    for mention in target:
        effects = found[_place(named, mention)]
        for effect, _ in cue.effects:
            if effect in TOLD:
                effects.setdefault(effect, cue)


_TAKEN = frozenset({*TOLD, "used", "past", "done"}) - {"planned"}


def _place(named: Sequence[Mention], mention: Mention) -> int:
    return next(i for i, m in enumerate(named) if m is mention)


def _to_come(effects: Effects) -> bool:
    """Whether a treatment is wished or weighed: "Interested in A. Some relief from ice." """
    return bool(TO_COME & effects.keys()) and _TAKEN.isdisjoint(effects)


# --- words that reach past what stands before them ------------------------------------------


def _across_prepositions(frame: Reading, named: Sequence[Mention], found: list[Effects]) -> None:
    """ "Asthma not improved on A": the words go with A, though a name stands before them."""
    leads = alternatives("therapy", "leads")
    for cue in frame.cues:
        outcome = [e for e, side in cue.effects if e in WHOLE and side == "both"]
        if not outcome:
            continue
        inside = leads.search(frame.text, cue.start, cue.end)
        last = [m for m in leads.finditer(frame.text, cue.start, cue.end) if m.end() == cue.end]
        behind = leads.match(frame.text, cue.end + 1)
        if not (behind or (inside and last)):
            continue
        low, high = frame._ahead(cue, outcome[0])
        for mention, effects in zip(named, found, strict=True):
            if low <= mention.start and mention.end <= high:
                for effect in outcome:
                    effects.setdefault(effect, cue)


_BUT = re.compile(r"\s?,?\s?(?:but|yet|however|with|while|although)\b")


def _subjects(frame: Reading, named: Sequence[Mention], found: list[Effects]) -> None:
    """ "A did little for her pain", "tried A but the asthma did not respond": what the words
    reach is no treatment, and one is the subject, or what was tried."""
    for cue in frame.cues:
        outcome = [e for e, side in cue.effects if e in WHOLE and side == "both"]
        if not outcome or reaches(frame, cue, *named) or not reaches(frame, cue):
            continue
        before = [m for m in frame.mentions if m.end <= cue.start]
        treated = [m for m in named if m.end <= cue.start]
        if not treated or any(m.start >= cue.end for m in named):
            continue
        gap = frame.text[treated[-1].end : cue.start]
        direct = treated[-1] is before[-1] and len(gap.split()) <= 4
        if ";" in gap or ("," in gap and direct):
            continue
        if direct or (len(before) > 1 and before[-2] is treated[-1] and _BUT.match(
            frame.text, past_amounts(frame, treated[-1], before[-1].start)
        )):  # fmt: skip
            for effect in outcome:
                found[named.index(treated[-1])].setdefault(effect, cue)


_EACH = re.compile(r"\b(?:neither|both|none|all|each|either|not one|not a single one|no one)\b")


def _each_of_them(frame: Reading, named: Sequence[Mention], found: list[Effects]) -> None:
    """ "A 50 mg, then B, neither of which helped": what is said of each is said of all."""
    for cue in frame.cues:
        outcome = [e for e, side in cue.effects if e in WHOLE and side == "both"]
        before = [i for i, m in enumerate(named) if m.end <= cue.start]
        if not outcome or len(before) < 2:
            continue
        last = before[-1]
        if cue not in found[last].values():
            continue
        each = _EACH.search(frame.text, named[last].end, cue.end)
        if each is None or _divides(frame, each.end(), cue.start):
            continue
        for i in reversed(before[:-1]):
            if not next_item(frame, named[i], named[i + 1]):
                break
            if found[i].keys() & (WHOLE | {"declined", "stopped"}):
                continue
            for effect in outcome:
                if effect in found[last]:
                    found[i].setdefault(effect, cue)


def _divides(frame: Reading, low: int, high: int) -> bool:
    return low < high and re.search(r"[,;:.]", frame.text[low:high]) is not None


def _headed(frame: Reading, named: Sequence[Mention], found: list[Effects]) -> None:
    """ "Home medications continued in hospital: A, B": what heads a list holds for all of it."""
    colon = frame.text.find(": ", frame.sentence.start, frame.sentence.start + 70)
    head = within(frame.cues, frame.sentence.start, colon) if colon > 0 else []
    if not head or any(m.start < colon for m in frame.mentions):
        return
    for cue in head:
        told = [e for e, _ in cue.effects if e in _HEADS and cue.end - cue.start > 2]  # not "on"
        for mention, effects in zip(named, found, strict=True):
            if told and mention.start > colon and not effects.keys() & TOLD:
                effects.update(dict.fromkeys(told, cue))


def _unchanged(frame: Reading, named: Sequence[Mention], found: list[Effects]) -> None:
    """ "No change in asthma control with A"."""
    for match in alternatives("therapy", "no_effect").finditer(
        frame.text, frame.sentence.start, frame.sentence.end
    ):
        for mention, effects in zip(named, found, strict=True):
            gap = frame.text[match.end() : mention.start]
            words = gap.split()
            if mention.start < match.end() or not 2 <= len(words) <= 7 or "," in gap:
                continue
            of_treatment = set(words) & listed("therapy", "not_effect")
            if words[-1] in listed("therapy", "leads") and not of_treatment:
                effects.setdefault("no-response", Cue(*match.span(), (("no-response", "both"),)))


_NEXT_OF_LIST = re.compile(r"\)?\s?(?:,|,? and|,? then|;? followed by|,? and then)\s(?:by )?")


def _one_after_another(frame: Reading, named: Sequence[Mention], found: list[Effects]) -> None:
    """ "Failed A, then B" and "failed A (B, C) and D": what leads the list is said of all."""
    for i in range(1, len(named)):
        gap = frame.text[named[i - 1].end : named[i].start]
        if ("then" in gap or ")" in gap or "followed" in gap) and _NEXT_OF_LIST.fullmatch(gap):
            for effect in ("no-response", "response-none", "intolerance"):
                cue = found[i - 1].get(effect)
                if cue and cue.end <= named[i - 1].start and not found[i].keys() & WHOLE:
                    found[i][effect] = cue


_VERB_ALONE = re.compile(
    r"\s(?:certainly |clearly |definitely )?(?:did|does|do|has|have|was|is)"
    r"(?P<not>\s?n't| not)?(?=\s*(?:[.,;]|and\b|but\b|$))"
)


def _did_not(frame: Reading, named: Sequence[Mention], found: list[Effects]) -> None:
    """ "While A helped, B did not"; "A did not help, but B did"."""
    for i in range(1, len(named)):
        if _TOO.match(frame.text, named[i].end) and not found[i].keys() & WHOLE:
            for effect in WHOLE & found[i - 1].keys():
                found[i][effect] = found[i - 1][effect]
        alone = _VERB_ALONE.match(frame.text, named[i].end, frame.sentence.end)
        if alone is None or found[i].keys() & WHOLE or not _BUT_NOT.search(
            frame.text, frame.sentence.start, named[i].start
        ):  # fmt: skip
            continue
        good = found[i - 1].keys() & {"response-good", "response-partial", "any-response"}
        turned = "no-response" if good else "response-good"
        if good if alone["not"] else "no-response" in found[i - 1]:
            found[i].pop("absent", None)
            found[i][turned] = Cue(*alone.span(), ((turned, "both"),))


_BUT_NOT_TO = re.compile(
    r"\s?,?\s?(?:but|and|yet|though) not (?:(?:to|with|on|by|from) )?(?:(?:the|her|his|oral) )?"
)


def _but_not_to(frame: Reading, named: Sequence[Mention], found: list[Effects]) -> None:
    """ "Responded to A but not to B": what is denied of B is the response."""
    for i in range(1, len(named)):
        good = found[i - 1].keys() & {"response-good", "response-partial", "any-response"}
        none = found[i].get("absent")
        if not good or none is None or found[i - 1][next(iter(good))].end > named[i - 1].start:
            continue
        if _BUT_NOT_TO.fullmatch(frame.text, named[i - 1].end, named[i].start):
            for effect in ("absent", *good):
                found[i].pop(effect, None)
            found[i]["no-response"] = Cue(none.start, none.end, (("no-response", "both"),))


_TOO = re.compile(r"\s(?:did|does|was|were|has|had|is) (?:so )?(?:too|as well|likewise|also)\b")
_BUT_NOT = re.compile(r"\b(?:while|whereas|although|though|but|yet|however|and)\b|;")


def _same_again(frame: Reading, named: Sequence[Mention], found: list[Effects]) -> None:
    """ "A was unsuccessful, and so was B"."""
    for i in range(1, len(named)):
        gap = frame.text[named[i - 1].end : named[i].start]
        echo = list(alternatives("therapy", "echoes").finditer(gap))
        if echo and not gap[echo[-1].end() :].strip() and not found[i].keys() & WHOLE:
            for effect in (WHOLE | {"stopped", "current"}) & found[i - 1].keys():
                found[i][effect] = found[i - 1][effect]


_ITEM_HEAD = re.compile(r"(?:\A|[,;:.(]|\s-|\b(?:and|then|but))\s*$")
_HARM_ALONE = re.compile(r"\s(?P<why>[a-z][a-z /]{2,40}?)(?=\s?(?:[,;.)]|$|\n|\band\b))")


def _harm_alone(frame: Reading, named: Sequence[Mention], found: list[Effects]) -> None:
    """ "A nausea, B too sedating, C no effect": a list of treatments, each with what it did.

    One such item alone may as well name what the treatment is for, or what else there is."""
    harms: dict[int, Cue] = {}
    sure = 0
    for i, mention in enumerate(named):
        low = max(frame.sentence.body, mention.start - 8)
        if not _ITEM_HEAD.search(frame.text, low, mention.start) and low < mention.start:
            continue
        alone = _HARM_ALONE.match(frame.text, mention.end, frame.sentence.end)
        if alone is None or found[i].keys() & _NO_HARM or not is_harm(alone["why"]):
            continue
        harms[i] = Cue(*alone.span("why"), (("intolerance", "both"),))
        sure += alone["why"].startswith("too ") + (not may_be_treated(alone["why"]))
    told = any(e.keys() & WHOLE for i, e in enumerate(found) if i not in harms)
    past = frame.sentence.section in ("past-medications", "failed")
    if frame.sentence.section == "medications" or not sure:
        return
    if harms and alternatives("therapy", "in_use").search(
        frame.text, frame.sentence.start, named[min(harms)].start
    ):
        return
    for i, cue in harms.items():
        if len(harms) > 1 or told or past or frame.text.startswith("too ", cue.start):
            found[i]["intolerance"] = cue


_NO_HARM = WHOLE | TO_COME | {"absent", "never", "current", "not_documented"}


# --- what is meant --------------------------------------------------------------------------


def _switched(frame: Reading, named: Sequence[Mention], found: list[Effects]) -> None:
    """ "Switched from A to B", "A was changed to B", but not "A was changed to 80 mg"."""
    for i, effects in enumerate(found):
        cue = effects.get("stopped")
        if cue is None:
            continue
        following = named[i + 1] if i + 1 < len(named) else None
        if cue.has("started") and (following is None or following.start < cue.end):
            del effects["stopped"]
        elif following and _leads_from(frame, cue, named[i], following):
            for effect in ("started", "current"):
                found[i + 1].setdefault(effect, cue)


_REPLACES = re.compile(
    r"\s(?:has |had |then |later |soon )?(?:replaced|replaces|superseded|supplanted)\s"
    r"(?:the |her |his )?"
)


def _replaced(frame: Reading, named: Sequence[Mention], found: list[Effects]) -> None:
    """ "A replaced B": A began and B ended."""
    for i in range(1, len(named)):
        verb = _REPLACES.fullmatch(frame.text, named[i - 1].end, named[i].start)
        if verb is None:
            continue
        told = Cue(verb.start() + 1, verb.end() - 1, (("stopped", "before"),))
        found[i - 1].pop("stopped", None)
        found[i - 1].setdefault("started", told)
        found[i].pop("current", None)
        found[i].setdefault("stopped", told)


_ITS_OBJECT = re.compile(r"\b(?:to|from|with)$")


def _taken_before(frame: Reading, named: Sequence[Mention], found: list[Effects]) -> None:
    """ "On A for months without response to B", "on A after B failed": B is not taken now."""
    for i, effects in enumerate(found):
        now = effects.get("current")
        none = effects.get("no-response") or effects.get("intolerance")
        none = none or effects.get("response-none")
        if now is None or none is None or now.end > named[i].start:
            continue
        past = effects.get("past")
        if none.end <= named[i].start:
            turns = none.start if _ITS_OBJECT.search(frame.text, none.start, none.end) else -1
        else:
            later = past is not None and frame.text[past.start : past.end] in ("after", "once")
            turns = past.start if past is not None and later else -1
        if any(now.end <= m.start and m.end <= turns for m in named[:i]):
            del effects["current"]


def _leads_from(frame: Reading, cue: Cue, old: Mention, new: Mention) -> bool:
    """ "switched from A to B"."""
    words = frame.text[cue.start : cue.end]
    ahead = cue.end <= old.start and alternatives("therapy", "switches").fullmatch(words)
    return bool(ahead and _SWITCHED.fullmatch(frame.text, old.end, new.start))
