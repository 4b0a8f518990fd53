"""Which phase of a treatment a request stands in, and the words that say so.

The words of the request come first, then those of the order, then what the record says is being
given. A request of which nobody says that it was ever given counts as a first one, and says so.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from indicated.ask.asked import Asked
from indicated.ask.cues import data, pattern, words
from indicated.ask.heads import Head
from indicated.ask.mentions import Mention, mentions, related
from indicated.ask.orders import Order, holds
from indicated.messages import clause
from indicated.model import Assertion, Concepts, Fact, Facts, Phase

NEAR = 25  # characters between a word such as "continue" and the treatment in an order


@dataclass(frozen=True)
class Because:
    """A phase and one clause on what shows it."""

    phase: Phase
    why: str


def phase_of(
    text: str,
    head: Head,
    named: tuple[Mention, ...],
    alone: bool,
    placed: tuple[Order, ...],
    chart_facts: Facts,
    concepts: Concepts,
) -> Because:
    """The phase of one request. `alone`: the only thing asked, so that "it" can mean it."""
    return (
        _from_words(text, head, _is_care(head, concepts))
        or _from_background(text, head, named, alone, concepts)
        or _from_orders(head, placed, concepts)
        or _from_record(head, placed, chart_facts, concepts)
        or Because(Phase.INITIATION, clause("phase_because.open"))
    )


def _is_care(head: Head, concepts: Concepts) -> bool:
    """Whether what is asked for is care that may go on: a stay, a level of care, a therapy."""
    return not head.treatment or concepts[head.treatment].kind in data("care_kinds")


def _from_words(text: str, head: Head, care: bool) -> Because | None:
    """From the words at the treatment, then from the verb that governs it."""
    past = _past(text, head.asked)
    stretches = [head.reach, *([head.asked.verb] if head.asked else [])]
    if care and head.asked:
        sentence = head.asked.sentence
        if m := pattern("phase", "later_days").search(text, sentence.start, sentence.end):
            key = "continuation_past" if past else "continuation"
            return Because(Phase.CONTINUATION, _why(key, m[0], "question"))
    for name in ("dose_change", "initiation", "continuation"):
        for stretch in stretches:
            m = words("phase", name).search(text, stretch.start, stretch.end)
            if m:
                key = "continuation_past" if past and name == "continuation" else name
                return Because(Phase(name), _why(key, m[0], "question"))
    return Because(Phase.RETROSPECTIVE, _why("retrospective", past, "question")) if past else None


def _past(text: str, asked: Asked | None) -> str:
    if asked and asked.past and not words("refused").search(text, asked.verb.start, asked.verb.end):
        first = re.compile(r"\w+").search(text, _auxiliary_start(text, asked))
        verb = text[asked.verb.start : asked.verb.end]
        return f"{first[0]} ... {verb}" if first else verb
    m = words("phase", "retrospective").search(text)
    return m[0] if m else ""


def _auxiliary_start(text: str, asked: Asked) -> int:
    found = [
        m.start()
        for m in words("past_auxiliaries").finditer(text, asked.sentence.start, asked.verb.end)
        if m.start() < max(asked.span.start, asked.verb.start)
    ]
    return found[-1] if found else asked.sentence.start


def _from_background(
    text: str, head: Head, named: tuple[Mention, ...], alone: bool, concepts: Concepts
) -> Because | None:
    if alone and (m := pattern("phase", "on_it").search(text)):
        return Because(Phase.CONTINUATION, _why("given_now", m[0], "question"))
    places = [
        (m.start, m.end)
        for m in named
        if head.treatment and related(head.treatment, m.concept, concepts)
    ]
    for start, end in [*places, (head.span.start, head.span.end)]:
        if before := pattern("phase", "on").search(text[:start]):
            said = f"{before[0].strip()} {text[start:end]}"
            return Because(Phase.CONTINUATION, _why("given_now", said, "question"))
    return None


def _from_orders(head: Head, placed: tuple[Order, ...], concepts: Concepts) -> Because | None:
    for order in placed:
        for mention in order.named or ((order.before,) if order.before else ()):
            if not head.treatment or not related(head.treatment, mention.concept, concepts):
                continue
            stretch = order.stretch(mention) if order.named else order.span
            start = max(stretch.start, mention.start - NEAR) if order.named else stretch.start
            start = min(start, order.cue.start) if order.named[:1] == (mention,) else start
            for name in ("dose_change", "continuation", "initiation"):
                for m in words("phase", name).finditer(order.document.text, start, stretch.end):
                    if _governs(order, m, mention):
                        return Because(Phase(name), _why(name, m[0], "record"))
    return None


def _governs(order: Order, word: re.Match[str], mention: Mention) -> bool:
    """Whether a word such as "continue" is said of this treatment: "continue medication, refer for
    A" and "A, and continue the rest" say nothing of A."""
    text = order.document.text
    if word.end() <= mention.start:
        return not pattern("orders", "another").search(text, word.end(), mention.start)
    following = text[word.end() : order.span.end]
    return word.start() < mention.end or bool(pattern("orders", "no_object").match(following))


def _from_record(
    head: Head, placed: tuple[Order, ...], chart_facts: Facts, concepts: Concepts
) -> Because | None:
    """Being given, or given before: only for what can go on, and never from the request itself."""
    if not head.treatment:
        return None
    lasts = concepts[head.treatment].kind in data("given_kinds")
    given = [
        f
        for f in chart_facts.items
        if concepts.is_a(f.concept, head.treatment)
        and f.assertion in (Assertion.PRESENT, Assertion.HISTORICAL)
        and not (f.therapy and not f.therapy.taken)
        and not holds(placed, f)
        and not pattern("orders", "only_ordered").search(quote(f))
        and (_says_given(f, concepts) if lasts else _in_sittings(f))
    ]
    for key, wanted in (("given_now", True), ("before", False)):
        for fact in given:
            if is_current(fact) is wanted:
                return Because(Phase.CONTINUATION, _why(key, quote(fact), "record"))
    return None


def _says_given(fact: Fact, concepts: Concepts) -> bool:
    """Whether more is said than the name: a guideline that names a treatment gives it to nobody."""
    t, when = fact.therapy, fact.when
    if when.ongoing or when.dated or fact.assertion is Assertion.HISTORICAL:
        return True
    if t and (t.dose or t.every or t.duration or t.response or t.ended_because):
        return True
    said = [s.quote.strip(" .,;:()") for s in fact.sources]
    return not all(any(m.end - m.start == len(q) for m in mentions(q, concepts)) for q in said)


def _in_sittings(fact: Fact) -> bool:
    """Whether what is done at one time or at many is being done, or was done, again and again."""
    course = fact.therapy
    if course is None:
        return False
    if fact.when.ongoing and fact.assertion is Assertion.PRESENT:
        return True
    sittings = course.duration
    if sittings is None or sittings.unit != "{count}" or fact.when.end is not None:
        return False
    return sittings.low is not None and sittings.low > 1


def is_current(fact: Fact) -> bool:
    """Whether a treatment is said to be in effect: present, and nothing says that it ended."""
    ended = bool(fact.therapy and fact.therapy.ended_because)
    over = fact.when.end is not None and not fact.when.ongoing
    return fact.assertion is Assertion.PRESENT and not ended and not over


def quote(fact: Fact, longest: int = 80) -> str:
    """The words of a fact, cut at a word where they are long.

    >>> from indicated.model import Source
    >>> quote(Fact("x", sources=(Source("d", "on IVIG 60 g monthly"),)))
    'on IVIG 60 g monthly'
    """
    said = " ".join(fact.sources[0].quote.split()) if fact.sources else fact.concept
    return said if len(said) <= longest else said[:longest].rsplit(" ", 1)[0] + " ..."


def _why(key: str, said: str, where: str) -> str:
    words = " ".join(said.split())
    return clause(f"phase_because.{key}", words=words, where=clause(f"where.{where}"))
