"""The documents of an answer: as many as it holds, each whole, none changed."""

from __future__ import annotations

from xml.sax.saxutils import escape, quoteattr

from hypothesis import given
from hypothesis import strategies as st

from indicated.files.limits import Limits
from indicated.files.tree import Node, parse
from indicated.serve.online.cut import documents

WORDS = st.text(
    st.characters(exclude_categories=("Cs", "Cc"), exclude_characters="\ufffe\uffff"), max_size=8
)
NAMES = st.sampled_from(["a", "b", "PubmedArticle", "x:y"])


def element(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.builds(
        lambda name, said, within: f"<{name} t={quoteattr(said)}>{''.join(within)}</{name}>",
        NAMES, WORDS, st.lists(inner, max_size=3),
    )  # fmt: skip


BELOW = st.recursive(
    st.one_of(WORDS.map(escape), st.just("<!-- > </a> -->"), st.just("<![CDATA[</a>]]>"), st.just("<b/>")),
    element,
    max_leaves=6,
)  # fmt: skip
HEADS = st.sampled_from(
    [
        "",
        '<?xml version="1.0" encoding="UTF-8"?>\n',
        '<!DOCTYPE set PUBLIC "x" "https://host/x.dtd">',
    ]
)


def shape(node: Node) -> object:
    within = [c if isinstance(c, str) else shape(c) for c in node.content]
    return node.tag, node.attrs, within


@given(HEADS, st.lists(element(BELOW), max_size=4), st.sampled_from(["", " ", "\n<!-- > -->"]))
def test_each_document_is_what_it_was(head: str, inner: list[str], between: str) -> None:
    whole = f'{head}<set xmlns:x="urn:x" at="1">{between.join(["", *inner, ""])}</set>'.encode()
    root, _ = parse(whole, Limits(), typed=True)
    cut = [parse(d, Limits(), typed=True)[0] for d in documents(whole)]
    assert [c.attrs for c in cut] == [{"at": "1"}] * len(inner)
    assert [[shape(k) for k in c.children] for c in cut] == [[shape(k)] for k in root.children]
