"""Observations, reports on them, and answers to questionnaires."""

from __future__ import annotations

import re
from dataclasses import replace
from decimal import Decimal

from indicated.chart.fhir_book import Book, notes, usable
from indicated.chart.fhir_documents import attach
from indicated.chart.fhir_node import Node, one_line
from indicated.chart.fhir_values import (
    Measured,
    Named,
    all_named,
    choice,
    coding,
    exact,
    measured,
    named,
    of_coding,
    period,
    span_of,
    when_of,
)
from indicated.model import UNDATED, Asserter, Coding, Day, Entry, Quantity, When
from indicated.units import unit_code

_VALUES = (
    "Quantity", "CodeableConcept", "String", "Boolean", "Integer", "Range", "Ratio",
    "SampledData", "Time", "DateTime", "Period",
)  # fmt: skip
_GROUPS = {"laboratory": "Laboratory results", "vital-signs": "Vital signs"}
_NUMBER = re.compile(
    r"(?P<cmp><=|>=|<|>)?\s*(?P<n>[-+]?\d{1,12}(?:\.\d{1,9})?)(?:\s*-\s*(?P<m>\d{1,12}(?:\.\d{1,9})?))?"
    r"\s*(?P<unit>[^\d\s].{0,30})?"
)
_NO_RESULT = frozenset({"registered", "cancelled"})


def observation(r: Node, book: Book) -> None:
    """A result or finding, and each of its components."""
    status = r.text("status")
    if not usable(r, book):
        return
    when = when_of(r, "effective")
    issued = r.day("issued")
    name = named(r.get("code"))
    categories = {c for n in all_named(r, "category") for c in n.codes}
    group = next((g for c, g in _GROUPS.items() if c in categories), "Observations")
    site = named(r.get("bodySite")).words
    shared = Entry(
        "observation", 0, 0, when=when, recorded=exact(issued), site=(site,) if site else (),
        asserter=_asserter(r, book, categories),
    )  # fmt: skip
    if status not in _NO_RESULT:
        method = named(r.get("method")).words
        more = [method, status]
        parts = r.each("component")
        said = _result(r, name, shared, book, group, more)
        for part in parts:
            part_name = named(part.get("code"))
            said = _result(part, part_name, shared, book, group, more) or said
        if not said and name and not parts and not r.each("hasMember"):
            book.say(replace(shared, path=r.path, words=name.words, codings=name.codings), group,
                     ["no result given", status])  # fmt: skip
    notes(r, book, name.words, when.start or issued)


def _asserter(r: Node, book: Book, categories: set[str]) -> Asserter | None:
    if book.says(r, "performer") is Asserter.PATIENT:
        return Asserter.PATIENT
    return Asserter.LABORATORY if "laboratory" in categories else None


def _result(
    node: Node, name: Named, shared: Entry, book: Book, group: str, more: list[str]
) -> bool:
    """Say one result; False where there is none."""
    value, written_unit = value_of(node)
    flags = [n.words or _meaning(n) for n in all_named(node, "interpretation")]
    missing = named(node.get("dataAbsentReason"))
    if not name or (value is None and not flags and not missing):
        return False
    reference = _reference(node)
    entry = replace(
        shared, path=node.path, words=name.words, codings=name.codings, value=value,
        written_unit=written_unit, reference=reference.quantity if reference else None,
        flag=", ".join(dict.fromkeys(f for f in flags if f)),
        status="not-done" if value is None and not flags else "",
    )  # fmt: skip
    absent = f"no result: {missing.shown}" if value is None and missing else ""
    book.say(entry, group, [absent, *more])
    return True


_FLAGS = {
    "l": "low", "ll": "critically low", "h": "high", "hh": "critically high", "n": "normal",
    "a": "abnormal", "aa": "critically abnormal", "pos": "positive", "neg": "negative",
    "det": "detected", "nd": "not detected", "ind": "indeterminate", "r": "resistant",
    "s": "susceptible", "i": "intermediate", "rr": "reactive", "nr": "non-reactive",
}  # fmt: skip


def _meaning(flag: Named) -> str:
    return next((_FLAGS.get(c, c) for c in sorted(flag.codes)), "")


def value_of(node: Node) -> tuple[Quantity | str | None, str]:
    """The value[x] as a number or in words, and its unit where that is not known."""
    kind, inner = choice(node, "value", _VALUES)
    if kind in ("Quantity", "Range", "Ratio") and inner:
        if kind == "Ratio":
            return _ratio(inner), ""
        found = (
            measured(inner) if kind == "Quantity" else span_of(inner.get("low"), inner.get("high"))
        )
        return (found.quantity, found.written_unit) if found else (None, "")
    if kind == "CodeableConcept":
        return named(inner).shown or None, ""
    if kind == "Boolean":
        said = node.flag("valueBoolean")
        return (None if said is None else "yes" if said else "no"), ""
    if kind == "Integer":
        number = node.number("valueInteger")
        return (None if number is None else Quantity.of(number)), ""
    if kind == "String":
        return _of_text(node.text("valueString"))
    if kind in ("Time", "DateTime"):
        return node.text(f"value{kind}") or None, ""
    if kind == "Period":
        return " to ".join(d.earliest.isoformat() for d in period(inner) if d) or None, ""
    return None, ""


def _ratio(node: Node) -> str | None:
    """A titre: "1:160"."""
    both = [measured(node.get(k)) for k in ("numerator", "denominator")]
    numbers = [m.quantity.exact for m in both if m and m.quantity.exact is not None]
    return ":".join(f"{n.normalize():f}" for n in numbers) if len(numbers) == 2 else None


def _of_text(text: str) -> tuple[Quantity | str | None, str]:
    """A result written as text, which may be nothing but a number with its unit.

    >>> _of_text("< 40 mg/dL")[0].unit, _of_text("not detected")[0], _of_text("495 xx/y")[0]
    ('mg/dL', 'not detected', '495 xx/y')
    """
    match = _NUMBER.fullmatch(text)
    unit = unit_code(match["unit"].strip()) if match and match["unit"] else ""
    if match is None or unit is None:
        return text or None, ""
    low = Decimal(match["n"])
    high = Decimal(match["m"]) if match["m"] else low
    if high < low or (match["cmp"] and match["m"]):
        return text, ""
    compare = match["cmp"] or ""
    return Quantity(
        None if "<" in compare else low, None if ">" in compare else high, unit,
        compare in ("<", ">"),
    ), ""  # fmt: skip


def _reference(node: Node) -> Measured | None:
    """The printed reference range: the normal one, where several are given."""
    for given in node.each("referenceRange"):
        kind = named(given.get("type")).codes
        if kind and "normal" not in kind:
            continue
        if found := span_of(given.get("low"), given.get("high")):
            return found
    return None


# --- reports ---------------------------------------------------------------------------------


def report(r: Node, book: Book) -> None:
    """What a report concludes. Its results are observations and stand for themselves."""
    if not usable(r, book):
        return
    when = when_of(r, "effective")
    day = when.start or r.day("issued")
    name = named(r.get("code"))
    categories = {c for n in all_named(r, "category") for c in n.codes}
    laboratory = bool(categories & {"lab", "laboratory", "hm", "ch", "mb"})
    text = r.prose("conclusion")
    if text.strip():
        title = name.words or "Report"
        book.write(f"{title}\nConclusion: {text}", day, title, "laboratory" if laboratory else "")
    for i, concluded in enumerate(all_named(r, "conclusionCode")):
        entry = Entry(
            "condition", 0, 0, f"{r.path}.conclusionCode[{i}]", concluded.words,
            concluded.codings, when=When(day, day) if day else UNDATED,
            label=not concluded.words,
            asserter=Asserter.LABORATORY if laboratory else None,
        )  # fmt: skip
        book.say(entry, "Observations", [f"conclusion of {name.words}" if name.words else ""])


# --- questionnaires --------------------------------------------------------------------------

_ANSWERS = ("Boolean", "Decimal", "Integer", "Date", "DateTime", "Time", "String", "Coding",
            "Quantity", "Uri", "Attachment", "Reference")  # fmt: skip
_LONG = 60  # characters; a longer answer is prose


def questionnaire(r: Node, book: Book) -> None:
    """Every question that has an answer."""
    if not usable(r, book) or r.text("status") == "stopped":
        return
    authored = r.day("authored")
    asserter = book.says(r, "source") or book.says(r, "author")
    _items(r, book, authored, asserter, book.limits.depth)


def _items(node: Node, book: Book, day: Day | None, asserter: Asserter | None, depth: int) -> None:
    if depth <= 0:
        node.wrong("item", "is nested too deeply to be read")
        return
    for item in node.each("item"):
        question = item.text("text") or item.text("linkId")
        for answer in item.each("answer"):
            _answer(answer, question, book, day, asserter)
            _items(answer, book, day, asserter, depth - 1)
        _items(item, book, day, asserter, depth - 1)


def _answer(
    answer: Node, question: str, book: Book, day: Day | None,
    asserter: Asserter | None,
) -> None:  # fmt: skip
    if attachment := answer.get("valueAttachment"):
        attach(attachment, book, day, question)
    value, unit, codings = _answered(answer)
    if value is None or not question:
        return
    if isinstance(value, str) and len(value) > _LONG:
        by = "Per patient: " if asserter is Asserter.PATIENT else ""
        text = answer.prose("valueString")
        book.write(f"{question}\n{by}{text or value}", day, "Questionnaire")
        return
    entry = Entry(
        "answer", 0, 0, answer.path, question, codings, value=value, written_unit=unit,
        when=When(day, day) if day else UNDATED, recorded=exact(day), asserter=asserter,
    )  # fmt: skip
    book.say(entry, "Questionnaires")


def _answered(answer: Node) -> tuple[Quantity | str | None, str, tuple[Coding, ...]]:
    kind, inner = choice(answer, "value", _ANSWERS)
    if kind == "Coding" and inner:
        found = coding(inner)
        return of_coding(inner).shown or None, "", (found[0],) if found else ()
    if kind in ("Decimal", "Integer"):
        number = answer.number(f"value{kind}")
        return (None if number is None else Quantity.of(number)), "", ()
    if kind in ("Date", "DateTime", "Time"):
        return answer.text(f"value{kind}") or None, "", ()
    if kind == "Reference" and inner:
        return inner.text("display") or None, "", ()
    if kind == "Uri":
        return answer.text("valueUri") or None, "", ()
    if kind in ("Boolean", "Quantity"):
        value, unit = value_of(answer)
        return value, unit, ()
    if kind == "String":
        value, unit = _of_text(one_line(answer.text("valueString")))
        return value, unit, ()
    return None, "", ()
