"""Citations bound to passages: which work of the collection a source is, where in it a citation
leads, and whether what was quoted still stands there.

A source is bound by `collection: <work id>`, or found by an identifier (DOI, PMID, ...) that the
policy gives for it. A quotation holds where exactly its words stand in the work's text; only
spaces, line ends, kinds of quotation marks and dashes may differ, as between a page and its print.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from rapidfuzz import fuzz

from indicated.evidence.collection import Collection
from indicated.evidence.index import Filters
from indicated.evidence.parts import STATUSES
from indicated.evidence.query import words_of
from indicated.evidence.search import search
from indicated.evidence.shipped import identifiers_of
from indicated.model import Concepts, Opened, Passage, Place, Policy, Reference, Work

_PAGE = re.compile(r"\b(?:pp?|pages?)\.?\s*(\d{1,5})\b", re.I)
_SIGNS = str.maketrans(
    dict.fromkeys("‐‑‒–—−", "-") | dict.fromkeys("‘’‚′", "'") | dict.fromkeys("“”„″", '"')
)
Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Doubt:
    """Why a policy's source is to be looked at again."""

    policy: str
    key: str
    says: str


@dataclass(frozen=True, slots=True)
class Bound:
    """What a check came to."""

    sources: int = 0  # of policies that are in the collection
    quotes: int = 0  # that stand where they were
    doubts: tuple[Doubt, ...] = ()


def work_of(collection: Collection, reference: Reference) -> Work | None:
    """The work of the collection that a source is; of several that have its identifier, the one
    that stands, and the newest of those. None where it is not there."""
    if reference.collection:
        return collection.known(reference.collection)
    found = collection.named(identifiers_of(reference))
    whole = [w for w in found if len(collection.passages(w)) > 1] or list(found)
    return min(whole, key=lambda w: (STATUSES.index(w.status), _older(w)), default=None)


def _older(work: Work) -> int:
    return -int(work.year[:4]) if work.year[:4].isdigit() else 0


def spans(quote: str, text: str) -> tuple[Span, ...]:
    """Everywhere that exactly these words stand.

    >>> spans("at 2 g/kg", "Given at\\n2 g/kg.")
    ((6, 15),)
    """
    words = quote.translate(_SIGNS).split()
    if not words:
        return ()
    form = re.compile(r"\s+".join(map(re.escape, words)))
    return tuple(m.span() for m in form.finditer(text.translate(_SIGNS)))


def opened(
    collection: Collection,
    reference: Reference,
    citing: Iterable[tuple[str, str]],
    concepts: Concepts | None = None,
) -> Opened | None:
    """A source with the passages behind its citations; None where the collection has not got it.

    `citing`: locators, each with the words that cite it.
    """
    work = work_of(collection, reference)
    if work is None:
        return None
    text, passages = collection.text(work), collection.passages(work)
    quotes = {words_of(at): quote for at, quote in reference.quotes}
    found: dict[tuple[str, int], Place] = {}
    for locator, words in citing:
        places = list(_quoted(locator, quotes.get(words_of(locator), ""), text, passages))
        places = places or list(_located(locator, passages))
        places = places or list(_worded(collection, work, locator, words, concepts))
        found.update({(p.locator, p.passage.start): p for p in places})
    return Opened(reference, work, tuple(found.values()))


def _quoted(locator: str, quote: str, text: str, passages: tuple[Passage, ...]) -> Iterator[Place]:
    """The passages that the quoted words stand in, or run through."""
    for start, end in spans(quote, text)[:1]:
        for passage in passages:
            a, b = max(start, passage.start), min(end, passage.end)
            if a < b:
                mark = (a - passage.start, b - passage.start)
                yield Place(locator, passage, "quote", (mark,))


def _located(locator: str, passages: tuple[Passage, ...]) -> Iterator[Place]:
    """The passages of the page that a locator names, or under the heading that it names."""
    if page := _PAGE.search(locator):
        number = int(page[1])
        yield from (Place(locator, p, "page") for p in passages if p.page == number)
        return
    wanted = words_of(locator)
    for passage in passages if wanted else ():
        heading = words_of(passage.section)
        if any(heading[n : n + len(wanted)] == wanted for n in range(len(heading))):
            yield Place(locator, passage, "heading")


def _worded(
    collection: Collection, work: Work, locator: str, words: str, concepts: Concepts | None
) -> Iterator[Place]:
    """The passage that has most of the words that cite the work."""
    filters = Filters(statuses=STATUSES, works=(work.id,))
    for result in search(collection, words, concepts, filters, most=1):
        yield Place(locator, result.passage, "words", result.shown.marks)


# --- whether it still stands ---------------------------------------------------------------


def check_policy(collection: Collection, policy: Policy) -> Bound:
    """Hold every source of a policy that is in the collection against it."""
    sources = quotes = 0
    doubts: list[Doubt] = []
    for key, reference in policy.references.items():
        work = work_of(collection, reference)
        if work is None:
            if reference.collection:
                said = f'the collection has no work "{reference.collection}"'
                doubts.append(Doubt(policy.id, key, said))
            continue
        sources += 1
        said_of_it = [*doubts_of(collection, work), *_quotations(collection, work, reference)]
        doubts += [Doubt(policy.id, key, said) for said in said_of_it]
        text = collection.text(work)
        quotes += sum(bool(spans(quote, text)) for _, quote in reference.quotes)
    return Bound(sources, quotes, tuple(doubts))


def doubts_of(collection: Collection, work: Work) -> Iterator[str]:
    """Why a work is to be looked at again; nothing where it stands."""
    if work.status == "current":
        return
    because = collection.because(work)
    told = f" ({because})" if because else ""
    if work.status == "superseded":
        newer = collection.follows(work)
        by = f' by {newer.id} "{newer.title}"' if newer else ""
        yield f"superseded{by}{told}"
    elif work.status == "concern":
        yield f"there is an expression of concern{told}"
    else:
        yield f"retracted{told}"


def _quotations(collection: Collection, work: Work, reference: Reference) -> Iterator[str]:
    text = collection.text(work)
    newer = collection.follows(work)
    for locator, quote in reference.quotes:
        if not spans(quote, text):
            yield f"{locator}: the words quoted do not stand in the work{_instead(quote, text)}"
        elif newer and not spans(quote, after := collection.text(newer)):
            yield f"{locator}: the words quoted are not in the newer one{_instead(quote, after)}"


def _instead(quote: str, text: str) -> str:
    """What stands there now, where something like it does."""
    found = fuzz.partial_ratio_alignment(quote, text, score_cutoff=75)
    if found is None:
        return ""
    start, end = found.dest_start, found.dest_end
    while start > 0 and not text[start - 1].isspace():
        start -= 1
    while end < len(text) and not text[end].isspace():
        end += 1
    return f'; there stands: "{" ".join(text[start:end].split())}"'
