"""What each format gives: what the work is, and its words where they stand."""

from __future__ import annotations

import sys
from dataclasses import replace
from itertools import pairwise
from typing import Any

import pytest

from indicated.evidence.importers.kinds import READERS, read
from indicated.evidence.parts import NotImported, cuts, text_of
from indicated.model import Work
from tests.evidence import samples as s

# file, its name, format, and of each work: what is known of it and some of (section, words in it)
TABLE: list[tuple[bytes, str, str, list[tuple[Work, list[tuple[str, str]]]]]] = [
    (s.JATS, "a.xml", "jats", [(
        Work("", "Immunoglobulin in example neuropathy", type="systematic review", organisation="Journal of Examples", year="2021",
             identifiers=(("pmid", "7"), ("pmcid", "PMC700"), ("doi", "10.1000/review.7"))),
        [("Abstract > Results", "12 of 20 adults"), ("Dosing", "2 g/kg [12] over 5 days"), ("Dosing", "150 × 10^9/L, café open"),
         ("Dosing > Children", "- none under 2 years\n- none with renal failure"), ("Dosing", "| Treated | 12 |")],
    )]),
    (s.PUBMED, "pubmed.xml", "pubmed", [
        (Work("", "Rituximab in example nephropathy: a randomized trial.", type="trial", organisation="Annals of Examples", year="2019",
              status="concern", identifiers=(("pmid", "5"), ("pmcid", "PMC500"), ("doi", "10.1000/trial.5"))),
         [("Abstract > Methods", "assigned at random"), ("Abstract > Results", "40% (95% CI, 30-50)")]),
        (Work("", "A later notice", identifiers=(("pmid", "8"),)), [("", "A later notice")]),
    ]),
    (s.MEDLINE, "set.txt", "medline", [
        (Work("", "Azathioprine in example hepatitis: a case report.", type="case report", organisation="Cases of examples", year="2004",
              identifiers=(("pmid", "9"), ("pmcid", "PMC900"), ("doi", "10.1000/case.9"))), [("Abstract", "azathioprine for 3 months")]),
        (Work("", "Guideline on example disease", type="guideline", status="retracted", identifiers=(("pmid", "4"),)),
         [("", "Guideline on example disease")]),
    ]),
    (s.SPL, "label.xml", "spl", [(
        Work("", "EXAMPLINE (examplinib) tablets", type="label", organisation="Example Pharma Inc.", year="2023", version="6",
             jurisdiction="US", identifiers=(("setid", "aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee"),)),
        [("1 INDICATIONS AND USAGE > 1.1 Example carcinoma", "adults with example carcinoma."),
         ("1 INDICATIONS AND USAGE > 1.1 Example carcinoma", "- after surgery\n- with no brain"), ("2 DOSAGE", "| 1 | 100 mg |")],
    )]),
    (s.OPENFDA, "label.json", "json", [(
        Work("", "EXAMPLINE (EXAMPLINIB)", type="label", organisation="Example Pharma Inc.", year="2024", version="3", jurisdiction="US",
             identifiers=(("setid", "aaaaaaaa-bbbb-cccc-dddd-ffffffffffff"),)),
        [("Indications and usage", "treats example carcinoma"), ("Boxed warning", "HEPATOTOXICITY")],
    )]),
    (s.TRIALS, "studies.json", "json", [(
        Work("", "A trial of examplinib in adults", type="trial", organisation="Example University", year="2020", version="2020-03-04",
             population="Example Carcinoma; 18 Years", identifiers=(("nct", "NCT01234567"),), url="https://clinicaltrials.gov/study/NCT01234567"),
        [("Status", "Terminated. Slow accrual"), ("Interventions", "- examplinib; 100 mg daily"), ("Design", "phase3, randomized, enrolment 24"),
         ("Eligibility", "* ECOG 0-1"), ("Primary outcomes", "- Survival; 2 years")],
    )]),
    (s.RIS, "export.ris", "ris", [
        (Work("", "Examplinib and the heart", organisation="Heart of Examples", year="2018", url="https://pubmed.ncbi.nlm.nih.gov/31/",
              identifiers=(("doi", "10.1000/heart"), ("pmid", "31"))), [("Abstract", "longer by 12 ms")]),
        (Work("", "A handbook", year="2001", identifiers=(("isbn", "9780306406157"),)), [("", "A handbook")]),
    ]),
    (s.BIBTEX, "refs.bib", "bibtex", [
        (Work("", "The EXAMPLE criteria", organisation="Criteria", year="1999", identifiers=(("doi", "10.1000/crit"),)), [("Abstract", "Two of three.")]),
        (Work("", "A report", organisation="Agency for Examples", year="2015"), [("", "A report")]),
    ]),
    (s.HTML, "page.html", "html", [(
        Work("", "Guidance on example surgery", organisation="Society of Examples", year="2020", identifiers=(("doi", "10.1000/guid"),)),
        [("Guidance > Who", "Adults with 10^9 cells. More")],
    )]),
    (s.MARKDOWN, "guide.md", "text", [(
        Work("", "Example disease: a guideline", type="guideline", organisation="Society of Examples", year="2021",
             grade="strong recommendation, low certainty", identifiers=(("doi", "10.1000/guide"),)),
        [("Example disease: a guideline", "Preface."), ("Example disease: a guideline > Dosing > Adults", "Give 5 mg daily.")],
    )]),
    (s.MEDICARE, "all_data.zip", "zip", [
        (Work("", "Example Airway Device", type="coverage policy", organisation="CMS", year="2008", version="2", jurisdiction="US",
              identifiers=(("ncd", "240.99"),), url="https://www.cms.gov/medicare-coverage-database/view/ncd.aspx?ncdid=901"),
         [("Item or service", "A device."), ("Indications and limitations of coverage", "Covered if AHI ≥ 15,")]),
        (Work("", "An Old Service", type="coverage policy", organisation="CMS", year="1999", version="1", jurisdiction="US", status="superseded",
              identifiers=(("ncd", "1.2"),), url="https://www.cms.gov/medicare-coverage-database/view/ncd.aspx?ncdid=902"),
         [("Indications and limitations of coverage", "Not covered.")]),
        (Work("", "Example Stimulation", type="coverage policy", organisation="Example Administrators", year="2024", version="4", jurisdiction="US",
              identifiers=(("lcd", "L39999"),), url="https://www.cms.gov/medicare-coverage-database/view/lcd.aspx?lcdid=39999"),
         [("Coverage indications, limitations and medical necessity", "after a trial of 30 days")]),
        (Work("", "Billing for Example Stimulation", type="coverage policy", year="2020", version="1", jurisdiction="US", status="superseded",
              identifiers=(("article", "A59999"),), url="https://www.cms.gov/medicare-coverage-database/view/article.aspx?articleid=59999"),
         [("Article text", "Use the code.")]),
    ]),
    (s.zipped({"a/one.md": b"# One\n\nText.", "__MACOSX/x": b"x"}), "many.zip", "zip", [(Work("", "One"), [("One", "Text.")])]),
    (b"Page one says 5 mg.\fPage two says 6 mg.", "notes.txt", "text", [(Work("", "notes"), [("", "Page two says 6 mg.")])]),
    (s.LCD, "folder/LCD.csv", "medicare", [(
        Work("", "Example Stimulation", type="coverage policy", year="2024", version="4", jurisdiction="US", identifiers=(("lcd", "L39999"),),
             url="https://www.cms.gov/medicare-coverage-database/view/lcd.aspx?lcdid=39999"), [])]),
]  # fmt: skip


@pytest.mark.parametrize(("raw", "name", "kind", "works"), TABLE, ids=[row[1] for row in TABLE])
def test_what_a_format_gives(raw: bytes, name: str, kind: str, works: list[Any]) -> None:
    told, found = read(raw, name)
    assert told == kind
    given, wanted = (_plain(f.work) for f in found), (_plain(w) for w, _ in works)
    assert sorted(given, key=_by) == sorted(wanted, key=_by)
    for work, words in works:
        (one,) = [f for f in found if f.work.title == work.title]
        for section, text in words:
            assert any(p.section == section and text in p.text for p in one.pieces), (section, one)


def _plain(work: Work) -> Work:
    return replace(work, identifiers=tuple(sorted(work.identifiers)))


def _by(work: Work) -> str:
    return work.title


def test_every_format_has_a_row() -> None:
    assert {row[2] for row in TABLE} | {"pdf", "docx", "rtf"} == set(READERS)


@pytest.mark.parametrize(("raw", "name", "kind", "works"), TABLE, ids=[row[1] for row in TABLE])
def test_passages_stand_at_their_offsets(raw: bytes, name: str, kind: str, works: Any) -> None:
    for found in read(raw, name)[1]:
        passages = cuts(found.pieces)
        text = text_of(passages)
        assert all(text[c.start : c.end] == c.text for c in passages)
        assert all(a.end <= b.start for a, b in pairwise(passages))


def test_what_is_not_said_of_the_work_is_not_in_its_text() -> None:
    (page,) = read(s.HTML, "page.html")[1]
    (article,) = read(s.JATS, "a.xml")[1]
    text = " ".join(p.text for p in (*page.pieces, *article.pieces))
    for unseen in ("alert", "menu", "javascript", "steal", "Somebody else", "b1"):
        assert unseen not in text


def test_a_retraction_names_what_it_retracts() -> None:
    (notice,) = read(s.RETRACTION, "r.xml")[1]
    assert [(n.kind, n.value, n.status) for n in notice.notices] == [
        ("doi", "10.1000/review.7", "retracted")
    ]
    later = read(s.PUBMED, "p.xml")[1][1]
    assert [(n.kind, n.value, n.status) for n in later.notices] == [("pmid", "9", "retracted")]


@pytest.mark.parametrize(
    ("raw", "name", "says"),
    [
        (b"", "a.txt", "it is empty"),
        (b"{", "a.json", "no sound JSON"),
        (b'{"a": 1}', "a.json", "JSON of no known form"),
        (b"[" * 100_000, "a.json", "no sound JSON"),
        (b"<note/>", "a.xml", "XML of no known form"),
        (b"<article><front>", "a.xml", "no sound XML"),
        (b"a,b\n1,2\n", "a.csv", "a table of no known form"),
        (b"\x89PNG\r\n", "a.png", "a picture"),
        (b"\x00\x01\x02\x03" * 99, "a.txt", "it is not text"),
        (b"%PDF-1.7 but no more", "a.pdf", "PDF"),
        (b"PK\x03\x04 and no more", "a.zip", "damaged or not whole"),
        (b"---\ntype: gideline\n---\nText", "a.md", 'is no type; use one of guideline'),
        (b"---\ntitel: x\n---\nText", "a.md", 'did you mean "title"?'),
        (b"---\n- x\n---\nText", "a.md", "holds no keys"),
        (b"---\ndoi: none\n---\nText", "a.md", "has not the form of a doi"),
        (b"<PubmedArticleSet></PubmedArticleSet>", "a.xml", "it holds no record"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_said(raw: bytes, name: str, says: str) -> None:
    with pytest.raises(NotImported, match=says.replace("?", r"\?")):
        read(raw, name)


BILLION = b"""<?xml version="1.0"?><!DOCTYPE article [<!ENTITY a "ha">
<!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;">]>
<article><body><p>&c;</p></body></article>"""
OUTSIDE = b'<!DOCTYPE article [<!ENTITY x SYSTEM "file:///etc/hostname">]><article><body><p>&x;</p></body></article>'
PARAMETER = b'<!DOCTYPE article [<!ENTITY % x SYSTEM "http://127.0.0.1:9/x.dtd"> %x;]><article><body><p>y</p></body></article>'


@pytest.mark.parametrize("raw", [BILLION, OUTSIDE, PARAMETER], ids=["billion", "file", "network"])
def test_entities_are_refused(raw: bytes) -> None:
    with pytest.raises(NotImported, match="declares entities"):
        read(raw, "a.xml")


def test_a_label_may_not_have_a_document_type() -> None:
    raw = s.SPL.replace(b"<document", b'<!DOCTYPE document SYSTEM "x.dtd"><document', 1)
    with pytest.raises(NotImported, match="DOCTYPE"):
        read(raw, "a.xml")


def test_nesting_without_end_is_refused() -> None:
    deep = b"<article><body>" + b"<sec>" * 5000 + b"</sec>" * 5000 + b"</body></article>"
    with pytest.raises(NotImported, match="nested more than"):
        read(deep, "a.xml")
    bag = b"# x\n\ny"
    for n in range(6):
        bag = s.zipped({f"{n}.zip" if n else "a.md": bag})
    with pytest.raises(NotImported, match="deep in each other"):
        read(bag, "a.zip")


def test_a_zip_bomb_is_refused() -> None:
    with pytest.raises(NotImported, match="times its size"):
        read(s.zipped({"a.txt": b"0" * 50_000_000}), "a.zip")


def test_one_bad_member_of_a_zip_is_said_and_the_rest_is_read() -> None:
    _, found = read(s.zipped({"a.md": b"# A\n\nText.", "b.png": b"\x89PNG\r\n"}), "x.zip")
    assert [f.work.title for f in found] == ["A"]
    assert "b.png: a picture" in found[0].remarks[0]


@pytest.mark.parametrize(
    ("raw", "name", "module"),
    [(s.RIS, "a.ris", "rispy"), (s.BIBTEX, "a.bib", "bibtexparser.entrypoint")],
    ids=["ris", "bibtex"],
)
def test_a_missing_extra_is_named(
    raw: bytes, name: str, module: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(NotImported, match=r'pip install "indicated\[evidence\]"'):
        read(raw, name)
