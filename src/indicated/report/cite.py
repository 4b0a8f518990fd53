"""No sentence without support: each is held against what it rests on, and refused where it fails.

A sentence written from a message must be covered by its template and its support (`tiles`). Then
every number, unit, day, name, side and direction must stand in the support as well: these rules
also hold for a sentence that was rephrased (message id ending in "~"), whose words are its own.
Problems name section, message and rule; they never repeat text of the chart.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from indicated.errors import SupportError
from indicated.messages import MessageError, Messages, load_messages
from indicated.model import Article, Block, Case, Concepts, Section, Sentence, Source, Support
from indicated.report import tiles, tokens
from indicated.report.phrases import clean, quotable
from indicated.report.privacy import blanks, identifiers, placeholders, signature
from indicated.units import plain

REPHRASED = "~"
KINDS = frozenset(
    ["record", "literature", "calculation", "finding", "policy", "request", "program", "form"]
)
_VERBATIM = ("record.", "references.", "question.asked")
STATED = ("point", "limit", "range", "request")  # drawn in the unit in which their words state them
# Row labels, and blanks that a person must fill: fixed words that claim nothing.
_FIXED = ("label.", "letter_label.", "letter_blank.")


@dataclass(frozen=True, slots=True)
class SupportProblem:
    """One reason why one sentence cannot be published."""

    section: str
    message: str
    rule: str
    says: str

    def __str__(self) -> str:
        return (
            f"section {self.section}, message {self.message or '(none)'}: {self.says} [{self.rule}]"
        )


@dataclass(frozen=True)
class Ground:
    """What supports themselves are held against: the case, the references, the record's labels."""

    article: Article
    case: Case
    messages: Messages
    lexicon: tokens.Lexicon
    names: tokens.Lexicon  # every concept: to tell a number in a name from a value
    texts: Mapping[str, str] = field(default_factory=dict)  # document id -> its text on one line
    signed: tuple[str, ...] = ()  # persons whose answers the case holds, as they are printed
    form: tuple[str, ...] = ()  # what a person filled in on the letterhead, line by line


Check = Callable[[Sentence, Ground], Iterator[tuple[str, str]]]


def ground_of(
    article: Article,
    case: Case,
    concepts: Concepts,
    *,
    messages: Messages | None = None,
    form: tuple[str, ...] = (),
) -> Ground:
    """What the sentences of this article are held against."""
    return Ground(
        article,
        case,
        messages or load_messages(article.language, article.reader),
        tokens.Lexicon(concepts),
        tokens.Lexicon(concepts, every_kind=True),
        {d.id: clean(d.text) for d in case.chart.documents},
        tuple(dict.fromkeys(clean(signature(s.by)) for s in case.said)),
        form,
    )


def check_article(
    article: Article,
    case: Case,
    concepts: Concepts,
    *,
    messages: Messages | None = None,
    form: tuple[str, ...] = (),
) -> list[SupportProblem]:
    """Every reason why this article cannot be published; an empty list means that it can."""
    ground = ground_of(article, case, concepts, messages=messages, form=form)
    problems = []
    for where, text in (("title", article.title), ("question", article.question)):
        problems += [SupportProblem(where, "", *p) for p in _publishable(text, literature=False)]
    for section in _all_sections(article.sections):
        heads = [section.heading, *(h for b in section.blocks for h in b.header)]
        for head in heads:
            bad = _publishable(head, literature=False)
            problems += [SupportProblem(section.id, "heading", *p) for p in bad]
        for block in section.blocks:
            found = list(_drawn(block, ground.messages, article.language))
            problems += [SupportProblem(section.id, "figure", *p) for p in found]
        for sentence in _sentences(section):
            found = check_sentence(sentence, ground)
            problems += [SupportProblem(section.id, sentence.id, *p) for p in found]
    return problems


def require_support(
    article: Article,
    case: Case,
    concepts: Concepts,
    *,
    messages: Messages | None = None,
    form: tuple[str, ...] = (),
) -> None:
    """Raise `SupportError` unless every sentence of the article is supported."""
    problems = check_article(article, case, concepts, messages=messages, form=form)
    if problems:
        listed = "\n  ".join(map(str, problems[:20]))
        raise SupportError(
            f"{len(problems)} problem(s) in the article's sentences:\n  {listed}",
            why="A sentence that says more than its support is not published, and not softened.",
            do="Mend the message, the data or the passage that the problem names.",
        )


def check_sentence(sentence: Sentence, ground: Ground) -> list[tuple[str, str]]:
    """The problems of one sentence as (rule, what is wrong)."""
    if sentence.id.startswith(_FIXED):
        fixed = ground.messages.table.get(sentence.id)
        return [] if sentence.text == fixed else [("wording", "the fixed words were changed")]
    return [problem for rule in RULES for problem in rule(sentence, ground)]


def _all_sections(sections: tuple[Section, ...]) -> Iterator[Section]:
    for section in sections:
        yield section
        yield from _all_sections(section.parts)


def _sentences(section: Section) -> Iterator[Sentence]:
    for block in section.blocks:
        yield from block.sentences
        for row in block.rows:
            yield from row


def _drawn(block: Block, messages: Messages, language: str) -> Iterator[tuple[str, str]]:
    """A figure shows phrases of its own supports and fixed words; its numbers stand in them."""
    carried = tiles.segments(s for sentence in block.sentences for s in sentence.support)
    fixed = set(messages.table.values())
    for drawn in block.figure.drawn if block.figure else ():
        labels = carried.get(drawn.text)
        if labels is None and drawn.text not in fixed:
            yield "figure", "it shows words that are not those of its support"
        elif drawn.label and drawn.label not in (labels or ()):
            yield "figure", "it shows words under the citation of others"
        said = {plain(n) for a in tokens.amounts(drawn.text, language) for n in (a.low, a.high)}
        ends = (drawn.value.low, drawn.value.high) if drawn.value else ()
        if drawn.role in STATED and not {plain(n) for n in ends if n is not None} <= said:
            yield "figure", "it shows a number that does not stand in its words"


# --- supports against the ground --------------------------------------------------------------


def _supported(sentence: Sentence, _: Ground) -> Iterator[tuple[str, str]]:
    if not sentence.support:
        yield "support", "it has no support"
    for support in sentence.support:
        if support.kind not in KINDS:
            yield "support", "it has a support of an unknown kind"
        if not support.text and not support.label:
            yield "support", "it has an empty support"


def _labelled(sentence: Sentence, _: Ground) -> Iterator[tuple[str, str]]:
    """The printed citations are exactly the labels of the supports, place included."""
    printed = {(m[1], m[2] or "") for m in tiles.LABEL.finditer(sentence.text)}
    carried = {s.label for s in sentence.support if s.label}
    if {label for label, _ in printed} != carried:
        yield "citation", "the citations printed are not those of its support"
    places = {(s.label, s.source.locator if s.source else "") for s in sentence.support}
    if any(place and (label, place) not in places for label, place in printed):
        yield "citation", "a place in a source is not the one of its support"


def _grounded(sentence: Sentence, ground: Ground) -> Iterator[tuple[str, str]]:
    """Labels lead to the passages they stand for, and quotations stand at their offsets."""
    record = dict(ground.article.record)
    for support in sentence.support:
        if support.label.startswith("P"):
            if record.get(support.label) != support.source:
                yield "passage", "a citation of the record leads to another passage"
        elif support.label:
            n, listed = int(support.label), ground.article.references
            if n > len(listed) or listed[n - 1].key != support.key:
                yield "passage", "a citation of the literature leads to another source"
        if support.kind == "record" and (support.source is None or not support.label):
            yield "passage", "a support of the record has no place in the record"
        if support.kind == "form" and not set(support.text.split("\n")) <= set(ground.form):
            yield "passage", "it rests on a field that nobody filled in"
        if support.kind in ("record", "request") and support.source:
            yield from _quoted(support, support.source, ground)


def _quoted(support: Support, source: Source, ground: Ground) -> Iterator[tuple[str, str]]:
    if source.by:
        if not source.at:
            yield "quotation", "an attested answer has no time"
        if source not in ground.case.said:
            yield "quotation", "it rests on an answer that nobody gave"
        return
    if not _stands(source, ground.case):
        yield "quotation", "the quotation is not found at its offsets"
    quote, *read = support.text.split("\n")
    if quote != quotable(source.quote):
        yield "quotation", "the words of the support are not those of the quotation"
        return
    held = ground.texts.get(source.document, clean(ground.case.question))
    inside = tokens.numbers(source.quote)
    for segment in read:
        if clean(segment).removesuffix(" …") in held or segment == "":
            continue
        language = ground.article.language
        rest = tokens.split_dates(ground.names.without(segment), language)[1]
        if not {n for a in tokens.amounts(rest, language) for n in (a.low, a.high)} <= inside:
            yield "quotation", "a number read from the record does not stand in the quotation"


def _stands(source: Source, case: Case) -> bool:
    texts = {d.id: d.text for d in case.chart.documents}
    text = texts.get(source.document)
    if text is None:
        if source.document not in ("", "question"):
            return False
        text = case.question
    if source.start is None or source.end is None:
        return bool(source.path) and bool(source.quote) and source.quote in text
    return bool(source.quote) and text[source.start : source.end] == source.quote


# --- the sentence against its supports --------------------------------------------------------


def _publishable(text: str, *, literature: bool) -> Iterator[tuple[str, str]]:
    if placeholders(text) or blanks(text):
        yield "placeholder", "a placeholder was never filled in"
    for what in identifiers(text, literature=literature):
        yield "privacy", f"it holds {what}"


def _clean(sentence: Sentence, ground: Ground) -> Iterator[tuple[str, str]]:
    """Nobody is named but who signs for an answer, in exactly that person's words of themselves,
    and whom the letterhead names."""
    kinds = {s.kind for s in sentence.support}
    text = sentence.text
    lines = {line for s in sentence.support if s.kind == "form" for line in s.text.split("\n")}
    filled = lines & set(ground.form)
    for who in (*ground.signed, *filled):
        text = text.replace(who, "·")
    yield from _publishable(text, literature=kinds == {"literature"})


def _covered(sentence: Sentence, ground: Ground) -> Iterator[tuple[str, str]]:
    """Template and segments cover the sentence; where not, say what in it is not carried."""
    rephrased = sentence.id.endswith(REPHRASED)
    if rephrased and sentence.id.startswith(_VERBATIM):
        yield "wording", "quotations and references are not rephrased"
    elif not rephrased:
        try:
            pieces = ground.messages.pieces(sentence.id)
        except MessageError:
            yield "wording", "there is no such message"
            return
        if tiles.covered(sentence.text, pieces, tiles.segments(sentence.support)):
            return
        yield "wording", "it is not made of its message and its support alone"
    for words, supports in _clauses(sentence):
        yield from _compared(words, replace(sentence, support=supports), ground)


def _clauses(sentence: Sentence) -> Iterator[tuple[str, tuple[Support, ...]]]:
    """The words before each group of citations, with the supports that may carry them: the cited
    ones and those without a label. Words after the last citation may rest on any."""
    last = 0
    for group in re.finditer(r"(?:\s*\[P?\d+(?:, [^\[\]]+)?\])+", sentence.text):
        words = sentence.text[last : group.start()]
        cited = {m[1] for m in tiles.LABEL.finditer(group[0])}
        if re.search(r"\w", words):
            yield words, tuple(s for s in sentence.support if not s.label or s.label in cited)
        last = group.end()
    if re.search(r"\w", sentence.text[last:]):
        yield sentence.text[last:], sentence.support


def _compared(text: str, by: Sentence, ground: Ground) -> Iterator[tuple[str, str]]:
    """Numbers, days, names, sides, directions, decisions and negations against the supports."""
    carried = "\n".join(s.text for s in by.support)
    fixed = " ".join(ground.messages.table.get(by.id.removesuffix(REPHRASED), "").split())
    tongue = ground.article.language
    said_days, carried_days = (tokens.split_dates(t, tongue)[0] for t in (text, carried))
    strange = not all(tokens.dates_agree(d, carried_days) for d in said_days)
    if strange or not tokens.stretches(text, tongue) <= tokens.stretches(carried, tongue):
        yield "date", "a day is not in its support"
    lines = carried.split("\n")
    inside = {a for line in lines for a in tokens.amounts(ground.names.without(line), tongue)}
    if not tokens.amounts(ground.names.without(text), tongue) <= inside:
        yield "number", "a number, unit, range or comparison is not in its support"
    counted = {n for n in tokens.spelt(text, tongue) if n > 1}  # "one" and "a" count nothing
    if not counted <= tokens.numbers(f"{carried}\n{fixed}", tongue):
        yield "number", "a number in words is not in its support"
    mentions = [ids for line in lines for _, _, ids in ground.lexicon.find(line)]
    if not all(ground.lexicon.carried(ids, mentions) for _, _, ids in ground.lexicon.find(text)):
        yield "name", "a treatment, device or organism is not in its support"
    everything = f"{carried}\n{fixed}"
    for rule, read, says in (
        ("side", tokens.sides, "a side is not in its support"),
        ("direction", tokens.directions, "a word of more or less is not in its support"),
        ("finding", tokens.decisions, "a finding or outcome is not the one of its support"),
    ):
        if not read(text, tongue) <= read(everything, tongue):
            yield rule, says
    said, held, *each = (tokens.negations(t, tongue) for t in (text, everything, *lines) if t)
    if said > held or (held and not said and all(each)):
        yield "negation", "it negates what its support says, or the other way round"
    for quotation in re.findall(r"“([^”]*)”", text):
        if not any(quotation.strip(". …") in line for line in lines):
            yield "quotation", "the words quoted are not those of its support"


RULES: tuple[Check, ...] = (_supported, _labelled, _grounded, _clean, _covered)


def rephrased(sentence: Sentence, text: str) -> Sentence:
    """The sentence in other words with the same support; held to the rules for such sentences."""
    return replace(sentence, text=text, id=sentence.id.removesuffix(REPHRASED) + REPHRASED)
