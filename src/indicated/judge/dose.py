"""The dose that is asked for against every authority's range, with the arithmetic shown.

Without a weight a fixed dose is not guessed at: the check says for which weights it would lie in
each range, and which weight makes it equal to a range's ends.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from indicated.errors import UnitError
from indicated.judge import timing
from indicated.judge.compare import DOUBTED, in_unit
from indicated.judge.leaves import about
from indicated.messages import clause
from indicated.model import (
    Concepts,
    Determination,
    DoseBlock,
    DoseCheck,
    DoseLine,
    DoseRow,
    Fact,
    Quantity,
    RequestedItem,
)
from indicated.truth import MET, NOT_MET, UNKNOWN, Truth, all_of, any_of
from indicated.units import dimension, plain, shown, tidy

PER = {"dose-per-weight": ("kg", "weight"), "dose-per-area": ("m2", "body-surface-area")}
WEIGHTS = {"actual": "weight", "ideal": "ideal-body-weight", "adjusted": "adjusted-body-weight"}
MONTH_IN_WEEKS = Decimal(4)  # "monthly" is ordered and given as every four weeks


@dataclass(frozen=True)
class Sizes:
    """The patient's weight (kg) and body surface (m2), where they are known for certain."""

    facts: tuple[tuple[str, Fact], ...] = ()

    def number(self, concept: str, unit: str) -> Decimal | None:
        """The number of that concept in that unit; None when it is not known."""
        for id, fact in self.facts:
            if id == concept and isinstance(fact.value, Quantity):
                return in_unit(fact.value, unit).exact
        return None


def check_dose(
    block: DoseBlock | None, item: RequestedItem, facts: Sequence[Fact], concepts: Concepts
) -> DoseCheck | None:
    """Hold the item's dose against the block. None when no dose is asked for or none is ruled.

    Where what is not stated is as labelled, an interval without a dose is held against the lines
    that have an interval. A dose that is stated and cannot be compared (no weight) stays unknown.
    """
    if block is None or (item.dose is None and not (block.as_labelled and item.every)):
        return None
    lines = tuple(
        line
        for line in block.lines
        if _is_for(line, item, concepts) and (item.dose is not None or line.every is not None)
    )
    if not lines:
        return None
    sizes = _sizes(block, facts, concepts)
    basis = next((id for id, _ in sizes.facts if id != "body-surface-area"), "weight")
    rows = tuple(_row(line, item, sizes, basis, block.as_labelled) for line in lines)
    deciding = [r for r in rows if r.line.decides]
    truth = any_of([r.truth for r in deciding]) if deciding else MET
    if any(
        _exceeds(r.line.maximum, item.dose, sizes, basis) is MET for r in rows if r.line.maximum
    ):
        truth = NOT_MET
    return DoseCheck(
        truth=truth,
        requested=requested(item),
        weight=next((f for id, f in sizes.facts if id != "body-surface-area"), None),
        rows=rows,
        equivalents=_equivalents(item, rows, sizes, basis),
        fits=_fits(deciding, sizes, basis),
        queries=_queries(block, rows, item, sizes, basis),
        ask=block.ask,
        facts=tuple(f for _, f in sizes.facts) + item.facts,
    )


def dose_against(
    d: Determination,
    dose: Quantity,
    every: Quantity | None,
    facts: Sequence[Fact],
    concepts: Concepts,
) -> DoseCheck | None:
    """Another dose of the same item against its policy's lines: one that a text names."""
    block = d.policy.dose if d.policy else None
    return check_dose(block, replace(d.item, dose=dose, every=every), facts, concepts)


def _is_for(line: DoseLine, item: RequestedItem, concepts: Concepts) -> bool:
    if line.phases and item.phase not in line.phases:
        return False
    return not line.of or any(concepts.is_a(item.treatment, id) for id in line.of)


def _sizes(block: DoseBlock, facts: Sequence[Fact], concepts: Concepts) -> Sizes:
    """The basis that the block names, else the actual weight; and the body surface."""
    found = []
    for concept in (WEIGHTS.get(block.weight, "weight"), "weight"):
        fact = _latest_exact(concept, facts, concepts)
        if fact is not None:
            found.append((concept, fact))
            break
    area = _latest_exact("body-surface-area", facts, concepts)
    return Sizes((*found, *([("body-surface-area", area)] if area else [])))


def _latest_exact(concept: str, facts: Sequence[Fact], concepts: Concepts) -> Fact | None:
    usable = [
        f
        for f in about((concept,), facts, concepts).present
        if isinstance(f.value, Quantity) and f.value.exact is not None and not f.marks & DOUBTED
    ]
    return max(usable, key=lambda f: timing.newest(f) or date.min, default=None)


# --- one line ------------------------------------------------------------------------------


def _row(
    line: DoseLine, item: RequestedItem, sizes: Sizes, basis: str, as_labelled: bool
) -> DoseRow:
    interval = MET if item.every is None and as_labelled else _interval(line, item)
    if line.amount is None or item.dose is None:
        return DoseRow(line, interval, "")
    amount, weights, words = _amount(line.amount, item.dose, sizes, basis)
    return DoseRow(line, all_of([amount, interval]), words, *weights)


Compared = tuple[Truth, tuple[Decimal | None, Decimal | None], str]


def _amount(ruled: Quantity, asked: Quantity, sizes: Sizes, basis: str) -> Compared:
    """Whether the dose lies in the range; at which weights it would; and the arithmetic.

    A dose in units of another kind ("155 units" of a drug that is weighed) is unknown, not wrong.
    """
    try:
        return _compared(ruled, asked, sizes, basis)
    except UnitError:
        return UNKNOWN, (None, None), ""


def _compared(ruled: Quantity, asked: Quantity, sizes: Sizes, basis: str) -> Compared:
    nothing = (None, None)
    try:
        same = in_unit(asked, ruled.unit)
    except UnitError:
        pass
    else:
        told = {"asked": amount_text(asked), "ruled": amount_text(ruled)}
        return _inside(same, ruled), nothing, clause("dose_says.against", **told)
    per_ruled, per_asked = _per(ruled), _per(asked)
    if per_ruled and not per_asked:
        unit, concept = per_ruled
        known = sizes.number(basis if unit == "kg" else concept, unit)
        numerator = ruled.unit.split("/")[0]
        fixed = in_unit(asked, numerator)
        if known:
            each = _scaled(fixed, 1 / known, ruled.unit)
            words = f"{amount_text(asked)} ÷ {plain(known)} {shown(unit)} = {amount_text(each)}"
            return _inside(each, ruled), nothing, words
        return UNKNOWN, _weights(fixed, ruled), _weights_text(fixed, ruled, unit)
    if per_asked and not per_ruled:
        unit, concept = per_asked
        known = sizes.number(basis if unit == "kg" else concept, unit)
        if known:
            total = _scaled(asked, known, asked.unit.split("/")[0])
            words = f"{amount_text(asked)} × {plain(known)} {shown(unit)} = {amount_text(total)}"
            return _inside(in_unit(total, ruled.unit), ruled), nothing, words
    return UNKNOWN, nothing, ""


def _per(quantity: Quantity) -> tuple[str, str] | None:
    return PER.get(dimension(quantity.unit)) if quantity.unit else None


def _scaled(q: Quantity, by: Decimal, unit: str) -> Quantity:
    low, high = (None if x is None else tidy(x * by) for x in (q.low, q.high))
    return Quantity(low, high, unit, q.open)


def _inside(asked: Quantity, ruled: Quantity) -> Truth:
    """All of what is asked lies in the range. A request that is itself a range asks for its top."""
    if asked.low is None or asked.high is None:
        return UNKNOWN
    above = ruled.high is not None and asked.high > ruled.high
    below = ruled.low is not None and asked.low < ruled.low
    return NOT_MET if above or below else MET


def _weights(fixed: Quantity, ruled: Quantity) -> tuple[Decimal | None, Decimal | None]:
    """The weights at which a fixed dose lies in a per-weight range."""
    start = tidy(fixed.high / ruled.high) if fixed.high and ruled.high else None
    end = tidy(fixed.low / ruled.low) if fixed.low and ruled.low else None
    return start, end


def _weights_text(fixed: Quantity, ruled: Quantity, unit: str) -> str:
    """For which weights, or body surfaces, a fixed dose lies in a range; "" where for none."""
    start, end = _weights(fixed, ruled)
    if start is None and end is None:
        return ""
    if start is not None and end is not None:
        form = "of" if start == end else "span"
    else:
        form = "to" if start is None else "from"
    return clause(
        f"dose_says.{'weight' if unit == 'kg' else 'surface'}_{form}",
        asked=amount_text(fixed),
        ruled=amount_text(ruled),
        low="" if start is None else plain(start, 1),
        high="" if end is None else plain(end, 1),
        unit=shown(unit),
    )


def _interval(line: DoseLine, item: RequestedItem) -> Truth:
    if line.every is None:
        return MET
    if item.every is None:
        return UNKNOWN
    return _inside(_in_weeks(item.every), _in_weeks(line.every))


def _in_weeks(every: Quantity) -> Quantity:
    """An interval in weeks; a month of an order is four weeks, as it is given in practice."""
    if every.unit == "mo":
        return _scaled(every, MONTH_IN_WEEKS, "wk")
    return in_unit(every, "wk")


def _exceeds(limit: Quantity | None, asked: Quantity | None, sizes: Sizes, basis: str) -> Truth:
    """Whether the top of what is asked is above a limit."""
    if limit is None or asked is None:
        return NOT_MET
    top = Quantity(asked.high, asked.high, asked.unit)
    truth, _, _ = _amount(Quantity(None, limit.high, limit.unit), top, sizes, basis)
    return {MET: NOT_MET, NOT_MET: MET}.get(truth, UNKNOWN)


# --- in words ------------------------------------------------------------------------------


_TIMES = ("a", "mo", "wk", "d", "h", "min")


def amount_text(q: Quantity) -> str:
    """A quantity as a reader writes it.

    >>> amount_text(Quantity(Decimal("0.3"), Decimal("0.5"), "g/kg"))
    '0.3–0.5 g/kg'
    """
    unit = shown(q.unit)
    if q.exact is not None:
        return f"{plain(q.exact, 3)} {unit}".strip()
    if q.low is None or q.high is None:
        form, end = ("at_most", q.high) if q.low is None else ("at_least", q.low)
        return clause(f"dose_says.{form}", amount=f"{plain(end or Decimal(0), 3)} {unit}".strip())
    return f"{plain(q.low, 3)}–{plain(q.high, 3)} {unit}".strip()


def every_text(every: Quantity) -> str:
    """An interval as a reader writes it.

    >>> every_text(Quantity.of(1, "wk")), every_text(Quantity.of(4, "wk"))
    ('every week', 'every 4 weeks')
    """
    return clause("dose_says.every", interval=_length(every))


def _length(time: Quantity) -> str:
    """A length of time, its unit a word of the reader's language; a single one without its "1"."""
    if time.unit not in _TIMES:
        return amount_text(time)
    if time.exact == 1:
        return clause(f"unit_one.{time.unit}")
    number = amount_text(replace(time, unit=""))
    return clause("dose_says.length", number=number, unit=clause(f"unit.{time.unit}"))


def _rhythm(dose: str, every: Quantity | None) -> str:
    """A dose with its interval, as far as each is known."""
    if every is None:
        return dose
    return (
        clause("dose_says.rhythm", dose=dose, every=every_text(every))
        if dose
        else every_text(every)
    )


def requested(item: RequestedItem) -> str:
    """The request's dose and interval in words."""
    return _rhythm(amount_text(item.dose) if item.dose else "", item.every)


def _equivalents(
    item: RequestedItem, rows: Sequence[DoseRow], sizes: Sizes, basis: str
) -> tuple[str, ...]:
    """What a fixed dose is per kilogram at the weights where a range begins or ends, and, where a
    change is asked for, which weights make the present dose equal to the one asked for."""
    fixed = item.dose if item.dose and not _per(item.dose) else item.current_dose
    if fixed is None or _per(fixed) or fixed.exact is None or sizes.number(basis, "kg"):
        return ()
    ends: dict[Decimal, str] = {}
    same_rhythm = [r.line.amount for r in rows if _interval(r.line, item) is not NOT_MET]
    sources = same_rhythm + ([item.dose] if item.dose else [])
    for ruled in sources:
        if ruled is None or _per(ruled) is None or dimension(ruled.unit) != "dose-per-weight":
            continue
        numerator = ruled.unit.split("/")[0]
        try:
            total = in_unit(fixed, numerator).exact
        except UnitError:
            continue
        for end in (ruled.high, ruled.low):
            if end and total:
                weight = plain(tidy(total / end), 1)
                each = Quantity(end, end, ruled.unit)
                told = {"total": amount_text(fixed), "each": _g_per_kg(each), "weight": weight}
                words = clause("dose_says.equals", **told)
                ends[in_unit(each, "g/kg").exact or end] = words
    return tuple(words for _, words in sorted(ends.items()))


def _g_per_kg(each: Quantity) -> str:
    """Large per-weight doses in g/kg, so that lines are comparable at a glance."""
    if each.unit == "mg/kg" and each.exact is not None and each.exact >= 100:
        each = in_unit(each, "g/kg")
    return amount_text(each)


def _fits(deciding: Sequence[DoseRow], sizes: Sizes, basis: str) -> str:
    """The range that fits, in words, and in absolute terms where the weight is known."""
    for row in deciding:
        amount = row.line.amount
        if amount is None:
            continue
        words = amount_text(amount)
        per = _per(amount)
        known = (
            sizes.number(basis if per and per[0] == "kg" else "body-surface-area", per[0])
            if per
            else None
        )
        if per and known:
            total = _scaled(amount, known, amount.unit.split("/")[0])
            size = {"size": plain(known), "unit": shown(per[0]), "total": amount_text(total)}
            words = clause("dose_says.fits", range=words, **size)
        return _rhythm(words, row.line.every)
    return ""


def _queries(
    block: DoseBlock, rows: Sequence[DoseRow], item: RequestedItem, sizes: Sizes, basis: str
) -> tuple[str, ...]:
    """What of the dose needs a reason: above a query level or a ceiling, and the block's own."""
    found = []
    for row in rows:
        for limit, form in ((row.line.maximum, "maximum"), (row.line.query_above, "query")):
            if item.dose and limit and _exceeds(limit, item.dose, sizes, basis) is MET:
                told = {"dose": amount_text(item.dose), "limit": amount_text(limit)}
                found.append(clause(f"dose_says.above_{form}", **told, authority=row.line.says))
    return (*dict.fromkeys(found), *block.query)
