"""XML that means harm, and any XML at all: a document or a sentence, never more."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from indicated.chart.ccda import read_ccda
from indicated.chart.ccda_narrative import read_narrative
from indicated.files.limits import Limits
from indicated.files.tree import parse

BILLION = b"""<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY lol "lol">
<!ENTITY lol1 "&lol;&lol;&lol;&lol;&lol;&lol;&lol;&lol;&lol;&lol;">
<!ENTITY lol2 "&lol1;&lol1;&lol1;&lol1;&lol1;&lol1;&lol1;&lol1;&lol1;&lol1;">]>
<ClinicalDocument xmlns="urn:hl7-org:v3"><title>&lol2;</title></ClinicalDocument>"""
OUTSIDE = b"""<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/hostname">]>
<ClinicalDocument xmlns="urn:hl7-org:v3"><title>&x;</title></ClinicalDocument>"""
REMOTE = b'<!DOCTYPE a SYSTEM "http://example.org/a.dtd"><ClinicalDocument xmlns="urn:hl7-org:v3"/>'


@pytest.mark.parametrize("raw", [BILLION, OUTSIDE, REMOTE], ids=["billion", "file", "network"])
def test_a_document_type_is_refused(raw):
    read = read_ccda(raw, "a.xml", Limits())
    assert read.documents == ()
    assert "DOCTYPE" in read.unread[0]


def test_a_thousand_elements_deep_is_refused():
    raw = b"<ClinicalDocument>" + b"<a>" * 1000 + b"</a>" * 1000 + b"</ClinicalDocument>"
    assert "nested more than 100 deep" in read_ccda(raw, "a.xml", Limits()).unread[0]


def document(sections: str) -> bytes:
    return (
        '<ClinicalDocument xmlns="urn:hl7-org:v3"><title>Note</title><component><structuredBody>'
        f"{sections}</structuredBody></component></ClinicalDocument>"
    ).encode()


def test_limits_on_size_are_kept():
    raw = document("<component><section><text>" + "word " * 200 + "</text></section></component>")
    limits = Limits()
    for field, most in (("file_bytes", 100), ("text_chars", 300)):
        read = read_ccda(raw, "a.xml", replace(limits, **{field: most}))
        assert read.documents == ()
        assert read.unread


def test_more_entries_than_the_limit_are_said_and_not_read():
    entry = '<entry><observation moodCode="EVN"><code displayName="a"/><value value="1"/></observation></entry>'
    raw = document(f"<component><section>{entry * 5}</section></component>")
    read = read_ccda(raw, "a.xml", replace(Limits(), entries=3))
    assert len(read.documents[0].entries) == 3
    assert read.unread == ("more than 3 entries; the rest was left out",)


def test_no_sentence_repeats_the_file():
    raw = b"<ClinicalDocument><secretname>&secretentity;</secretname></ClinicalDocument>"
    assert "secret" not in " ".join(read_ccda(raw, "a.xml", Limits()).unread)


def holds(raw: bytes) -> None:
    """The one promise: never an exception, offsets that hold, unread said on one line."""
    read = read_ccda(raw, "a.xml", Limits())
    for doc in read.documents:
        for entry in doc.entries:
            said = doc.text[entry.start : entry.end]
            assert said
            assert "\n" not in said
            assert doc.text[entry.end] == "\n"
    assert all(s and "\n" not in s for s in read.unread)
    assert read.documents or read.unread


@given(st.binary(max_size=300))
@example(b"\xff\xfe<\x00a\x00/\x00>\x00")
@example(b'<?xml version="1.0" encoding="utf-7"?><a/>')
def test_any_bytes(raw):
    holds(raw)


TAGS = [
    "section", "component", "entry", "act", "observation", "organizer", "substanceAdministration",
    "procedure", "supply", "encounter", "entryRelationship", "value", "code", "text", "title",
    "effectiveTime", "low", "high", "statusCode", "table", "thead", "tbody", "tr", "td", "th",
    "list", "item", "paragraph", "content", "br", "sup", "reference", "originalText", "translation",
    "referenceRange", "observationRange", "participant", "participantRole", "playingEntity",
    "consumable", "manufacturedProduct", "manufacturedMaterial", "name", "templateId", "period",
    "subject", "relatedSubject", "interpretationCode", "doseQuantity", "author", "time",
]  # fmt: skip
ATTRIBUTES = {
    "code": ["active", "completed", "2465-3", "PATOBJ", "L", "aborted", ""],
    "value": ["20250312", "2025", "202513", "495", "-1e9", "#a", "a", "x"],
    "unit": ["mg/dL", "d", "furlong", "1"],
    "type": ["PQ", "CD", "IVL_PQ", "ST", "PIVL_TS", "IVL_TS", "ED"],
    "moodCode": ["EVN", "INT", "GOL"],
    "negationInd": ["true", "false"],
    "nullFlavor": ["UNK"],
    "displayName": ["IgG", "Pneumonia | left", "Topiramate 50 mg", "\n"],
    "ID": ["a", "b"],
    "colspan": ["2", "9999", "x"],
    "rowspan": ["3"],
    "root": [f"2.16.840.1.113883.10.20.22.4.{n}" for n in ("4", "7", "2", "16", "52", "46", "9")],
    "revised": ["delete"],
}
attributes = st.dictionaries(st.sampled_from(sorted(ATTRIBUTES)), st.integers(0, 6), max_size=4)
words = st.sampled_from(
    ["", " ", "IgG", "495 mg/dL", "03/12/2025", "no", "a\n\nb", "| x |", "&lt;5"]
)


def element(tag: str, attrs: dict[str, int], inside: list[str]) -> str:
    given_ = " ".join(
        f'{"xsi:type" if k == "type" else k}="{ATTRIBUTES[k][n % len(ATTRIBUTES[k])]}"'
        for k, n in attrs.items()
    )
    return f"<{tag} {given_}>{''.join(inside)}</{tag}>"


trees = st.recursive(
    words,
    lambda inner: st.builds(
        element, st.sampled_from(TAGS), attributes, st.lists(inner, max_size=4)
    ),
    max_leaves=25,
)


@given(st.lists(trees, max_size=4), st.lists(trees, max_size=4))
def test_any_tree_of_the_elements_that_are_read(narrative, entries):
    inside = (
        f"<component><section><text>{''.join(narrative)}</text>"
        f"<entry>{'</entry><entry>'.join(entries)}</entry></section></component>"
    )
    head = b'<ClinicalDocument xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
    holds(document(inside).replace(b"<ClinicalDocument ", head))


@given(st.lists(trees, max_size=6))
def test_ids_of_any_narrative_lie_within_its_pieces(inside):
    raw = f'<text xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">{"".join(inside)}</text>'
    found = read_narrative(parse(raw.encode(), Limits())[0])
    for first, last in found.at.values():
        assert 0 <= first <= last <= len(found.pieces)
