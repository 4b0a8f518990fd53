"""What in a text points at a person, for pages that go out: wider than `privacy`, and meant to be.

Numbers, days, addresses and names with a cue before them are found by pattern. Other capitalised
words are withheld unless they are known to be words (`word_lists`): a page that shows too few words
can be read, one that shows a name cannot be called back.
"""

from __future__ import annotations

import re
from functools import cache

from indicated.report.named import Found, Named
from indicated.report.word_lists import Words, cue_words

# English, and Spanish, in which an article may be written.
_MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary|rero)?|mar(?:ch|zo)?|apr(?:il)?|mayo?|june?|junio|july?|julio"
    r"|aug(?:ust)?|sept?(?:ember|iembre)?|oct(?:ober|ubre)?|nov(?:ember|iembre)?|dec(?:ember)?"
    r"|ene(?:ro)?|abr(?:il)?|ago(?:sto)?|dic(?:iembre)?)"
)
_WEEKDAY = r"(?:(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?\.?,? )?"
_YEAR = r"(?:19|20)\d{2}"
_ISO = rf"{_YEAR}-\d{{2}}-\d{{2}}"
_D, _M = r"(?:3[01]|[12]\d|0?[1-9])", r"(?:1[0-2]|0?[1-9])"
_NTH = r"(?:st|nd|rd|th)?"
# Each is a day or a month; a year alone may be shared.
DATES = (
    rf"\b{_ISO}(?=\b|T)",
    rf"(?<![\w/.-]){_WEEKDAY}{_M}([/.-]){_D}\1(?:{_YEAR}|\d{{2}})(?![\w/])",
    rf"(?<![\w/.-]){_WEEKDAY}{_D}([/.-]){_M}\1{_YEAR}(?![\w/])",
    rf"(?<![\w/.-]){_YEAR}/{_M}/{_D}(?![\w/])",
    rf"(?<![\w.]){_WEEKDAY}{_D}{_NTH}[ -](?:of |de )?{_MONTH}\.?,?[ -]"
    rf"(?:de )?(?:{_YEAR}|\d{{2}})\b",
    rf"\b{_WEEKDAY}{_MONTH}\.? {_D}{_NTH},? {_YEAR}\b",
    rf"\b{_MONTH}\.?,? (?:de )?{_YEAR}\b",
    rf"(?<![\w/.-]){_M}/{_YEAR}(?![\w/])",
    rf"\b{_WEEKDAY}{_MONTH}\.? {_D}{_NTH}(?![\w%/]|[.,]\d| ?(?:mg|mcg|g|mL|kg)\b)",
    rf"(?<![\w.]){_WEEKDAY}{_D}{_NTH} (?:of |de )?"
    rf"(?!may (?:be|have|increase|repeat)){_MONTH}\b(?! \w+ing\b)",
    # A day without a year: only where a word says that it is one, or a list of results begins.
    rf"(?<=\bon ){_M}/{_D}(?![\w/%])",
    rf"(?:(?<=\bsince )|(?<=\buntil )|(?<=\bfrom )|(?<=\bdated )|(?<=\bof )|(?<=\bresults )"
    rf"|(?<=\bby )|(?<=\bafter )|(?<=\bbefore )){_M}/{_D}(?![\w/%])",
    rf"(?:^|(?<=[,;] )){_M}/{_D}(?=:| [A-Z])",
)
_RANGE = r"(?!\d{1,4}-\d{1,4}(?![\w-]))"
_ID = _RANGE + r"(?=[\w().-]*\d[\w().-]*\d[\w().-]*\d)[A-Za-z0-9*(][\w().*-]*[\w*]"
_OLD = r"(?:9\d|1[0-2]\d)"


def _any(cues: str) -> str:
    """One of a list of cue words."""
    return "|".join(re.escape(w) for w in sorted(cue_words()[cues], key=len, reverse=True))


@cache
def _structured() -> tuple[tuple[str, re.Pattern[str]], ...]:
    """Patterns in which the form or a word before it tells; the group `it`, or all, is withheld."""
    state = (
        r"(?:A[LKZR]|C[AOT]|D[CE]|FL|GA|HI|I[DLNA]|K[SY]|LA|M[EDAINSOT]|N[EVHJMYCD]|O[HKR]|PA|RI"
        r"|S[CD]|T[NX]|UT|V[TA]|W[AVIY])"
    )
    cap = r"[A-Z][\w'’.-]*"
    table = (
        ("contact", r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+"),
        ("contact", r"(?i)\b(?:https?://|www\.)\S*[\w/]"),
        ("contact", r"(?<![\w.])(?:\d{1,3}\.){3}\d{1,3}(?![\w]|\.\d)"),
        ("contact", r"(?<!\w)@\w{3,}"),
        (
            "contact",
            r"(?<![\w./-])(?:\+?1[-. ])?(?:\(\d{3}\) ?|\d{3}[-. ])\d{3}[-. ]\d{4}(?![\w/-])",
        ),
        (
            "contact",
            r"(?<![\w./-])(?<!reference )(?<!range )(?<!ref )(?<!normal )\d{3}-\d{4}(?![\w/-])"
            r"(?!\s*(?:mg|g|mL|kcal|IU|U|cells)\b)",
        ),
        (
            "contact",
            r"(?i)\b(?:pager|beeper|ext|extension|phone|ph|tel|fax|cell|mobile)\b\.?\s*(?:no\.?|number|#)?"
            r"\s*[:#]?\s*(?P<it>\+?\d[\d ().-]{2,}\d)",
        ),
        ("number", r"(?<![\w-])(?:\d{3}|[xX*]{3})-(?:\d{2}|[xX*]{2})-\d{4}(?![\w-])"),
        ("number", r"(?<![\w-])\d[A-Z][A-Z0-9]\d-[A-Z][A-Z0-9]\d-[A-Z]{2}\d{2}(?!\w)"),
        ("number", r"\(01\)\d+"),
        (
            "number",
            rf"(?i)\b(?:{_any('numbered')})(?!\w)(?:['’]s)?\.?(?:\s+(?:id|no|number|num|ref|plate|serial))*"
            rf"\.?\s*(?:#|:|is\b)?\s*(?P<it>{_ID})(?![\w/%])(?!\s*(?:mg|mL|kg|g)\b)",
        ),
        (
            "number",
            r"(?i)\b(?:id|no\.|number|#)\s*[:#]?\s*(?P<it>[A-Za-z]{0,4}-?\d[\w-]{4,})(?![\w/])",
        ),
        ("number", r"(?<![\w./,-])\d{7,}(?![\w/%])"),
        ("number", r"(?<=- )\d[\d-]{4,}\s*$"),
        ("name", r"(?i)\b(?:by|user|login)\s*:?\s+(?P<it>[^\W\d_]{2,}[._][^\W\d_]{2,})(?!\w)"),
        ("name", rf"(?P<it>{cap}(?: {cap}){{0,2}}) \((?:she|he|they)\b"),
        ("name", r"/ (?P<it>[A-Z][a-z'’-]+)\s*$"),
        ("number", r"(?<![\w./-])(?=[A-Z\d-]{8,})[A-Z]{1,4}-?\d{5,}[A-Z\d-]*(?!\w)"),
        ("number", r"(?<![\w./-])(?=\w{17}\b)(?=\w*\d)[A-HJ-NPR-Z0-9]{17}"),
        (
            "age",
            rf"(?i)(?<![\w./-]){_OLD}[ -]?(?:years?|yrs?|y)(?:[ -/]?(?:olds?|o)\b|(?=\W))",
        ),
        ("age", rf"(?i)(?<![\w./-]){_OLD}[ -]?(?:yo|y/o|y\.o\.|yof|yom)\b"),
        ("age", rf"(?i)\b(?:age[sd]?|age of|at age|years)\s*:?\s*(?P<it>{_OLD})(?![\w/%]|\.\d)"),
        (
            "place",
            rf"(?i:\bP\.? ?O\.? Box \d+|\b\d+[A-Z]? (?:[NSEW]\.? )?(?-i:(?:{cap} ){{1,3}})"
            rf"(?:{_any('streets')})\b\.?)"
            rf"(?:,? (?i:apt|unit|suite|ste|#)\.? ?\w+)?(?:,? {cap}(?: {cap})?)?(?=,|$|\.|\s)",
        ),
        ("place", rf"\b{state},? (?P<it>\d{{5}}(?:-\d{{4}})?)(?!\w)"),
        ("place", r"(?i)\bzip(?: code)?\s*:?\s*(?P<it>\d{5}(?:-\d{4})?)"),
        ("place", rf"\b(?P<it>{cap}(?: {cap}){{0,2}}), {state}\b(?=[\s.,;)]|$)"),
        ("place", rf"\b(?P<it>{cap}(?: {cap})?,)?\s?(?:{cap} ){{1,2}}(?:County|Parish|Township)\b"),
        ("place", rf"\b(?P<it>{cap}(?: {cap})?), (?i:{_any('states')})\b"),
        (
            "place",
            rf"(?i:\b(?:{_any('lives')})\b(?:\s+[\w']+){{0,2}}?"
            r"\s+(?:in|from|to|near|at|up in|outside|of)\s+)"
            rf"(?P<it>{cap}(?: {cap}){{0,2}}(?:, {cap}(?: County)?)?)(?: (?:by|to) )?",
        ),
        ("place", rf"(?i:\bfrom )(?P<it>{cap}),? (?i:to) (?P<and>{cap})"),
        ("place", rf"(?i:\b(?:next to|near|travell?ed to|outside) )(?P<it>{cap}(?: {cap})?)"),
    )  # fmt: skip
    return tuple((kind, re.compile(pattern)) for kind, pattern in table)


_DATES = tuple(re.compile(p, re.I) for p in DATES)


def find(text: str, words: Words) -> list[Found]:
    """Every identifying detail of a text, without overlaps, in order."""
    named = Named(text, words)
    return merged([*structured(text, words), *named.facilities(), *named.names()])


def structured(text: str, words: Words) -> list[Found]:
    """The details that their form or the words before them give away, without overlaps."""
    found = [Found(*m.span(), "date") for p in _DATES for m in p.finditer(text)]
    for kind, pattern in _structured():
        groups = [pattern.groupindex[g] for g in ("it", "and") if g in pattern.groupindex] or [0]
        for match in pattern.finditer(text):
            found += [Found(*match.span(g), kind) for g in groups if match[g]]
    return merged([f for f in found if not _a_state(text[f.start : f.end], f.kind, words)])


def merged(found: list[Found]) -> list[Found]:
    """Without overlaps: what runs into another is one with it, of the kind of the longer."""
    result: list[Found] = []
    for one in sorted(found):
        if result and one.start < result[-1].end:
            last = result[-1]
            longer = max(last, one, key=lambda f: f.end - f.start)
            result[-1] = Found(last.start, max(last.end, one.end), longer.kind)
        else:
            result.append(one)
    return result


def _a_state(said: str, kind: str, words: Words) -> bool:
    """A state may be named: nothing smaller may."""
    if kind != "place" or any(c.isdigit() for c in said):
        return False
    parts = [p.casefold().strip(".,") for p in said.split()]
    return all(p in words.cues["states"] for p in parts)
