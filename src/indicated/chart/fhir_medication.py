"""Medicines: prescribed, taken, given, dispensed; with dose, interval, route and how long."""

from __future__ import annotations

from decimal import Decimal

from indicated.chart.fhir_book import Book, notes, usable
from indicated.chart.fhir_node import Node
from indicated.chart.fhir_values import (
    Measured,
    Named,
    all_named,
    exact,
    measured,
    named,
    period,
    span_of,
    when_of,
)
from indicated.model import UNDATED, Asserter, Day, Entry, Quantity, Therapy, When
from indicated.units import tidy, unit_code

_PROPOSED = frozenset({"proposal", "plan", "option"})
# What each status says of the patient. A request that is complete was acted on: it is over. One
# that is on hold is no evidence that it was ever given: it is asked for, and waits.
_STATUS = {
    "MedicationRequest": {
        "active": "active", "on-hold": "planned", "cancelled": "", "completed": "completed",
        "stopped": "stopped", "draft": "planned", "unknown": "",
    },
    "MedicationStatement": {
        "active": "active", "completed": "completed", "intended": "planned", "stopped": "stopped",
        "on-hold": "on-hold", "not-taken": "not-done", "unknown": "",
    },
    "MedicationAdministration": {
        "in-progress": "given", "completed": "given", "stopped": "stopped", "on-hold": "on-hold",
        "not-done": "not-done", "unknown": "",
    },
    "MedicationDispense": {
        "preparation": "planned", "in-progress": "planned", "completed": "given",
        "stopped": "stopped", "on-hold": "on-hold", "declined": "declined", "unknown": "",
    },
}  # fmt: skip
_SKIPPED = frozenset({"cancelled"})


def medication(r: Node, book: Book) -> None:
    """One medicine as one statement, whichever of the four resources says it."""
    if not usable(r, book):
        return
    name, given_status = medicine(r, book), r.text("status")
    status = _STATUS[r.type].get(given_status, "")
    if r.text("intent") in _PROPOSED or id(r.tree) in book.requested:
        status = "planned" if status in ("active", "") else status
    if r.flag("doNotPerform"):
        status = "not-done" if r.each("reasonCode") else "withheld"
    when, recorded = _time(r, status)
    if name and not (given_status in _SKIPPED and r.type == "MedicationRequest"):
        doses = _dosages(r)
        therapy, directions, count = _regimen(r, doses)
        entry = Entry(
            "medication", 0, 0, r.path, name.words, name.codings, status, when=when,
            recorded=exact(recorded), reasons=_reasons(r, status), therapy=therapy,
            directions=directions, value=count.quantity if count else None,
            written_unit=count.written_unit if count else "", asserter=_source(r, book),
            site=tuple(s.words for d in doses[:1] if (s := named(d.get("site"))) and s.words),
        )  # fmt: skip
        over = status in ("completed", "stopped", "not-done", "declined", "withheld", "given")
        group = "Past medications" if over else "Current medications"
        group = "Orders" if status == "planned" else group
        why = [] if r.flag("doNotPerform") else [f"for {w}" for w in _why(r)]
        book.say(entry, group, [r.text("intent"), _kind_word(r), *why])
    kind = "order" if status == "planned" else ""
    notes(r, book, name.words, recorded or when.start, kind=kind)


def medicine(r: Node, book: Book) -> Named:
    """The medicine's name: written there, or in the resource that it refers to."""
    name = named(r.get("medicationCodeableConcept"))
    if name:
        return name
    reference = r.get("medicationReference")
    found = book.resolve(reference, r)
    name = named(found.get("code")) if found and found.type == "Medication" else Named()
    if name or reference is None:
        return name
    return Named(reference.text("display"))


def _why(r: Node) -> list[str]:
    """What a medicine is for, in the record's words."""
    return [n.words for n in all_named(r, "reasonCode") if n.words]


def _kind_word(r: Node) -> str:
    """How it came into the record, where that is not plain from the status."""
    return {
        "MedicationAdministration": "administration", "MedicationDispense": "dispensed",
    }.get(r.type, "")  # fmt: skip


def _source(r: Node, book: Book) -> Asserter | None:
    if r.tree.get("reportedBoolean") is True:
        return Asserter.PATIENT
    return book.says(r, "informationSource") or book.says(r, "reportedReference")


def _time(r: Node, status: str) -> tuple[When, Day | None]:
    """When it was taken, and when that was written down.

    The day of an order is no beginning: an order may renew what has long been taken. Only what is
    over and has no other date is known to have been in effect since then.
    """
    if r.type == "MedicationRequest":
        recorded = r.day("authoredOn")
        start, end = _bounds(r)
        if status in ("completed", "stopped") and not (start or end):
            return When(recorded), recorded
        if status == "planned":
            return (When(recorded, recorded) if recorded else UNDATED), recorded
        return When(start, end, ongoing=status == "active" and end is None), recorded
    if r.type == "MedicationDispense":
        day = r.day("whenHandedOver") or r.day("whenPrepared")
        return When(day), day
    when = when_of(r, "effective")
    recorded = r.day("dateAsserted")
    if r.type == "MedicationStatement" and status in ("active", "completed", "stopped"):
        end = None if when.start == when.end else when.end
        return When(when.start, end, ongoing=status == "active" and end is None), recorded
    return when, recorded or when.start


def _bounds(r: Node) -> tuple[Day | None, Day | None]:
    """From when until when a prescription says that it is to be taken."""
    for dose in _dosages(r):
        timing = dose.get("timing")
        repeat = timing.get("repeat") if timing else None
        if repeat and (bounds := repeat.get("boundsPeriod")):
            return period(bounds)
    return None, None


def _reasons(r: Node, status: str) -> tuple[str, ...]:
    """Why it was stopped or not given. Why it was given is no such reason."""
    if status not in ("stopped", "not-done", "declined", "on-hold", "completed"):
        return ()
    given = [named(r.get("statusReasonCodeableConcept"))]
    if r.tree.get("statusReason") is not None:
        one = r.tree["statusReason"]
        given += all_named(r, "statusReason") if isinstance(one, list) else [
            named(r.get("statusReason"))
        ]  # fmt: skip
    if r.flag("doNotPerform"):
        given += all_named(r, "reasonCode")
    return tuple(dict.fromkeys(n.words for n in given if n.words))


# --- dose and interval -----------------------------------------------------------------------


def _dosages(r: Node) -> list[Node]:
    if r.type == "MedicationAdministration":
        dosage = r.get("dosage")
        return [dosage] if dosage else []
    return r.each("dosage" if r.type == "MedicationStatement" else "dosageInstruction")


def _regimen(r: Node, doses: list[Node]) -> tuple[Therapy, str, Measured | None]:
    """Dose, interval, route and duration as given; the directions in words; and the amount where
    its unit is none of weight or strength ("2 tablets").

    Several instructions ("one in the morning, two at night") are left to their words.
    """
    words = "; ".join(dict.fromkeys(filter(None, (_directions(d) for d in doses))))
    duration = _duration(r)
    if len(doses) != 1:
        return Therapy(duration=duration), words, None
    one = doses[0]
    timing = one.get("timing")
    repeat = timing.get("repeat") if timing else None
    found = _dose(r, one)
    counted = found if found and not found.quantity.unit else None
    therapy = Therapy(
        dose=found.quantity if found and not counted else None,
        every=_every(repeat) if repeat else None,
        route=named(one.get("route")).words.split(" (")[0],
        duration=duration or (_lasting(repeat) if repeat else None),
    )  # fmt: skip
    return therapy, words, counted


def _directions(dose: Node) -> str:
    timing = dose.get("timing")
    code = named(timing.get("code")) if timing else Named()
    said = [dose.text("text"), dose.text("patientInstruction"), code.shown]
    said += [n.words for n in all_named(dose, "additionalInstruction")]
    said += ["as needed"] if dose.tree.get("asNeededBoolean") is True else []
    return ", ".join(dict.fromkeys(s for s in said if s))


def _dose(r: Node, one: Node) -> Measured | None:
    """The amount given at one time."""
    if r.type == "MedicationAdministration":
        return measured(one.get("dose"))
    for given in one.each("doseAndRate"):
        limits = given.get("doseRange")
        found = measured(given.get("doseQuantity"))
        found = found or (span_of(limits.get("low"), limits.get("high")) if limits else None)
        if found:
            return found
    return None


def _every(repeat: Node) -> Quantity | None:
    """The time between two doses: "frequency 2, period 1, periodUnit d" is every 12 hours."""
    length, unit = repeat.number("period"), unit_code(repeat.text("periodUnit") or "?")
    often = repeat.number("frequency") or Decimal(1)
    if not length or not unit or length < 0 or often < 0:
        return None
    most = max(repeat.number("periodMax") or length, length)
    if unit == "d" and often > 1 and length == most == 1 and 24 % often == 0:
        return Quantity.of(24 / often, "h")
    rarer = repeat.number("frequencyMax") or often
    low, high = length / max(often, rarer), most / often
    low, high = tidy(low).normalize(), tidy(high).normalize()
    return Quantity(min(low, high), max(low, high), unit)


def _lasting(repeat: Node) -> Quantity | None:
    bounds = measured(repeat.get("boundsDuration"))
    return bounds.quantity if bounds and bounds.quantity.unit else None


def _duration(r: Node) -> Quantity | None:
    """How long a dispensed supply lasts."""
    if r.type != "MedicationDispense":
        return None
    supply = r.get("daysSupply")
    found = measured(supply)
    if found is None:
        return None
    return Quantity(found.quantity.low, found.quantity.high, found.quantity.unit or "d")
