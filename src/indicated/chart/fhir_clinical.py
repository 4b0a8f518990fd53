"""Conditions, allergies, procedures, encounters, relatives' illnesses: one statement each."""

from __future__ import annotations

from indicated.chart.fhir_book import Book, notes, usable
from indicated.chart.fhir_node import Node
from indicated.chart.fhir_values import (
    Named,
    all_named,
    exact,
    named,
    of_coding,
    period,
    when_of,
)
from indicated.model import UNDATED, Day, Entry, When

_CLINICAL = {
    "active": "active", "recurrence": "active", "relapse": "active", "remission": "remission",
    "inactive": "resolved", "resolved": "resolved",
}  # fmt: skip
_VERIFIED = {
    "refuted": "refuted", "differential": "differential", "provisional": "possible",
    "unconfirmed": "possible",
}  # fmt: skip
_DONE = {
    "completed": "completed", "in-progress": "active", "preparation": "planned",
    "not-done": "not-done", "stopped": "stopped", "on-hold": "on-hold",
}  # fmt: skip


def patient(r: Node, book: Book) -> None:
    """Sex and year of birth. The day of birth goes into no line: it would name the person."""
    sex, born = r.text("gender"), r.day("birthDate")
    parts = [f"sex {sex}" if sex else "", f"year of birth {born.earliest.year}" if born else ""]
    words = "; ".join(filter(None, parts))
    if words:
        when = When(born, born) if born else UNDATED
        book.say(Entry("patient", 0, 0, r.path, words, value=sex or None, when=when), "Patient")


def condition(r: Node, book: Book) -> None:
    """A problem, diagnosis or complaint."""
    if _in_error(r, book):
        return
    name, recorded = named(r.get("code")), r.day("recordedDate")
    clinical, verified = _code(r, "clinicalStatus"), _code(r, "verificationStatus")
    category = [c for n in all_named(r, "category") for c in n.codes]
    start, end, ongoing = _onset(r, clinical)
    words_given = bool(name.words)
    bare = not words_given and "encounter-diagnosis" in category
    status = _VERIFIED.get(verified) or _CLINICAL.get(clinical, "")
    if name:
        entry = Entry(
            "condition", 0, 0, r.path, name.words, name.codings, status,
            when=When(start, end, ongoing), recorded=exact(recorded),
            severity=named(r.get("severity")).words.split(" (")[0],
            site=_words(all_named(r, "bodySite")), label=bare,
            asserter=book.says(r, "asserter") or book.says(r, "recorder"),
        )  # fmt: skip
        shown = clinical if clinical != status else ""
        more = [shown, verified if verified == "confirmed" else ""]
        more += [f"{key} {said}" for key in ("onset", "abatement") if (said := _loosely(r, key))]
        more += [f"evidence {w}" for e in r.each("evidence") for w in _words(all_named(e, "code"))]
        book.say(entry, "Problem list", more)
        _stages(r, book, start or recorded)
    notes(r, book, name.words, recorded)


def _in_error(r: Node, book: Book) -> bool:
    if _code(r, "verificationStatus") == "entered-in-error":
        book.in_error += 1
        return True
    return False


def _code(r: Node, key: str) -> str:
    """The first code of a status; a plain string is read as one too."""
    value = r.tree.get(key)
    if isinstance(value, str):
        return r.text(key).lower()
    codes = named(r.get(key)).codings
    return codes[0].code.lower() if codes else ""


def _onset(r: Node, clinical: str) -> tuple[Day | None, Day | None, bool]:
    """When a condition began and ended, and whether it is said to go on."""
    start, end = when_of(r, "onset"), when_of(r, "abatement")
    ended = end.start or end.end or (start.end if start.end != start.start else None)
    over = ended is not None or _CLINICAL.get(clinical) == "resolved"
    if r.tree.get("abatementBoolean") is True:
        over = True
    going = _CLINICAL.get(clinical) in ("active", "remission")
    return start.start, ended, going and start.start is not None and not over


def _loosely(r: Node, key: str) -> str:
    """A time that is given in words or as an age: "in childhood", "at age 12"."""
    age = r.get(f"{key}Age") if r.tree.get(f"{key}Age") is not None else None
    years = age.number("value") if age else None
    return f"at age {years}" if years is not None else r.text(f"{key}String")


def _stages(r: Node, book: Book, day: Day | None) -> None:
    """Stages are statements of their own: "Clinical T stage - T2"."""
    for stage in r.each("stage"):
        summary, kind = named(stage.get("summary")), named(stage.get("type"))
        if not summary:
            continue
        when = When(day, day) if day else UNDATED
        entry = Entry("observation", 0, 0, stage.path, kind.words or "stage", kind.codings,
                      value=summary.shown, when=when)  # fmt: skip
        book.say(entry, "Problem list")


def _words(given: list[Named]) -> tuple[str, ...]:
    return tuple(n.words for n in given if n.words)


def allergy(r: Node, book: Book) -> None:
    """What the patient does not tolerate, and what it did."""
    if _in_error(r, book):
        return
    recorded = r.day("recordedDate")
    name = named(r.get("code"))
    reactions = r.each("reaction")
    for reaction in reactions:
        name = name or named(reaction.get("substance"))
    signs = [s for x in reactions for s in _words(all_named(x, "manifestation"))]
    signs += [d for x in reactions if (d := x.text("description"))]
    verified, clinical = _code(r, "verificationStatus"), _code(r, "clinicalStatus")
    status = _VERIFIED.get(verified) or _CLINICAL.get(clinical, "")
    if name:
        entry = Entry(
            "allergy", 0, 0, r.path, name.words, name.codings, status,
            when=when_of(r, "onset"), recorded=exact(recorded),
            reasons=tuple(dict.fromkeys(signs)), asserter=book.says(r, "asserter"),
        )  # fmt: skip
        kind, how_bad = r.text("type"), r.text("criticality")
        severe = [x.text("severity") for x in reactions]
        more = [kind, f"criticality {how_bad}" if how_bad else "", *severe]
        book.say(entry, "Allergies and intolerances", more)
    for reaction in reactions:
        notes(reaction, book, name.words, recorded)
    notes(r, book, name.words, recorded)


def reasons(r: Node) -> list[str]:
    """What something was done or asked for, as its line shows it."""
    return [f"for {words}" for words in _words(all_named(r, "reasonCode"))]


def procedure(r: Node, book: Book) -> None:
    """What was done, or was not."""
    if not usable(r, book):
        return
    when = when_of(r, "performed")
    name, status = named(r.get("code")), _DONE.get(r.text("status"), "")
    if name:
        why = [named(r.get("statusReason"))] if status in ("not-done", "stopped") else []
        entry = Entry(
            "procedure", 0, 0, r.path, name.words, name.codings, status,
            when=_running(when, status), reasons=_words(why),
            flag=named(r.get("outcome")).words, site=_words(all_named(r, "bodySite")),
            asserter=book.says(r, "asserter"),
        )  # fmt: skip
        book.say(entry, "Procedures", reasons(r))
        for trouble in _words(all_named(r, "complication")):
            book.write(f"Complication of {name.words}: {trouble}.", when.start, "Comments")
    notes(r, book, name.words, when.start)


def _running(when: When, status: str) -> When:
    """What goes on, and began on a day or since its period began, has no end."""
    if status != "active" or when.start is None:
        return when
    return When(when.start, None if when.start == when.end else when.end, ongoing=True)


def immunization(r: Node, book: Book) -> None:
    """A vaccine given, or refused."""
    if not usable(r, book):
        return
    name, status = named(r.get("vaccineCode")), r.text("status")
    when = when_of(r, "occurrence")
    if name:
        by_report = r.flag("primarySource") is False
        entry = Entry(
            "immunization", 0, 0, r.path, name.words, name.codings, _DONE.get(status, ""),
            when=when, recorded=exact(r.day("recorded")),
            reasons=_words([named(r.get("statusReason"))]),
            asserter=book.says(r, "informationSource"),
        )  # fmt: skip
        book.say(entry, "Immunizations", ["as reported"] if by_report else [])
    notes(r, book, name.words, when.start)


def encounter(r: Node, book: Book) -> None:
    """A visit or stay. What brought the patient is a label, not a diagnosis."""
    status = r.text("status")
    if not usable(r, book) or status == "cancelled":
        return
    start, end = period(r.get("period"))
    going = status in ("in-progress", "onleave", "arrived", "triaged")
    when = When(start, end, ongoing=going and start is not None and end is None)
    kind = of_coding(r.get("class"))
    types = all_named(r, "type")
    words = ", ".join(dict.fromkeys(filter(None, [kind.words, *_words(types)])))
    codings = (*kind.codings, *(c for t in types for c in t.codings))
    if words or codings:
        state = {"planned": "planned"}.get(status, "active" if going else "completed")
        book.say(Entry("encounter", 0, 0, r.path, words, codings, state, when=when), "Encounters")
    for i, reason in enumerate(all_named(r, "reasonCode")):
        path = f"{r.path}.reasonCode[{i}]"
        entry = Entry("condition", 0, 0, path, reason.words, reason.codings,
                      when=When(start, start) if start else UNDATED, label=True)  # fmt: skip
        book.say(entry, "Encounters", ["reason for the encounter"])


def family(r: Node, book: Book) -> None:
    """What relatives have or had."""
    if not usable(r, book):
        return
    relative, recorded = named(r.get("relationship")), r.day("date")
    for inner in r.each("condition"):
        name = named(inner.get("code"))
        if not name:
            continue
        onset = _loosely(inner, "onset")
        entry = Entry(
            "family", 0, 0, inner.path, name.words, name.codings, recorded=exact(recorded),
            relation=relative.words or relative.shown or r.text("name") or "relative",
        )  # fmt: skip
        book.say(entry, "Family history", [onset])
        notes(inner, book, f"Family history: {name.words}", recorded)
    notes(r, book, "Family history", recorded)


# --- what was asked for ----------------------------------------------------------------------

_NO_ORDER = frozenset({"revoked"})


def order(r: Node, book: Book) -> None:
    """A request for a service or device. A request says nothing of its being done."""
    if not usable(r, book):
        return
    device = r.type == "DeviceRequest"
    authored = r.day("authoredOn")
    name = _device(r, book) if device else named(r.get("code"))
    if name and r.text("status") not in _NO_ORDER and not r.flag("doNotPerform"):
        entry = Entry(
            "order", 0, 0, r.path, name.words, name.codings, "planned",
            when=When(authored, authored) if authored else UNDATED, recorded=exact(authored),
            site=_words(all_named(r, "bodySite")), label=not name.words,
        )  # fmt: skip
        book.say(entry, "Orders", [r.text("intent"), r.text("status"), *reasons(r)])
    notes(r, book, name.words, authored, kind="order")


def _device(r: Node, book: Book) -> Named:
    """The device of a request or use: named there, or in a resource of its own."""
    for key in ("codeCodeableConcept", "codeReference", "device"):
        if key == "codeCodeableConcept":
            name = named(r.get(key))
        else:
            found = book.resolve(r.get(key), r)
            name = named(found.get("type")) if found else Named(_display(r.get(key)))
        if name:
            return name
    return Named()


def _display(reference: Node | None) -> str:
    return reference.text("display") if reference else ""


def device_use(r: Node, book: Book) -> None:
    """A device that the patient uses or used."""
    if not usable(r, book):
        return
    name, status = _device(r, book), r.text("status")
    when, recorded = when_of(r, "timing"), r.day("recordedOn")
    state = {"active": "active", "completed": "completed", "intended": "planned",
             "stopped": "stopped", "on-hold": "on-hold"}.get(status, "")  # fmt: skip
    if name:
        entry = Entry(
            "device", 0, 0, r.path, name.words, name.codings, state,
            when=_running(when, state), recorded=exact(recorded),
            site=_words([named(r.get("bodySite"))]), asserter=book.says(r, "source"),
        )  # fmt: skip
        book.say(entry, "Devices", reasons(r))
    notes(r, book, name.words, recorded)
