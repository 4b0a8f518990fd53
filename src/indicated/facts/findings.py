"""Everything that is neither a number nor a treatment: illnesses, symptoms, events, organisms,
states, tests; and codes, which are labels and not evidence."""

from __future__ import annotations

import re
from dataclasses import replace

from indicated.facts.context import Reading
from indicated.facts.cues import alternatives, load
from indicated.facts.levels import is_scale
from indicated.facts.marks import count_of, grade_of, shown_by, site_of
from indicated.facts.meaning import THERAPIES, Meaning, meaning
from indicated.facts.mentions import Lexicon
from indicated.facts.parts import Mention, Span, Spanned
from indicated.facts.spans import source, written_out
from indicated.facts.values import VALUES
from indicated.facts.when import Time, times_of
from indicated.model import UNDATED, Assertion, Concept, Concepts, Fact, Mark, Quantity, When

_CODE = re.compile(
    r"(?<![\w.])(?:[A-Z]\d[0-9A-Z](?:\.[0-9A-Z]{1,4})?|[A-Z]\d{4}|\d{4}[A-Z0-9]|\d{5}-\d|\d{4}-\d)(?![\w]|\.\d)"
)
_OF = re.compile(r"\s(?:of|for)\s(?:developing |having |a |an |another |future )?")
_OF_OR_IN = re.compile(r"\s(?:of|in|for|to|with|from)\s(?:(?:the|her|his|any|a|an|further)\s)*")
_NEGATED_NAME = re.compile(r"(?:no|not|without|lack of|absence of)\s")
_DEMOGRAPHIC = frozenset({"age", "sex"})


def findings(frame: Reading, concepts: Concepts) -> list[Fact]:
    """Every such statement of a sentence."""
    return [
        fact
        for mention in frame.mentions
        for id in _finding_ids(frame, mention, concepts)
        if id not in _DEMOGRAPHIC
        for fact in _facts(frame, mention, id, concepts)
    ]


def _facts(frame: Reading, mention: Mention, id: str, concepts: Concepts) -> list[Fact]:
    facts = []
    kind = concepts[id].kind
    meant = meaning(frame, mention, kind)
    if meant is None or (meant.assertion is Assertion.PLANNED and kind == "disease"):
        return []
    if _of_what_is_missing(frame, mention):
        return []
    if meant.assertion is Assertion.PRESENT and _only_measured(frame, mention, concepts):
        meant = replace(meant, assertion=Assertion.HYPOTHETICAL)
    for time in times_of(frame, mention, meant, kind):
        fact = _fact(frame, mention, id, meant, time, concepts)
        if not _empty(fact, concepts[id]):
            facts.append(fact)
        if "likewise" in meant.effects and fact.assertion is Assertion.PRESENT:
            facts.append(_of_kin(fact))  # "like her mother she has ..."
    return facts


def _of_kin(fact: Fact) -> Fact:
    return replace(fact, assertion=Assertion.FAMILY, when=UNDATED, value=None,
                   marks=fact.marks - {Mark.DATE_ASSUMED})  # fmt: skip


def _only_measured(frame: Reading, mention: Mention, concepts: Concepts) -> bool:
    """Whether a measurement is of it: "lifetime risk of breast cancer 23 %" does not say it."""
    before = [m for m in frame.mentions if m.end <= mention.start]
    if not before or not _OF.fullmatch(frame.text, before[-1].end, mention.start):
        return False
    return any(concepts[c].kind in VALUES for c in before[-1].concepts)


def _of_what_is_missing(frame: Reading, mention: Mention) -> bool:
    """ "No progression of emphysema": where "no progression" is itself a name, its "no" denies
    nothing behind it, and says nothing of it either."""
    return any(
        m.end < mention.start
        and _NEGATED_NAME.match(frame.text, m.start, m.end)
        and _OF_OR_IN.fullmatch(frame.text, m.end, mention.start)
        for m in frame.mentions
    )


def _empty(fact: Fact, concept: Concept) -> bool:
    """Whether only the name of a scale stands there: "GMFCS" without a level says nothing."""
    said = fact.assertion in (Assertion.NOT_DOCUMENTED, Assertion.PLANNED)
    return concept.kind == "state" and is_scale(concept.levels) and not fact.value and not said


def _finding_ids(frame: Reading, mention: Mention, concepts: Concepts) -> list[str]:
    """What a name means: one thing; the broadest where several are kin; each of them where a
    wording is written out; nothing where an abbreviation may mean either."""
    ids = [c for c in mention.concepts if concepts[c].kind not in THERAPIES | VALUES]
    if len(ids) == 1:
        return ids if len(mention.concepts) == 1 or _without_numbers(mention, concepts) else []
    broad = [i for i in ids if all(concepts.is_a(other, i) for other in ids)]
    if broad:
        return broad[:1]
    return (
        ids
        if written_out(frame.page.document.text, mention) and _without_numbers(mention, concepts)
        else []
    )


def _without_numbers(mention: Mention, concepts: Concepts) -> bool:
    return not any(concepts[c].kind in THERAPIES for c in mention.concepts)


def _fact(
    frame: Reading, mention: Mention, id: str, meant: Meaning, time: Time, concepts: Concepts
) -> Fact:
    concept, page = concepts[id], frame.page
    words: list[Spanned] = [mention]
    value: Quantity | str | None = None
    marks: set[Mark] = set()
    if meant.assertion in (Assertion.PRESENT, Assertion.HISTORICAL):
        grade, where = grade_of(frame, mention, concept)
        value, words = grade or None, [*words, *where]
        if concept.kind == "event" and not grade:
            value, counted = count_of(frame, mention)
            words += counted
            if value is not None:
                time = _counted(time, value)
        if concept.kind == "test" and value is None:
            value, where = _result(frame, mention)
            words += where
            if value is None and "absent" in meant.effects:
                value, words = "negative", [*words, meant.effects["absent"]]
    if "undated" in meant.effects and not time.words:
        time = Time(UNDATED)
    if concept.kind == "organism" and "colonised" in meant.effects:
        marks.add(Mark.COLONISATION)
        words.append(meant.effects["colonised"])
    shown, means = shown_by(frame, mention)
    site, where = site_of(frame, mention)
    words += [*time.words, *where, *_cues(meant)]
    if meant.assertion is not Assertion.ABSENT or shown:
        words += [w for w in means if abs(w.start - mention.start) < 120]
    if time.assumed:
        marks.add(Mark.DATE_ASSUMED)
    return Fact(
        concept=id, assertion=meant.assertion, value=value, when=time.when,
        asserter=meant.asserter, site=site, shown_by=shown, marks=frozenset(marks),
        sources=(source(page.document, words),),
    )  # fmt: skip


def _counted(time: Time, value: Quantity | str) -> Time:
    """Several episodes did not all happen on the day of the note."""
    if isinstance(value, Quantity) and value.low != 1 and not time.words:
        return Time(UNDATED)
    return time


def _result(frame: Reading, mention: Mention) -> tuple[str | None, list[Spanned]]:
    """The result that stands behind (or before) a test."""
    high = min(frame.sentence.end, mention.end + 60)
    stop = re.compile(r"[;,.]").search(frame.text, mention.end, high)
    high = stop.start() if stop else high
    following = [m.start for m in frame.mentions if m.start >= mention.end]
    high = min([high, *following])
    for word in load("words")["results"]:
        pattern = alternatives("words", "results", word)
        for match in pattern.finditer(frame.text, mention.end, high):
            if not re.search(
                r"\bnot $|\bnon $", frame.text[max(mention.end, match.start() - 4) : match.start()]
            ):
                return word, [Span(*match.span())]
        before = frame.text[max(frame.sentence.start, mention.start - 12) : mention.start].strip()
        found = pattern.search(before)
        if found and found.end() == len(before):
            return word, [Span(mention.start - 1 - len(found[0]), mention.start)]
    return None, []


def _cues(meant: Meaning) -> list[Spanned]:
    by = {
        Assertion.ABSENT: ("never", "absent", "undone", "unfound"),
        Assertion.NOT_DOCUMENTED: (
            "not_documented",
            "not_on_file",
            "undone",
            "unfound",
            "absent",
            "never",
        ),
        Assertion.PLANNED: ("planned",),
        Assertion.POSSIBLE: ("possible",),
        Assertion.HYPOTHETICAL: ("hypothetical",),
        Assertion.FAMILY: ("family",),
        Assertion.HISTORICAL: ("resolved", "past"),
    }.get(meant.assertion, ("past",))
    return [meant.effects[e] for e in (*by, "says") if e in meant.effects]


def codes(frame: Reading, lex: Lexicon, concepts: Concepts) -> list[Fact]:
    """Codes of concepts: facts marked as labels. Words beside them make facts of their own."""
    text, facts = frame.page.document.text, []
    for match in _CODE.finditer(text, frame.sentence.start, frame.sentence.end):
        for id in lex.by_code.get(match[0], ()):
            here = Mention(match.start(), match.end(), (id,))
            meant = meaning(frame, here, concepts[id].kind)
            if meant is None:
                continue
            page = frame.page
            when = When.on(page.today, assumed=page.assumed)
            marks = {Mark.CODE_ONLY} | ({Mark.DATE_ASSUMED} if page.assumed else set())
            facts.append(
                Fact(id, meant.assertion, when=when, asserter=meant.asserter,
                     marks=frozenset(marks), sources=(source(page.document, [here]),))
            )  # fmt: skip
    return facts
