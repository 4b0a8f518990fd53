"""What may never be published: who the patient is, and what somebody forgot to fill in.

`mask` takes both out of words that are quoted; `identifiers` and `placeholders` find what is left.
Names are recognised by what stands before them (a title, "Name:"), never from lists of names.
"""

from __future__ import annotations

import re

WITHHELD = "(withheld)"

_TITLE = r"(?:Mr|Mrs|Ms|Miss|Dr|Drs|Prof|MR|MRS|MS|DR)"
_PERSON = rf"[A-Z][\w'’-]+(?:\s+(?!{_TITLE}\b)(?:[A-Z]\.|[A-Z][\w'’-]+)){{0,2}}"
_DAY = (
    r"(?:\d{1,4}[-/. ]\s?(?:\d{1,2}|[A-Z][a-z]{2,8})[-/. ]\s?\d{2,4}"
    r"|[A-Z][a-z]{2,8} \d{1,2},? \d{4})"
)
_DEGREE = r"(?:MD|DO|RN|NP|PA-C|PharmD|M\.D\.|D\.O\.)"
_NO = r"no\.?(?=\s*[:#=]|\s*[A-Z]{0,3}-?\d)"  # "the patient no longer" is no number
_NUMBERED = rf"(?:patient|member|subscriber|account) (?:id|number|{_NO})"
_NAMED = r"(?:patient(?:'s)?\s+name|(?:first|last|full)\s+name|name)"

_IDENTIFIERS: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (what, re.compile(pattern))
    for what, pattern in (
        (
            "a date of birth",
            rf"(?i:\b(?:DOB\b|D\.O\.B\.?)\s*[:=]?\s*){_DAY}?"  # "send the date of birth" gives none
            rf"|(?i:\b(?:date of birth|born)\b(?: on| in| is| was)?\s*[:=]?\s*){_DAY}",
        ),
        (
            "a record number",
            rf"(?i:\b(?:MRN|medical record (?:number|no\.?)|{_NUMBERED})(?!\w))\s*[:#=]?\s*[\w-]*",
        ),
        (
            "a social security number",
            r"(?<![\w-])\d{3}-\d{2}-\d{4}(?![\w-])|(?i:\bSSN\b)[:#\s]*[\d-]*",
        ),
        ("an e-mail address", r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+"),
        (
            "a telephone number",
            r"(?<![\w./-])(?:\+?1[-. ])?(?:\(\d{3}\) ?|\d{3}[-. ])\d{3}[-. ]\d{4}(?![\w./-])",
        ),
        ("a name", rf"(?i:\b{_NAMED}\s*[:=])\s*(?:{_PERSON}|\S+)?"),
        ("a name", rf"(?i:\bpatient\s*[:=])\s*{_PERSON}"),  # not "this patient: no policy"
        ("a name", rf"\b{_TITLE}\b\.?\s+{_PERSON}"),
        ("a name", rf"\b[A-Z][a-z]+(?: [A-Z]\.?)? [A-Z][a-z'’-]+,? {_DEGREE}(?!\w)"),
        ("a long number", r"(?<![\w./-])\d{7,}(?![\w./-])"),
    )
)

_UNFILLED = (
    r"YEAR|DATE|NAME|AGE|DOSE|VALUE|SOURCE|CITATION|REFERENCE|INSERT[^\]>]*"
    r"|[A-Z]{3,}(?: [A-Z]{2,})+"
)
_PLACEHOLDERS: tuple[re.Pattern[str], ...] = tuple(
    re.compile(pattern)
    for pattern in (
        r"\[?@[^@\[\]]{1,60}@\]?",
        rf"[\[<](?:{_UNFILLED}|_+)[\]>]",
        r"\((?:YEAR|NAME|CITATION|INSERT[^)]*)\)",
        r"\b(?:TODO|TBD|FIXME|XXX+)\b",
        r"\{\{?[^{}]*\}\}?",
        r"(?i)\blorem\b(?: ipsum)?",
        r"\b[XxNnDdMm]{2}/[XxDdMm]{2}(?:/[XxYy\d]{2,4})?",
        r"_{3,}|\?{3,}",
        r"<[a-z_ ]*(?:placeholder|here)[a-z_ ]*>",
    )
)


def identifiers(text: str, *, literature: bool = False) -> list[str]:
    """What in the text points at a person, in words that do not repeat it.

    In a literature reference authors' names and long numbers (PMIDs) are in place.

    >>> identifiers("Seen by Dr. Example on 3 Nov 2025; MRN 0012345")
    ['a record number', 'a name', 'a long number']
    >>> identifiers("PMID 25090414", literature=True)
    []
    """
    allowed = {"a name", "a long number"} if literature else set()
    found = dict.fromkeys(what for what, pattern in _IDENTIFIERS if pattern.search(text))
    return [what for what in found if what not in allowed]


def placeholders(text: str) -> bool:
    """Whether something was never filled in.

    >>> placeholders("Seen on XX/XX/2024"), placeholders("IgG 495 mg/dL [P1]")
    (True, False)
    """
    return any(pattern.search(text) for pattern in _PLACEHOLDERS)


_BLANK = re.compile(r"\[(?!P?\d+(?:, [^\[\]]*)?\])[^\[\]]*\]")


def blanks(text: str) -> list[str]:
    """The marked blanks of a letter: square brackets that are no citation. Words of a chart, of a
    policy and of a letterhead never hold any (`phrases.clean`), so none can be slipped in.

    >>> blanks("Fax: [to be filled: the plan's fax] [P1] [2, p. 837]")
    ["[to be filled: the plan's fax]"]
    """
    return _BLANK.findall(text)


def signature(by: str) -> str:
    """Who signs, with everything but the name withheld: the name of a person who answers for a
    statement is its source, and is published with it as a signature is.

    >>> signature("Jane Roe, MD, nephrologist, tel. 555-867-5309")
    'Jane Roe, MD, nephrologist, tel. (withheld)'
    """
    for what, pattern in _IDENTIFIERS:
        if what != "a name":
            by = pattern.sub(WITHHELD, by)
    return by


def mask(text: str) -> str:
    """The text with identifiers and placeholders withheld, visibly.

    >>> mask("Dr. Example raised the dose to 60 g")
    '(withheld) raised the dose to 60 g'
    >>> mask("Dr. Jane Example Dr. John Example")  # the second is no part of the first's name
    '(withheld) (withheld)'
    """
    for pattern in (*(p for _, p in _IDENTIFIERS), *_PLACEHOLDERS):
        text = pattern.sub(WITHHELD, text)
    return text
