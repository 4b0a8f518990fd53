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
    other_treatment,
    source_named,
    weight_in,
)
from indicated.ask.follow_shapes import likeness
from indicated.ask.follow_supposed import supposed
from indicated.ask.follow_words import data, pattern
from indicated.ask.mentions import everything, related
from indicated.model import FollowUp, FollowUpKind

SURE = 0.4  # of a kind: of the shapes themselves, one in thirty would be placed wrongly above it
Reading = Callable[[str, Scene, FollowUp | None], FollowUp | None]


def likely(text: str, scene: Scene, last: FollowUp | None) -> FollowUp | None:
    """The question placed by likeness; None where it is like none, or about something else."""
    found = likeness(text, scene.concepts)
    if found.sure < SURE:
        return None
    read = _OF_KIND.get(found.kind)
    return read(text, scene, last) if read else None


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
        return FollowUp(kind, "", items or _spoken_of(last))

    return read


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


_OF_KIND: dict[FollowUpKind, Reading] = {
    FollowUpKind.WHY: _why,
    FollowUpKind.DOSE: _dose,
    FollowUpKind.SOURCE: _source,
    FollowUpKind.COMPARE: _compare,
    FollowUpKind.WHAT_IF: supposed,
    **{
        kind: _of_items(kind)
        for kind in (
            FollowUpKind.MISSING, FollowUpKind.APPEAL, FollowUpKind.SUMMARY, FollowUpKind.POLICY,
            FollowUpKind.CHANGED,
        )
    },
}  # fmt: skip
