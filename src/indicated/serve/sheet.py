"""The answer sheet: every open question of an assessment, with empty keys for a person to fill in.

It is YAML that `facts.answers` reads. What is asked, how it would be shown and what either answer
would change stand as comments; the concept is filled in from the criterion that asks.
"""

from __future__ import annotations

import json
import textwrap
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from indicated.judge.dose import WEIGHTS
from indicated.judge.outcome import DOSE
from indicated.messages import Messages, load_messages
from indicated.model import (
    Assessment,
    Combine,
    Concepts,
    Criterion,
    Determination,
    Has,
    Library,
    Missing,
    Outcome,
    Role,
    Settles,
    State,
    Value,
)
from indicated.report.listing import shown
from indicated.report.phrases import Phrases
from indicated.serve.sheet_keys import KEYS, Item, began, item_of, number_of

WIDTH = 96


@dataclass
class Question:
    """One thing to answer: its concepts and empty keys, and every open criterion that asks."""

    concepts: tuple[str, ...]
    keys: dict[str, str] = field(default_factory=dict)
    site: tuple[str, ...] = ()
    asked: list[tuple[Determination, Missing]] = field(default_factory=list)

    def add(self, item: Item) -> None:
        """The keys of one more criterion that looks at the same concepts."""
        for key, hint in item.keys:
            self.keys[key] = self.keys.get(key) or hint
        self.site = self.site or item.site


def answer_sheet(
    assessment: Assessment, library: Library, *, messages: Messages | None = None
) -> str:
    """The sheet of everything that is missing, the fewest answers that settle an outcome first."""
    sheet = _Sheet(assessment, library, messages or load_messages())
    return "\n".join(sheet.lines()) + "\n"


def open_questions(assessment: Assessment, library: Library) -> list[dict[str, Any]]:
    """What the sheet asks, as data for a form: concepts, keys with a hint each, and for every
    criterion that asks what either answer would lead to."""
    sheet = _Sheet(assessment, library, load_messages())
    return [sheet.form(question) for question in sheet.questions]


class _Sheet:
    def __init__(self, assessment: Assessment, library: Library, messages: Messages):
        self.a, self.m = assessment, messages
        self.concepts: Concepts = library.concepts
        self.words = Phrases(messages, library.concepts)
        self.keyless: list[tuple[Determination, Missing]] = []
        self.questions = self._questions()

    def say(self, id: str, /, **slots: str) -> str:
        return self.m.fill(f"sheet.{id}", **{k: shown(v) for k, v in slots.items()})

    def lines(self) -> Iterator[str]:
        yield from self._head()
        for d, missing in self.keyless:
            yield from self._criterion(d, missing, "")
            yield from _comment(self.say("no_key"), "", "    ")
        yield from ("", "by:", "role:", "at:", "")
        if not self.questions:
            yield from _comment(self.say("nothing"), "")
            yield "answers: []"
            return
        yield "answers:"
        for question in self.questions:
            yield ""
            yield from self._asked(question)
            yield from self._item(question)

    def _head(self) -> Iterator[str]:
        day = self.a.case.as_of
        yield from _comment(self.say("title"), "")
        program = self.a.article.program
        yield from _comment(self.say("as_of", day=day.isoformat(), program=program), "")
        yield "#"
        yield from _comment(self.say("how"), "")
        for key in ("answer", "value", "on", "from", "absent", "remark"):
            slots = {"day": day.isoformat(), "month": f"{day:%Y-%m}", "year": f"{day:%Y}"}
            said = self.say(f"how_{key}", **(slots if key == "on" else {}))
            yield from _comment(said, "", "  ")
        yield "#"
        for d, way in self._ways():
            needs = [f"{id}: {self.m.word('truth_plain', t.value)}" for id, t in way.needs]
            told = {"item": self.words.item(d.item), "outcome": self.outcome(way.outcome)}
            yield from _comment(self.say("way", needs="; ".join(needs), **told), "")

    def _ways(self) -> Iterator[tuple[Determination, Settles]]:
        """The fewest answers that settle each item, shortest first."""
        for d in _all(self.a.determinations):
            for way in sorted(d.settles, key=lambda s: len(s.needs)):
                yield d, way

    def outcome(self, outcome: Outcome) -> str:
        """An outcome in words; a closed record is never asked for more."""
        closed = f"outcome_closed.{outcome.value}"
        if self.a.case.chart.closed and closed in self.m.table:
            return self.m.template(closed)
        return self.m.word("outcome", outcome.value)

    def form(self, question: Question) -> dict[str, Any]:
        """One question as data."""
        return {
            "concepts": [{"id": c, "label": self.concepts.label(c)} for c in question.concepts],
            "site": list(question.site),
            "keys": {
                key: self._hint(key, question.keys[key]) for key in KEYS if key in question.keys
            },
            "asked": [
                {
                    "item": self.words.item(d.item),
                    "says": m.what,
                    "ask": m.ask,
                    "role": m.role.value,
                    "if_met": self._leads(d, m.if_met),
                    "if_not_met": self._leads(d, m.if_not_met),
                }
                for d, m in question.asked
            ],
        }

    # --- what is asked -------------------------------------------------------------------------

    def _questions(self) -> list[Question]:
        """Each thing to answer once, though several criteria and treatments may ask for it."""
        found: dict[tuple[str, ...], Question] = {}

        def ask(item: Item) -> Question:
            key = (*item.concepts, *item.site)
            question = found.setdefault(key, Question(item.concepts))
            question.add(item)
            return question

        for d, missing in _open(self.a.determinations):
            items = self._items(d, missing)
            if not items:
                self.keyless.append((d, missing))
                continue
            ask(items[0]).asked.append((d, missing))
            for timed in items[1:]:
                ask(timed)
        return list(found.values())

    def _items(self, d: Determination, missing: Missing) -> tuple[Item, ...]:
        """The empty items of an open criterion: its own concepts, and what it is timed against."""
        if missing.id == DOSE:
            basis = WEIGHTS.get(d.policy.dose.weight, "") if d.policy and d.policy.dose else ""
            unknown = d.dose is not None and d.dose.weight is None and basis in self.concepts
            return (number_of(basis, self.concepts),) if unknown else ()
        leaf = _leaf(d, missing.id)
        if leaf is None or not isinstance(leaf.test, (Has, Value)):
            return ()
        own = item_of(leaf.test, self.concepts, d.item.parts)
        versus = leaf.test.versus if isinstance(leaf.test, Value) else None
        relations = (*leaf.test.where.relations, *(versus.relations if versus else ()))
        timed = [r for r in relations if not r.silence and r.kind != "during"]
        return (own, *(began(r.concept, self.concepts) for r in timed))

    # --- one question --------------------------------------------------------------------------

    def _asked(self, question: Question) -> Iterator[str]:
        """What asks for it, what either answer would change, and what would show it."""
        labels = " | ".join(shown(self.concepts.label(c)) for c in question.concepts)
        yield from _comment(f"--- {labels} ---")
        if not question.asked:
            yield from _comment(self.say("timed"))
        for d, missing in question.asked:
            yield from self._criterion(d, missing)
        for ask in dict.fromkeys(m.ask for _, m in question.asked if m.ask):
            yield from _comment(self.say("ask", ask=ask.rstrip(".")))
        if len(question.concepts) > 1:
            yield from _comment(self.say("keep_one"))

    def _criterion(self, d: Determination, m: Missing, indent: str = "  ") -> Iterator[str]:
        state = self.m.word("state", m.state.value if m.state is not State.SAID else "open")
        role = self.m.template(f"sheet.{m.role.value}")
        told = self.say("question", says=m.what.rstrip("."), id=m.id, role=role, state=state)
        item = self.say("for", item=self.words.item(d.item))
        yield from _comment(f"{item} {told}", indent)
        if m.if_met is not d.computed or m.if_not_met is not d.computed:
            met, not_met = (self._leads(d, o) for o in (m.if_met, m.if_not_met))
            yield from _comment(self.say("effect", met=met, not_met=not_met), indent, "    ")
            return
        ways = [w for w in d.settles if m.id in dict(w.needs)]
        for way in ways:
            answer = self.m.word("truth_plain", dict(way.needs)[m.id].value)
            n, outcome = str(len(way.needs)), self.outcome(way.outcome)
            said = self.say("together", answer=answer, n=n, outcome=outcome)
            yield from _comment(said, indent, "    ")
        if not ways:
            yield from _comment(self.say("unchanged"), indent, "    ")

    def _leads(self, d: Determination, outcome: Outcome) -> str:
        if outcome is d.computed:
            return self.m.template("missing.unchanged")
        return self.outcome(outcome)

    def _item(self, question: Question) -> Iterator[str]:
        ids = ", ".join(question.concepts)
        yield f"  - concept: {f'[{ids}]' if len(question.concepts) > 1 else ids}"
        if question.site:
            yield f"    site: {json.dumps(list(question.site), ensure_ascii=False)}"
        for key in KEYS:
            if key in question.keys:
                told = self._hint(key, question.keys[key])
                yield f"    {key}:{f'  # {told}' if told else ''}"

    def _hint(self, key: str, hint: str) -> str:
        """What to write behind a key."""
        if hint.startswith("@"):
            return self.m.template(f"sheet.{hint[1:]}")
        if key == "during" or (key == "value" and hint and " | " not in hint):
            return self.say(key, what=hint)
        return shown(hint)


def _all(determinations: Iterable[Determination]) -> Iterator[Determination]:
    for d in determinations:
        yield d
        yield from _all(d.parts)


def _open(determinations: Iterable[Determination]) -> Iterator[tuple[Determination, Missing]]:
    """Every open criterion: what settles an item with the fewest answers first, then the others,
    those that decide before those that only support."""
    roles = list(Role)
    for d in _all(determinations):
        ways = sorted(d.settles, key=lambda s: len(s.needs))
        first = list(dict.fromkeys(id for way in ways for id, _ in way.needs))
        place = {id: n for n, id in enumerate(first)}
        ranked = [
            (place.get(m.id, len(place)), roles.index(m.role), n) for n, m in enumerate(d.missing)
        ]
        for *_, n in sorted(ranked):
            yield d, d.missing[n]


def _leaf(d: Determination, id: str) -> Criterion | None:
    """The criterion of that id in the policy's phase."""
    if d.policy is None:
        return None
    phase = d.policy.phases[d.phase]
    listed = [c for r in (*phase.routes, *phase.exceptions) for c in r.criteria]
    queue = [*listed, *phase.exclusions, *phase.requirements, *phase.supporting]
    while queue:
        criterion = queue.pop(0)
        if criterion.id == id:
            return criterion
        if isinstance(criterion.test, Combine):
            queue += criterion.test.parts
    return None


def _comment(text: str, indent: str = "  ", more: str = "") -> list[str]:
    """Text as lines of comment."""
    width = WIDTH - len(indent) - len(more)
    lines = textwrap.wrap(text, width, break_on_hyphens=False, break_long_words=False)
    return [f"{indent}# {more}{line}" for line in lines]
