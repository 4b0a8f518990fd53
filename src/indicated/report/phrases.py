"""Facts, quantities, days and requests as short phrases. Nothing here knows a sentence."""

from __future__ import annotations

import calendar
import re
from dataclasses import replace
from decimal import Decimal

from indicated.messages import Messages
from indicated.model import (
    Asserter,
    Assertion,
    Concepts,
    Day,
    DoseLine,
    DoseRow,
    Fact,
    Mark,
    Quantity,
    Reference,
    RequestedItem,
    Therapy,
    When,
)
from indicated.report.privacy import mask, signature
from indicated.units import plain, shown

SHORT = 160  # characters of a quotation inside a table; the whole stands in "patient data used"


_PLAIN = {ord(a): b for a, b in zip("[]{}“”", "()()‘’", strict=True)}


def clean(text: str) -> str:
    """One line, in which brackets belong to citations and “ ” to quotations alone.

    >>> clean(" see [1] and  “this” ")
    'see (1) and ‘this’'
    """
    text = " ".join(text.split())
    return text.translate(_PLAIN)


def quotable(text: str) -> str:
    """Words of the record as they may be printed: one line, identifiers withheld.

    Masked before cleaning, which may tear an identifier apart, and after, which may make up a
    placeholder: "@ [@" is one once its bracket has become a round one.
    """
    return mask(clean(mask(text)))


def shortened(text: str, limit: int = SHORT) -> str:
    """At most `limit` characters, cut between words and marked.

    >>> shortened("one two three", 8)
    'one two …'
    """
    return text if len(text) <= limit else text[: limit + 1].rsplit(" ", 1)[0] + " …"


def unit_text(code: str) -> str:
    """A unit as a reader writes it, without the brackets of UCUM."""
    return re.sub(r"[\[\]{}]", "", shown(code).replace("[iU]", "IU"))


_TIMES = ("a", "mo", "wk", "d", "h", "min")


def quantity_text(q: Quantity) -> str:
    """A quantity as a reader writes it.

    >>> quantity_text(Quantity.of("495", "mg/dL")), quantity_text(Quantity.of(24, "%{predicted}"))
    ('495 mg/dL', '24% predicted')
    >>> quantity_text(Quantity(Decimal("0.3"), Decimal("0.5"), "g/kg"))
    '0.3–0.5 g/kg'
    >>> quantity_text(Quantity(None, Decimal(10), "mg/dL", open=True))
    '< 10 mg/dL'
    """
    if q.low is None and q.high is None:
        return ""
    if q.low is None:
        number = f"{'<' if q.open else '≤'} {_grouped(q.high or Decimal())}"
    elif q.high is None:
        number = f"{'>' if q.open else '≥'} {_grouped(q.low)}"
    elif q.low == q.high:
        number = _grouped(q.low)
    else:
        number = f"{_grouped(q.low)}–{_grouped(q.high)}"
    unit = unit_text(q.unit)
    if q.exact == 1 and q.unit in _TIMES:
        unit = unit.removesuffix("s")
    return f"{number}{'' if unit.startswith('%') or not unit else ' '}{unit}"


def _grouped(number: Decimal) -> str:
    """A number as it is read; a very long one in groups of three, lest it pass for an identifier.

    >>> _grouped(Decimal(250000)), _grouped(Decimal(12000000))
    ('250000', '12,000,000')
    """
    return plain(number) if abs(number) < _LONG else f"{number:,f}".removesuffix(".0")


_LONG = 1_000_000
_CLAIMING = (Asserter.LETTER, Asserter.PAYER, Asserter.PATIENT, Asserter.QUESTION)


class Phrases:
    """Phrases in one language, about one library's concepts."""

    def __init__(self, messages: Messages, concepts: Concepts):
        self.m, self.concepts = messages, concepts
        self._months = messages.template("words.month_names").split()

    # --- time --------------------------------------------------------------------------

    def day(self, day: Day) -> str:
        """A day to the precision to which it is known: day, month, year or a stretch."""
        a, b = day.earliest, day.latest
        if a == b:
            month, year = self._months[a.month - 1], str(a.year)
            return self.m.fill("time.day", day=str(a.day), month=month, year=year)
        if (a.month, a.day) == (1, 1) and (b.month, b.day) == (12, 31) and a.year == b.year:
            return f"{a.year}"
        month_ends = a.day == 1 and b.day == calendar.monthrange(b.year, b.month)[1]
        if month_ends and (a.year, a.month) == (b.year, b.month):
            return self.m.fill("time.month", month=self._months[a.month - 1], year=str(a.year))
        return self.m.fill("time.between", start=self.day(Day.of(a)), end=self.day(Day.of(b)))

    def when(self, when: When) -> str:
        """A stretch of time; "" when it is not known."""
        start, end = when.start, when.end
        if start and end:
            same = start == end
            text = self.day(start) if same else self.m.fill(
                "time.span", start=self.day(start), end=self.day(end)
            )  # fmt: skip
        elif start:
            text = self.m.fill("time.since" if when.ongoing else "time.from", start=self.day(start))
        elif end:
            text = self.m.fill("time.until", end=self.day(end))
        else:
            return ""
        return self.m.fill("time.assumed", when=text) if when.assumed else text

    def every(self, every: Quantity) -> str:
        """An interval of administration."""
        number = self.quantity(every)
        if every.exact == 1:
            number = self.m.table.get(f"unit_one.{every.unit}", unit_text(every.unit))
        return self.m.fill("time.every", interval=number)

    # --- facts -------------------------------------------------------------------------

    def fact(self, fact: Fact, *, bare: bool = False, name: str = "") -> str:
        """A fact as it was read: what, how much, when, who claims it; `bare`: what alone; `name`:
        what the record calls it, in place of its label."""
        label = name or self.concepts.label(fact.concept)
        said = self._value(fact)
        named = f"{label} {said}" if said else label
        if isinstance(fact.value, str) and fact.value:
            named = self.m.fill(
                "fact.words", label=label, value=clean(self.detail(fact.value)).removesuffix(".")
            )
        if fact.assertion is not Assertion.PRESENT:
            named = self.m.fill(f"fact.{fact.assertion.value}", what=named)
        present = fact.assertion is Assertion.PRESENT  # "no X" needs no "not taken"
        details = [named, *self.therapy(fact.therapy, taken=present), *self.sites(fact, label)]
        if not bare and Mark.HYPOTHETICAL not in fact.marks:  # a supposition has no day
            details.append(self.when(fact.when))
        asks = fact.concept.startswith("request.")  # what is asked for is no claim
        if not bare and fact.asserter in _CLAIMING and not asks:
            details.append(self.m.word("asserter", fact.asserter.value))
        if not bare:
            details.append(self.answered(fact))
        details += self._marks(fact)
        return clean(", ".join(d for d in details if d))

    def _marks(self, fact: Fact) -> list[str]:
        """The marks of a fact; what a model pointed at stands in the record or in the question."""
        asked = any(s.document == "question" for s in fact.sources)
        words = []
        for mark in sorted(fact.marks):
            tables = ("mark_asked", "mark") if asked else ("mark",)
            table = next((t for t in tables if f"{t}.{mark.value}" in self.m.table), "")
            words += [self.m.word(table, mark.value)] if table else []
        return words

    def answered(self, fact: Fact) -> str:
        """Who answered so and when, where the statement is a person's answer before all else."""
        source = fact.sources[0] if fact.sources else None
        if source is None or not source.by or source.at is None:
            return ""
        day = self.day(Day.of(source.at.date()))
        return self.m.fill("words.answered", who=signature(source.by), day=day)

    def _value(self, fact: Fact) -> str:
        return self.quantity(fact.value) if isinstance(fact.value, Quantity) else ""

    def quantity(self, q: Quantity) -> str:
        """A quantity, its unit in the words of the language where it has any."""
        table = "unit_one" if q.exact == 1 else "unit"
        word = self.m.table.get(f"{table}.{q.unit}")
        bare = quantity_text(replace(q, unit=""))
        gap = "" if word and word.startswith("%") else " "
        return f"{bare}{gap}{word}" if word and bare else quantity_text(q)

    def detail(self, said: str) -> str:
        """A route, site, place, purpose or degree in the words of the language."""
        return self.m.table.get(f"detail.{said}", said)

    def sites(self, fact: Fact, label: str) -> list[str]:
        """Where, as far as the name does not say it already."""
        both = "bilateral" in fact.site
        shown_sites = fact.site - {"left", "right"} if both else fact.site
        return [self.detail(s) for s in sorted(shown_sites) if s not in label.casefold()]

    def therapy(self, therapy: Therapy | None, *, taken: bool = True) -> list[str]:
        """What is known of a treatment: dose, interval, route, length, effect, end; whether it was
        not `taken`, where the sentence does not say so already."""
        if therapy is None:
            return []
        said = [self.quantity(therapy.dose) if therapy.dose else ""]
        said.append(self.every(therapy.every) if therapy.every else "")
        said.append(self.detail(therapy.route))
        if therapy.duration:
            said.append(self.m.fill("therapy.duration", length=self.quantity(therapy.duration)))
        if therapy.response:
            said.append(self.m.word_or_own("response", therapy.response))
        if therapy.ended_because:
            said.append(self.m.word_or_own("ended", therapy.ended_because))
        if not therapy.taken and taken:
            said.append(self.m.word("therapy", "not_taken"))
        if therapy.adequate is False:
            said.append(self.m.word("therapy", "inadequate"))
        return [s for s in said if s]

    # --- requests, doses, references -----------------------------------------------------

    def item(self, item: RequestedItem) -> str:
        """The name of what is asked for."""
        known = item.treatment and item.treatment in self.concepts
        name = clean(self.concepts.label(item.treatment)) if known else quotable(item.words)
        product = quotable(item.product)
        return (
            f"{name} ({product})" if product and product.casefold() not in name.casefold() else name
        )

    def request(self, item: RequestedItem) -> str:
        """What is asked for, with phase, dose, interval, duration and place."""
        parts = [self.item(item), self.m.word("phase", item.phase.value)]
        if item.dose:
            parts.append(self.quantity(item.dose))
        if item.every:
            parts.append(self.every(item.every))
        if item.duration:
            parts.append(self.m.fill("therapy.duration", length=self.quantity(item.duration)))
        purposes = [f.value for f in item.facts if f.concept == "request.purpose"]
        stated = [p for p in purposes if isinstance(p, str)]
        said = (item.route, *item.codes, item.place, *stated)
        parts += [quotable(self.detail(x)) for x in said if x]
        return ", ".join([*parts, *(quotable(p) for p in item.parts)])

    def dose_line(self, line: DoseLine) -> str:
        """An authority's range: amount, interval, ceiling."""
        parts = []
        if line.amount:
            parts.append(self.quantity(line.amount))
        if line.every:
            parts.append(self.every(line.every))
        text = " ".join(parts)
        if line.maximum:
            ceiling = self.m.fill("dose.at_most", maximum=self.quantity(line.maximum))
            text = f"{text}, {ceiling}" if text else ceiling
        return text

    def weights(self, row: DoseRow) -> str:
        """The body weights at which a requested dose lies within a range; "" when not known."""
        low, high = row.weight_from, row.weight_to
        if low is not None and high is not None:
            id = "dose.weights_between"
            return self.m.fill(id, low=plain(low, 1), high=plain(high, 1))
        if low is not None:
            return self.m.fill("dose.weights_from", low=plain(low, 1))
        if high is not None:
            return self.m.fill("dose.weights_to", high=plain(high, 1))
        return ""

    def reference(self, ref: Reference) -> str:
        """A reference as it is listed: title, organisation and year, type, identifier."""
        year = ref.year or self.m.word("words", "no_year")
        published = (
            f"{ref.organisation}, {year}" if ref.organisation else year[:1].upper() + year[1:]
        )
        kind = ref.type[:1].upper() + ref.type[1:]
        said = [ref.title, published, kind, ref.identifier]
        return clean(". ".join(s.rstrip(".") for s in said if s))
