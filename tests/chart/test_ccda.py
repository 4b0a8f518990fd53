"""C-CDA documents of three styles, as text and as entries. Every patient is invented."""

from __future__ import annotations

from base64 import b64encode
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from indicated.chart.ccda import read_ccda
from indicated.files.limits import Limits
from indicated.model import Asserter, Coding, Day, Document, Entry, Quantity, When

SAMPLES = Path(__file__).parent / "samples" / "ccda"
XSI = 'xmlns="urn:hl7-org:v3" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'


def sample(name: str) -> Document:
    read = read_ccda((SAMPLES / name).read_bytes(), name, Limits())
    (document,) = read.documents
    return document


def line(document: Document, entry: Entry) -> str:
    return document.text[entry.start : entry.end]


def of(document: Document, kind: str) -> list[Entry]:
    return [e for e in document.entries if e.kind == kind]


def section(
    narrative: str, entries: str = "", code: str = "", title: str = "", written: str = "20250320"
) -> Document:
    """A document of one section."""
    raw = (
        f'<ClinicalDocument {XSI}><effectiveTime value="{written}"/><component><structuredBody>'
        f'<component><section><code code="{code}" codeSystem="2.16.840.1.113883.6.1"/>'
        f"<title>{title}</title><text>{narrative}</text>{entries}</section></component>"
        "</structuredBody></component></ClinicalDocument>"
    )
    (document,) = read_ccda(raw.encode(), "a.xml", Limits()).documents
    return document


def template(number: str) -> str:
    return f'<templateId root="2.16.840.1.113883.10.20.22.4.{number}"/>'


# --- whole documents -------------------------------------------------------------------------


@pytest.mark.parametrize("path", sorted(SAMPLES.glob("*.xml")), ids=lambda p: p.stem)
def test_every_entry_has_a_line_of_its_own(path):
    document = sample(path.name)
    lines = [line(document, e) for e in document.entries]
    starts = [e.start for e in document.entries]
    assert len(set(starts)) == len(starts)
    for entry, said in zip(document.entries, lines, strict=True):
        assert said
        assert "\n" not in said
        assert entry.start == 0 or document.text[entry.start - 1] == "\n"
        assert document.text[entry.end] == "\n"
        assert entry.path.startswith("/ClinicalDocument/")


def test_a_clinic_s_summary_reads_as_a_person_would_write_it():
    document = sample("clinic-ccd.xml")
    assert (document.title, document.kind) == ("Continuity of Care Document", "note")
    assert document.written == date(2025, 3, 20)
    said = [line(document, e) for e in document.entries]
    assert "2025-03-12  IgG 495 mg/dL (reference 700-1600), low" in said
    assert "2025-03-12  C-reactive protein <0.3 mg/dL (reference <0.5)" in said
    assert "2025-03-12  Hepatitis B surface antigen: Negative (reference Negative)" in said
    assert "since 2015-03  Common variable immunodeficiency, active" in said
    assert "mother: Breast cancer, at age 52" in said
    assert "Author: Ada Example, Allergy & Immunology Physician, Example Immunology Clinic" in (
        document.text
    )


def test_the_text_names_no_patient_and_no_day_of_birth():
    text = sample("clinic-ccd.xml").text
    assert "Invented" not in text
    assert "INVENTED-1" not in text
    assert "1961-04-02" not in text
    assert "sex female; year of birth 1961" in text


def test_codes_dates_units_and_ranges_come_from_the_entries():
    document = sample("clinic-ccd.xml")
    igg = next(e for e in document.entries if e.words == "IgG")
    assert igg.value == Quantity.of("495", "mg/dL")
    assert igg.reference == Quantity(Decimal(700), Decimal(1600), "mg/dL")
    assert (igg.flag, igg.asserter) == ("low", Asserter.LABORATORY)
    assert igg.when == When.on(date(2025, 3, 12))
    assert igg.path.endswith("/component[4]/section/entry/organizer/component[1]/observation")
    crp = next(e for e in document.entries if e.words.startswith("C-reactive"))
    assert crp.value == Quantity(None, Decimal("0.3"), "mg/dL", open=True)
    cvid = of(document, "condition")[0]
    assert Coding("D83.9", "icd10cm", "Common variable immunodeficiency, unspecified") in (
        cvid.codings
    )
    assert cvid.when == When(Day(date(2015, 3, 1), date(2015, 3, 31)), None, ongoing=True)


def test_a_result_that_is_not_available_is_no_statement():
    assert not [e for e in sample("clinic-ccd.xml").entries if e.words == "IgA"]


def test_medicines_keep_dose_interval_route_time_and_reason():
    running, stopped = of(sample("clinic-ccd.xml"), "medication")
    assert running.words == "Privigen 10% immune globulin"
    assert running.therapy is not None
    assert running.therapy.dose == Quantity.of(40, "g")
    assert running.therapy.every == Quantity.of(4, "wk")
    assert running.therapy.route == "intravenous"
    assert running.status == "active"
    assert running.when == When(Day.of(date(2016, 2, 1)), None, ongoing=True)
    assert stopped.status == "stopped"
    assert stopped.reasons == ("No response",)
    assert stopped.when.end == Day.of(date(2018, 6, 30))
    assert not stopped.when.ongoing


def test_directions_in_words_are_no_medicine_of_their_own():
    medicines = of(sample("clinic-ccd.xml"), "medication")
    assert [m.directions for m in medicines] == [
        "Infuse 40 g intravenously every 4 weeks",
        "Take 80 mg by mouth daily",
    ]


def test_what_is_negated_was_not_done_or_is_not_there():
    document = sample("hospital-discharge.xml")
    (procedure,) = of(document, "procedure")
    assert (procedure.words, procedure.status) == ("Bronchoscopy", "declined")
    (vaccine,) = of(document, "immunization")
    assert (vaccine.status, vaccine.reasons) == ("declined", ("Patient objection",))
    (allergy,) = of(document, "allergy")
    assert allergy.status == "refuted"
    assert line(document, allergy) == "No known allergies, refuted"
    embolism = of(document, "condition")[-1]
    assert (embolism.words, embolism.status) == ("Pulmonary embolism", "refuted")


def test_a_plan_is_an_order():
    (order,) = of(sample("clinic-ccd.xml"), "order")
    assert (order.words, order.status) == ("High resolution CT of chest", "planned")


def test_a_document_of_narrative_alone_is_prose_and_tables():
    document = sample("referral-narrative.xml")
    assert document.entries == ()
    assert "| Propranolol | 160 mg daily | No response, dizziness |" in document.text
    assert "| WBC | 6.1 | 10^3/uL | 2024-10-02 |" in document.text
    assert "She has tried amitriptyline" in document.text  # the deleted "not" is left out
    assert "## Examination\n- Blood pressure 128/74\n- Neurological:\n  - No papilledema" in (
        document.text
    )


def test_a_date_to_the_month_is_said():
    name = "referral-narrative.xml"
    read = read_ccda((SAMPLES / name).read_bytes(), name, Limits())
    assert read.documents[0].written == date(2024, 11, 30)
    assert read.unread == ("its date is given to the month only; it counts as written at its end",)


def test_a_heading_is_written_below_a_title_that_readers_of_notes_do_not_know():
    text = sample("clinic-ccd.xml").text
    assert "## Plan of Treatment\n## Plan of care\n" in text
    assert text.count("## Results\n") == 1


# --- narrative and entry ---------------------------------------------------------------------


def test_a_row_that_an_entry_refers_to_is_not_read_again():
    text = sample("clinic-ccd.xml").text
    assert text.count("Bacterial pneumonia") == 1
    assert text.count("495") == 1
    assert text.count("propranolol") == 1


def test_what_a_row_says_beyond_its_entry_stays():
    assert "- Comments: Confirmed by poor vaccine response." in sample("clinic-ccd.xml").text


def test_a_row_to_which_no_entry_refers_stays():
    text = sample("clinic-ccd.xml").text
    assert "| Bronchiectasis on chest CT | Active |" in text
    assert "| IgG | 11/02/2014 | 310 mg/dL | 700-1600 mg/dL | L |" in text


def test_without_references_a_row_is_known_by_name_value_and_day():
    text = sample("hospital-discharge.xml").text
    assert "| Body weight | 71.2 kg |  |" in text  # the older value stays, the entry's cell goes
    assert text.count("70.1") == 1
    assert "- prednisone 10 mg tablet daily" not in text  # the entry says all of it


def test_a_list_item_that_says_more_than_its_entry_stays_whole():
    text = sample("hospital-discharge.xml").text
    assert "- Community acquired pneumonia, improving on levofloxacin" in text


RESULT = (
    '<entry><observation classCode="OBS" moodCode="EVN">{template}<code code="2465-3" '
    'codeSystem="2.16.840.1.113883.6.1" displayName="IgG"/>{reference}<statusCode code="completed"/>'
    '<effectiveTime value="{day}"/><value xsi:type="PQ" value="{value}" unit="mg/dL"/>'
    "</observation></entry>"
)


def igg(value: str, day: str = "20250312", reference: str = "") -> str:
    said = f'<text><reference value="#{reference}"/></text>' if reference else ""
    return RESULT.format(template=template("2"), reference=said, day=day, value=value)


def row(*cells: str, id: str = "r") -> str:
    return (
        "<table><thead><tr><th>Test</th><th>Date</th><th>Result</th></tr></thead><tbody>"
        f'<tr ID="{id}">{"".join(f"<td>{c}</td>" for c in cells)}</tr></tbody></table>'
    )


def test_a_row_that_contradicts_its_entry_stays_whole():
    text = section(row("IgG", "03/12/2025", "459 mg/dL"), igg("495", reference="r")).text
    assert "2025-03-12  IgG 495 mg/dL" in text
    assert "| IgG | 03/12/2025 | 459 mg/dL |" in text


def test_a_row_of_another_day_is_not_the_entry_s():
    text = section(row("IgG", "03/12/2024", "495 mg/dL"), igg("495")).text
    assert "| IgG | 03/12/2024 | 495 mg/dL |" in text


def test_a_name_in_hundreds_of_rows_is_found_by_its_day():
    days = [date.fromordinal(date(2020, 1, 1).toordinal() + n) for n in range(400)]
    rows = "".join(f"<tr><td>IgG</td><td>{d}</td><td>495</td></tr>" for d in days)
    head = "<table><thead><tr><th>Test</th><th>Date</th><th>Result</th></tr></thead><tbody>"
    text = section(f"{head}{rows}</tbody></table>", igg("495", f"{days[250]:%Y%m%d}")).text
    assert text.count("| 495 |") == 399
    assert f"| IgG | {days[250]} | 495 |" not in text


def test_a_denial_is_not_covered_by_what_it_denies():
    entry = (
        '<entry><observation classCode="OBS" moodCode="EVN">'
        + template("4")
        + '<code code="55607006" codeSystem="2.16.840.1.113883.6.96"/>'
        '<value xsi:type="CD" code="1" displayName="Pneumonia"/></observation></entry>'
    )
    text = section("<list><item>No pneumonia</item></list>", entry, "11450-4").text
    assert "- No pneumonia" in text
    assert "Pneumonia\n" in text


def test_a_reference_to_a_whole_table_covers_none_of_its_rows():
    table = row("IgG", "03/12/2024", "310 mg/dL").replace("<table>", '<table ID="t">')
    assert "| IgG | 03/12/2024 | 310 mg/dL |" in section(table, igg("495", reference="t")).text


# --- single statements -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ('<value xsi:type="PQ" value="7.20" unit="1"/>', Quantity.of("7.20")),
        ('<value xsi:type="PQ" value="14.9" unit="K/uL"/>', Quantity.of("14.9", "10*3/uL")),
        ('<value xsi:type="INT" value="21"/>', Quantity.of(21)),
        ('<value xsi:type="ST">&gt;= 90 mL/min</value>', Quantity(Decimal(90), None, "mL/min")),
        ('<value xsi:type="ST">1:160</value>', "1:160"),
        ('<value xsi:type="ST">pending</value>', None),
        ('<value xsi:type="CD" code="10828004" displayName="Positive"/>', "Positive"),
        ('<value xsi:type="PQ" nullFlavor="UNK"/>', None),
        ('<value xsi:type="PQ" value="NaN" unit="mg/dL"/>', None),
        ('<value xsi:type="IVL_PQ"><low value="5"/><high value="10"/></value>', Quantity(Decimal(5), Decimal(10))),
        ('<value xsi:type="IVL_PQ"><low value="10"/><high value="5"/></value>', None),
        ('<value xsi:type="RTO_PQ_PQ"><numerator value="1"/><denominator value="80"/></value>', "1:80"),
        ('<value xsi:type="BL" value="true"/>', "yes"),
    ],
)  # fmt: skip
def test_values_of_every_type(value, said):
    entry = (
        f'<entry><observation classCode="OBS" moodCode="EVN">{template("2")}'
        f'<code code="1-1" displayName="Something"/>{value}</observation></entry>'
    )
    entries = section("", entry, "30954-2").entries
    assert [e.value for e in entries] == ([] if said is None else [said])


def test_a_unit_that_is_not_known_is_kept_as_written():
    entry = igg("3").replace('unit="mg/dL"', 'unit="umol/g"')
    (found,) = section("", entry, "30954-2").entries
    assert found.value == Quantity.of(3)
    assert found.written_unit == "umol/g"


def medicine(inner: str, attributes: str = 'moodCode="EVN"', status: str = "active") -> Entry:
    entry = (
        f'<entry><substanceAdministration classCode="SBADM" {attributes}>{template("16")}'
        f'<statusCode code="{status}"/>{inner}<consumable><manufacturedProduct>'
        '<manufacturedMaterial><code code="1" displayName="prednisone"/></manufacturedMaterial>'
        "</manufacturedProduct></consumable></substanceAdministration></entry>"
    )
    (found,) = section("", entry, "10160-0").entries
    return found


LOW = '<effectiveTime xsi:type="IVL_TS"><low value="2024"/>{}</effectiveTime>'


@pytest.mark.parametrize(
    ("attributes", "status", "time", "said", "ongoing"),
    [
        ('moodCode="EVN"', "active", LOW.format(""), "active", True),
        ('moodCode="EVN"', "active", LOW.format('<high value="20260101"/>'), "active", True),
        ('moodCode="EVN"', "active", LOW.format('<high value="20250101"/>'), "active", False),
        ('moodCode="EVN"', "completed", LOW.format('<high value="20250101"/>'), "completed", False),
        ('moodCode="EVN"', "completed", LOW.format(""), "", False),
        ('moodCode="EVN"', "aborted", LOW.format(""), "stopped", False),
        ('moodCode="EVN"', "suspended", LOW.format(""), "on-hold", False),
        ('moodCode="INT"', "active", LOW.format(""), "active", True),
        ('moodCode="INT"', "active", LOW.replace("2024", "2026").format(""), "planned", False),
        ('moodCode="RQO"', "active", LOW.format(""), "planned", False),
        ('moodCode="EVN" negationInd="true"', "completed", "", "not-done", False),
    ],
)
def test_what_a_medicine_s_status_and_mood_can_carry(attributes, status, time, said, ongoing):
    found = medicine(time, attributes, status)
    assert (found.status, found.when.ongoing) == (said, ongoing)


def test_a_reason_is_known_by_its_code_too_and_a_refusal_is_one():
    reason = (
        '<entryRelationship><observation moodCode="EVN"><code code="77301-0"/>'
        '<value xsi:type="CD" code="1" displayName="Refusal of treatment"/></observation>'
        "</entryRelationship>"
    )
    found = medicine(reason, 'moodCode="EVN" negationInd="true"', "completed")
    assert (found.status, found.reasons) == ("declined", ("Refusal of treatment",))


def test_a_count_of_tablets_is_no_dose():
    found = medicine('<doseQuantity value="2" unit="{tbl}"/>')
    assert (found.value, found.written_unit) == (Quantity.of(2), "")
    form = '<administrationUnitCode code="C1" displayName="Puff"/>'
    found = medicine(f'<doseQuantity value="2"/>{form}')
    assert (found.value, found.written_unit) == (Quantity.of(2), "puff")
    assert found.therapy is not None
    assert found.therapy.dose is None


@pytest.mark.parametrize(
    "cells",
    [
        ("prednisone 10 mg tablet", "take 1 tablet QID PRN", "Dec-18-2013", "Active"),
        ("Prednisone", "by mouth four times a day as needed", "12/18/2013", "current"),
    ],
)
def test_a_row_that_says_the_entry_in_other_words_goes(cells):
    entry = (
        f'<entry><substanceAdministration moodCode="EVN">{template("16")}'
        '<statusCode code="active"/><effectiveTime xsi:type="IVL_TS"><low value="20131218"/>'
        '</effectiveTime><effectiveTime xsi:type="PIVL_TS"><period value="6" unit="h"/>'
        '</effectiveTime><doseQuantity value="1"/><consumable><manufacturedProduct>'
        '<manufacturedMaterial><code code="1" displayName="prednisone 10 MG Oral Tablet"/>'
        "</manufacturedMaterial></manufacturedProduct></consumable></substanceAdministration></entry>"
    )
    columns = "".join(f"<td>{c}</td>" for c in cells)
    document = section(f"<table><tr>{columns}</tr></table>", entry, "10160-0")
    assert "|" not in document.text
    assert document.entries[0].words == cells[0]


@pytest.mark.parametrize(
    ("timing", "every"),
    [
        ('<effectiveTime xsi:type="PIVL_TS"><period value="12" unit="h"/></effectiveTime>', Quantity.of(12, "h")),
        ('<effectiveTime xsi:type="PIVL_TS"><period><low value="4" unit="h"/><high value="6" unit="h"/></period></effectiveTime>', Quantity(Decimal(4), Decimal(6), "h")),
        ('<effectiveTime xsi:type="EIVL_TS"><event code="HS"/></effectiveTime>', Quantity.of(1, "d")),
        ('<effectiveTime xsi:type="EIVL_TS"><event code="AC"/></effectiveTime>', None),
        ('<effectiveTime xsi:type="PIVL_TS" nullFlavor="UNK"/>', None),
    ],
)  # fmt: skip
def test_intervals(timing, every):
    therapy = medicine(timing).therapy
    assert therapy is not None
    assert therapy.every == every


def test_a_goal_is_no_statement_and_neither_is_an_entry_of_which_nothing_is_known():
    goal = igg("495").replace('moodCode="EVN"', 'moodCode="GOL"')
    nothing = igg("495").replace('moodCode="EVN"', 'moodCode="EVN" nullFlavor="NI"')
    error = igg("495").replace("completed", "nullified")
    assert section("", goal + nothing + error, "30954-2").entries == ()


def test_relatives_keep_their_relation_and_a_denial_stays_theirs():
    entry = (
        f'<entry><organizer classCode="CLUSTER" moodCode="EVN">{template("45")}<subject>'
        '<relatedSubject classCode="PRS"><code code="FTH" displayName="Natural parent"/>'
        f'</relatedSubject></subject><component><observation moodCode="EVN" negationInd="true">'
        f'{template("46")}<value xsi:type="CD" code="1" displayName="Stroke"/></observation>'
        "</component></organizer></entry>"
    )
    (found,) = section("", entry, "10157-6").entries
    assert (found.kind, found.relation, found.status) == ("family", "father", "refuted")
    assert found.words == "no Stroke"


# --- what is not read ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("raw", "says"),
    [
        (b'<Bundle xmlns="http://hl7.org/fhir"/>', "FHIR in XML"),
        (b'<ContinuityOfCareRecord xmlns="urn:astm-org:CCR"/>', "Continuity of Care Record"),
        (b"<invoice><total>5</total></invoice>", "no clinical document"),
        (b"<ClinicalDocument>\n<a>\n</ClinicalDocument>", "mismatched tag in line 3"),
        (b"<ClinicalDocument>", "no element found in line 1"),
        (b"", "no element found"),
        (b'<ClinicalDocument xmlns="urn:hl7-org:v3"/>', "it has no sections"),
    ],
)
def test_what_is_no_sound_clinical_document_is_said(raw, says):
    read = read_ccda(raw, "a.xml", Limits())
    assert read.documents == ()
    assert says in read.unread[0]


def test_two_patients_in_one_document_are_said():
    patient = '<recordTarget><patientRole><patient><administrativeGenderCode code="F"/></patient></patientRole></recordTarget>'
    raw = f"<ClinicalDocument {XSI}><title>Note</title>{patient * 2}</ClinicalDocument>".encode()
    read = read_ccda(raw, "a.xml", Limits())
    assert "it names 2 patients" in read.unread[0]
    assert read.documents[0].entries == ()


def unstructured(media: str, body: str) -> bytes:
    text = f'<text mediaType="{media}" representation="B64">{body}</text>'
    return (
        f"<ClinicalDocument {XSI}><title>Note</title><component><nonXMLBody>{text}</nonXMLBody>"
        "</component></ClinicalDocument>"
    ).encode()


def test_a_text_within_is_read_and_any_other_file_is_named():
    plain = read_ccda(unstructured("text/plain", b64encode(b"Has asthma.").decode()), "a", Limits())
    assert "Has asthma." in plain.documents[0].text
    pdf = read_ccda(unstructured("application/pdf", b64encode(b"%PDF").decode()), "a", Limits())
    assert pdf.unread == ("it holds a PDF that was not read; save that file and give it too",)
    broken = read_ccda(unstructured("text/plain", "%%%"), "a", Limits())
    assert broken.unread == ("the file within it is damaged (no sound base64)",)
