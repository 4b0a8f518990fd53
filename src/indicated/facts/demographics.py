"""Age and sex of the patient.

Only what is said of the patient: the age of a relative, a bone age or the age at an earlier event
is not read. A word such as "adolescent" bounds the age by what it means.
"""

from __future__ import annotations

import re
from decimal import Decimal
from functools import cache

from indicated.facts.cues import alternatives, load
from indicated.facts.dates import find_dates
from indicated.facts.parts import Page, Sentence, Span, within
from indicated.facts.spans import source
from indicated.model import Asserter, Concepts, Fact, Mark, Quantity, When

_Y = r"(?:years?|yrs?|y)"
_AGES = tuple(
    re.compile(p)
    for p in (
        rf"(?<![\w.])(?:(?P<years>\d{{1,2}})[\s-]?{_Y}[\s,-]{{1,2}}(?:and\s)?)?"
        rf"(?P<n>\d{{1,3}})[\s-]?(?P<u>{_Y}|months?|mos?|weeks?|wks?|days?)"
        r"[\s-]?(?:/?o(?:ld)?|of age)(?!\w)",
        r"(?<![\w.])(?P<n>\d{1,3})\s?(?P<u>y|yr)[./]?\s?o(?!\w)",
        r"(?<!bone )\bage:?\s+(?:is\s+|of\s+)?(?:about\s+|approximately\s+|approx\.?\s+)?"
        rf"(?P<n>\d{{1,3}})(?!\d|[./-]\d)\s?(?P<u>{_Y}(?!\w)|months?)?",
        r"\baged\s+(?P<n>\d{1,3})(?!\d|[./-]\d)(?P<u>)",
        r"\b(?:woman|man|lady|gentleman|girl|boy|male|female|patient)\s+(?:of|aged)\s+(?P<n>\d{1,3})(?!\d|[./-]\d)(?P<u>)",
        r"(?<!\w)(?:[mf]|male|female|woman|man)\s?,\s?(?:about\s)?(?P<n>\d{1,3})(?:\s?-\s?(?P<n2>\d{1,3}))?(?=\s?(?:[,.;:)]|$))(?P<u>)",
        rf"(?<!\w)(?:[mf]|male|female|woman|man)\s?,?\s?(?:about\s)?(?P<n>\d{{1,3}})\s?-?(?P<u>{_Y})(?!\w)",
        rf"(?<![\w.-])(?P<n>\d{{1,3}})[\s-]?(?P<u>{_Y})[\s-]?(?:old\s)?(?:[mf]|male|female|man|woman|boy|girl)(?!\w)",
        r"(?<![\w.-])(?P<n>\d{1,3})(?P<u>)\s?(?:[mf])(?=[\s,.;:]|$)",
    )
)  # fmt: skip
_PERSON = r"(?:woman|man|lady|gentleman|girl|boy|male|female)"
_GOES_ON = (
    r"(?=\s?(?:[,.;:)]|$)|\s(?:with|who|has|had|and|presents|presenting|s/p|h/o|on|status)\b)"
)
# At the head of a sentence, where nothing else is counted: "Woman 41, stroke", "57 female, OAB".
_AGES_AT_HEAD = (
    re.compile(rf"{_PERSON}\s(?:about\s)?(?P<n>\d{{1,3}})(?P<u>){_GOES_ON}"),
    re.compile(rf"(?P<n>\d{{1,3}})(?P<u>)\s{_PERSON}{_GOES_ON}"),
)
_DOB = re.compile(r"\b(?:dob|d\.o\.b\.|date of birth|born(?: on)?)\s*[:=]?\s*")
_SEX_LABEL = re.compile(
    r"\b(?:sex|gender)(?: assigned at birth)?\s*[:=]\s*(?P<w>female|male|f|m|woman|man)(?!\w)"
)
_SEX_AFTER = re.compile(
    r"^\W*(?:young\s)?(?:adult|adolescent|teenage|young|child|infant|toddler)\s(?P<w>[fm])(?!\w)"
)
_SEX_START = re.compile(
    r"^\W*(?:\d{1,3}[\s-]?(?:y|yr|year|yo|y/o)?s?[\s-]?(?:old|o)?\s?)?(?P<w>[fm])(?=[,\s.;:]|$)"
)
_NOT_THE_PATIENT = re.compile(
    r"\b(?:mother|father|sister|brother|aunt|uncle|cousin|grandmother|grandfather|son|daughter|"
    r"donor|husband|wife|sibling|parent|bone|child of|at|since|when|before|after)"
    r"\W+(?:[\w.]+\W+){0,3}$"
)
_LENGTHS = {"in": "[in_i]", "inches": "[in_i]", "cm": "cm"}
_WEIGHTS = {"lb": "[lb_av]", "lbs": "[lb_av]", "pounds": "[lb_av]", "kg": "kg"}
_BUILD = re.compile(
    r"(?P<h>\d(?<![\w.:/-]\d)\d{1,2}(?:\.\d)?) ?(?P<hu>in|inches|cm)\b\.?(?: tall)?,? (?:and )?"
    r"(?P<w>\d{2,3}(?:\.\d)?) ?(?P<wu>lbs?|pounds|kg)\b(?!/)"
)
_DIGIT = re.compile(r"\d")
_START = 160  # characters at the head of a document in which a bare "F" or "boy" is the patient


def demographics(page: Page, concepts: Concepts) -> list[Fact]:
    """Age and sex as a document states them. Nothing where the concepts do not exist."""
    facts = _build(page) if {"weight", "height"} <= set(concepts.by_id) else []
    if "age" in concepts:
        facts += _ages(page, concepts)
    if "sex" in concepts and (sex := _sex(page, concepts)):
        facts.append(sex)
    return facts


def _build(page: Page) -> list[Fact]:
    """Height and weight side by side and without their names: "63 in, 217 lb"."""
    found = []
    for match in _BUILD.finditer(page.lower):
        height = Quantity.of(match["h"], _LENGTHS[match["hu"]])
        weight = Quantity.of(match["w"], _WEIGHTS[match["wu"]])
        found.append(_said(page, "height", height, Span(match.start("h"), match.end("hu"))))
        found.append(_said(page, "weight", weight, Span(match.start("w"), match.end("wu"))))
    return found


def _asserter(page: Page) -> Asserter:
    return {"letter": Asserter.LETTER, "denial": Asserter.PAYER, "question": Asserter.QUESTION}.get(
        page.document.kind, Asserter.PROVIDER
    )


def _said(page: Page, concept: str, value: Quantity | str, span: Span) -> Fact:
    marks = frozenset({Mark.DATE_ASSUMED}) if page.assumed else frozenset()
    return Fact(
        concept,
        value=value,
        when=When.on(page.today, assumed=page.assumed),
        asserter=_asserter(page),
        marks=marks,
        sources=(source(page.document, [span]),),
    )


def _ages(page: Page, concepts: Concepts) -> list[Fact]:
    for sentence in page.sentences:
        if sentence.section in ("family", "rule", "plan"):
            continue
        if not _DIGIT.search(page.lower, sentence.start, sentence.end):
            continue
        for pattern in _AGES_AT_HEAD if sentence.start <= _START else ():
            if (at_head := pattern.match(page.lower, sentence.start, sentence.end)) and (
                fact := _age(page, sentence, at_head, concepts)
            ):
                return [fact]
        for pattern in _AGES:
            for match in pattern.finditer(page.lower, sentence.start, sentence.end):
                if (fact := _age(page, sentence, match, concepts)) is not None:
                    return [fact]
    return _born(page) or _bounded(page)


def _a_value(page: Page, match: re.Match[str], concepts: Concepts) -> bool:
    """Whether "40 m" or "98.6 F" measures something rather than a man or a woman: the letter is
    small or hangs on a decimal, or a measurement is named before it."""
    end = match.end()
    letter = page.document.text[end - 1 : end]
    if letter not in ("m", "f", "M", "F") or page.lower[end - 2 : end - 1].isalpha():
        return False
    if letter.islower() and page.lower[end - 2 : end - 1] != "/":
        return not page.lower[match.start() : match.start() + 1].isalpha()
    if page.lower[match.start() - 1 : match.start()] in (".", ","):
        return True
    near = within(page.mentions, max(0, match.start() - 16), match.start())
    return any(concepts[c].kind in ("measurement", "score") for m in near for c in m.concepts)


def _age(page: Page, sentence: Sentence, match: re.Match[str], concepts: Concepts) -> Fact | None:
    start = match.start("n")
    before = page.lower[max(sentence.start, match.start() - 40) : match.start("n")]
    if _NOT_THE_PATIENT.search(before) or _NOT_THE_PATIENT.search(before.rstrip(" ,") + " "):
        return None
    if _a_value(page, match, concepts):
        return None
    word = match["u"] or "y"
    unit = {"y": "a", "m": "mo", "w": "wk", "d": "d"}[word[0]]
    low = Decimal(match["n"])
    high = Decimal(match.groupdict().get("n2") or match["n"])
    if years := match.groupdict().get("years"):  # "3 years 4 months old"
        low, unit = (low + 12 * Decimal(years), "mo") if unit == "mo" else (Decimal(years), "a")
        high, start = low, match.start("years")
    if high < low or (unit == "a" and high > 120):
        return None
    if unit in ("wk", "d") and "old" not in match[0] and "age" not in match[0]:
        return None
    end = max(match.end(g) for g in match.groupdict() if match[g])
    end = match.end() if "old" in match[0] or "o" in match[0][-2:] else end
    head = match.start() + len(match[0]) - len(match[0].lstrip())
    return _said(page, "age", Quantity(low, high, unit), Span(min(head, start), end))


def _born(page: Page) -> list[Fact]:
    """Years completed on the day of the document, from a date of birth."""
    label = _DOB.search(page.lower)
    if label is None or page.assumed:
        return []
    near = [d for d in page.dates if 0 <= d.start - label.end() <= 2]
    found = near or find_dates(page.lower[label.end() : label.end() + 24], page.today)
    if (
        not near
        or not found
        or near[0].first != near[0].last
        or near[0].first.earliest != near[0].first.latest
    ):
        return []
    born = near[0].first.earliest
    years = (
        page.today.year - born.year - ((page.today.month, page.today.day) < (born.month, born.day))
    )
    if not 0 <= years <= 120:
        return []
    return [_said(page, "age", Quantity.of(years, "a"), Span(label.start(), near[0].end))]


def _bounded(page: Page) -> list[Fact]:
    """An age that a word bounds: "adult", "boy", "adolescent"."""
    table = load("words")["age_words"]
    pattern = alternatives("words", "age_words")
    for match in pattern.finditer(page.lower, 0, min(len(page.lower), _START)):
        before = page.lower[max(0, match.start() - 40) : match.start()]
        if _NOT_THE_PATIENT.search(before) or not _is_subject(page, match):
            continue
        low, high = table[match[0]]
        value = Quantity(
            Decimal(low) if low else None, Decimal(high) if high else None, "a", not low
        )
        return [_said(page, "age", value, Span(*match.span()))]
    return []


def _is_subject(page: Page, match: re.Match[str]) -> bool:
    """Whether the word heads the document or describes whom it is about."""
    before = page.lower[: match.start()].strip(" \u200b\ufeff#*-|")
    after = page.lower[match.end() : match.end() + 12].strip()
    if not before or re.search(r"(?:this|an?|young|the|is an?|[fm]|male|female|[.:,])\s*$", before):
        return not after.startswith(
            ("-", "onset", "daycare", "protective", "psych", "dose", "size")
        )
    return False


# --- sex -----------------------------------------------------------------------------------


@cache
def _words() -> dict[str, str]:
    return {w: sex for sex, ws in load("words")["sex"].items() for w in ws}


def _sex(page: Page, concepts: Concepts) -> Fact | None:
    label = _SEX_LABEL.search(page.lower)
    if label:
        sex = _of(label["w"])
        return _said(page, "sex", sex, Span(*label.span()))
    head = _SEX_START.match(page.lower[:40]) or _SEX_AFTER.match(page.lower[:40])
    if head:
        return _said(page, "sex", _of(head["w"]), Span(head.start("w"), head.end("w")))
    age = re.compile(
        rf"(?<![\d.,/])\d{{1,3}}[\s-]?(?:{_Y}|months?|mo)?[\s-]?[./]?(?:old|o\.?)?[\s-]?(?<![a-z])(?P<w>[fm]|male|female|man|woman|boy|girl|lady|gentleman)(?!\w)"
    ).search(page.lower)
    if age and not _a_value(page, age, concepts):
        return _said(page, "sex", _of(age["w"]), Span(*age.span("w")))
    pattern = (
        alternatives("words", "sex", "female").pattern
        + "|"
        + alternatives("words", "sex", "male").pattern
    )
    for match in re.compile(pattern).finditer(page.lower, 0, min(len(page.lower), 400)):
        before = page.lower[max(0, match.start() - 40) : match.start()]
        if not _NOT_THE_PATIENT.search(before) and not page.lower[match.end() :].startswith("'s"):
            return _said(page, "sex", _of(match[0]), Span(*match.span()))
    return _by_pronoun(page)


def _of(word: str) -> str:
    if word in ("f", "m"):
        return "female" if word == "f" else "male"
    return _words()[word]


def _by_pronoun(page: Page) -> Fact | None:
    """From the pronoun, where only one sex is spoken of and nobody else is."""
    found = {
        sex: alternatives("words", "pronouns", sex).search(page.lower)
        for sex in load("words")["pronouns"]
    }
    said = [(sex, m) for sex, m in found.items() if m]
    if len(said) != 1 or any(c.has("family") for c in page.cues):
        return None
    sex, match = said[0]
    return _said(page, "sex", sex, Span(*match.span()))
