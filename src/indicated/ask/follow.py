"""A follow-up question, placed: what it wants to know, and of what.

A wrong placing is worse than none. The kinds are tried in a fixed order; one is taken where its
words are there and every other word of the question is accounted for by what the case holds. What
is left is placed by its likeness to questions that people ask (`follow_likely.py`), where that is
clear. Anything else is `NOTHING`: not understood, or not of this case.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from fractions import Fraction

from indicated.ask.follow_carried import not_carried
from indicated.ask.follow_likely import like_supposition, likely
from indicated.ask.follow_refs import (
    Scene,
    criteria_about,
    items_named,
    left_over,
    other_treatment,
    weight_in,
)
from indicated.ask.follow_supposed import (
    another_value,
    clear,
    joined,
    parts,
    statement,
    supposes,
    unread,
    what_if,
)
from indicated.ask.follow_words import bag, data, pattern, typed, words_of
from indicated.model import (
    Assessment,
    Fact,
    Finding,
    FollowUp,
    FollowUpKind,
    Library,
    Outcome,
    Turn,
)

SPARE = Fraction(
    1, 3
)  # of the words of a supposition that may go unread; they are shown as left out
Reading = Callable[[str, Scene, FollowUp | None], FollowUp | None]


def place(asked: str, standing: Assessment, turns: Sequence[Turn], library: Library) -> FollowUp:
    """Place a question. What it supposes is not read here: see `supposing`."""
    text = typed(asked).strip()
    scene, last = Scene(standing, library), turns[-1].follow_up if turns else None
    nothing = FollowUp(FollowUpKind.NOTHING, asked)
    if not text or any(pattern("out_of_scope", k).search(text) for k in data("out_of_scope")):
        return nothing
    for reading in READINGS:
        found = reading(text, scene, last)
        if found is not None and found.kind is not FollowUpKind.NOTHING:
            return replace(found, words=asked)
        if found is not None:
            break
    found = likely(text, scene, last)
    return replace(found, words=asked) if found is not None else nothing


# What a model may take a question for: kinds that read nothing out of the question itself.
PROPOSABLE = (
    FollowUpKind.WHY, FollowUpKind.POLICY, FollowUpKind.MISSING, FollowUpKind.APPEAL,
    FollowUpKind.CHANGED, FollowUpKind.SUMMARY,
)  # fmt: skip


def taken_for(
    asked: str, kind: FollowUpKind, standing: Assessment, library: Library
) -> FollowUp | None:
    """A question as one of that kind, which a model takes it for; None where it may not be: where
    it supposes something, which such an answer would leave out, or is of what no case answers."""
    text, scene = typed(asked).strip(), Scene(standing, library)
    if not text or any(pattern("out_of_scope", k).search(text) for k in data("out_of_scope")):
        return None
    if kind not in PROPOSABLE or supposes(text) or like_supposition(text, scene):
        return None
    items, _ = items_named(text, scene)
    return FollowUp(kind, asked, items, proposed=True)


def otherwise(
    found: FollowUp, standing: Assessment, turns: Sequence[Turn], library: Library
) -> FollowUp:
    """What a question asks that only looked like a supposition ("if this is denied, what would an
    appeal need?"); itself, with what was not read of it, where that is not clear either."""
    last = turns[-1].follow_up if turns else None
    other = likely(typed(found.words).strip(), Scene(standing, library), last)
    if other is None or other.text or other.kind is FollowUpKind.WHAT_IF:
        return found
    return replace(other, words=found.words)


def supposing(
    found: FollowUp, assumed: Sequence[Fact], standing: Assessment, library: Library
) -> FollowUp:
    """The question with the facts that were read from what it supposes; nothing where too many of
    its words gave none, or one of its amounts or times did: `left` names what was not read."""
    scene = Scene(standing, library)
    kept = tuple(f for f in assumed if f.concept not in data("aside"))
    left = unread(found.text, kept, scene)
    total = [w for w in words_of(found.text) if w not in bag("filler")]
    open_ = supposes(typed(found.words)) or like_supposition(typed(found.words), scene)
    spare = SPARE * len(total) if open_ else 0
    lost = not_carried(found.text, kept, scene)
    silent = bool(lost) or _unread_part(found.text, kept, scene) or not clear(kept)
    if (kept or found.without) and len(left) <= spare and not silent:
        return replace(found, assumed=kept, left=tuple(left))
    words = [w for w in left if not any(w in words_of(phrase) for phrase in lost)]
    named = (*words, *lost) if open_ else ()
    return FollowUp(FollowUpKind.NOTHING, found.words, text=found.text, left=named)


def from_before_treatment(text: str) -> tuple[tuple[int, int], ...]:
    """The parts of a supposition that speak of the time before treatment, whenever it began."""
    return tuple((a, b) for a, b in parts(text) if pattern("what_if", "baseline").search(text[a:b]))


def _unread_part(text: str, assumed: Sequence[Fact], scene: Scene) -> bool:
    """Whether one of several suppositions ("A and B") gave nothing at all."""
    for a, b in parts(text):
        here = any((s.start or 0) < b and a < (s.end or 0) for f in assumed for s in f.sources)
        if not here and unread(text[a:b], (), scene):
            return True
    return False


# --- readings, each for one kind --------------------------------------------------------------


def _source(text: str, scene: Scene, _: FollowUp | None) -> FollowUp | None:
    match = pattern("source").search(text)
    if match is None:
        return None
    said = match["n"] or match["bracket"] or match["ordinal"] or match["passage"]
    label = {**data("numbers"), **data("ordinals")}.get(said.casefold(), said.upper())
    items, used = items_named(text, scene)
    left = left_over(text, [match.span(), *used], "all", "source", "measure")
    if supposes(text) or (left and _asks_besides(text)):
        return FollowUp(FollowUpKind.NOTHING, "")
    return FollowUp(FollowUpKind.SOURCE, "", items, label=label)


def _asks_besides(text: str) -> bool:
    """Whether a question that names a source by its number asks something else about it: why it
    counts, what to send in its place, what would be without it."""
    kinds = (pattern("kinds", k) for k in data("kinds") if k != FollowUpKind.POLICY)
    outside = (pattern("what_if", k) for k in ("within", "without", "taken_out"))
    return any(p.search(text) for p in (*kinds, *outside))


def _plain(kind: FollowUpKind, *, opening: bool = True) -> Reading:
    """A kind that is about the whole case or some of its items, and about nothing else."""

    def read(text: str, scene: Scene, _: FollowUp | None) -> FollowUp | None:
        if not pattern("kinds", kind.value).search(text):
            return None
        if not opening and supposes(text):
            return None
        items, used = items_named(text, scene)
        weight, of = weight_in(text) if kind is FollowUpKind.DOSE else (None, [])
        words = [m.span() for m in pattern("kinds", kind.value).finditer(text)]
        if left_over(text, [*used, *of, *words], "all", kind.value):
            return None
        told = _weighs(text, of, scene)
        return FollowUp(kind, "", items, weight=weight, text=told)

    return read


def _weighs(text: str, of: list[tuple[int, int]], scene: Scene) -> str:
    """The weight that was named, as a chart would say it; "" where none was."""
    return f"{scene.concepts.label(data('body_weight'))} {text[slice(*of[0])]}" if of else ""


def _compare(text: str, scene: Scene, last: FollowUp | None) -> FollowUp | None:
    items, used = items_named(text, scene)
    other, of = other_treatment(text, scene)
    either = re.search(r"\bor\b", text) and re.fullmatch(r"[^.!]{3,80}\?", text)
    if not pattern("kinds", "compare").search(text) and not (either and other):
        return None
    if left_over(text, [*used, *of], "all", "compare"):
        return None
    if other and not items:
        items = _meant(scene, last)
    two = (len(items) == 2 and not other) or (len(items) == 1 and other)
    return FollowUp(FollowUpKind.COMPARE, "", items, other=other) if two else None


def _meant(scene: Scene, last: FollowUp | None) -> tuple[str, ...]:
    """The one item that is spoken of without its name."""
    if last and len(last.items) == 1:
        return last.items
    return (scene.items[0].id,) if len(scene.items) == 1 else ()


def _if_shown(text: str, scene: Scene, _: FollowUp | None) -> FollowUp | None:
    """ "What would change for X if this were shown: Y?", as an article suggests it."""
    match = pattern("if_shown").search(text)
    if match is None:
        return None
    items, _spans = items_named(text[: match.start()], scene)
    said = match["what"].casefold()
    ids = [f.id for i, f in scene.findings if (i in items or not items) and _says(f, said)]
    kind = FollowUpKind.MISSING
    return FollowUp(kind, "", items, tuple(dict.fromkeys(ids))) if ids else None


def _says(finding: Finding, said: str) -> bool:
    return " ".join(finding.says.split()).casefold().rstrip(". ") == said.rstrip(". ")


def _why(text: str, scene: Scene, last: FollowUp | None) -> FollowUp | None:
    if not pattern("kinds", "why").search(text) or pattern("clinical_why").search(text):
        return None
    items, used = items_named(text, scene)
    findings = criteria_about(text, used, scene, items)
    if findings is None:  # a word names an item and is part of a criterion too
        findings = criteria_about(text, (), scene)
        items = () if findings else items
    if findings is None:
        return None
    if not items and not findings:
        if re.search(r"\d", text):
            return None
        items = (last.items if last else ()) or _turned_down(text, scene)
    return FollowUp(FollowUpKind.WHY, "", items, findings)


def _turned_down(text: str, scene: Scene) -> tuple[str, ...]:
    """ "Why was it denied?": the items that were, if any."""
    if not pattern("denied").search(text):
        return ()
    ds = scene.standing.determinations
    return tuple(d.item.id for d in ds if d.outcome is Outcome.NOT_INDICATED)


def _elliptic(text: str, scene: Scene, last: FollowUp | None) -> FollowUp | None:
    """ "And the second one?", "and at 90 kg?": the last question again, of something else."""
    match = pattern("elliptic").match(text)
    if match is None or last is None:
        return None
    rest = text[match.end() :]
    items, used = items_named(rest, scene)
    weight, of = weight_in(rest)
    if last.kind is FollowUpKind.WHAT_IF and (other := another_value(rest, last, scene)):
        return FollowUp(FollowUpKind.WHAT_IF, "", text=other, without=last.without)
    if left_over(rest, [*used, *of], "measure"):
        joins = last.kind is FollowUpKind.WHAT_IF and not supposes(text)
        return joined(rest, last, scene) if joins and last.text else None
    if last.kind is FollowUpKind.SOURCE and (n := re.fullmatch(r"\W*(\d{1,3})\W*", rest)):
        return replace(last, label=n[1])
    if weight and last.kind is FollowUpKind.DOSE:
        return replace(
            last, weight=weight, items=items or last.items, text=_weighs(rest, of, scene)
        )
    if weight and last.kind is FollowUpKind.WHAT_IF:
        return FollowUp(FollowUpKind.WHAT_IF, "", text=_weighs(rest, of, scene))
    if items and last.kind in _OF_ITEMS:
        return replace(last, items=items, findings=(), weight=None)
    return None


def _likely_question(text: str, scene: Scene, last: FollowUp | None) -> FollowUp | None:
    """A question that no pattern holds, told without a question mark."""
    found = likely(text, scene, last)
    return None if found is None or found.kind is FollowUpKind.WHAT_IF else found


_OF_ITEMS = frozenset(
    {
        FollowUpKind.WHY,
        FollowUpKind.POLICY,
        FollowUpKind.MISSING,
        FollowUpKind.DOSE,
        FollowUpKind.APPEAL,
        FollowUpKind.SUMMARY,
    }
)
READINGS: tuple[Reading, ...] = (
    _if_shown,
    _source,
    _elliptic,
    _plain(FollowUpKind.APPEAL),
    _plain(FollowUpKind.CHANGED),
    _plain(FollowUpKind.SUMMARY),
    _plain(FollowUpKind.POLICY),
    _compare,
    _plain(FollowUpKind.DOSE, opening=False),
    what_if,
    _plain(FollowUpKind.MISSING),
    _why,
    _likely_question,
    statement,
)
