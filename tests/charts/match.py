"""Whether a fact is the one that `expected.yaml` speaks of: only what is written is compared."""

from __future__ import annotations

import calendar
import re
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal

from indicated.model import Chart, Concepts, Day, Fact, Quantity, Therapy
from indicated.units import convert, convertible, unit_code

Spec = Mapping[str, str | Sequence[str]]
AROUND = 60  # characters on either side of a quotation that belong to what is said
CLOSE = Decimal("0.006")  # of a converted value: pounds and molar units are rounded in charts
KEYS = {"concept", "exactly", "assertion", "value", "value_any", "on", "from", "to", "ongoing"}
KEYS |= {"dose", "every", "duration", "response", "ended", "taken", "site", "shown_by"}
KEYS |= {"page", "path", "says"}


def matches(
    fact: Fact, spec: Spec, concepts: Concepts, chart: Chart, default: tuple[str, ...]
) -> bool:
    """Whether all that is written of a fact is so. `default`: its assertion where none is."""
    wanted = str(spec["concept"])
    if not (fact.concept == wanted if "exactly" in spec else concepts.is_a(fact.concept, wanted)):
        return False
    said = "assertion" in spec or spec.get("taken") != "false"  # never taken: in any sense
    if said and fact.assertion.value not in _listed(spec.get("assertion", default)):
        return False
    return (
        _number(fact, spec, concepts)
        and _time(fact, spec)
        and _treatment(fact.therapy, spec)
        and set(_listed(spec.get("site", ()))) <= fact.site
        and set(_listed(spec.get("shown_by", ()))) <= fact.shown_by
        and _place(fact, spec, chart)
    )


def _listed(given: str | Sequence[str]) -> Sequence[str]:
    return [given] if isinstance(given, str) else given


def _number(fact: Fact, spec: Spec, concepts: Concepts) -> bool:
    value = fact.value
    if "value_any" in spec:
        ends = {value.low, value.high} if isinstance(value, Quantity) else set()
        return bool(ends & {Decimal(number) for number in spec["value_any"]})
    if "value" not in spec:
        return True
    text = str(spec["value"])
    if not isinstance(value, Quantity):
        return str(value) == text
    return same(text, value, concepts[fact.concept].molar_mass)


def same(text: str, value: Quantity, molar_mass: Decimal | None = None) -> bool:
    """Whether a quantity is the one written, in whatever unit.

    >>> same("4.12 g/L", Quantity.of("412", "mg/dL")), same("< 7 mg/dL", Quantity.of("7", "mg/dL"))
    (True, False)
    """
    sign, number, unit = re.fullmatch(r"(< )?([\d.]+) ?(.*)", text).groups()  # type: ignore[union-attr]
    wanted = Decimal(number)
    have = value.unit
    if unit:
        code = unit_code(unit) or unit
        if convertible(code, have, molar_mass):
            wanted = convert(wanted, code, have, molar_mass)
        elif _bare(code) != _bare(have):
            return False
    below = value.low is None if sign else value.low is not None and _near(value.low, wanted)
    return below and value.high is not None and _near(value.high, wanted)


def _near(a: Decimal, b: Decimal) -> bool:
    return abs(a - b) <= CLOSE * abs(b)


def _bare(unit: str) -> str:
    """A unit without its annotation: {events}/h is /h."""
    return re.sub(r"\{[^}]*\}", "", unit)


def _span(text: str) -> Day:
    """The days that a written year, month or day may mean."""
    parts = [int(p) for p in text.split("-")]
    year, first, last = parts[0], (parts[1:2] or [1])[0], (parts[1:2] or [12])[0]
    if len(parts) == 3:
        return Day.of(date(*parts))
    return Day(date(year, first, 1), date(year, last, calendar.monthrange(year, last)[1]))


def _within(day: Day | None, text: str) -> bool:
    span = _span(text)
    return day is not None and span.earliest <= day.earliest and day.latest <= span.latest


def _time(fact: Fact, spec: Spec) -> bool:
    when = fact.when
    if spec.get("on") == "undated" and when.dated:
        return False
    if (
        "on" in spec
        and spec["on"] != "undated"
        and not _within(when.start or when.end, str(spec["on"]))
    ):
        return False
    if "from" in spec and not _within(when.start, str(spec["from"])):
        return False
    if "to" in spec and not _within(when.end, str(spec["to"])):
        return False
    return "ongoing" not in spec or when.ongoing == (spec["ongoing"] == "true")


def _treatment(given: Therapy | None, spec: Spec) -> bool:
    therapy = given or Therapy()
    for name in ("dose", "every", "duration"):
        have: Quantity | None = getattr(therapy, name)
        if name in spec and (have is None or not same(str(spec[name]), have)):
            return False
    if "response" in spec and therapy.response != spec["response"]:
        return False
    if "ended" in spec and therapy.ended_because != spec["ended"]:
        return False
    return "taken" not in spec or therapy.taken == (spec["taken"] == "true")


def _place(fact: Fact, spec: Spec, chart: Chart) -> bool:
    if "page" in spec and int(str(spec["page"])) not in {s.page for s in fact.sources}:
        return False
    if "path" in spec and not any(str(spec["path"]) in s.path for s in fact.sources):
        return False
    if "says" not in spec:
        return True
    return any(
        str(spec["says"])
        in chart.document(s.document).text[max(0, s.start - AROUND) : s.end + AROUND]
        for s in fact.sources
        if s.start is not None and s.end is not None
    )
