"""A question that no pattern holds, placed by its likeness to questions that people have asked.

The kind comes from the shapes (`follow_shapes.py`); what the question is about is looked up in the
case as everywhere else. What it names must be of this case: a question on a disease, a value or a
treatment that nothing here speaks of is about something else, however like the others it sounds.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from indicated.ask.follow_refs import (
    Scene,
    Span,
    criteria_named,
    items_named,
    left_over,
    other_treatment,
    source_named,
    weight_in,
)
from indicated.ask.follow_shapes import Likeness, likeness, stem, usual
from indicated.ask.follow_supposed import supposed
from indicated.ask.follow_words import data, pattern
from indicated.ask.mentions import everything, related
from indicated.model import FollowUp, FollowUpKind

# How sure of a kind one must be. Of 1,450 questions by hands that wrote none of the shapes, those
# placed by these were of another kind in one of a hundred.
SURE = 0.4
SURE_OF_ONE = 0.32  # where it is about the whole case, or about one item of it for certain
SURE_OF_EACH_WORD = 0.25  # where, besides, each word names something or is one of the kind's own
SURE_WITH_PATTERN = 0.15  # where, besides, the words of the kind's pattern are there
EXACT = (FollowUpKind.DOSE,)  # what a doubt could harm: "how much is too much" is another question
Reading = Callable[[str, Scene, FollowUp | None], FollowUp | None]


def likely(text: str, scene: Scene, last: FollowUp | None) -> FollowUp | None:
    """The question placed by likeness; None where it is like none, or about something else."""
    found = likeness(text, scene.concepts)
    read = _OF_KIND.get(found.kind)
    return read(text, scene, last) if read and _sure(found, text, scene) else None


def _sure(found: Likeness, text: str, scene: Scene) -> bool:
    """Whether a kind is beyond doubt: by its likeness, or by all its words as well."""
    if found.sure >= SURE:
        return True
    if found.kind in EXACT or found.sure < SURE_WITH_PATTERN:
        return False
    if found.kind in _OF_THE_CASE and _of_something(text, scene):
        return False
    if found.sure >= SURE_OF_ONE:
        return True
    if _unusual(text, found.kind, scene):
        return False
    kinds: dict[str, str] = data("kinds")
    shown = found.kind.value in kinds and pattern("kinds", found.kind.value).search(text)
    return bool(shown) or found.sure >= SURE_OF_EACH_WORD


def _of_something(text: str, scene: Scene) -> bool:
    """Whether a question names something besides items, of which no one item alone speaks."""
    items, used = items_named(text, scene)
    named = (m.start for m in everything(text, scene.concepts))
    besides = any(not any(a <= at < b for a, b in used) for at in named)
    return besides and not items and not _concerned(text, scene)


def _unusual(text: str, kind: FollowUpKind, scene: Scene) -> list[str]:
    """The words of a question that neither name something nor are of how its kind is asked."""
    named = [(m.start, m.end) for m in everything(text, scene.concepts)]
    own = [kind.value] if kind.value in data("own") else []
    left = left_over(text, [*named, *items_named(text, scene)[1]], "all", "measure", *own)
    return [w for w in left if stem(w) not in usual(kind)]


def like_supposition(text: str, scene: Scene) -> bool:
    """Whether a text is most like suppositions, however it says so."""
    found = likeness(text, scene.concepts)
    return found.kind is FollowUpKind.WHAT_IF and found.sure >= SURE


def _of_items(kind: FollowUpKind) -> Reading:
    """A kind that is about the whole case or some of its items."""

    def read(text: str, scene: Scene, last: FollowUp | None) -> FollowUp | None:
        items, used = items_named(text, scene)
        if _strange(text, used, scene):
            return None
        return FollowUp(kind, "", items or _concerned(text, scene) or _spoken_of(last))

    return read


def _concerned(text: str, scene: Scene) -> tuple[str, ...]:
    """The item whose criteria alone speak of what a question names; () where none or several."""
    findings = criteria_named(text, (), scene) or ()
    of = tuple(dict.fromkeys(item for item, f in scene.findings if f.id in findings))
    return of if len(of) == 1 else ()


def _spoken_of(last: FollowUp | None) -> tuple[str, ...]:
    """The items of the question before, where this one names none."""
    return last.items if last else ()


def _why(text: str, scene: Scene, last: FollowUp | None) -> FollowUp | None:
    items, used = items_named(text, scene)
    findings = criteria_named(text, used, scene, items)
    if findings and not any(f.id in findings and i in items for i, f in scene.findings):
        whole = criteria_named(text, (), scene)  # a word of an item's name is part of a criterion
        items, findings = ((), whole) if whole else (items, findings)
    if findings is None:
        return None
    if pattern("decided").search(text):
        findings = ()  # "why approved, with an AHI of 9?" asks after the whole of it
    of = tuple(dict.fromkeys(item for item, f in scene.findings if f.id in findings))
    items = items or (of if findings else _spoken_of(last))
    return FollowUp(FollowUpKind.WHY, "", items, findings)


def _dose(text: str, scene: Scene, last: FollowUp | None) -> FollowUp | None:
    items, used = items_named(text, scene)
    weight, of = weight_in(text)
    if _strange(text, [*used, *of], scene):
        return None
    told = f"{scene.concepts.label(data('body_weight'))} {text[slice(*of[0])]}" if of else ""
    items = items or _spoken_of(last)
    return FollowUp(FollowUpKind.DOSE, "", items, weight=weight, text=told)


def _source(text: str, scene: Scene, _: FollowUp | None) -> FollowUp | None:
    items, _used = items_named(text, scene)
    label = source_named(text, scene)
    return FollowUp(FollowUpKind.SOURCE, "", items, label=label) if label else None


def _compare(text: str, scene: Scene, last: FollowUp | None) -> FollowUp | None:
    items, _used = items_named(text, scene)
    other, _of = other_treatment(text, scene)
    if other and not items:
        items = _spoken_of(last) or tuple(i.id for i in scene.items)
    two = (len(items) == 2 and not other) or (len(items) == 1 and other)
    return FollowUp(FollowUpKind.COMPARE, "", items, other=other) if two else None


def _strange(text: str, used: Iterable[Span], scene: Scene) -> bool:
    """Whether the question names something that nothing in this case speaks of."""
    spans = list(used)
    known = scene.vocabulary
    return any(
        not any(related(m.concept, c, scene.concepts) for c in known)
        for m in everything(text, scene.concepts)
        if not any(a <= m.start < b for a, b in spans)
    )


_OF_THE_CASE = (
    FollowUpKind.MISSING, FollowUpKind.APPEAL, FollowUpKind.SUMMARY, FollowUpKind.POLICY,
    FollowUpKind.CHANGED,
)  # fmt: skip
_OF_KIND: dict[FollowUpKind, Reading] = {
    FollowUpKind.WHY: _why,
    FollowUpKind.DOSE: _dose,
    FollowUpKind.SOURCE: _source,
    FollowUpKind.COMPARE: _compare,
    FollowUpKind.WHAT_IF: supposed,
    **{kind: _of_items(kind) for kind in _OF_THE_CASE},
}
