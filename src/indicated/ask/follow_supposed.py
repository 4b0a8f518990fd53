"""What a question supposes: its words made ready to be read, and what of them was not read."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from indicated.ask.follow_refs import Scene, Span, alike, items_named, left_over
from indicated.ask.follow_words import bag, pattern, words_of
from indicated.ask.mentions import everything
from indicated.model import Assertion, Document, Fact, FollowUp, FollowUpKind, Quantity

SHORTEST_TITLE_WORD = 4  # letters: "note", "form"
_WORD = re.compile(r"[^\W\d_][\w'’]*")
_SAID = frozenset({Assertion.PRESENT, Assertion.ABSENT, Assertion.POSSIBLE, Assertion.HISTORICAL})


def document_named(text: str, scene: Scene) -> str:
    """The id of the one document that these words can mean; "" where none or several."""
    said = pattern("what_if", "taken_out").sub(" ", pattern("what_if", "without").sub(" ", text))
    kinds = bag("own", "documents")
    wanted = [w for w in left_over(said, (), "measure") if w not in kinds]
    given = {w for w in words_of(said) if len(w) >= SHORTEST_TITLE_WORD}
    hits: dict[str, int] = {}
    for document in scene.standing.case.chart.documents:
        title = _title_words(document)
        if all(any(alike(w, t) for t in title) for w in wanted):
            hits[document.id] = sum(any(alike(w, t) for t in title) for w in given)
    most = max(hits.values(), default=0)
    best = [id for id, n in hits.items() if n == most]
    return best[0] if most and len(best) == 1 else ""


def _title_words(document: Document) -> list[str]:
    return words_of(f"{document.title} {document.kind} {document.id}".replace("-", " "))


def as_written(text: str, scene: Scene) -> str:
    """The text with the case's abbreviations in the letters in which they are read ("ahi")."""
    names = [
        name
        for id in scene.vocabulary
        for above in (id, *scene.concepts.above(id))
        if above in scene.concepts
        for name in scene.concepts[above].abbreviations
    ]
    exact, written = {n.casefold(): n for n in names}, frozenset(names)

    def word(match: re.Match[str]) -> str:
        return match[0] if match[0] in written else exact.get(match[0].casefold(), match[0])

    return re.sub(r"[\w-]+", word, text)


def completed(text: str, scene: Scene) -> str:
    """The text with a name cut short written out, where the record holds one such thing: "no
    rejection" of a record with an acute rejection. Only where nothing else is said of it: "the
    genotype is MZ" does not speak of the severe genotype on record."""
    used = [(m.start, m.end) for m in everything(text, scene.concepts)]
    passed = bag("filler") | bag("own", "measure")
    for match in _WORD.finditer(text):
        word = match[0].casefold()
        if word in passed or any(a <= match.start() < b for a, b in used):
            continue
        if (name := _name_ending(word, scene)) and _alone(match, text, used):
            return f"{text[: match.start()]}{name}{text[match.end() :]}"
    return text


def _alone(match: re.Match[str], text: str, used: list[Span]) -> bool:
    """Whether a word is denied, or all that its part of the supposition names."""
    before = words_of(text[: match.start()])
    if before and before[-1] in bag("own", "denials"):
        return True
    start, end = next((a, b) for a, b in parts(text) if a <= match.start() < b)
    if any(start <= a < end for a, _ in used) or re.search(r"\d", text[start:end]):
        return False
    return not left_over(text[start:end], [(match.start() - start, match.end() - start)], "told")


def _name_ending(word: str, scene: Scene) -> str:
    """The name, ending in this word, of the one thing (or the broadest of its kinds) that the
    record says to be so; "" where it could be one of several."""
    names = {
        f.concept: name
        for f in scene.standing.facts.items
        if f.assertion is Assertion.PRESENT and f.concept in scene.concepts
        for name in scene.concepts[f.concept].names[::-1]
        if name.casefold().split()[-1:] == [word] and " " in name and not _denies(name)
    }
    broad = [id for id in names if all(scene.concepts.is_a(other, id) for other in names)]
    return names[broad[0]] if len(broad) == 1 else ""


def _denies(name: str) -> bool:
    """Whether a name begins by denying: "benefit" is not short for "no lasting benefit"."""
    return name.casefold().split()[0] in bag("own", "denials")


def unread(text: str, assumed: Iterable[Fact], scene: Scene) -> list[str]:
    """The words of a supposition that no fact was read from, and that are no filler."""
    spans = [
        *spans_read(assumed),
        *(m.span() for m in pattern("what_if", "baseline").finditer(text)),
    ]
    _, used = items_named(text, scene)
    return left_over(text, [*spans, *used], "measure", "told")


def spans_read(assumed: Iterable[Fact]) -> Iterator[Span]:
    """Where in the supposition the facts were read."""
    for fact in assumed:
        for s in fact.sources:
            if s.start is not None and s.end is not None:
                yield s.start, s.end


def parts(text: str) -> list[Span]:
    """Where each of several suppositions stands: "A and B", "A, B", "A; B"."""
    cuts = [m.span() for m in re.finditer(r"\s(?:and|but)\s|[;,]\s", text)]
    starts, ends = [0, *(b for _, b in cuts)], [*(a for a, _ in cuts), len(text)]
    return list(zip(starts, ends, strict=True))


def clear(assumed: Iterable[Fact]) -> bool:
    """Whether what was read says one thing: nothing vague, and no value given twice."""
    facts = list(assumed)
    values = [(f.concept, f.when, f.during) for f in facts if isinstance(f.value, Quantity)]
    return all(f.assertion in _SAID for f in facts) and len(set(values)) == len(values)


# --- suppositions as they are asked ---------------------------------------------------------------


def what_if(text: str, scene: Scene, last: FollowUp | None) -> FollowUp | None:
    """A supposition that is said to be one."""
    said = _supposition(text)
    if not said:
        return None
    return _supposed(said, text, scene, last)


def statement(text: str, scene: Scene, last: FollowUp | None) -> FollowUp | None:
    """A plain statement about the patient: a supposition too, since it is no record."""
    said = pattern("what_if", "tail").sub("", text)
    asks = pattern("what_if", "asked_not_told").match(said) or pattern("again").match(said)
    if "?" in said or asks or not said.strip(" .!"):
        return None
    return _supposed(said, text, scene, last)


def supposed(text: str, scene: Scene, last: FollowUp | None) -> FollowUp | None:
    """What a text supposes that says so in no known way: what it tells, without what it asks."""
    own = pattern("what_if", "kin").sub(lambda m: "the patient's" if m[1] else "the patient", text)
    sentences = re.split(r"(?<=[.?!;])\s+", own)
    told = [_supposition(s) or s for s in sentences if not _asks(s) or _supposition(s)]
    said = pattern("what_if", "tail").sub("", " ".join(told) or own)
    return _supposed(said, text, scene, last, complete=False)


def _asks(sentence: str) -> bool:
    asked = pattern("what_if", "asked_not_told").match(sentence)
    return sentence.endswith("?") or asked is not None


def supposes(text: str) -> bool:
    """Whether a question begins by supposing something."""
    return pattern("what_if", "opening").match(text) is not None


def _supposition(text: str) -> str:
    """What is supposed, in its own words; "" where nothing is."""
    opening = pattern("what_if", "opening").match(text)
    within = pattern("what_if", "within").search(text)
    subject = pattern("what_if", "subject").match(text)
    if opening:
        said = text[opening.end() :]
    elif within:
        said = text[within.end() :]
    elif subject:
        return subject["thing"]
    elif pattern("what_if", "without").search(text) and not re.search(r"\bmissing\b", text):
        said = text
    else:
        return ""
    said = pattern("what_if", "replaced").sub("", _told(said))
    return pattern("what_if", "tail").sub("", said).strip(" ?.,;:")


def _told(said: str) -> str:
    """A supposition without the questions that end it: "A. Does it pass?", "A, is that enough?".

    >>> _told("BMI is 42, are we there?"), _told("FEV1 of 30%. Where does that leave him?")
    ('BMI is 42', 'FEV1 of 30%.')
    """
    for cut in re.finditer(r"[,;.?!–-]\s+", said):
        rest = said[cut.end() :]
        if pattern("what_if", "asks_on").match(rest):
            return said[: cut.start() + (cut[0][0] in ".?!")]
    return said


def _supposed(
    said: str, text: str, scene: Scene, last: FollowUp | None, *, complete: bool = True
) -> FollowUp | None:
    if pattern("kinds", "dose").search(said):
        return None  # another dose than the one asked for is another request
    if pattern("what_if", "without").search(said) and (id := document_named(said, scene)):
        return FollowUp(FollowUpKind.WHAT_IF, "", without=(id,))
    if pattern("what_if", "taken_out").search(said):
        return None  # a document that is not known: that its name stands here is no supposition
    said = pattern("what_if", "linking").sub("is", as_written(said.strip(" ?.,;:"), scene))
    if last and last.kind is FollowUpKind.WHAT_IF and pattern("what_if", "adds").search(text):
        return joined(said, last, scene)
    if last and (value := _other_value(said, text, last, scene)):
        said = value
    said = completed(said, scene) if complete else said
    return FollowUp(FollowUpKind.WHAT_IF, "", text=said) if said else None


def joined(said: str, last: FollowUp, scene: Scene) -> FollowUp:
    """What was supposed before, and this as well."""
    more = pattern("what_if", "adds").sub("", pattern("elliptic").sub("", said))
    more = completed(as_written(more.strip(" ?.,;:"), scene), scene)
    return FollowUp(FollowUpKind.WHAT_IF, "", text=f"{last.text}; {more}", without=last.without)


def _other_value(said: str, text: str, last: FollowUp, scene: Scene) -> str:
    """ "What if it were 80 kg instead?": another value of the one that was supposed before."""
    values = [f for f in last.assumed if isinstance(f.value, Quantity)]
    number = re.search(r"\d+(?:\.\d+)?.*", said)
    if len(values) != 1 or number is None or not pattern("what_if", "replaces").search(text):
        return ""
    if left_over(said, (), "measure"):
        return ""
    return f"{scene.concepts.label(values[0].concept)} {number[0]}".strip()


def another_value(said: str, last: FollowUp, scene: Scene) -> str:
    """ "Or 91%?": another value of the one that was supposed before; "" where it says more."""
    values = [f for f in last.assumed if isinstance(f.value, Quantity)]
    bare = re.fullmatch(
        r"\W*(?:with|at|of|if|only|just|it|is|was|were|\s)*(\d+(?:\.\d+)?\s?%?)\W*", said
    )
    if len(values) != 1 or bare is None:
        return ""
    return f"{scene.concepts.label(values[0].concept)} {bare[1]}".strip()
