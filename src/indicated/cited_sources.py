"""The story of a citation opened: an article's sources, as the user's collection has them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from indicated.evidence.collection import Collection
from indicated.evidence.links import opened
from indicated.model import Article, Concepts, Opened, Section, Sentence

SENTENCES = 3  # of one place that are looked for by their words
_LABELS = re.compile(r"\s*\[[P\d][^\]]{0,40}\]")


def opened_sources(
    article: Article, collection: Collection, concepts: Concepts | None = None
) -> dict[str, Opened]:
    """Printed label of a reference -> the work and the passages behind its citations, for every
    reference that the collection has."""
    found: dict[str, Opened] = {}
    citing = _citing(article)
    for number, reference in enumerate(article.references, 1):
        places = citing.get(str(number), {})
        asked = [(at, words) for at, said in places.items() for words in list(said)[:SENTENCES]]
        source = opened(collection, reference, asked, concepts)
        if source is not None:
            found[str(number)] = source
    return found


def _citing(article: Article) -> Mapping[str, dict[str, dict[str, None]]]:
    """Label -> place in the source -> the words that cite it there: a sentence or a row."""
    found: dict[str, dict[str, dict[str, None]]] = {}
    for sentences in _units(article.sections):
        words = " ".join(_LABELS.sub("", s.text) for s in sentences).strip()
        for support in (s for sentence in sentences for s in sentence.support):
            if support.kind == "literature" and support.label:
                _, _, place = support.text.partition("\n")
                found.setdefault(support.label, {}).setdefault(place, {})[words] = None
    return found


def _units(sections: Iterable[Section]) -> Iterator[tuple[Sentence, ...]]:
    for section in sections:
        for block in section.blocks:
            yield from ((sentence,) for sentence in block.sentences)
            yield from block.rows
        yield from _units(section.parts)
