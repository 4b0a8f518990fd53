"""What holds for any JSON and any bytes at all."""

from __future__ import annotations

import json
import random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indicated.chart.fhir import READERS, read_fhir, read_ndjson
from indicated.chart.parts import Read
from indicated.facts import read_facts
from indicated.model import Chart
from tests.facts.compact import AS_OF, CONCEPTS, lines

from .test_fhir_facts import ROWS, resource

KEYS = [
    "code", "status", "text", "coding", "system", "display", "valueQuantity", "value", "unit", "component",
    "effectiveDateTime", "effectivePeriod", "start", "end", "subject", "reference", "contained", "note",
    "item", "answer", "valueString", "valueBoolean", "valueCoding", "linkId", "medicationCodeableConcept",
    "dosageInstruction", "doseAndRate", "doseQuantity", "timing", "repeat", "frequency", "period",
    "periodUnit", "statusReason", "reasonCode", "class", "content", "attachment", "data", "contentType",
    "div", "section", "title", "birthDate", "gender", "relationship", "condition", "diagnosis",
    "diagnosisCodeableConcept", "productOrService", "referenceRange", "low", "high", "interpretation",
    "category", "id", "meta", "lastUpdated", "entry", "resource", "fullUrl", "link", "conclusion",
    "presentedForm", "clinicalStatus", "verificationStatus", "onsetDateTime", "bodySite", "boundsPeriod",
    "deviceUse", "timingTiming", "event", "reaction", "manifestation", "stage", "summary", "daysSupply",
]  # fmt: skip
WORDS = [
    "active", "completed", "stopped", "not-done", "entered-in-error", "IgG", "asthma", "topiramate 100 mg",
    "2025-03-12", "2025", "2025-13", "mg/dL", "http://loinc.org", "2465-3", "text/plain", "YXN0aG1h",
    "<div>asthma</div>", "Patient/1", "#1", "no", "yes", "\ud800", "\x00", "\u2028", "\u0130",
]  # fmt: skip
LEAVES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.sampled_from(WORDS),
    st.text(max_size=8),
)
TYPES = st.sampled_from([*READERS, "Bundle", "CarePlan", "Binary", "Medication", "Odd"])


def within(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    keys = st.one_of(st.sampled_from(KEYS), st.text(max_size=4))
    typed = st.builds(lambda kind, rest: {**rest, "resourceType": kind}, TYPES,
                      st.dictionaries(keys, inner, max_size=6))  # fmt: skip
    return st.one_of(st.lists(inner, max_size=4), st.dictionaries(keys, inner, max_size=6), typed)


ANY = st.recursive(LEAVES, within, max_leaves=40)
RESOURCES = st.builds(
    lambda kind, rest: {**rest, "resourceType": kind},
    TYPES,
    st.dictionaries(st.sampled_from(KEYS), ANY, max_size=8),
)


def sound(read: Read) -> None:
    """Every document can be encoded and its entries stand on lines; every problem is a sentence."""
    for document in read.documents:
        document.text.encode()
        assert document.text.strip()
        ends = 0
        for entry in document.entries:
            assert ends <= entry.start < entry.end <= len(document.text)
            assert "\n" not in document.text[entry.start : entry.end]
            assert document.text[entry.end] == "\n"
            ends = entry.end
    for sentence in read.unread:
        sentence.encode()
    facts = read_facts(Chart(read.documents), CONCEPTS, as_of=AS_OF)
    for fact in facts.items:
        for source in fact.sources:
            text = next(d.text for d in read.documents if d.id == source.document)
            assert text[source.start : source.end] == source.quote


@given(ANY)
@settings(max_examples=150)
def test_any_json_ends_in_documents_or_sentences(tree: Any) -> None:
    raw = json.dumps(tree).encode()
    sound(read_fhir(raw, "a.json"))
    sound(read_ndjson(raw, "a.ndjson"))


@given(st.lists(RESOURCES, max_size=4))
@settings(max_examples=150)
def test_any_resources_end_in_documents_or_sentences(trees: list[Any]) -> None:
    entries = [{"resource": t, "fullUrl": "urn:uuid:1"} for t in trees]
    raw = json.dumps({"resourceType": "Bundle", "entry": entries}).encode()
    sound(read_fhir(raw, "a.json"))
    sound(read_ndjson(b"\n".join(json.dumps(t).encode() for t in trees), "a.ndjson"))


@given(st.binary(max_size=200))
def test_any_bytes_end_in_documents_or_sentences(raw: bytes) -> None:
    for read in (read_fhir(raw, "a.json"), read_ndjson(raw, "a.ndjson")):
        assert read.documents or read.unread or not raw.strip()


@given(st.sampled_from([r for _, r in ROWS]), st.data())
@settings(max_examples=200)
def test_a_broken_resource_harms_nothing_else(row: dict[str, Any], data: st.DataObject) -> None:
    """Any one element replaced by anything: the other resources still say what they say."""
    tree = json.loads(json.dumps(resource(row), default=str))
    places = [k for k in tree if k not in ("resourceType", "subject", "patient")]
    key = data.draw(st.sampled_from(places)) if places else "code"
    tree[key] = data.draw(ANY)
    other = {"resourceType": "Observation", "code": {"text": "LVEF"}, "effectiveDateTime": "2025-03-12",
             "valueQuantity": {"value": 45, "unit": "%"}}  # fmt: skip
    raw = json.dumps({"resourceType": "Bundle", "entry": [{"resource": tree}, {"resource": other}]})
    read = read_fhir(raw.encode(), "a.json")
    sound(read)
    said = lines(read_facts(Chart(read.documents), CONCEPTS, as_of=AS_OF), None)
    assert any(s.startswith("lvef = 45 % | on 2025-03-12") for s in said)


@pytest.mark.parametrize("seed", range(5))
def test_the_order_of_entries_changes_no_fact(seed: int) -> None:
    trees = [json.loads(json.dumps(resource(r), default=str)) for _, r in ROWS
             if r["resource"]["resourceType"] != "Patient"]  # fmt: skip

    def said(given: list[Any]) -> list[str]:
        raw = json.dumps({"resourceType": "Bundle", "entry": [{"resource": t} for t in given]})
        documents = read_fhir(raw.encode(), "a.json").documents
        return lines(read_facts(Chart(documents), CONCEPTS, as_of=AS_OF), None)

    straight = said(trees)
    random.Random(seed).shuffle(trees)
    assert said(trees) == straight
    assert len(straight) > 60
