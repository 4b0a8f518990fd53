"""Many documents in one file, each with its own date, kind and title."""

from __future__ import annotations

from datetime import date

import pytest

from indicated.chart import chart_from_text
from indicated.chart.documents import documents_of
from indicated.chart.written import date_at, date_in_name
from indicated.files.furniture import counter, is_fax_stamp, joined, without_furniture

from .test_read_chart import words


def dates(text: str, name: str = "x.txt") -> list[date | None]:
    return [d.written for d in chart_from_text(text, name).documents]


# --- dates ---------------------------------------------------------------------------------

DAY = date(2025, 3, 12)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2025-03-12", DAY), ("2025/03/12", DAY), ("2025.03.12", DAY), ("20250312", DAY),
        ("3/12/2025", DAY), ("03-12-2025", DAY), ("3/12/25", DAY), ("12.03.2025", DAY),
        ("12.3.2025", DAY), ("March 12th, 2025", DAY), ("March 12, 2025", DAY), ("Mar. 12, 2025", DAY),
        ("march 12 2025", DAY), ("12 March 2025", DAY), ("12th of March 2025", DAY), ("12-Mar-2025", DAY),
        ("12-MAR-25", DAY), ("12Mar2025", DAY), ("Wednesday, March 12, 2025", DAY),
        ("Wed, 12 Mar 2025 10:00:00", DAY), ("25/12/2024", date(2024, 12, 25)),
        ("Mar 2025", None), ("March 2025", None), ("2025", None), ("2025-03", None), ("3/2025", None),
        ("3/12", None), ("13/40/2025", None), ("31.02.2025", None), ("20251332", None),
        ("2025031", None), ("202503121", None), ("1.25.2025 mg", date(2025, 1, 25)), ("5-7-2025x", date(2025, 5, 7)),
        ("Marching 12, 2025", None), ("May 5-7, 2025", None), ("3/12-2025", None),
    ],
)  # fmt: skip
def test_a_date_at_a_place(text: str, expected: date | None) -> None:
    assert date_at(text, 0) == expected


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("2025-03-12-visit.txt", DAY), ("visit_20250312.pdf", DAY), ("doe labs 2025_03_12.csv", DAY),
        ("03-12-2025 note.txt", DAY), ("note-12-mar-2025.txt", DAY), ("a/2025-03-12/b.txt", DAY),
        ("mrn12025031.txt", None), ("labs-mar-2025.txt", None), ("doe_dob_1961-02-03.txt", None),
        ("doe_dob_1961-02-03_2025-03-12.txt", DAY), ("1234567890.txt", None),
    ],
)  # fmt: skip
def test_a_date_in_a_name(name: str, expected: date | None) -> None:
    assert date_in_name(name) == expected


def test_a_time_may_follow_a_date_alone_on_its_line() -> None:
    assert dates("Clinic note\n03/12/2025 10:32 AM\nHas asthma.") == [DAY]
    assert dates("Clinic note\n03/12/2025 was a bad day\nHas asthma.") == [None]


# --- messages ------------------------------------------------------------------------------

MESSAGES = """From: A. Smith
To: Plan
Sent: Wednesday, March 12, 2025 10:00 AM
Subject: Appeal for IVIG

Please see the note below.

-----Original Message-----
From: Plan
To: A. Smith
Sent: Monday, March 3, 2025 9:00 AM
Subject: Denial of IVIG

We cannot approve.

> From: B. Jones
> To: Plan
> Date: 1 Feb 2025
> Subject: Clinic note
>
> Has asthma.
"""


def test_messages_below_each_other_are_documents() -> None:
    chart = chart_from_text(MESSAGES)
    assert [(d.written, d.kind) for d in chart.documents] == [
        (date(2025, 3, 12), "letter"),
        (date(2025, 3, 3), "denial"),
        (date(2025, 2, 1), "letter"),
    ]
    assert chart.documents[1].text.startswith("-----Original Message-----")
    assert words(chart) == MESSAGES.split()


def test_a_word_from_in_prose_is_no_message() -> None:
    text = "From: home\nHas asthma.\nTo: be seen again\nDate: 3/12/2025\n"
    assert len(chart_from_text(text).documents) == 1


# --- pages ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "stamp"),
    [
        ("FAX 03/12/2025 10:32 AM  555-123-4567   PAGE 2 OF 9", True),
        ("Mar 12 2025 10:32AM  From: 5551234567  To: 555-765-4321  p. 2/9", True),
        ("03/12/2025 WED 10:32 FAX 555 123 4567 Springfield Clinic 002/009 Page 2", True),
        ("Page 2 of 9", False),
        ("Fax: 555-123-4567", False),
        ("Seen 03/12/2025 at 10:32 AM, see page 2 of the fax", False),
        ("IgG 495 mg/dL on 03/12/2025 at 10:32", False),
    ],
)
def test_the_stamp_of_a_fax(line: str, stamp: bool) -> None:
    assert is_fax_stamp(line) == stamp


@pytest.mark.parametrize(
    ("line", "count"),
    [
        ("Page 3 of 12", (3, 12)), ("Jane Doe   Page 3 of 12", (3, 12)), ("pg. 3/12", (3, 12)),
        ("Page: 3", (3, 0)), ("3 of 12", (3, 12)), ("- Page 1 -", (1, 0)), ("J. Doe | 2 of 4", (2, 4)),
        ("see page 1", (0, 0)), ("as said on page 1 of the report", (0, 0)), ("has 2 of 4 criteria", (0, 0)),
        ("The patient met 2 of 4", (0, 0)),
    ],
)  # fmt: skip
def test_the_count_of_a_page(line: str, count: tuple[int, int]) -> None:
    assert counter([line]) == count


FAX = """FAX 03/12/2025 10:32 AM 555-123-4567 PAGE 1 OF 5
FAX COVER SHEET
To: Plan
From: Clinic
Re: J. Doe
FAX 03/12/2025 10:32 AM 555-123-4567 PAGE 2 OF 5
Springfield Clinic
PROGRESS NOTE
Date of service: 2/3/2025
She was started on
FAX 03/12/2025 10:33 AM 555-123-4567 PAGE 3 OF 5
intravenous immunoglobulin 60 g monthly.
FAX 03/12/2025 10:33 AM 555-123-4567 PAGE 4 OF 5
General Hospital
LABORATORY REPORT
Collected: 2/5/2025
IgG 495 mg/dL
FAX 03/12/2025 10:33 AM 555-123-4567 PAGE 5 OF 5
IgM 39 mg/dL
"""


def test_a_fax_of_several_documents() -> None:
    cover, note, labs = chart_from_text(FAX, "fax.txt").documents
    assert (cover.kind, note.kind, labs.kind) == ("letter", "note", "laboratory")
    assert (note.written, labs.written) == (date(2025, 2, 3), date(2025, 2, 5))
    assert (note.title, labs.title) == ("PROGRESS NOTE", "LABORATORY REPORT")
    assert "She was started on\nintravenous immunoglobulin 60 g monthly." in note.text
    assert "PAGE" not in note.text + labs.text
    assert note.pages == (0, 0, note.text.index("intravenous"))


def test_a_count_that_starts_again_begins_a_document() -> None:
    pages = [
        "Clinic note\nDate: 3/1/2025\nHas asthma.\nPage 1 of 2",
        "She is well.\nPage 2 of 2",
        "Imaging\nDate: 3/5/2025\nNo effusion.\nPage 1 of 1",
        "Labs\nDate: 3/6/2025\nIgG 495 mg/dL\nPage 1 of 1",
    ]
    found = documents_of(pages, "x")
    assert [d.written for d in found] == [date(2025, 3, 1), date(2025, 3, 5), date(2025, 3, 6)]
    assert [len(d.pages) for d in found] == [2, 3, 4]


def test_notes_of_one_page_each_keep_every_line() -> None:
    """A daily note that ends like the one before says so on its own day."""
    pages = [
        f"PROGRESS NOTE\nDate: 3/{n}/2025\nDay {n}.\nNo fever.\nContinue IVIG." for n in range(1, 6)
    ]
    found = documents_of(pages, "x")
    assert [d.written for d in found] == [date(2025, 3, n) for n in range(1, 6)]
    assert all("No fever.\nContinue IVIG." in d.text for d in found)


def test_a_letterhead_on_every_page_begins_no_document() -> None:
    pages = [f"Springfield Clinic\nPROGRESS NOTE\nDate: 3/1/2025\nPart {n}" for n in range(4)]
    (document,) = documents_of(pages, "x")
    assert document.text.count("Springfield") == 1
    assert [f"Part {n}" in document.text for n in range(4)] == [True] * 4


def test_furniture_is_dropped_only_where_it_repeats() -> None:
    pages = [
        "J. Doe   MRN 1   Page 1 of 3\nHas asthma.\nAllergies: penicillin\nPrinted 3/12/2025",
        "J. Doe   MRN 1   Page 2 of 3\nHas emphysema.\nAllergies: sulfa\nPrinted 3/12/2025",
        "J. Doe   MRN 1   Page 3 of 3\nHas fever.\nAllergies: none\nPrinted 3/12/2025",
    ]
    assert without_furniture(pages) == [
        "J. Doe   MRN 1   Page 1 of 3\nHas asthma.\nAllergies: penicillin",
        "Has emphysema.\nAllergies: sulfa",
        "Has fever.\nAllergies: none\nPrinted 3/12/2025",
    ]


def test_what_two_pages_share_by_chance_stays() -> None:
    pages = ["IgG 495 mg/dL\nNo fever.", "IgG 495 mg/dL\nNo fever."]
    assert without_furniture(pages) == pages


@pytest.mark.parametrize(
    ("before", "after", "between"),
    [
        ("She was started on", "immunoglobulin.", "\n"),
        ("She was started on IVIG.", "She is well.", "\n\n"),
        ("IgG   495", "IgM   39", "\n"),
        ("| a | b |", "| c | d |", "\n"),
        ("She has", "PLAN", "\n\n"),
        ("She has", "- asthma", "\n\n"),
    ],
)
def test_how_pages_are_joined(before: str, after: str, between: str) -> None:
    text, offsets = joined([before, after])
    assert text == before + between + after
    assert text[offsets[1] :] == after


# --- where the date of a document stands ------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "DISCHARGE SUMMARY\nAdmitted: 03/01/2025            Discharged: 03/12/2025\nPneumonia.",
        "ED NOTE     Kestrel Hospital\nPatient: A. Doe   Arrival: 03/12/2025 18:22\nBack pain.",
        "| Patient | A. Doe | Date of service | 03/12/2025 |\n\nHas asthma.",
        "After Visit Summary\nJane Doe • DOB 3/22/1989 • 3/12/2025, Neurology\n\nHas asthma.",
        "Spine Clinic 03/12/2025\nHas asthma.",
        "Dermatology 3/12/2025\nHas asthma.",
        "Oncology 3/12/2025 - 55F with asthma, comes to talk over what the scan and biopsy have shown us",
        "| Printed 10/21/2025 9:14 AM |\n\n## Visit note — Mar 12, 2025 — Weight\n\nHas asthma.",
        "HOME SLEEP TEST REPORT\nPatient: Doe     Date of study: 03/12/2025\nAHI 20.",
        "Has asthma.\n\nElectronically signed by A. Smith, MD, 03/12/2025 16:42\n",
        "Has asthma.\n\nD:  03/12/2025  T:  03/13/2025\n",
        "Clinic note\nBirth date: 02/08/1984\nDate: 03/12/2025\nHas asthma.",
    ],
)
def test_the_date_is_found_where_documents_give_it(text: str) -> None:
    assert dates(text) == [DAY]


@pytest.mark.parametrize(
    "text",
    [
        "She was admitted 03/12/2025 with pneumonia.",
        "Clinic note\nBirth date: 03/12/1984\nHas asthma.",
        "Clinic note\nNext appointment: 03/12/2025\nHas asthma.",
        "Jane Doe, DOB 03/12/1984\nHas asthma.",
        "Asthma since 03/12/2025\nShe is well.",
        "Colonoscopy 03/12/2025 - two polyps were taken out of the right side of the colon, she is well",
        "Pneumonia 03/12/2025\nPneumonia 10/03/2025\n",
        "Clinic note\n\n# Labs 03/12/2025\n\nIgG 495 mg/dL",
        "Signed consent on 03/12/2025 was given before the infusion was begun by the nurse.",
    ],
)
def test_the_date_of_something_else_is_not_the_documents(text: str) -> None:
    assert dates(text) == [None]


def test_a_title_may_stand_beside_the_name_of_a_hospital() -> None:
    text = "DETAILED WRITTEN ORDER            Order date: 03/12/2025\n[X] E0601 CPAP\n"
    (document,) = chart_from_text(text).documents
    assert (document.title, document.kind) == ("DETAILED WRITTEN ORDER", "order")


def test_a_note_pasted_into_a_message_keeps_its_own_date() -> None:
    head = "From: A. Smith\nTo: Plan\nSent: Monday, November 3, 2025 4:45 PM\nSubject: Review\n\n"
    text = (
        f"{head}Please see below.\n\n"
        "----- Attached: visit 03/12/2025 -----\nHas asthma.\n\n"
        "-----------\nNEUROLOGY\nPatient: A. Doe   Date of visit: 03/12/2025\nHas migraine.\n\n"
        "----- Attached: pharmacy history -----\nTopiramate 50 mg\n\n"
        "-----------\nThe end of the message.\n"
    )
    sent = date(2025, 11, 3)
    assert dates(text) == [sent, DAY, DAY, sent]
    assert "".join(d.text for d in chart_from_text(text).documents) == text


# --- words broken at the end of a line --------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Immunoglobulin G is low. Immuno-\nglobulin A is not.", "Immunoglobulin\nA is not."),
        ("She takes sulfamethoxazole-\ntrimethoprim now.", "sulfamethoxazole-\ntrimethoprim"),
        ("On low-\ndose prednisone.", "low-\ndose"),
        ("a trans-\nplant, an emer-\ngency, pneu-\nmonia and low-\ndose aspirin", "a transplant,"),
        ("a trans-\nplant, an emer-\ngency, pneu-\nmonia and low-\ndose aspirin", "low-\ndose"),
        ("- asthma\n- COPD-\n- gout", "- asthma\n- COPD-\n- gout"),
    ],
)
def test_a_broken_word_is_whole_again_and_a_hyphen_of_its_own_stays(
    text: str, expected: str
) -> None:
    assert expected in chart_from_text(text).documents[0].text
