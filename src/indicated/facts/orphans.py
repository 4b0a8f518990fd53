"""Words about an outcome that reach no name: "stopped it after a month", "No benefit."

Their subject is left to the reader: "it", "which", nothing at all, or the sentence before. They are
handed to the treatment named last, unless other words stand where a subject would.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache

from indicated.facts.context import Reading
from indicated.facts.cues import alternatives, listed, load, whole_words
from indicated.facts.meaning import OUTCOMES
from indicated.facts.parts import Cue, Mention, Sentence, within
from indicated.facts.settled import WHOLE
from indicated.facts.text import BULLET

TOLD = frozenset({*OUTCOMES, "adequate", "inadequate", "current", "started", "planned"})
_SAID = TOLD - {"current", "planned", "started"}
_JOINT = re.compile(
    r"\s?(?:,|,? and|,? or|,? nor|/|&|\+|,? then|[,;]? (?:and )?(?:then|later|subsequently|finally|"
    r"lastly|latterly|thereafter|after that|afterwards|next|followed by|succeeded by|eventually))"
    r"\s?(?:both |oral |the |also |by |finally |a course of |a trial of |trials of |courses of )?"
)
_BREAK = re.compile(r"[,;:(|]|\s-{1,2}>?\s|->|=>|\u2192|\b(?:and|but|so|then|yet|which|that|who)\b")


def orphans(frame: Reading, named: Sequence[Mention]) -> list[tuple[Cue, list[Mention]]]:
    """Words on an outcome that reach no name, with the treatments named before them."""
    out = []
    for cue in frame.cues:
        before = [m for m in named if m.end <= cue.start]
        if not before or not _tells(frame, cue):
            continue
        start = max(before[-1].end, frame.sentence.start)
        ahead = [m for m in named if m.start >= cue.end and reaches(frame, cue, m)]
        closed = _closed(frame.text, cue, frame.sentence.end)
        if closed and _SET_APART.fullmatch(frame.page.lower, start, cue.start) and not ahead:
            out.append((cue, [before[-1]]))  # "A - stopped, dizziness"
        elif reaches(frame, cue, *(named if cue.has("adequate") or cue.has("inadequate") else ())):
            if _behind_its_harm(frame, start, cue):
                out.append((cue, [before[-1]]))
            elif closed and not ahead and _for_a_reason(frame, start, cue):
                out.append((cue, _pointed_at(frame, cue, before)))
        elif closed and (
            _elided(frame.page.lower, start, cue.start) or _on_it(frame.text, cue)
        ):  # fmt: skip
            out.append((cue, _pointed_at(frame, cue, before)))
    return out


_SET_APART = re.compile(r"[\s,:(\-\u2192>/]*[,:(\-\u2192>/][\s,:(\-\u2192>/]*")


def _behind_its_harm(frame: Reading, start: int, cue: Cue) -> bool:
    """ "A - seizure, stopped": a finding set apart between a treatment and its end."""
    between = [m for m in frame.mentions if start <= m.start and m.end <= cue.start]
    if len(between) != 1 or not cue.has("stopped"):
        return False
    return all(
        _SET_APART.fullmatch(frame.page.lower, a, b)
        for a, b in ((start, between[0].start), (between[0].end, cue.start))
    )


def _for_a_reason(frame: Reading, start: int, cue: Cue) -> bool:
    """ "A ...; it was stopped for nausea": what the words reach is the reason, and no object."""
    if not cue.has("stopped") or not _elided(frame.page.lower, start, cue.start):
        return False
    if within(frame.mentions, start, cue.start):
        return False
    return _reason_next().match(frame.text, cue.end) is not None


@cache
def _reason_next() -> re.Pattern[str]:
    leads = load("therapy")["because"]
    return re.compile(r"\s" + whole_words([*leads["strong"], "for", "after", "when"]).pattern)


@dataclass(frozen=True)
class Kinds:
    """What is known of the names on a page, for those who do not look into the concepts.

    `treats`: it is a treatment. `measured`: it has values only. `called`: it may be spoken of by
    such a noun ("the injection"). `troubles`: it is a complaint, or a score of complaints.
    """

    treats: Callable[[Mention], bool]
    measured: Callable[[Mention], bool]
    called: Callable[[Mention, str], bool]
    troubles: Callable[[Mention], bool]


def told_next(
    frame: Reading, named: Sequence[Mention], kinds: Kinds
) -> list[tuple[Cue, list[Mention]]]:
    """The outcome that the next sentence tells: "Tried A for a month. No benefit." """
    page = frame.page
    i = bisect_right(page.sentences, frame.sentence.start, key=lambda s: s.start)
    if i >= len(page.sentences) or not _goes_on(frame, page.sentences[i]):
        return []
    following = page.sentences[i]
    cues = [c for c in within(page.cues, following.start, following.end) if c.end <= following.end]
    if not any(e in TOLD for c in cues for e, _ in c.effects):
        return []
    names = [
        m for m in within(page.mentions, following.start, following.end)
        if not any(c.start < m.end and m.start < c.end for c in cues)
    ]  # fmt: skip
    target = _listed(frame, named, named[-1])
    if len(target) < len(named) or any(kinds.treats(m) for m in names):
        return []  # which of them is meant?
    noun = _noun(page.folded, following, cues)
    if noun and not kinds.called(target[-1], noun[0]):
        return []
    if noun and _one_of_several(frame, noun):
        return []
    out = []
    begin = following.start
    if names and kinds.measured(names[0]) and _elided(page.lower, begin, names[0].start):
        begin, names = names[0].end, names[1:]  # "it gave 10% relief and did not help"
    first = names[0].start if names else following.end
    for cue in cues:
        if cue.end > first or not any(e in TOLD for e, _ in cue.effects):
            continue
        apart = _elided(page.lower, min(begin, cue.start), cue.start)
        if apart and _closed(page.folded, cue, following.end):
            out.append((cue, target))
    return out


def _noun(folded: str, following: Sentence, cues: Sequence[Cue]) -> re.Match[str] | None:
    """The noun by which a sentence speaks of a treatment named before: "injection", "surgery"."""
    last = max((c.end for c in cues), default=following.start)
    return alternatives("therapy", "stands_for").search(
        folded, following.start, min(following.end, last + _NOUN_WITHIN)
    )


def _one_of_several(frame: Reading, noun: re.Match[str]) -> bool:
    """ "Injections on 1/3 and 3/4. The last one did not help": that is not said of the first."""
    here = frame.sentence
    if not _WHICH.search(noun.string, max(0, noun.start() - 16), noun.start()):
        return False
    several = len(within(frame.page.dates, here.start, here.end)) > 1
    return several or _SEVERAL.search(frame.text, here.start, here.end) is not None


_WHICH = re.compile(r"\b(?:last|latest|recent|first|second|third|fourth|previous|prior)\s$")
_SEVERAL = re.compile(
    r"\b(?:two|three|four|five|six|several|multiple|both|repeat(?:ed)?|series|x ?[2-9]|[2-9])\s"
    r"(?!mg|ml)(?:of )?[a-z]"
)
_NOUN_WITHIN = 24  # characters behind the words on an outcome: "no relief from the last injection"


def _goes_on(frame: Reading, following: Sentence) -> bool:
    """Whether a sentence follows in the same paragraph, as running text."""
    here = frame.sentence
    if following.table or here.table or following.section != here.section:
        return False
    gap = frame.page.document.text[here.end : following.start]
    return gap.count("\n") == 0 and not BULLET.match(frame.page.document.text, following.start)


def _tells(frame: Reading, cue: Cue) -> bool:
    """Whether a cue speaks of what became of a treatment; "on" alone needs an "it"."""
    if any(e in _SAID and side != "label" for e, side in cue.effects):
        return True
    if ("planned", "after") in cue.effects or ("current", "after") in cue.effects:
        return True
    if cue.has("current") or cue.has("planned") or cue.has("started"):
        pronoun = _pronoun().match(frame.text, cue.end)
        words = frame.text[cue.start : cue.end]
        return bool(pronoun) or alternatives("therapy", "elliptic").fullmatch(words) is not None
    return False


def reaches(frame: Reading, cue: Cue, *names: Mention) -> bool:
    return any(
        r.cue is cue and any(r.start <= m.start and m.end <= r.end for m in names or frame.mentions)
        for r in frame.reached
        if r.effect in TOLD
    )


def _on_it(text: str, cue: Cue) -> bool:
    """ "Has been using it every night": the object tells, whoever the subject is."""
    verb = cue.end - cue.start > 2  # and not "went blind on it"
    return verb and re.compile(r"\s(?:it|them)\b").match(text, cue.end) is not None


@cache
def _pronoun() -> re.Pattern[str]:
    return re.compile(r"\s?(?:" + whole_words(load("therapy")["pronouns"]).pattern + ")")


_WORDS = re.compile(r"[\w'/]+")


def _elided(text: str, low: int, start: int) -> bool:
    """Whether the words right before a cue leave its subject to the reader.

    What counts is the last piece before it: from a comma, a dash, a bracket or an "and" on.
    """
    low = max(low, start - 90)
    breaks = [m.start() for m in _BREAK.finditer(text, low, start)]
    piece = text[breaks[-1] if breaks else low : start]
    small = listed("therapy", "elided")
    return all(w in small or w.isdigit() for w in _WORDS.findall(piece))


def _closed(text: str, cue: Cue, high: int) -> bool:
    """Whether nothing behind a cue is its object: "stopped, ...", "stopped it", "stopped after"."""
    if any(e in WHOLE for e, _ in cue.effects):
        return True
    if cue.end >= high or not text[cue.end : cue.end + 1].isspace():
        return True
    follows = re.compile(r"\s*(?:\d|[-(,;:.|]|" + alternatives("therapy", "objects").pattern + ")")
    return text[cue.end : high].strip() == "" or follows.match(text, cue.end) is not None


def _pointed_at(frame: Reading, cue: Cue, before: Sequence[Mention]) -> list[Mention]:
    """The treatment that "it", "the former" or an unsaid subject means."""
    around = frame.text[cue.end : cue.end + 16]
    if re.match(r"\s(?:the )?former\b", around) and len(before) > 1:
        return [before[-2]]
    words = frame.text[before[-1].end : cue.end + 8]
    if re.search(r"\b(?:both|all|none|neither|each|them|these)\b", words) or len(before) == 1:
        return _listed(frame, before, before[-1])
    return [before[-1]] if not _bare_list(frame, before) else _listed(frame, before, before[-1])


def _bare_list(frame: Reading, named: Sequence[Mention]) -> bool:
    """ "Tried A, B, C, no relief": three or more names and nothing but commas between them."""
    return len(_listed(frame, named, named[-1])) > 2


def joined(frame: Reading, low: int, high: int) -> bool:
    """Whether only a comma, an "and", a "then" stands between two names."""
    return _JOINT.fullmatch(frame.text, low, high) is not None


def _listed(frame: Reading, named: Sequence[Mention], last: Mention) -> list[Mention]:
    """A treatment with those joined to it."""
    out = [last]
    for mention in reversed([m for m in named if m.end <= last.start]):
        if not _JOINT.fullmatch(frame.text, mention.end, out[0].start):
            break
        out.insert(0, mention)
    return out
