"""What exactly is asked for in a stretch: treatments by name, by code, or by their words alone.

"X with Y", "X, Y and Z" and "CPT 1, 2 and 3" ask for several things; each becomes a `Head`. A
phrase that is no concept of the library is kept in its own words, so that the answer can honestly
be that no policy covers it; a phrase without content ("the treatment plan") gives nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

from indicated.ask.asked import Asked, Span
from indicated.ask.cues import pattern, words
from indicated.ask.mentions import (
    Code,
    Mention,
    concept_of_code,
    ingredient,
    related,
)
from indicated.ask.phrases import Chunk, clean, cut, merged, phrase_in, shared_noun
from indicated.model import Concepts


@dataclass(frozen=True)
class Head:
    """One thing asked for. `reach` is the stretch whose amounts, sides and codes belong to it."""

    treatment: str
    words: str
    span: Span
    reach: Span
    product: str = ""
    codes: tuple[Code, ...] = ()
    asked: Asked | None = None


def heads(
    text: str, where: Asked, named: tuple[Mention, ...], concepts: Concepts, *, known: bool
) -> tuple[Head, ...]:
    """The things that one stretch asks for. `known`: only named concepts and codes count."""
    chunks = merged(text, cut(text, where.span, named))
    noun = shared_noun(text, chunks)
    found: list[Head] = []
    for chunk in chunks:
        for head in _of_chunk(text, chunk, where.how != "bare", concepts):
            if noun and chunk.phrase and not chunk.named and head.span == chunk.phrase:
                head = replace(head, words=f"{head.words} {noun}")
            if head.treatment or head.codes or not known:
                found = _add(found, replace(head, asked=where), concepts)
    return tuple(_for_codes(text, where, found, named, concepts))


def join(found: Iterable[Head], concepts: Concepts) -> tuple[Head, ...]:
    """The heads of several stretches, each thing once."""
    out: list[Head] = []
    for head in found:
        out = _add(out, head, concepts)
    return tuple(out)


def head_of(text: str, mention: Mention, concepts: Concepts, where: Asked | None = None) -> Head:
    """A head made from a bare mention."""
    treatment, product = ingredient(mention.concept, concepts)
    span = Span(mention.start, mention.end)
    said = text[mention.start : mention.end]
    return Head(treatment, said, span, span, product or mention.brand, (), where)


def taken_now(text: str, where: Asked) -> tuple[Head, ...]:
    """ "Should a man stable on X stay on it": what stands behind "on", in its own words."""
    for m in pattern("phase", "taken_now").finditer(text, where.sentence.start, where.sentence.end):
        stop = min(_boundary(text, m.end(), where), where.sentence.end)
        phrase = phrase_in(text, m.end(), stop)
        if phrase:
            return (Head("", clean(text, phrase), phrase, phrase, asked=where),)
    return ()


def _boundary(text: str, start: int, where: Asked) -> int:
    """Where the words behind "on" end: at a circumstance, a separator, or the governing verb."""
    ends = [m.start() for p in (words("openers"), pattern("separators"), words("need"))
            for m in [p.search(text, start, where.sentence.end)] if m]  # fmt: skip
    if where.verb.start > start:
        ends.append(where.verb.start)
    return min(ends, default=where.sentence.end)


def _of_chunk(text: str, chunk: Chunk, full: bool, concepts: Concepts) -> list[Head]:
    reach = Span(chunk.start, chunk.end)
    found: list[Head] = []
    for n, m in enumerate(chunk.named):
        if n and _also_called(text, chunk.named[n - 1], m, concepts):
            found[-1] = _by_its_product(found[-1], m, concepts)
            continue
        one = all(related(m.concept, o.concept, concepts) for o in chunk.named)
        said = chunk.phrase if chunk.phrase and one and full else Span(m.start, m.end)
        head = head_of(text, m, concepts)
        found = _add(found, replace(head, words=clean(text, said), reach=reach), concepts)
    if not found and chunk.phrase:
        said = chunk.phrase
        found = [Head("", clean(text, said), said, reach)]
    return _with_codes(found, chunk.codes, concepts, reach)


def _also_called(text: str, name: Mention, other: Mention, concepts: Concepts) -> bool:
    """ "botulinum toxin (Botox)": of two of one class the second, in brackets, names the first."""
    between = text[name.end : other.start]
    if other.start < name.end or between.strip() != "(":
        return False
    return bool(set(concepts.above(name.concept)) & set(concepts.above(other.concept)))


def _by_its_product(head: Head, other: Mention, concepts: Concepts) -> Head:
    """The head as its other name has it, where that is the name of a product."""
    treatment, product = ingredient(other.concept, concepts)
    if head.product or not product:
        return head
    return replace(head, treatment=treatment, product=product)


def _with_codes(
    found: list[Head], given: tuple[Code, ...], concepts: Concepts, reach: Span
) -> list[Head]:
    """A code of another concept is its own thing; a code nobody knows goes with the words."""
    for code in given:
        concept = concept_of_code(code.code, concepts)
        owner = next(
            (n for n, h in enumerate(found) if concept and h.treatment
             and related(h.treatment, concept, concepts)), None,
        )  # fmt: skip
        if owner is None and (not concept or not found[0].treatment if found else False):
            owner = 0
            if concept:
                treatment, product = ingredient(concept, concepts)
                found[0] = replace(found[0], treatment=treatment, product=product)
        span = Span(code.start, code.end)
        if owner is None:
            treatment, product = ingredient(concept, concepts) if concept else ("", "")
            found.append(Head(treatment, code.code, span, reach, product, (code,)))
        else:
            found[owner] = _narrowed(found[owner], concept, concepts)
            if code not in found[owner].codes:
                found[owner] = replace(found[owner], codes=(*found[owner].codes, code))
    return found


def _narrowed(head: Head, concept: str, concepts: Concepts) -> Head:
    """What is asked for, once a code of a narrower thing stands beside that of a part of it."""
    if not concept or concept == head.treatment or not concepts.is_a(concept, head.treatment):
        return head
    if not _by_code_alone(head):
        return head
    treatment, product = ingredient(concept, concepts)
    return replace(head, treatment=treatment, product=product)


def _by_code_alone(head: Head) -> bool:
    return bool(head.codes) and head.words == head.codes[0].code


def _for_codes(
    text: str,
    where: Asked,
    found: list[Head],
    named: tuple[Mention, ...],
    concepts: Concepts,
) -> list[Head]:
    """ "CPT 1, 2 and 3 for lumbar fusion": codes that no concept carries, or one of which what is
    named is a kind, belong to what they are for."""
    if not found or not all(_by_code_alone(h) for h in found):
        return found
    opener = re.compile(r"\s*for\s+", re.IGNORECASE).match(text, where.span.end)
    target = next(
        (m for m in named if opener and opener.end() <= m.start < opener.end() + 40), None
    )
    if target is None:
        return found
    if not all(concepts.is_a(target.concept, h.treatment) for h in found if h.treatment):
        return found
    every = tuple(c for h in found for c in h.codes)
    span = Span(target.start, target.end)
    said = text[target.start : target.end]
    reach = Span(where.span.start, target.end)
    return [Head(target.concept, said, span, reach, target.brand, every, where)]


def _add(found: list[Head], head: Head, concepts: Concepts) -> list[Head]:
    """One more thing; the same treatment again only adds its product, codes and reach."""
    for n, old in enumerate(found):
        same = head.treatment and old.treatment and related(old.treatment, head.treatment, concepts)
        again = not head.treatment and not old.treatment and head.words == old.words
        if not (same or again):
            continue
        narrow = head if head.treatment in _below(old.treatment, concepts, head) else old
        found[n] = replace(
            narrow,
            product=narrow.product or head.product or old.product,
            codes=tuple(dict.fromkeys(old.codes + head.codes)),
            words=old.words if len(old.words) >= len(head.words) else head.words,
            span=old.span,
            reach=Span(min(old.reach.start, head.reach.start), max(old.reach.end, head.reach.end)),
            asked=old.asked or head.asked,
        )
        return found
    return [*found, head]


def _below(broad: str, concepts: Concepts, head: Head) -> tuple[str, ...]:
    return (head.treatment,) if broad and concepts.is_a(head.treatment, broad) else ()


def is_plan(text: str) -> bool:
    """Whether the question asks for the plan as a whole.

    >>> is_plan("Is the treatment plan necessary?"), is_plan("Is IVIG necessary?")
    (True, False)
    """
    return bool(words("plan").search(text))


def looks_medical(text: str) -> bool:
    """Whether the words are of the kind that a medical question uses."""
    return bool(words("medical").search(text) or words("patient").search(text))
