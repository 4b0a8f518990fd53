"""Signs instead of words: "(-) fever", "cough +", "[x] rash", "fever N", "Chest pain | | X".

A sign speaks of the names up to the next one when it stands before its name, else of the name
before it; which of the two a line does, its first and last sign show. An empty box says nothing.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence

from indicated.facts.cues import alternatives
from indicated.facts.parts import Cue, Mention, Sentence, within
from indicated.model import Concepts

_TICK = r"[xX\u2713\u2714\u2611\u2612\u2715\u2717]"
_BOX = re.compile(
    rf"(?P<ticked>[\[(]\s?{_TICK}\s?[\])]|[\u2611\u2612\u2713\u2714])|"
    r"(?P<empty>\[[\s_]{0,3}\]|\([\s_]{1,3}\)|[\u2610\u25a1])"
)
_SIGN = re.compile(
    r"(?P<minus>[(\[]\s?[-\u2010-\u2015\u2212]{1,2}\s?[)\]]|(?<!\w)[-\u2010-\u2015\u2212]ve\b|"
    r"[\u2296\u2205])|"
    r"(?P<plus>[(\[]\s?\+{1,3}\s?[)\]]|(?<!\w)\+ve\b|\u2295)|"
    # before a word: "-fever, +cough"
    r"(?P<minus2>(?<![\w)+.-])[-\u2212](?=[a-zA-Z]{2,}))|"
    r"(?P<plus2>(?<![\w)+.-])\+\s?(?!for\b|ve\b|pos)(?=[a-zA-Z]{2,}))|"
    # behind one: "fever-, cough +"
    r"(?<=[a-z])(?:(?P<minus3>[-\u2212])|(?P<plus3>\+{1,3}))(?=[\s,;.]|\Z)|"
    r"(?<=[a-z] )(?P<minus4>[-\u2212])(?=\s*(?:[,;.]|\Z))|"
    r"(?<=[a-z] )(?P<plus4>\+{1,3})(?! ?for\b)(?=[\s,;.]|\Z)"
)
# A short answer directly behind a name, at the end of its cell, column or item.
_ANSWER = re.compile(
    r"[ :=\t-]{1,4}(?:(?P<no>N|No|NO|Neg|NEG|neg|Nil|nil|0)|(?P<yes>Y|Yes|YES|Pos|POS))"
    r"(?=\s{2,}|\t|\s?[,;|)]|\s?\n|\.?\s*\Z|\.\s)"
)
_OPTION = re.compile(
    r"\s?(?:(?P<no>no|n|absent|denies|denied|neg|negative|none)|"
    r"(?P<yes>yes|y|present|pos|positive|endorses|endorsed))\b",
    re.IGNORECASE,
)
_ASKED = frozenset({"symptom", "disease", "event", "state", "organism", "test"})
_ABSENT, _SAID, _NOTHING = "absent", "confirmed", "mask"


def find_signs(
    text: str, sentences: Sequence[Sentence], mentions: Sequence[Mention], concepts: Concepts
) -> list[Cue]:
    """Every sign that speaks of something one has or has not, as a cue."""
    found: list[Cue] = []
    asked = [m for m in mentions if all(concepts[c].kind in _ASKED for c in m.concepts)]
    for sentence in sentences:
        named = within(asked, sentence.start, sentence.end)
        found += _boxes(text, sentence, within(mentions, sentence.start, sentence.end))
        if named:
            found += _signs(text, sentence, named)
            found += _answers(text, sentence, named)
            found += _questions(text, sentence, named)
    found += _columns(text, sentences, asked)
    return sorted(found, key=lambda c: c.start)


def with_signs(cues: Iterable[Cue], signs: Sequence[Cue]) -> list[Cue]:
    """Cues and signs together; a sign stands before the words that it consists of."""
    if not signs:
        return list(cues)
    starts = [s.start for s in signs]
    kept = []
    for cue in cues:
        i = bisect_left(starts, cue.end) - 1
        if i < 0 or signs[i].end <= cue.start:
            kept.append(cue)
    shown = [s for s in signs if not s.has("ignore")]
    return sorted([*kept, *shown], key=lambda c: c.start)


def _cue(start: int, end: int, effect: str, side: str) -> Cue:
    return Cue(start, end, ((effect, side),))


def _signs(text: str, sentence: Sentence, named: Sequence[Mention]) -> Iterator[Cue]:
    signs = [
        (m.start(), m.end(), _ABSENT if m.lastgroup and m.lastgroup.startswith("minus") else _SAID)
        for m in _SIGN.finditer(text, sentence.body, sentence.end)
    ]
    attached = [s for s in signs if s[1] - s[0] == 1]
    if attached and not any(_marked(text, s) for s in signs):
        signs = [s for s in signs if s not in attached]  # one dash alone is a dash
    if not signs:
        return
    before = _before_names(text, sentence, signs, named)
    for start, end, effect in signs:
        behind = any(0 <= start - m.end <= 1 for m in named)
        if before is None:
            yield _cue(start, end, effect, "signed" if behind else "sign")
        else:
            yield _cue(start, end, effect, "sign" if before else "signed")


def _marked(text: str, sign: tuple[int, int, str]) -> bool:
    """Whether a sign can be nothing but a sign; a dash before a word only behind punctuation."""
    start, end, effect = sign
    if end - start > 1 or effect == _SAID or not text[start:end].strip("-\u2212"):
        before = text[max(0, start - 2) : start].strip()
        return end - start > 1 or effect == _SAID or before[-1:] in (",", ":", ";")
    return True


def _before_names(
    text: str,
    sentence: Sentence,
    signs: Sequence[tuple[int, int, str]],
    named: Sequence[Mention],
) -> bool | None:
    """Whether the signs of a line stand before their names; None when it shows neither."""
    first, last = signs[0], signs[-1]
    low = max(sentence.body, text.rfind(":", sentence.body, first[0]) + 1)
    named_first = any(low <= m.start and 0 <= first[0] - m.end <= 1 for m in named)
    leads = not named_first and len(text[low : first[0]].split()) <= 2
    ends = not re.match(r"\s?\w", text[last[1] : min(sentence.end, last[1] + 2)])
    if leads and not ends:
        return True
    if ends and not leads:
        return False
    return None


def _answers(text: str, sentence: Sentence, named: Sequence[Mention]) -> Iterator[Cue]:
    for mention in named:
        answer = _ANSWER.match(text, mention.end, sentence.end)
        if answer and not (answer["no"] == "0" and not re.search("[:=]", answer[0])):
            group = "no" if answer["no"] else "yes"
            start, end = answer.span(group)
            yield _cue(start, end, _ABSENT if answer["no"] else _SAID, "signed")


def _questions(text: str, sentence: Sentence, named: Sequence[Mention]) -> Iterator[Cue]:
    """ "Asthma?" suspects it, "Does he have asthma?" says nothing."""
    for mark in re.finditer(r"(?<=\w)(?: ?\(\?{1,3}\)|\?)", text[sentence.start : sentence.end]):
        at = sentence.start + mark.start()
        if mark[0] != "?":
            yield _cue(at, at + len(mark[0]), "possible", "signed")
            continue
        head = text[sentence.body : sentence.body + 40].lower()
        if alternatives("words", "guessing").match(head):
            yield _cue(at, at + 1, "possible", "row")
        elif alternatives("words", "asking").match(head):
            if alternatives("words", "asked").search(head):
                yield _cue(at, at + 1, _NOTHING, "row")
        elif any(m.end == at for m in named) and not _replied(text, at + 1, sentence.end):
            yield _cue(at, at + 1, "possible", "signed")


def _replied(text: str, start: int, end: int) -> bool:
    return alternatives("words", "replies").match(text[start:end].strip().lower()) is not None


def _boxes(text: str, sentence: Sentence, named: Sequence[Mention]) -> Iterator[Cue]:
    boxes = list(_BOX.finditer(text, sentence.start, sentence.end)) if named else []
    if not boxes:
        return
    turned = _legend(text[sentence.start : boxes[0].start()])
    for box in boxes:
        option = _OPTION.match(text, box.end(), sentence.end)
        if option and not any(m.start < option.end() and box.end() < m.end for m in named):
            if box["ticked"]:
                effect = _ABSENT if option["no"] else _SAID
                yield _cue(box.start(), option.end(), effect, "option")
            else:
                yield _cue(box.start(), option.end(), "ignore", "option")
        elif box["ticked"]:
            yield _cue(box.start(), box.end(), _ABSENT if turned else _SAID, "sign")
        else:
            yield _cue(box.start(), box.end(), _NOTHING, "sign")


def _legend(before: str) -> bool:
    """Whether the words before the boxes say that a tick denies."""
    lower = before.lower()
    ticks = alternatives("words", "ticks").search(lower)
    return ticks is not None and alternatives("words", "denying").search(lower) is not None


def _columns(text: str, sentences: Sequence[Sentence], asked: Sequence[Mention]) -> Iterator[Cue]:
    """Tables with a column for yes and one for no, and a cross in one of them."""
    columns: dict[int, str] = {}
    for sentence in sentences:
        if not sentence.table:
            columns = {}
            continue
        cells = _cells(text, sentence)
        heads = {i: _head(c) for i, (_, _, c) in enumerate(cells)}
        if {"yes", "no"} <= set(heads.values()):
            columns = {i: h for i, h in heads.items() if h}
            continue
        named = within(asked, sentence.start, cells[0][1]) if columns else []
        for i, (start, end, cell) in enumerate(cells):
            if i in columns and named and re.fullmatch(rf"{_TICK}|\[{_TICK}\]|\(x\)", cell):
                effect = _ABSENT if columns[i] == "no" else _SAID
                yield _cue(start, end, effect, "row")


def _cells(text: str, sentence: Sentence) -> list[tuple[int, int, str]]:
    low = sentence.start + (text[sentence.start] == "|")
    found = []
    for piece in text[low : sentence.end].split("|"):
        found.append((low, low + len(piece), piece.strip()))
        low += len(piece) + 1
    return found


def _head(cell: str) -> str:
    for word in ("yes", "no"):
        if alternatives("words", "answers", word).fullmatch(cell.lower()):
            return word
    return ""
