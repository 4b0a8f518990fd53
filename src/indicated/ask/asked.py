"""Where in a question the treatment stands: the stretch asked for, without its circumstances.

"Is X medically necessary for a patient with Y after Z failed" asks for X alone; Y and Z are what
the asker takes for granted. The grammar is that of real questions: an auxiliary, a subject, a word
of need; or a patient who needs something; or a plain request.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from indicated.ask.cues import compiled, data, words
from indicated.ask.mentions import Mention

_SENTENCE = re.compile(
    r"(?<!\bvs\.)(?<!\bDr\.)(?<!\bMr\.)(?<!\bMs\.)(?<!\be\.g\.)(?<!\bi\.e\.)"
    r"(?<=[.?!;])\s+(?=[A-Z0-9\"'(])|\n+"
)


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of text."""

    start: int
    end: int

    def holds(self, start: int) -> bool:
        """Whether a place lies in the stretch."""
        return self.start <= start < self.end


@dataclass(frozen=True, slots=True)
class Asked:
    """A stretch that is asked for, the sentence around it, and the words that govern it.

    how: subject ("Is X needed"), object ("needs X", "Request: X"), current (the treatment that the
    patient is on), bare (no governing words; only known names count there).
    """

    span: Span
    sentence: Span
    how: str
    verb: Span
    past: bool = False


def sentences(text: str) -> tuple[Span, ...]:
    """The sentences of a text; a line break ends one.

    >>> [s.end for s in sentences("BMI is 38.4. Is it needed?")]
    [12, 26]
    """
    ends = list(_SENTENCE.finditer(text))
    starts = [0, *(m.end() for m in ends)]
    stops = [*(m.start() for m in ends), len(text)]
    return tuple(Span(a, b) for a, b in zip(starts, stops, strict=True) if text[a:b].strip())


def asked(text: str, named: tuple[Mention, ...]) -> tuple[Asked, ...]:
    """Every stretch that the text asks for, in order; empty when it asks for nothing plainly."""
    spans = sentences(text)
    questions = [found for s in spans for found in _in_sentence(text, s, named)]
    return tuple(questions or [found for s in spans for found in _statement(text, s)])


def bare(text: str) -> tuple[Asked, ...]:
    """The beginning of each sentence up to its circumstances: "IVIG for CIDP"."""
    return tuple(
        Asked(Span(s.start, until_opener(text, s.start, s.end)), s, "bare", Span(s.start, s.start))
        for s in sentences(text)
    )


def _in_sentence(text: str, sentence: Span, named: tuple[Mention, ...]) -> list[Asked]:
    lead = _lead().match(text, sentence.start, sentence.end)
    if lead:
        return [_object(text, sentence, Span(lead.start(), lead.end()))]
    found: list[Asked] = []
    first = _auxiliary().match(text, sentence.start, sentence.end)
    starts = [first] if first else []
    starts += list(_later_auxiliary().finditer(text, sentence.start + 1, sentence.end))
    for n, aux in enumerate(starts):
        stop = starts[n + 1].start() if n + 1 < len(starts) else sentence.end
        clause = _clause(text, sentence, aux, stop, named)
        found += [clause] if clause else []
    return found


def _clause(
    text: str, sentence: Span, aux: re.Match[str], stop: int, named: tuple[Mention, ...]
) -> Asked | None:
    past = bool(words("past_auxiliaries").fullmatch(aux["aux"]))
    return (
        _expletive(text, sentence, aux, stop, past)
        or _patient(text, sentence, aux, stop, named, past)
        or _subject(text, sentence, aux, stop, past)
    )


def _expletive(
    text: str, sentence: Span, aux: re.Match[str], stop: int, past: bool
) -> Asked | None:
    it = words("expletive").match(text, aux.end(), stop)
    need = words("need").search(text, it.end(), stop) if it else None
    after = _after_expletive().match(text, need.end(), sentence.end) if need else None
    return _object(text, sentence, Span(after.start(), after.end()), past) if after else None


def _patient(
    text: str,
    sentence: Span,
    aux: re.Match[str],
    stop: int,
    named: tuple[Mention, ...],
    past: bool,
) -> Asked | None:
    who = _who().match(text, aux.end(), stop)
    if (
        not who
        or words("openers").search(text, who.start(), who.end())
        or any(who.start() <= m.start < who.end() for m in named)
    ):
        return None
    switch = words("switch").search(text, who.end(), stop)
    if switch:
        verb = Span(switch.start(), switch.end())
        return Asked(Span(who.start(), switch.start()), sentence, "current", verb, past)
    agent = words("agent").search(text, who.start(), who.end())
    verb_match = words("agent_does" if agent else "object_of").search(text, who.end(), stop)
    if not verb_match:
        return None
    return _object(text, sentence, Span(verb_match.start(), verb_match.end()), past)


def _subject(text: str, sentence: Span, aux: re.Match[str], stop: int, past: bool) -> Asked | None:
    start = aux.end()
    for need in words("need").finditer(text, start, stop):
        end = min(need.start(), until_opener(text, start, need.start()))
        if not _blank(text[start : need.start()]):
            verb = Span(need.start(), need.end())
            return Asked(Span(start, end), sentence, "subject", verb, past)
    return None


def _statement(text: str, sentence: Span) -> list[Asked]:
    request = words("request").search(text, sentence.start, sentence.end)
    passive = words("passive").search(text, sentence.start, sentence.end)
    if request and not (passive and passive.start() <= request.start()):
        return [_object(text, sentence, Span(request.start(), request.end()))]
    told = _told("whether").search(text, sentence.start, sentence.end)
    told = told or _told("says").search(text, sentence.start, sentence.end)
    if told and not _blank(told["subject"]):
        end = until_opener(text, told.start("subject"), told.end("subject"))
        verb = Span(told.start("need"), told.end("need"))
        return [Asked(Span(told.start("subject"), end), sentence, "subject", verb)]
    if passive:
        end = until_opener(text, sentence.start, passive.start())
        verb = Span(passive.start(), passive.end())
        return [Asked(Span(sentence.start, end), sentence, "subject", verb)]
    return []


def _object(text: str, sentence: Span, verb: Span, past: bool = False) -> Asked:
    start = verb.end
    skip = re.compile(r"\s*(?:for|of|to)\s+(?!(?:an?|the|this)\s+patient)").match(
        text, start, sentence.end
    )
    start = skip.end() if skip else start
    return Asked(
        Span(start, until_opener(text, start, sentence.end)), sentence, "object", verb, past
    )


def until_opener(text: str, start: int, end: int) -> int:
    """Where the first circumstance begins; phrases such as "for 6 months" are none."""
    for m in words("openers").finditer(text, start, end):
        inside = text.rfind("(", start, m.start()) > text.rfind(")", start, m.start())
        if not inside and not _exempt().match(text, m.start(), end):
            return m.start()
    return end


def _blank(text: str) -> bool:
    return not words("leading").sub(" ", text).strip(" ,:")


@cache
def _auxiliary() -> re.Pattern[str]:
    inner = data("auxiliaries")
    return compiled(rf"\s*(?P<aux>{inner})\s+", "auxiliaries")


@cache
def _later_auxiliary() -> re.Pattern[str]:
    begins = r"(?:(?<=[,;:?.])\s*|\b(?:and|or|but|so|why|how|when)\s+)"
    return compiled(rf"{begins}(?P<aux>{data('auxiliaries')})\s+", "auxiliaries")


@cache
def _told(how: str) -> re.Pattern[str]:
    """ "whether X is necessary", "X is medically necessary"."""
    begins = {"whether": r"\b(?:whether|if|that)\s+", "says": r"(?:^|(?<=[.:;?])\s)\s*"}[how]
    subject = r"(?P<subject>[^.;:?]{2,200}?)"
    copula = r"(?:is|are|was|were|should\s+be|would\s+be|meets?)"
    return compiled(rf"{begins}{subject}\s+{copula}\s+(?P<need>{data('told')})(?!\w)", "told")


@cache
def _who() -> re.Pattern[str]:
    inner = rf"(?:{data('patient')}|{data('agent')})"
    article = r"(?:(?:the|an?|this|that|my|our|his|her)\s+)?(?:[\w/-]+\s+){0,4}?"
    return compiled(rf"{article}{inner}\b(?!['’])", "patient")


@cache
def _lead() -> re.Pattern[str]:
    return compiled(rf"\s*{data('lead')}\s*", "lead")


@cache
def _after_expletive() -> re.Pattern[str]:
    return compiled(rf"(?:{data('after_expletive')})(?!\w)", "after_expletive")


@cache
def _exempt() -> re.Pattern[str]:
    return compiled(rf"(?:{data('exempt')})", "exempt")
