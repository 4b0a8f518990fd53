"""FHIR R4: a Bundle, one resource, or the lines of a bulk export.

The JSON is read as it is, without a FHIR library: a validator refuses much of what charts hold.
Every statement becomes an `Entry` with its path; free text and attached files become documents of
their own. Nothing is raised for any bytes at all: what is not valid is named with its place.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from indicated.chart import fhir_clinical as clinical
from indicated.chart import fhir_documents as files
from indicated.chart import fhir_results as results
from indicated.chart.fhir_billing import asked_for, claim
from indicated.chart.fhir_book import MADE_IN_ERROR, Book, local_address, some
from indicated.chart.fhir_medication import medication
from indicated.chart.fhir_node import Node, Problems
from indicated.chart.fhir_notes import beside
from indicated.chart.fhir_output import Inner, documents, left_out
from indicated.chart.fhir_values import named, when_of
from indicated.chart.parts import Limits, Read

READERS: dict[str, Callable[[Node, Book], None]] = {
    "AllergyIntolerance": clinical.allergy,
    "Claim": claim,
    "Composition": files.composition,
    "Condition": clinical.condition,
    "DeviceRequest": clinical.order,
    "DeviceUseStatement": clinical.device_use,
    "DiagnosticReport": results.report,
    "DocumentReference": files.reference,
    "Encounter": clinical.encounter,
    "ExplanationOfBenefit": claim,
    "FamilyMemberHistory": clinical.family,
    "Immunization": clinical.immunization,
    "MedicationAdministration": medication,
    "MedicationDispense": medication,
    "MedicationRequest": medication,
    "MedicationStatement": medication,
    "Observation": results.observation,
    "Patient": clinical.patient,
    "Procedure": clinical.procedure,
    "QuestionnaireResponse": results.questionnaire,
    "ServiceRequest": clinical.order,
}
# What others refer to, or what frames them: nothing of it is a statement about the patient.
HELPERS = frozenset({
    "Account", "Appointment", "Basic", "Binary", "Bundle", "CapabilityStatement", "CareTeam",
    "Coverage", "Device", "Endpoint", "EpisodeOfCare", "Group", "HealthcareService",
    "InsurancePlan", "List", "Location", "Medication", "MessageHeader", "OperationOutcome",
    "Organization", "Parameters", "Person", "Practitioner", "PractitionerRole", "Provenance",
    "Questionnaire", "RelatedPerson", "Schedule", "Slot", "Specimen", "Substance",
})  # fmt: skip
# Named when they are not read; any other word could be a person's.
_OTHERS = frozenset({
    "AdverseEvent", "BodyStructure", "CarePlan", "ChargeItem", "ClaimResponse", "Communication",
    "Consent", "DetectedIssue", "Flag", "Goal", "GuidanceResponse", "ImagingStudy",
    "ImmunizationEvaluation", "ImmunizationRecommendation", "Media", "MolecularSequence",
    "NutritionOrder", "RiskAssessment", "SupplyDelivery", "SupplyRequest", "Task",
    "VisionPrescription",
})  # fmt: skip
_SUBJECTS = ("subject", "patient", "beneficiary")


@dataclass
class Given:
    """The resources of one file, where each stands, and what is wrong with them."""

    problems: Problems = field(default_factory=Problems)
    resources: list[Node] = field(default_factory=list)
    full_urls: dict[int, str] = field(default_factory=dict)  # by identity of the tree
    unread: list[str] = field(default_factory=list)


def read_fhir(
    raw: bytes, name: str, limits: Limits | None = None, inner: Inner | None = None
) -> Read:
    """The documents of a Bundle of any type, or of a single resource.

    `inner` reads files within the record that are neither text nor HTML; without one they are
    named as unread.
    """
    limits = limits or Limits()
    if len(raw) > limits.file_bytes:
        return Read((), (_too_large(limits),))
    given = Given()
    tree, problem = _parsed(raw)
    if problem or not _typed(tree):
        return Read((), (problem or _NO_RESOURCE,))
    _place(tree, "", _root(tree), given, limits.depth)
    return _read(given, name, limits, inner)


def read_ndjson(
    raw: bytes, name: str, limits: Limits | None = None, inner: Inner | None = None
) -> Read:
    """The documents of a bulk export: one resource on each line. A bad line costs only itself."""
    limits = limits or Limits()
    if len(raw) > limits.file_bytes:
        return Read((), (_too_large(limits),))
    given, bad = Given(), 0
    for n, line in enumerate(raw.split(b"\n"), 1):
        if not line.strip():
            continue
        tree, problem = _parsed(line)
        if problem or not _typed(tree):
            bad += 1
            if bad <= _MOST_LINES:
                given.unread.append(f"line {n} {problem or _NO_RESOURCE}")
            continue
        _place(tree, f"line {n}: ", _root(tree), given, limits.depth)
    if bad > _MOST_LINES:
        given.unread.append(f"{bad - _MOST_LINES} more lines cannot be read")
    return _read(given, name, limits, inner)


_NO_RESOURCE = "is JSON, but no FHIR resource"
_MOST_LINES = 20


def _too_large(limits: Limits) -> str:
    return f"larger than {limits.file_bytes:,} bytes; split it"


def _typed(tree: object) -> bool:
    return isinstance(tree, dict) and isinstance(tree.get("resourceType"), str)


def _root(tree: dict[str, Any]) -> str:
    """How paths begin: with the type, where it is one. Any other word could be a person's."""
    kind = str(tree["resourceType"])
    return kind if kind in READERS or kind in HELPERS or kind in _OTHERS else "resource"


def _parsed(raw: bytes) -> tuple[Any, str]:
    """The JSON and what is wrong with it."""
    try:
        return json.loads(raw, parse_float=_decimal, parse_constant=str), ""
    except UnicodeDecodeError:
        return None, "is not UTF-8 text"
    except RecursionError:
        return None, "is nested too deeply to be read"
    except json.JSONDecodeError as error:
        return None, f"is not valid JSON (line {error.lineno}, column {error.colno})"
    except ValueError:
        return None, "holds a number that is too long to be one"


def _decimal(text: str) -> Decimal | str:
    """An exact number; what is too large for one stays text, which is no number."""
    try:
        return Decimal(text)
    except ArithmeticError:
        return text


# --- which resources there are ---------------------------------------------------------------


def _place(tree: dict[str, Any], up: str, key: str, given: Given, depth: int) -> None:
    """Keep a resource; of a Bundle, what its entries hold."""
    node = Node(tree, up, key, given.problems)
    if node.type != "Bundle":
        given.resources.append(node)
        return
    if depth <= 0:
        node.wrong("", "is nested too deeply to be read")
        return
    for link in node.each("link"):
        if link.text("relation") == "next":
            given.unread.append(
                f"{node.path} is one page of a longer list; the pages that follow are not in it"
            )
    for entry in node.each("entry"):
        inner = entry.get("resource")
        if inner is None:
            continue
        if not _typed(inner.tree):
            inner.wrong("resourceType", "is missing")
            continue
        given.full_urls[id(inner.tree)] = entry.text("fullUrl")
        _place(inner.tree, f"{entry.path}.", "resource", given, depth - 1)


def _read(given: Given, name: str, limits: Limits, inner: Inner | None) -> Read:
    resources = _newest(given)
    book = Book(limits)
    for node in resources:
        for address in _addresses(node, given):
            book.index.setdefault(address, node)
    resources, refused = _of_one_patient(resources, given)
    if refused:
        return Read((), (refused,))
    for node in resources:
        if node.type == "Claim":
            asked_for(node, book)
    for node in resources:
        _one(node, book)
    found, unopened = documents(book, name, inner)
    unread = [*given.unread, *left_out(book), *given.problems.sentences(), *unopened]
    return Read(found, tuple(dict.fromkeys(unread)))


def _addresses(node: Node, given: Given) -> list[str]:
    id_ = node.tree.get("id")
    full = given.full_urls.get(id(node.tree), "")
    known = [f"{node.type}/{id_}"] if isinstance(id_, str) else []
    return [*known, *([full, local_address(full)] if full else [])]


def _newest(given: Given) -> list[Node]:
    """Each resource once: of several versions the newest, wherever it stands."""
    versions: dict[tuple[str, str], tuple[str, str]] = {}
    kept: dict[object, Node] = {}
    for i, node in enumerate(given.resources):
        id_ = node.tree.get("id")
        if not isinstance(id_, str):
            kept[i] = node
            continue
        key = (node.type, id_)
        meta = node.tree.get("meta")
        stamp = meta.get("lastUpdated") if isinstance(meta, dict) else ""
        stamp = stamp if isinstance(stamp, str) else ""
        content = json.dumps(node.tree, sort_keys=True, default=str) if key in kept else ""
        if key in kept:
            old = versions[key][1] or json.dumps(kept[key].tree, sort_keys=True, default=str)
            if (stamp, content) <= (versions[key][0], old):
                versions[key] = (versions[key][0], old)
                continue
        kept[key] = node
        versions[key] = (stamp, content)
    return list(kept.values())


def _of_one_patient(resources: list[Node], given: Given) -> tuple[list[Node], str]:
    """The resources of the one patient whom the file is about; a refusal where there are more."""
    patients = [n for n in resources if n.type == "Patient"]
    if len(patients) > 1:
        return [], _too_many(len(patients))
    own = set(_addresses(patients[0], given)) if patients else set()
    subjects = {id(n.tree): _subject(n) for n in resources}
    others = {s for s in subjects.values() if s and s not in own}
    if not patients and len(others) > 1:
        return [], _too_many(len(others))
    if not patients or not others:
        return resources, ""
    foreign = [n for n in resources if subjects[id(n.tree)] in others]
    given.unread.append(
        f"{some(len(foreign), 'resource')} about another patient than the one given, left out"
    )
    return [n for n in resources if subjects[id(n.tree)] not in others], ""


def _too_many(n: int) -> str:
    return f"holds the records of {n} patients; a chart is one patient's, so none of it is read"


def _subject(node: Node) -> str:
    """Whom a resource is about, where that is a patient."""
    for key in _SUBJECTS:
        value = node.tree.get(key)
        address = value.get("reference") if isinstance(value, dict) else None
        if isinstance(address, str) and address and not address.startswith("#"):
            local = local_address(address)
            if local.startswith("Patient/") or address.startswith("urn:"):
                return local if local.startswith("Patient/") else address
    return ""


# --- one resource ----------------------------------------------------------------------------


# Where a resource says these, its narrative only repeats it (unless it says that it adds to it);
# or it says why nothing was said.
_CODED = ("code", "medicationCodeableConcept", "medicationReference", "vaccineCode", "class",
          "item", "component", "hasMember", "conclusion", "content")  # fmt: skip


def _one(node: Node, book: Book, depth: int = 1) -> None:
    """Everything that one resource says, and those that it contains."""
    reader = READERS.get(node.type)
    if reader:
        reader(node, book)
    if node.type == "DiagnosticReport" and node.text("status") != MADE_IN_ERROR:
        day = when_of(node, "effective").start or node.day("issued")
        files.forms(node, book, day, named(node.get("code")).words)
    if depth:
        for inner in node.each("contained"):
            if inner.type in READERS and inner.type != "Patient":
                _one(inner, book, depth - 1)
    coded = reader is not None and any(node.tree.get(key) is not None for key in _CODED)
    told = beside(node, book)
    if (not coded or files.adds(node)) and node.type != "Composition":
        told = files.narrative(node, book) or told
    if not told and reader is None and node.type not in HELPERS:
        book.unknown[node.type if node.type in _OTHERS else "other kinds"] += 1
