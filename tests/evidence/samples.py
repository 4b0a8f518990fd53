"""Small files in the published forms of each format. Every work, number and name is invented; the
identifiers have the right form and belong to nobody in particular (prefix 10.1000, PMID 1-9)."""

from __future__ import annotations

import io
import json
import zipfile

JATS = b"""<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE article PUBLIC "-//NLM//DTD JATS (Z39.96) Journal Archiving DTD v1.3//EN" "JATS-archivearticle1-3.dtd">
<article article-type="systematic-review" xmlns:xlink="http://www.w3.org/1999/xlink">
<front><journal-meta><journal-title-group><journal-title>Journal of Examples</journal-title></journal-title-group></journal-meta>
<article-meta><article-id pub-id-type="pmid">7</article-id><article-id pub-id-type="pmc">PMC700</article-id>
<article-id pub-id-type="doi">10.1000/Review.7</article-id><article-id pub-id-type="publisher-id">x</article-id>
<title-group><article-title>Immunoglobulin in <italic>example</italic> neuropathy</article-title></title-group>
<pub-date pub-type="collection"><year>2022</year></pub-date><pub-date pub-type="epub"><day>3</day><month>12</month><year>2021</year></pub-date>
<abstract><sec><title>Results</title><p>Strength rose in 12 of 20 adults.</p></sec></abstract></article-meta></front>
<body><sec><label>1</label><title>Dosing</title><p>The dose was 2&#160;g/kg<xref ref-type="bibr" rid="b1"><sup>12</sup></xref> over
5 days; platelets were 150 &#215; 10<sup>9</sup>/L, caf&eacute; open.</p>
<sec><title>Children</title><list list-type="bullet"><list-item><p>none under 2 years</p></list-item><list-item><p>none with renal failure</p></list-item></list></sec>
<table-wrap><label>Table 1</label><caption><p>Response</p></caption><table><thead><tr><th>Arm</th><th>n</th></tr></thead>
<tbody><tr><td>Treated</td><td>12</td></tr></tbody></table></table-wrap></sec></body>
<back><ref-list><ref><mixed-citation>Somebody else's work</mixed-citation></ref></ref-list></back></article>"""

RETRACTION = b"""<article article-type="retraction" xmlns:xlink="http://www.w3.org/1999/xlink"><front><article-meta>
<article-id pub-id-type="doi">10.1000/notice.1</article-id>
<title-group><article-title>Retraction: Immunoglobulin in example neuropathy</article-title></title-group>
<related-article related-article-type="retracted-article" ext-link-type="doi" xlink:href="10.1000/review.7"/>
</article-meta></front><body><p>The article is retracted.</p></body></article>"""

PUBMED = b"""<?xml version="1.0"?>
<!DOCTYPE PubmedArticleSet PUBLIC "-//NLM//DTD PubMedArticle, 1st January 2025//EN" "https://dtd.nlm.nih.gov/ncbi/pubmed/out/pubmed_250101.dtd">
<PubmedArticleSet><PubmedArticle><MedlineCitation Status="MEDLINE"><PMID Version="1">5</PMID>
<Article><Journal><JournalIssue><PubDate><Year>2019</Year><Month>May</Month></PubDate></JournalIssue><Title>Annals of Examples</Title></Journal>
<ArticleTitle>Rituximab in example nephropathy: a randomized trial.</ArticleTitle>
<ELocationID EIdType="doi" ValidYN="Y">10.1000/trial.5</ELocationID>
<Abstract><AbstractText Label="METHODS">Adults were assigned at random.</AbstractText>
<AbstractText Label="RESULTS">Remission in 40% (95% CI, 30-50).</AbstractText></Abstract>
<PublicationTypeList><PublicationType UI="D016428">Journal Article</PublicationType><PublicationType UI="D016449">Randomized Controlled Trial</PublicationType></PublicationTypeList></Article>
<CommentsCorrectionsList><CommentsCorrections RefType="ExpressionOfConcernIn"><RefSource>x</RefSource><PMID Version="1">6</PMID></CommentsCorrections></CommentsCorrectionsList>
</MedlineCitation><PubmedData><ArticleIdList><ArticleId IdType="pubmed">5</ArticleId><ArticleId IdType="pmc">PMC500</ArticleId></ArticleIdList></PubmedData></PubmedArticle>
<PubmedArticle><MedlineCitation><PMID>8</PMID><Article><ArticleTitle>A later notice</ArticleTitle>
<PublicationTypeList><PublicationType>Retraction Notice</PublicationType></PublicationTypeList></Article>
<CommentsCorrectionsList><CommentsCorrections RefType="RetractionOf"><PMID>9</PMID></CommentsCorrections></CommentsCorrectionsList></MedlineCitation></PubmedArticle>
</PubmedArticleSet>"""

MEDLINE = b"""
PMID- 9
TI  - Azathioprine in example hepatitis: a case
      report.
LID - 10.1000/case.9 [doi]
AB  - One adult took azathioprine
      for 3 months.
PT  - Case Reports
PT  - Journal Article
DP  - 2004 Jan
JT  - Cases of examples
PMC - PMC900

PMID- 4
TI  - Guideline on example disease
PT  - Practice Guideline
PT  - Retracted Publication
RIN - J Ex. 2010;1:1. PMID: 3
AID - not a doi [doi]
"""

SPL = b"""<?xml version="1.0" encoding="UTF-8"?>
<document xmlns="urn:hl7-org:v3"><id root="11111111-2222-3333-4444-555555555555"/>
<code code="34391-3" codeSystem="2.16.840.1.113883.6.1" displayName="HUMAN PRESCRIPTION DRUG LABEL"/>
<title>EXAMPLINE (examplinib) tablets</title><effectiveTime value="20230504"/>
<setId root="AAAAAAAA-bbbb-cccc-dddd-eeeeeeeeeeee"/><versionNumber value="6"/>
<author><assignedEntity><representedOrganization><name>Example Pharma Inc.</name></representedOrganization></assignedEntity></author>
<component><structuredBody>
<component><section><code code="48780-1" codeSystem="2.16.840.1.113883.6.1" displayName="SPL PRODUCT DATA ELEMENTS SECTION"/><text><paragraph>data</paragraph></text></section></component>
<component><section><code code="34067-9" codeSystem="2.16.840.1.113883.6.1" displayName="INDICATIONS &amp; USAGE SECTION"/><title>1 INDICATIONS AND USAGE</title>
<component><section><title>1.1 Example carcinoma</title><text><paragraph>EXAMPLINE is indicated for adults with
<content styleCode="italics">example</content> carcinoma.</paragraph><list><item>after surgery</item><item>with no brain metastases</item></list></text></section></component></section></component>
<component><section><title>2 DOSAGE</title><text><table><tbody><tr><td>Day</td><td>Dose</td></tr><tr><td>1</td><td>100 mg</td></tr></tbody></table></text></section></component>
</structuredBody></component></document>"""

OPENFDA = json.dumps({
    "meta": {"disclaimer": "x"},
    "results": [{
        "id": "x", "set_id": "aaaaaaaa-bbbb-cccc-dddd-ffffffffffff", "version": "3", "effective_time": "20240102",
        "openfda": {"brand_name": ["EXAMPLINE"], "generic_name": ["EXAMPLINIB"], "manufacturer_name": ["Example Pharma Inc."]},
        "indications_and_usage": ["1 INDICATIONS AND USAGE EXAMPLINE treats example carcinoma."],
        "dosage_and_administration_table": ["<table><tr><td>1</td></tr></table>"],
        "boxed_warning": ["WARNING: HEPATOTOXICITY"],
    }],
}).encode()  # fmt: skip

TRIALS = json.dumps({
    "studies": [{
        "protocolSection": {
            "identificationModule": {"nctId": "NCT01234567", "briefTitle": "Short", "officialTitle": "A trial of examplinib in adults", "organization": {"fullName": "Example University"}},
            "statusModule": {"overallStatus": "TERMINATED", "whyStopped": "Slow accrual", "lastUpdatePostDateStruct": {"date": "2020-03-04"}},
            "descriptionModule": {"briefSummary": "Examplinib against placebo."},
            "conditionsModule": {"conditions": ["Example Carcinoma"]},
            "designModule": {"studyType": "INTERVENTIONAL", "phases": ["PHASE3"], "designInfo": {"allocation": "RANDOMIZED"}, "enrollmentInfo": {"count": 24}},
            "armsInterventionsModule": {"interventions": [{"type": "DRUG", "name": "examplinib", "description": "100 mg daily"}]},
            "outcomesModule": {"primaryOutcomes": [{"measure": "Survival", "timeFrame": "2 years"}]},
            "eligibilityModule": {"eligibilityCriteria": "Inclusion Criteria:\n\n* ECOG 0-1", "sex": "ALL", "minimumAge": "18 Years"},
        },
        "hasResults": False,
    }],
}).encode()  # fmt: skip

RIS = (
    b"TY  - JOUR\r\nTI  - Examplinib and the heart\r\nAU  - Nobody, N.\r\nPY  - 2018/02/01\r\nJO  - Heart of Examples\r\n"
    b"AB  - QT intervals were longer by 12 ms.\r\nDO  - https://doi.org/10.1000/heart\r\nUR  - https://pubmed.ncbi.nlm.nih.gov/31/\r\nER  - \r\n"
    b"TY  - BOOK\r\nTI  - A handbook\r\nPY  - 2001\r\nSN  - 978-0-306-40615-7\r\nER  - \r\n"
)

BIBTEX = rb"""% exported
@article{a1, title = {The {EXAMPLE} criteria}, journal = {Criteria}, year = 1999, doi = {10.1000/crit}, abstract = {Two of three.}}
@techreport{b2, title = "A report", institution = {Agency for Examples}, date = {2015-06}}
@broken{c3, title = {never ends"""

HTML = b"""<!DOCTYPE html><html><head><meta charset="utf-8"><title>Tab title</title>
<meta name="citation_title" content="Guidance on example surgery"><meta name="citation_doi" content="10.1000/guid">
<meta name="citation_publication_date" content="2020/05/01"><meta name="citation_publisher" content="Society of Examples">
<script>alert("words that nobody sees")</script></head><body><nav hidden>menu</nav><h1>Guidance</h1><h2>Who</h2>
<p>Adults with 10<sup>9</sup> cells. <a href="javascript:steal()">More</a></p><iframe src="http://example.org"></iframe></body></html>"""

MARKDOWN = b"""---
type: guideline
organisation: Society of Examples
year: 2021
grade: strong recommendation, low certainty
doi: 10.1000/guide
---
# Example disease: a guideline

Preface.

## Dosing

### Adults

Give 5 mg daily.
"""


def zipped(members: dict[str, bytes]) -> bytes:
    """A zip file of members."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as container:
        for name, body in members.items():
            container.writestr(name, body)
    return out.getvalue()


NCD = (
    b"NCD_id,NCD_vrsn_num,NCD_mnl_sect,NCD_mnl_sect_title,NCD_efctv_dt,NCD_trmntn_dt,itm_srvc_desc,indctn_lmtn\r\n"
    b'901,2,240.99,Example Airway Device,2008-03-13 00:00:00,,<p>A device.</p>,"<p>Covered if AHI &ge; 15,</p>\r\n<ul><li>in adults</li></ul>"\r\n'
    b"902,1,1.2,An Old Service,1999-01-01 00:00:00,2010-05-05 00:00:00,,<p>Not covered.</p>\r\n"
)
LCD = b"lcd_id,lcd_version,title,display_id,status,rev_eff_date,indication\r\n39999,4,Example Stimulation,L39999,A,2024-02-03 00:00:00,<p>Reasonable after a trial of 30 days.</p>\r\n"
ARTICLE = b"article_id,article_version,title,display_id,status,article_pub_date,description\r\n59999,1,Billing for Example Stimulation,A59999,R,2020-01-01,<p>Use the code.</p>\r\n"
BY = b"lcd_id,lcd_version,contractor_id\r\n39999,4,77\r\n"
CONTRACTOR = b"contractor_id,contractor_bus_name\r\n77,Example Administrators\r\n"
MEDICARE = zipped({
    "ncd.zip": zipped({"ncd_csv.zip": zipped({"ncd_trkg.csv": NCD, "ncd_bnft_ctgry_ref.csv": b"a,b\r\n1,2\r\n"})}),
    "current_lcd.zip": zipped({"current_lcd_csv.zip": zipped({"lcd.csv": LCD, "lcd_x_contractor.csv": BY, "contractor.csv": CONTRACTOR})}),
    "current_article.zip": zipped({"current_article_csv.zip": zipped({"article.csv": ARTICLE})}),
})  # fmt: skip
