"""Bundles, lines and files within a record: what is kept together, left out, and named."""

from __future__ import annotations

import base64
import json
from datetime import date
from typing import Any

import pytest

from indicated.chart.fhir import read_fhir, read_ndjson
from indicated.chart.parts import Limits, Read
from indicated.model import Document

IGG = {"resourceType": "Observation", "code": {"text": "IgG"}, "effectiveDateTime": "2025-03-12",
       "valueQuantity": {"value": 495, "unit": "mg/dL"}}  # fmt: skip


def bundle(*resources: Any, **more: Any) -> bytes:
    entries = [{"resource": r} for r in resources]
    tree = {"resourceType": "Bundle", "type": "collection", "entry": entries, **more}
    return json.dumps(tree).encode()


def read(*resources: Any, **more: Any) -> Read:
    return read_fhir(bundle(*resources, **more), "a.json")


def attached(
    data: bytes | str | None = None, content: str = "text/plain", **more: Any
) -> dict[str, Any]:
    """A DocumentReference with one file."""
    raw = data.encode() if isinstance(data, str) else data
    file = {"contentType": content, **more}
    if raw is not None:
        file["data"] = base64.b64encode(raw).decode()
    return {"resourceType": "DocumentReference", "status": "current", "date": "2025-03-12T10:00:00Z",
            "type": {"text": "Clinic note"}, "content": [{"attachment": file}]}  # fmt: skip


def only(found: Read) -> Document:
    (document,) = found.documents
    return document


# --- lines ---------------------------------------------------------------------------------


def test_an_entry_is_a_line_that_a_person_can_read() -> None:
    lab = IGG | {
        "status": "final", "interpretation": [{"text": "low"}],
        "referenceRange": [{"low": {"value": 700}, "high": {"value": 1600}}],
    }  # fmt: skip
    document = only(read(lab))
    (entry,) = document.entries
    line = "2025-03-12  IgG 495 mg/dL (reference 700-1600), low, final"
    assert document.text[entry.start : entry.end] == line
    assert document.text == f"Observations\n{line}\n"
    assert entry.path == "Bundle.entry[0].resource"


def test_a_component_has_the_path_of_its_own() -> None:
    panel = {"resourceType": "Observation", "code": {"text": "Blood pressure"}, "component": [
        {"code": {"text": "Systolic blood pressure"}, "valueQuantity": {"value": 120, "code": "mm[Hg]"}},
        {"code": {"text": "Diastolic blood pressure"}, "valueQuantity": {"value": 80, "code": "mm[Hg]"}},
    ]}  # fmt: skip
    entries = only(read(panel)).entries
    assert sorted((e.path, e.words) for e in entries) == [
        ("Bundle.entry[0].resource.component[0]", "Systolic blood pressure"),
        ("Bundle.entry[0].resource.component[1]", "Diastolic blood pressure"),
    ]
    alone = read_fhir(json.dumps(panel).encode(), "a.json")
    assert {e.path for e in only(alone).entries} == {
        "Observation.component[0]", "Observation.component[1]",
    }  # fmt: skip


def test_the_path_of_a_line_names_the_line() -> None:
    raw = b"\n" + json.dumps(IGG).encode() + b"\n"
    (entry,) = only(read_ndjson(raw, "a.ndjson")).entries
    assert entry.path == "line 2: Observation"


def test_what_is_over_stands_before_what_goes_on() -> None:
    """A prescription that ended does not end the one that is active."""
    drugs = [
        {"resourceType": "MedicationRequest", "status": status, "authoredOn": day,
         "medicationCodeableConcept": {"text": "prednisone"}}
        for status, day in (("active", "2020-01-01"), ("completed", "2023-01-01"))
    ]  # fmt: skip
    document = only(read(*drugs))
    assert [e.status for e in document.entries] == ["completed", "active"]


def test_the_day_of_birth_is_in_no_line() -> None:
    document = only(read({"resourceType": "Patient", "birthDate": "1961-04-02", "gender": "female",
                          "name": [{"family": "Somebody"}]}))  # fmt: skip
    assert document.text == "Patient\nsex female; year of birth 1961\n"


# --- who and which -------------------------------------------------------------------------


def person(id: str) -> dict[str, Any]:
    return {"resourceType": "Patient", "id": id, "gender": "female"}


def about(id: str) -> dict[str, Any]:
    return IGG | {"subject": {"reference": f"Patient/{id}"}}


@pytest.mark.parametrize(
    ("resources", "n"),
    [
        ([person("1"), person("2"), IGG], 2),
        ([about("1"), about("2"), about("3")], 3),
        ([person("1"), person("2"), person("2")], 2),
    ],
)
def test_several_patients_are_refused(resources: list[Any], n: int) -> None:
    found = read(*resources)
    assert found.documents == ()
    assert found.unread == (
        f"holds the records of {n} patients; a chart is one patient's, so none of it is read",
    )
    lines = b"\n".join(json.dumps(r).encode() for r in resources)
    assert read_ndjson(lines, "a.json").unread == found.unread


def test_another_patients_resource_is_left_out() -> None:
    found = read(person("1"), about("1"), about("2"))
    assert len(only(found).entries) == 2
    assert found.unread == ("1 resource about another patient than the one given, left out",)


@pytest.mark.parametrize(
    "reference", ["Patient/1", "https://a.org/r4/Patient/1/_history/3", "urn:uuid:7"]
)
def test_a_patient_is_known_by_every_address(reference: str) -> None:
    tree = {"resourceType": "Bundle", "entry": [
        {"fullUrl": "urn:uuid:7", "resource": person("1")},
        {"resource": IGG | {"subject": {"reference": reference}}},
    ]}  # fmt: skip
    found = read_fhir(json.dumps(tree).encode(), "a.json")
    assert found.unread == ()
    assert len(only(found).entries) == 2


def test_the_newest_of_several_versions_counts() -> None:
    old = IGG | {"id": "x", "meta": {"lastUpdated": "2025-01-01T00:00:00Z"}}
    new = old | {"meta": {"lastUpdated": "2025-02-01T00:00:00Z"}, "valueQuantity": {"value": 500}}
    for both in ([old, new], [new, old]):
        (entry,) = only(read(*both)).entries
        assert entry.value is not None
        assert "500" in only(read(*both)).text


def test_a_medicine_is_found_where_it_stands() -> None:
    tree = {"resourceType": "Bundle", "entry": [
        {"resource": {"resourceType": "MedicationRequest", "status": "active",
                      "medicationReference": {"reference": "urn:uuid:m"}}},
        {"fullUrl": "urn:uuid:m", "resource": {"resourceType": "Medication", "code": {"text": "adalimumab"}}},
    ]}  # fmt: skip
    (entry,) = only(read_fhir(json.dumps(tree).encode(), "a.json")).entries
    assert entry.words == "adalimumab"


def test_what_a_request_for_authorisation_asks_for_is_a_plan() -> None:
    order = {"resourceType": "MedicationRequest", "id": "m", "status": "active", "intent": "order",
             "medicationCodeableConcept": {"text": "adalimumab"}}  # fmt: skip
    asks = {
        "resourceType": "Claim",
        "use": "preauthorization",
        "prescription": {"reference": "MedicationRequest/m"},
    }
    assert [e.status for e in only(read(order)).entries] == ["active"]
    assert [e.status for e in only(read(order, asks)).entries] == ["planned"]


def test_contained_results_are_read() -> None:
    report = {
        "resourceType": "DiagnosticReport",
        "code": {"text": "Immunoglobulins"},
        "contained": [IGG],
    }
    (entry,) = only(read(report)).entries
    assert entry.path == "Bundle.entry[0].resource.contained[0]"


def test_unknown_kinds_are_counted_in_one_sentence() -> None:
    found = read(IGG, {"resourceType": "Flag"}, {"resourceType": "Flag"}, {"resourceType": "Nobody"},
                 {"resourceType": "Practitioner"})  # fmt: skip
    assert found.unread == ("3 resources of kinds that are not read (Flag 2, other kinds 1)",)
    assert len(only(found).entries) == 1


def test_one_page_of_many_is_said_to_be_one() -> None:
    found = read(IGG, link=[{"relation": "next", "url": "https://a.org?page=2"}])
    assert found.unread == (
        "Bundle is one page of a longer list; the pages that follow are not in it",
    )


def test_bundles_within_bundles_are_read_to_some_depth() -> None:
    tree: Any = IGG
    for _ in range(50):
        tree = json.loads(bundle(tree))
    whole = read_fhir(json.dumps(tree).encode(), "a.json")
    assert len(only(whole).entries) == 1
    cut = read_fhir(json.dumps(tree).encode(), "a.json", Limits(depth=10))
    assert cut.documents == ()
    (why,) = cut.unread
    assert why.endswith("is nested too deeply to be read")


# --- files within the record ---------------------------------------------------------------


def test_a_note_in_the_record_is_a_document() -> None:
    found = only(read(attached("Patient has asthma.\r\nSeen again.")))
    assert found.text == "Patient has asthma.\nSeen again."
    assert found.written == date(2025, 3, 12)
    assert found.title == "Clinic note"
    assert found.entries == ()


def test_several_documents_in_one_file_keep_apart() -> None:
    text = "Date of service: 2025-01-01\nHas asthma.\nDate of service: 2025-02-01\nNo asthma.\n"
    found = read(attached(text)).documents
    assert [(d.id, d.written) for d in found] == [
        ("a.json#1", date(2025, 1, 1)), ("a.json#2", date(2025, 2, 1)),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("raw", "content", "text"),
    [
        ("Sjögren".encode("latin-1"), "text/plain; charset=iso-8859-1", "Sjögren"),
        ("Sjögren".encode(), "text/plain", "Sjögren"),
        ("Sjögren".encode("cp1252"), "text/plain", "Sjögren"),
        ("Sjögren".encode("utf-8-sig"), "text/plain;charset=UTF-8", "Sjögren"),
        ("Sjögren".encode(), "text/plain; charset=none-such", "Sjögren"),
        (b"<p>IgG &lt; 400</p><script>1</script><!-- <p>2</p> -->", "text/html", "IgG < 400"),
    ],
)
def test_text_is_decoded_as_it_says(raw: bytes, content: str, text: str) -> None:
    assert only(read(attached(raw, content))).text.strip() == text


def test_a_file_of_another_kind_goes_to_the_opener() -> None:
    seen = []

    def opener(raw: bytes, name: str) -> Read:
        seen.append((raw, name))
        return Read((Document("x", "Has asthma."),), ("one page is a picture",))

    found = read_fhir(bundle(attached(b"%PDF-1.7", "application/pdf")), "a.json", inner=opener)
    assert seen == [(b"%PDF-1.7", "a.json#Bundle.entry[0].resource.content[0].attachment.pdf")]
    assert (only(found).text, only(found).written) == ("Has asthma.", date(2025, 3, 12))
    assert found.unread == (
        "Bundle.entry[0].resource.content[0].attachment: one page is a picture",
    )


def test_a_file_that_nobody_can_open_is_named() -> None:
    where = "Bundle.entry[0].resource.content[0].attachment"
    assert read(attached(b"%PDF-1.7", "application/pdf")).unread == (
        f"{where}: a file of the kind pdf; save it as a file of its own and give that",
    )
    assert read(attached(b"\x00\x01", "application/x-odd")).unread == (
        f"{where}: a file of a kind that is not read; save it as a file of its own and give that",
    )
    assert read(attached(None, url="https://a.org/Binary/7")).unread == (
        f"1 document given by address only ({where})",
    )


def test_a_file_may_be_a_resource_of_its_own() -> None:
    note = {"resourceType": "Binary", "id": "7", "contentType": "text/plain",
            "data": base64.b64encode(b"Has asthma.").decode()}  # fmt: skip
    found = read(attached(None, "", url="https://a.org/Binary/7"), note)
    assert only(found).text == "Has asthma."
    assert found.unread == ()


@pytest.mark.parametrize("data", ["???", 7, {"a": 1}, "YQ"])
def test_data_that_is_no_base64_is_named(data: Any) -> None:
    tree = attached("x")
    tree["content"][0]["attachment"]["data"] = data
    assert read(tree).unread == (
        "Bundle.entry[0].resource.content[0].attachment.data is not base64, or is too large",
    )


def test_replaced_and_mistaken_documents_are_left_out() -> None:
    old = attached("Has asthma.") | {"status": "superseded"}
    wrong = attached("Has asthma.") | {"status": "entered-in-error"}
    draft = attached("Has asthma.") | {"docStatus": "entered-in-error"}
    found = read(old, wrong, draft)
    assert found.documents == ()
    assert found.unread == (
        "2 resources entered in error, left out",
        "1 document replaced by newer ones, left out",
    )


def test_comments_are_prose_about_the_thing_they_stand_with() -> None:
    drug = {"resourceType": "MedicationStatement", "status": "stopped", "dateAsserted": "2025-02-02",
            "medicationCodeableConcept": {"text": "topiramate"}, "note": [
                {"text": "Hair loss after\ntwo weeks."},
                {"text": "Felt dizzy.", "authorReference": {"reference": "Patient/1"}, "time": "2025-02-03"},
            ]}  # fmt: skip
    found = read(drug).documents
    assert [(d.text, d.written) for d in found[1:]] == [
        ("topiramate: Hair loss after\ntwo weeks.\n", date(2025, 2, 2)),
        ("topiramate: Per patient: Felt dizzy.\n", date(2025, 2, 3)),
    ]


def test_a_report_is_read_with_its_whole_text() -> None:
    report = {"resourceType": "DiagnosticReport", "status": "final", "code": {"text": "MRI"},
              "effectiveDateTime": "2025-04-04", "conclusion": "Stenosis.",
              "presentedForm": attached("Full text.")["content"][0]["attachment"]}  # fmt: skip
    found = read(report | {"presentedForm": [report["presentedForm"]]})
    assert [(d.text, d.written) for d in found.documents] == [
        ("MRI\nConclusion: Stenosis.\n", date(2025, 4, 4)), ("Full text.", date(2025, 4, 4)),
    ]  # fmt: skip


def test_a_narrative_is_read_only_where_nothing_else_is_said() -> None:
    text = {"text": {"status": "generated", "div": "<div>Has asthma.</div>"}}
    assert len(read(IGG | text).documents) == 1
    assert only(read({"resourceType": "ClinicalImpression"} | text)).text == "Has asthma.\n"
    assert read({"resourceType": "Practitioner"} | text).documents == ()
    revoked = {"resourceType": "ServiceRequest", "status": "revoked"} | text
    assert read(revoked).documents == ()


def test_a_composition_keeps_its_headings() -> None:
    note = {"resourceType": "Composition", "title": "Visit", "date": "2025-04-04", "section": [
        {"title": "Plan", "text": {"div": "<div>Continue.</div>"},
         "section": [{"title": "Labs", "text": {"div": "<p>IgG</p>"}}]},
    ]}  # fmt: skip
    assert only(read(note)).text == "Visit\n\nPlan:\nContinue.\n\nLabs:\nIgG\n"


# --- what is not valid ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"valueQuantity": {"value": "495"}}, "Observation.valueQuantity.value is not a number"),
        ({"valueQuantity": {"value": True}}, "Observation.valueQuantity.value is not a number"),
        ({"valueQuantity": "495"}, "Observation.valueQuantity is not an object"),
        ({"effectiveDateTime": "12 March"}, "Observation.effectiveDateTime is not a date"),
        ({"effectiveDateTime": "2025-02-30"}, "Observation.effectiveDateTime is not a date"),
        ({"effectiveDateTime": 2025}, "Observation.effectiveDateTime is not a date"),
        ({"code": [{"text": "IgG"}]}, "Observation.code is not an object"),
        ({"code": {"text": 7}}, "Observation.code.text is not a string"),
        ({"component": 7}, "Observation.component is not a list"),
        ({"component": ["x"]}, "Observation.component[0] is not an object"),
        ({"category": {"text": "laboratory"}}, "Observation.category is not a list"),
    ],
)
def test_what_is_not_valid_says_where(change: dict[str, Any], problem: str) -> None:
    found = read_fhir(json.dumps(IGG | change).encode(), "a.json")
    assert found.unread == (problem,)
    inside = read(person("1"), IGG | change)
    where = problem.replace("Observation", "Bundle.entry[1].resource", 1)
    assert inside.unread == (where,)
    assert len(only(inside).entries) >= 1


@pytest.mark.parametrize(
    ("raw", "why"),
    [
        (b"{", "is not valid JSON (line 1, column 2)"),
        (b"", "is not valid JSON (line 1, column 1)"),
        (b"\xff\xfe\xfd", "is not UTF-8 text"),
        (b"[1]", "is JSON, but no FHIR resource"),
        (b'{"resourceType": 7}', "is JSON, but no FHIR resource"),
        (b"[" * 100_000, "is nested too deeply to be read"),
        (b"1" * 10_000, "holds a number that is too long to be one"),
    ],
)
def test_bytes_that_are_no_resource_say_why(raw: bytes, why: str) -> None:
    assert read_fhir(raw, "a.json") == Read((), (why,))


@pytest.mark.parametrize(
    "number", ["1e999999999999999999999", "1e400", "1E-300", "NaN", "-Infinity"]
)
def test_a_number_that_is_none_is_named(number: str) -> None:
    raw = json.dumps(IGG).replace("495", number).encode()
    assert read_fhir(raw, "a.json").unread == ("Observation.valueQuantity.value is not a number",)


def test_a_bad_line_costs_only_itself() -> None:
    good = json.dumps(IGG).encode()
    found = read_ndjson(b"\n".join([good, b"{oops", b"[]", good, b""]), "a.ndjson")
    assert len(only(found).entries) == 2
    assert found.unread == (
        "line 2 is not valid JSON (line 1, column 2)",
        "line 3 is JSON, but no FHIR resource",
    )
    many = read_ndjson(b"x\n" * 50, "a.ndjson").unread
    assert len(many) == 21
    assert many[-1] == "30 more lines cannot be read"


def test_limits_are_named_and_the_rest_is_read() -> None:
    found = read_fhir(bundle(IGG, IGG, IGG), "a.json", Limits(entries=2))
    assert len(only(found).entries) == 2
    assert found.unread == ("1 statement past the first 2, not read",)
    assert read_fhir(bundle(IGG), "a.json", Limits(file_bytes=10)).unread == (
        "larger than 10 bytes; split it",
    )
    long = read_fhir(bundle(IGG, attached("x" * 500)), "a.json", Limits(text_chars=400))
    assert len(long.documents) == 1
    assert long.unread == ("1 document past the first 400 characters, not read",)


def test_many_problems_are_counted() -> None:
    bad = [IGG | {"code": 7} for _ in range(60)]
    found = read(*bad)
    assert len(found.unread) == 41
    assert found.unread[-1] == "20 more elements are not valid"


# --- free text beside what is coded ------------------------------------------------------------

SPOKEN = {"display": "Zorbing is well tolerated"}
NAMED_BY = {"code": {"text": "CPAP"}, "status": "active"}
BESIDE: list[tuple[str, dict[str, Any]]] = [
    ("Claim", {"supportingInfo": [{"valueString": "WORDS"}]}),
    ("Claim", {"supportingInfo": [{"valueAttachment": {"contentType": "text/plain", "data": "B64"}}]}),
    ("Claim", {"supportingInfo": [{"reason": {"text": "WORDS"}}]}),
    ("ExplanationOfBenefit", {"disposition": "WORDS"}),
    ("ExplanationOfBenefit", {"processNote": [{"text": "WORDS"}]}),
    ("ServiceRequest", NAMED_BY | {"reasonCode": [{"text": "WORDS"}]}),
    ("ServiceRequest", NAMED_BY | {"patientInstruction": "WORDS"}),
    ("ServiceRequest", NAMED_BY | {"note": [{"text": "WORDS"}]}),
    ("Procedure", {"status": "completed", "code": {"text": "CPAP"}, "complication": [{"text": "WORDS"}]}),
    ("AllergyIntolerance", {"code": {"text": "penicillin"}, "reaction": [{"note": [{"text": "WORDS"}]}]}),
    ("Condition", {"code": {"text": "Asthma"}, "onsetString": "WORDS"}),
    ("Condition", {"code": {"text": "Asthma"}, "evidence": [{"code": [{"text": "WORDS"}]}]}),
    ("Condition", {"code": {"text": "Asthma"}, "text": {"status": "additional", "div": "<div>WORDS</div>"}}),
    ("FamilyMemberHistory", {"condition": [{"code": {"text": "Asthma"}, "onsetString": "WORDS"}]}),
    ("MedicationRequest", {"status": "active", "medicationCodeableConcept": {"text": "IVIG"},
                           "reasonCode": [{"text": "WORDS"}]}),
    ("MedicationRequest", {"status": "active", "medicationCodeableConcept": {"text": "IVIG"},
                           "dosageInstruction": [{"text": "monthly", "patientInstruction": "WORDS"}]}),
    ("MedicationRequest", {"status": "active", "medicationCodeableConcept": {"text": "IVIG"},
                           "dosageInstruction": [{"additionalInstruction": [{"text": "WORDS"}]}]}),
    ("DocumentReference", {"type": {"text": "Note"}, "description": "WORDS that say more than a title would"}),
    ("QuestionnaireResponse", {"item": [{"text": "Q", "answer": [{"valueReference": {"display": "WORDS"}}]}]}),
    ("QuestionnaireResponse", {"item": [{"text": "Q", "answer": [
        {"valueAttachment": {"contentType": "text/plain", "data": "B64"}}]}]}),
    ("Communication", {"status": "completed", "payload": [{"contentString": "WORDS"}]}),
    ("Communication", {"payload": [{"contentAttachment": {"contentType": "text/plain", "data": "B64"}}]}),
    ("CarePlan", {"status": "active", "activity": [{"detail": {"description": "WORDS"}}]}),
    ("Goal", {"description": {"text": "WORDS"}}),
    ("ClinicalImpression", {"description": "WORDS"}),
    ("ImagingStudy", {"description": "WORDS"}),
    ("Appointment", {"status": "booked", "comment": "WORDS"}),
    ("List", {"note": [{"text": "WORDS"}]}),
    ("Specimen", {"note": [{"text": "WORDS"}]}),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "parts"), BESIDE)
def test_free_text_is_never_lost(kind: str, parts: dict[str, Any]) -> None:
    said = "Zorbing is well tolerated"
    coded = base64.b64encode(said.encode()).decode()
    tree = json.loads(json.dumps(parts).replace("WORDS", said).replace("B64", coded))
    found = read({"resourceType": kind, **tree})
    assert any(said in d.text for d in found.documents)
    assert found.unread == ()


def test_what_is_claimed_in_a_request_is_claimed_and_what_is_attached_speaks_for_itself() -> None:
    note = {"contentType": "text/plain", "data": base64.b64encode(b"Clinic note\n\nWell.").decode()}
    claim = {
        "resourceType": "Claim", "use": "preauthorization", "created": "2025-03-12",
        "supportingInfo": [
            {"category": {"text": "info"}, "valueString": "Has asthma.", "timingDate": "2025-03-01"},
            {"category": {"text": "attachment"}, "valueAttachment": note},
            {"code": {"text": "IgG"}, "valueQuantity": {"value": 350, "unit": "mg/dL"}},
        ],
    }  # fmt: skip
    found = {d.kind: d for d in read(claim).documents}
    assert (found["letter"].text, found["letter"].written) == (
        "info: Has asthma.\n",
        date(2025, 3, 1),
    )
    notes = [d for d in read(claim).documents if "Clinic note" in d.text]
    assert [(d.kind, d.written) for d in notes] == [("note", date(2025, 3, 12))]
    (igg,) = next(d for d in read(claim).documents if d.entries).entries
    assert (igg.words, igg.asserter, igg.path) == (
        "IgG",
        "letter",
        "Bundle.entry[0].resource.supportingInfo[2]",
    )


def test_what_is_cancelled_says_nothing() -> None:
    words = {"resourceType": "Communication", "status": "not-done",
             "payload": [{"contentString": "Has asthma."}]}  # fmt: skip
    assert not read(words).documents
