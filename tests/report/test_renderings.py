"""The page, the Markdown and the JSON: accessible, self-contained, escaped, and in agreement."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import jsonschema
import pytest

from indicated.model import Article, Assessment, Chart, Document
from indicated.report import output_schema, to_html, to_json, to_markdown
from indicated.report.output import schema_text
from indicated.report.privacy import mask

from . import sample

DOCS = Path(__file__).parents[2] / "docs"
VOID = {"meta", "link", "br", "hr", "img", "input"}


class Tree(HTMLParser):
    """What the checks ask of a page: ids, links, headings, tables, nesting."""

    def __init__(self, text: str):
        super().__init__()
        self.ids: list[str] = []
        self.links: list[str] = []
        self.headings: list[int] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.words: list[str] = []
        self.feed(text)
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.tags.append((tag, given))
        if given.get("id"):
            self.ids.append(str(given["id"]))
        if tag == "a":
            self.links.append(str(given.get("href")))
        if re.fullmatch(r"h[1-6]", tag):
            self.headings.append(int(tag[1]))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if not {"style", "title"} & set(self.open):
            self.words.append(data)

    def named(self, tag: str) -> list[dict[str, str | None]]:
        return [attrs for name, attrs in self.tags if name == tag]


@pytest.fixture(scope="module")
def articles() -> dict[str, Article]:
    return {name: told.article() for name, told in sample.variants().items()}


@pytest.fixture(scope="module")
def pages(articles: dict[str, Article]) -> dict[str, Tree]:
    return {name: Tree(to_html(article)) for name, article in articles.items()}


# --- the page ---------------------------------------------------------------------------------


def test_ids_are_unique_and_every_link_inside_the_page_resolves(pages: dict[str, Tree]) -> None:
    for page in pages.values():
        assert len(page.ids) == len(set(page.ids))
        inside = [link[1:] for link in page.links if link.startswith("#")]
        assert inside
        assert set(inside) <= set(page.ids)
        for _, attrs in page.tags:
            for id in (attrs.get("aria-labelledby") or "").split():
                assert id in page.ids


def test_headings_never_skip_a_level(pages: dict[str, Tree]) -> None:
    for page in pages.values():
        assert page.headings[0] == 1
        assert page.headings.count(1) == 1
        for above, below in zip(page.headings, page.headings[1:], strict=False):
            assert below <= above + 1


def test_the_page_fetches_nothing_and_runs_nothing(pages: dict[str, Tree]) -> None:
    for page in pages.values():
        tags = {tag for tag, _ in page.tags}
        assert not tags & {"script", "link", "img", "iframe", "object", "form"}
        for tag, attrs in page.tags:
            assert not any(name.startswith("on") for name in attrs)
            assert "src" not in attrs
            assert tag == "a" or str(attrs.get("href", "#")).startswith("#")
        assert all(link.startswith(("#", "https://", "http://")) for link in page.links)
    style = (Path(to_html.__code__.co_filename).parent / "templates/article.css").read_text("utf-8")
    assert "url(" not in style
    assert "@import" not in style


def test_landmarks_language_and_skip_link(pages: dict[str, Tree]) -> None:
    page = pages["main"]
    assert page.named("html") == [{"lang": "en"}]
    for landmark in ("main", "nav", "header", "footer"):
        assert len(page.named(landmark)) == 1
    assert page.links[0] == "#article"
    assert page.named("main")[0]["id"] == "article"
    assert any(attrs.get("name") == "viewport" for attrs in page.named("meta"))


def test_tables_have_captions_and_scopes(pages: dict[str, Tree]) -> None:
    for page in pages.values():
        assert len(page.named("table")) == len(page.named("caption"))
        assert all(th.get("scope") for th in page.named("th"))
        # a table that becomes cards on a phone keeps its meaning for a screen reader
        assert all(t.get("role") == "table" for t in page.named("table"))
        assert all(tr.get("role") == "row" for tr in page.named("tr"))


def test_both_kinds_of_citation_look_different_and_lead_to_their_places(
    pages: dict[str, Tree], articles: dict[str, Article]
) -> None:
    links = pages["main"].named("a")
    record = {a["href"] for a in links if a.get("class") == "rec"}
    literature = {a["href"] for a in links if a.get("class") == "lit"}
    assert record == {f"#{label}" for label, _ in articles["main"].record}
    assert literature == {f"#ref-{n}" for n in range(1, len(articles["main"].references) + 1)}
    for attrs in links:
        if attrs.get("class") in ("rec", "lit"):
            assert attrs["aria-label"]


def test_a_citation_shows_where_the_pointer_rests_what_its_list_says(
    pages: dict[str, Tree], articles: dict[str, Article]
) -> None:
    """The words of the record with their document, the source with how it was checked."""
    shown = {str(a["href"]): str(a.get("title")) for a in pages["main"].named("a")}
    words = "".join(pages["main"].words).replace(" ", "")
    for label, source in articles["main"].record:
        assert mask(source.quote) in shown[f"#{label}"]
        assert all(part.replace(" ", "") in words for part in shown[f"#{label}"].split(" · "))
    for n, reference in enumerate(articles["main"].references, 1):
        assert reference.title in shown[f"#ref-{n}"]


def test_findings_are_told_by_sign_and_word_not_by_colour_alone(pages: dict[str, Tree]) -> None:
    said = "".join(pages["main"].words)
    for words in ("✓ met", "✗ not met", "? unknown", "□ not met, does not rule it out"):
        assert words in said


@pytest.mark.parametrize(
    ("state", "words"),
    [
        ("draft", "Draft. Not reviewed. Not signed by anybody."),
        ("under_review", "Under review. Not signed by anybody."),
        ("approved", "Approved: signed by a physician reviewer on 1 Dec 2025."),
    ],
)
def test_the_status_strip_and_banner_follow_the_state(
    articles: dict[str, Article], state: str, words: str
) -> None:
    signed = "signed by a physician reviewer on 1 Dec 2025"
    page = Tree(to_html(articles["main"], state=state, signed=signed))
    assert words in "".join(page.words)
    current = [a for tag, a in page.tags if tag == "li" and a.get("aria-current") == "step"]
    assert len(current) == 1
    assert "Answered as of 21 Nov 2025" in "".join(page.words)
    assert words.replace("(", "\\(") in to_markdown(articles["main"], state=state, signed=signed)


def test_an_unknown_state_is_an_error(articles: dict[str, Article]) -> None:
    with pytest.raises(ValueError, match="draft, under_review, approved"):
        to_html(articles["main"], state="signed")


def test_every_sentence_is_on_the_page(
    articles: dict[str, Article], pages: dict[str, Tree]
) -> None:
    def plain(text: str) -> str:
        return re.sub(r"[\s\[\]†‡›]|P\d+", "", text)

    for name, article in articles.items():
        said = plain("".join(pages[name].words))
        for sentence in article.sentences():
            assert plain(sentence.text) in said, sentence.id


EVIL = '<script>alert("x")</script> & <img src=x onerror=y> | **b** [l](javascript:z) `c`'


@pytest.fixture(scope="module")
def evil() -> Article:
    document = Document("d", f"IgG 7 mg/dL {EVIL}\n", sample.AS_OF, f"Note {EVIL}")
    source = replace(sample.at(sample.NOTE, "feeling good"), document="d", quote=EVIL, start=12,
                     end=12 + len(EVIL))  # fmt: skip
    fact = sample.fact("igg", source, EVIL)
    case = replace(sample.CASE, question=f"Is it? {EVIL}", chart=Chart((document,)))
    finding = sample.leaf("x", "IgG is known.", sample.MET, fact)
    item = replace(sample.IG_ITEM, sources=(), words=EVIL, treatment="")
    told = replace(sample.AAT, item=item, routes=(finding,), exceptions=(), missing=())
    return replace(
        sample.MAIN, case=case, determinations=(told,), premises=(), facts=sample.Facts()
    ).article()


def test_text_of_the_chart_stays_text_on_the_page(evil: Article) -> None:
    text = to_html(evil)
    page = Tree(text)
    assert not page.named("script")
    assert not page.named("img")
    assert "<script>alert" in "".join(page.words)
    assert not [link for link in page.links if "javascript" in link]


def test_text_of_the_chart_stays_text_in_markdown(evil: Article) -> None:
    markdown = to_markdown(evil)
    rendered = pytest.importorskip("markdown_it").MarkdownIt("commonmark").enable("table")
    html = rendered.render(markdown)
    page = Tree(html.replace("<hr />", "<hr>"))
    tags = {tag for tag, _ in page.tags}
    assert not tags & {"script", "img", "a", "code"}
    assert "<script>alert" in "".join(page.words)


def test_an_address_that_is_not_of_the_web_is_no_link() -> None:
    sources = dict(sample.SOURCES)
    sources["EUSID"] = replace(sources["EUSID"], url="javascript:alert(1)")
    policy = replace(sample.IG_POLICY, references=sources)
    told = replace(sample.MAIN, determinations=(replace(sample.IG, policy=policy, labels=()),))
    page = Tree(to_html(told.article()))
    assert [link for link in page.links if not link.startswith("#")] == [
        "https://pubmed.ncbi.nlm.nih.gov/25090414/"
    ]


# --- colours -----------------------------------------------------------------------------------


def _luminance(colour: str) -> float:
    value = colour.lstrip("#")
    value = "".join(c * 2 for c in value) if len(value) == 3 else value
    parts = [int(value[i : i + 2], 16) / 255 for i in (0, 2, 4)]
    linear = [p / 12.92 if p <= 0.03928 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _contrast(a: str, b: str) -> float:
    high, low = sorted((_luminance(a), _luminance(b)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def test_contrast_is_enough_in_light_in_dark_and_on_paper() -> None:
    style = (Path(to_html.__code__.co_filename).parent / "templates/article.css").read_text("utf-8")
    schemes = re.findall(r":root \{(.*?)\}", style, re.S)
    assert len(schemes) == 3
    pairs = [
        ("ink", "paper"), ("muted", "paper"), ("accent", "paper"), ("ink", "wash"),
        ("muted", "wash"), ("met", "paper"), ("met", "met-wash"), ("not", "paper"),
        ("not", "not-wash"), ("open", "paper"), ("open", "open-wash"), ("rec", "rec-wash"),
        ("rec", "paper"), ("ink", "open-wash"), ("ink", "rec-wash"), ("ink", "met-wash"),
        ("paper", "ink"), ("met", "wash"), ("not", "wash"), ("open", "wash"), ("rec", "wash"),
    ]  # fmt: skip
    for scheme in schemes:
        colours = dict(re.findall(r"--([\w-]+): (#[0-9a-fA-F]+);", scheme))
        for a, b in pairs:
            assert _contrast(colours[a], colours[b]) >= 4.5, (a, b)


# --- Markdown ------------------------------------------------------------------------------------


def test_markdown_holds_every_section_and_citation(articles: dict[str, Article]) -> None:
    text = to_markdown(articles["main"])
    headings = re.findall(r"^## (.*)$", text, re.M)
    assert headings == [s.heading for s in articles["main"].sections]
    for label, _ in articles["main"].record:
        assert f"[{label}]" in text
    assert "[2†, section 4.1]" in text or "[2, section 4.1†]" in text
    assert text.startswith("# Medical necessity")
    assert "**Draft. Not reviewed." in text


def test_rows_of_a_markdown_table_have_the_same_width(articles: dict[str, Article]) -> None:
    for article in articles.values():
        width = 0
        for line in to_markdown(article).splitlines():
            bars = len(re.findall(r"(?<!\\)\|", line)) if line.startswith("|") else 0
            assert bars in (0, width) or width == 0
            width = bars


# --- JSON --------------------------------------------------------------------------------------


def assessment(told: sample.Sample) -> Assessment:
    return Assessment(
        told.case, told.facts, told.items, told.premises, told.determinations, told.article()
    )


@pytest.fixture(scope="module")
def outputs() -> dict[str, dict]:  # type: ignore[type-arg]
    return {name: to_json(assessment(told)) for name, told in sample.variants().items()}


def test_the_schema_in_the_documentation_is_current() -> None:
    assert (DOCS / "output.schema.json").read_text("utf-8") == schema_text()


def test_every_output_keeps_the_schema(outputs: dict[str, dict]) -> None:  # type: ignore[type-arg]
    schema = output_schema()
    checker = jsonschema.Draft202012Validator(schema)
    checker.check_schema(schema)
    for output in outputs.values():
        checker.validate(json.loads(json.dumps(output)))
        with pytest.raises(jsonschema.ValidationError):
            checker.validate({**output, "verdict": "approve"})
        broken = {k: v for k, v in output.items() if k != "hashes"}
        with pytest.raises(jsonschema.ValidationError):
            checker.validate(broken)


def test_the_output_holds_what_was_decided(outputs: dict[str, dict]) -> None:  # type: ignore[type-arg]
    output = outputs["main"]
    first, second = output["determinations"]
    assert (first["outcome"], second["outcome"]) == ("cannot_determine", "not_indicated")
    assert first["policy"] == sample.IG_POLICY.id
    assert first["policy_version"] == "2025.1"
    route = first["findings"]["routes"][1]
    assert [p["id"] for p in route["parts"]] == ["baseline-igg", "infections", "failure"]
    assert route["parts"][0]["truth"] == "unknown"
    assert first["missing"][1]["leads_to"] == {
        "met": "cannot_determine",
        "not_met": "not_indicated",
    }
    assert first["settles"][0]["needs"] == [{"id": "baseline-igg", "answer": "not_met"}]
    assert first["dose"]["rows"][2]["weight_from_kg"] == "75"
    assert output["review"] == {"state": "draft"}
    assert output["hashes"]["facts"] == sample.FACTS.hash
    assert output["hashes"]["documents"]["biopsy"] == sample.BIOPSY.hash


def test_every_id_of_a_fact_in_the_output_is_listed(outputs: dict[str, dict]) -> None:  # type: ignore[type-arg]
    for output in outputs.values():
        listed = {f["id"] for f in output["facts"]}
        named = set(re.findall(r'"(f[0-9a-f]{12})"', json.dumps(output)))
        assert named <= listed


def test_sentences_of_the_output_are_those_of_the_article(
    outputs: dict[str, dict],  # type: ignore[type-arg]
    articles: dict[str, Article],
) -> None:
    for name, article in articles.items():
        said = outputs[name]["article"]
        assert [s["text"] for s in said["sentences"]] == [s.text for s in article.sentences()]
        assert {s["section"] for s in said["sentences"]} <= set(said["headings"])


def test_nobody_is_named_in_the_output_and_offsets_lead_to_the_words(
    outputs: dict[str, dict],  # type: ignore[type-arg]
) -> None:
    output = outputs["main"]
    text = json.dumps(output)
    for name in ("Jane", "Placeholder", "00123456"):
        assert name not in text
    wish = next(f for f in output["facts"] if f["value"] is None and f["assertion"] == "planned")
    (source,) = wish["sources"]
    assert source["quote"].startswith("(withheld) recommends")
    assert sample.NOTE.text[source["start"] : source["end"]].startswith("Dr. ")


def test_the_documentation_names_every_part_of_the_output() -> None:
    documented = (DOCS / "output.md").read_text("utf-8")
    for name in output_schema()["properties"]:
        assert f"`{name}`" in documented


def test_the_same_case_gives_the_same_bytes() -> None:
    first, second = (assessment(sample.MAIN) for _ in range(2))
    assert json.dumps(to_json(first)) == json.dumps(to_json(second))
    assert to_html(first.article) == to_html(second.article)
