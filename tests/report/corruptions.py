"""Ways in which a good sentence can be made to say something that its support does not say.

Each takes a text and gives corrupted texts. `seen_in_any_words` marks those that must be seen even
where the sentence was rephrased, so that its fixed words are no longer known.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

Corrupt = Callable[[str], Iterator[str]]

LABELS = re.compile(r"\s*\[P?\d+(?:, [^\[\]]+)?\]")
NUMBER = re.compile(r"(?<![\w.–-])\d+(?:\.\d+)?(?![\w.]\d|\w)")
MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]


def _outside(text: str, found: re.Match[str]) -> bool:
    """Not inside a citation, and not the number of a name ("alpha-1", "2025.1")."""
    return not any(m.start() <= found.start() < m.end() for m in LABELS.finditer(text))


def _edits(pattern: str, to: Callable[[re.Match[str]], str | None]) -> Corrupt:
    def edit(text: str) -> Iterator[str]:
        for match in re.finditer(pattern, text):
            new = to(match) if _outside(text, match) else None
            if new is not None and new != match[0]:
                yield text[: match.start()] + new + text[match.end() :]

    return edit


_AMOUNT = r"(?<![\w.–-])\d+(?:\.\d+)?(?= ?(?:mg|g|kg|%|months?|weeks?|L\b))"


def _raised(match: re.Match[str]) -> str:
    return str(int(match[0]) + 1) if "." not in match[0] else match[0] + "7"


def _swapped(match: re.Match[str]) -> str | None:
    digits = match[0]
    return digits[:-2] + digits[-1] + digits[-2] if digits.isdigit() and len(digits) > 1 else None


def _moved(match: re.Match[str]) -> str:
    return match[0].replace(".", "") if "." in match[0] else f"{match[0]}0"


UNITS = {"mg/dL": "g/L", "g/kg": "mg/kg", "mg/kg": "g/kg", "g/L": "mg/dL", "weeks": "months",
         "months": "weeks", "kg": "lb", "L": "mL", "g": "mg"}  # fmt: skip
COMPARE = {"below": "above", "above": "below", "at least": "at most", "at most": "at least",
           "or more": "or less", "More than": "Less than", "more than": "less than"}  # fmt: skip
NAMES = {"immunoglobulin": "rituximab", "Pseudomonas": "M. abscessus", "Mycobacterium abscessus": "Pseudomonas",
         "alpha-1 antitrypsin augmentation": "rituximab", "Alpha-1 antitrypsin augmentation": "Rituximab",
         "bilateral lung transplant": "bronchoscopy with lavage"}  # fmt: skip
FINDINGS = {"✓ met": "✗ not met", "✗ not met": "✓ met", "? unknown": "✗ not met", "Trigger met": "Trigger not met",
            "Trigger not met": "Trigger met", ": met": ": not met", ": not met": ": met"}  # fmt: skip
OUTCOMES = {"not indicated": "indicated", "cannot be determined from this record": "not indicated",
            "indicated only on a condition": "indicated", "not medically necessary": "medically necessary",
            "Contradicted by": "Agrees with", "agrees with": "contradicted by", "Outside": "Within",
            "outside": "within", "off-label": "labelled", "Indicated, with changes": "Not indicated"}  # fmt: skip
DIRECTIONS = {"low": "high", "Low": "High", "hyper": "hypo", "raise": "lower", "lowest": "highest"}


def _table(table: dict[str, str]) -> Corrupt:
    longest = sorted(table, key=len, reverse=True)
    pattern = "|".join(rf"(?<![\w-]){re.escape(k)}(?![\w/-])" for k in longest)
    return _edits(pattern, lambda m: table[m[0]])


def _prefix(text: str) -> Iterator[str]:
    for a, b in (("hyper", "hypo"), ("hypo", "hyper")):
        if re.search(rf"\b{a}", text):
            yield re.sub(rf"\b{a}", b, text, count=1)


def _day(match: re.Match[str]) -> str:
    return f"{int(match[1]) % 28 + 1} {match[2]} {match[3]}"


def _month(match: re.Match[str]) -> str:
    return f"{match[1]} {MONTHS[(MONTHS.index(match[2]) + 1) % 12]} {match[3]}"


_DATE = rf"\b(\d{{1,2}}) ({'|'.join(MONTHS)}) (\d{{4}})\b"


def _cited(to: Callable[[str], str]) -> Corrupt:
    def edit(text: str) -> Iterator[str]:
        for match in LABELS.finditer(text):
            yield text[: match.start()] + to(match[0]) + text[match.end() :]

    return edit


def _other_label(label: str) -> str:
    return re.sub(r"\d+", lambda m: str(int(m[0]) + 1), label, count=1)


def _with(extra: str) -> Corrupt:
    def edit(text: str) -> Iterator[str]:
        bare = LABELS.sub("", text)
        if len(bare) > 20:
            yield f"{text} {extra}"

    return edit


def _quoted(text: str) -> Iterator[str]:
    for match in re.finditer(r"“([^”]{8,})”", text):
        words = match[1].split()
        words[1:2] = ["surely"]
        yield text[: match.start(1)] + " ".join(words) + text[match.end(1) :]


@dataclass(frozen=True)
class Kind:
    """One way to corrupt a sentence."""

    name: str
    edit: Corrupt
    seen_in_any_words: bool = True


KINDS = (
    Kind("number changed", _edits(_AMOUNT, _raised)),
    Kind("any number changed", _edits(NUMBER.pattern, _raised), False),
    Kind("digits swapped", _edits(_AMOUNT, _swapped)),
    Kind("decimal point moved", _edits(_AMOUNT, _moved)),
    Kind("unit changed", _edits(r"(?<=\d )(?:mg/dL|g/kg|mg/kg|g/L|weeks|months|kg|L|g)\b(?!/)", lambda m: UNITS[m[0]])),
    Kind("percent sign dropped", _edits(r"(?<=\d)%", lambda m: "")),
    Kind("range end changed", _edits(r"(?<=\d–)\d+(?:\.\d+)?", _raised)),
    Kind("range collapsed", _edits(r"(?<=\d)–\d+(?:\.\d+)?", lambda m: "")),
    Kind("comparator flipped", _table(COMPARE)),
    Kind("comparator dropped", _edits(r"\bbelow (?=\d)", lambda m: "")),
    Kind("treatment or organism replaced", _table(NAMES)),
    Kind("side flipped", _table({"left": "right", "Left": "Right"})),
    Kind("day shifted", _edits(_DATE, _day)),
    Kind("month shifted", _edits(_DATE, _month)),
    Kind("year shifted", _edits(_DATE, lambda m: f"{m[1]} {m[2]} {int(m[3]) - 1}")),
    Kind("finding flipped", _table(FINDINGS)),
    Kind("outcome flipped", _table(OUTCOMES)),
    Kind("direction flipped", _table(DIRECTIONS)),
    Kind("prefix flipped", _prefix),
    Kind("negation put in", _edits(r"\b(?:is|are|was|has)\b", lambda m: f"{m[0]} not"), False),
    Kind("negation taken out", _edits(r"\b(?:not|no|never) ", lambda m: ""), False),
    Kind("citation removed", _cited(lambda label: "")),
    Kind("citation of another place", _cited(_other_label)),
    Kind("citation invented", _with("[P99]")),
    Kind("placeholder", _with("[@patient data@]")),
    Kind("date placeholder", _with("Seen on XX/XX/2024.")),
    Kind("unfinished", _with("TODO")),
    Kind("slot left open", _with("{outcome}")),
    Kind("name", _with("Seen by Dr. Example.")),
    Kind("date of birth", _with("DOB: 04/05/1961")),
    Kind("record number", _with("MRN 00123456")),
    Kind("e-mail", _with("write to someone@example.org")),
    Kind("telephone", _with("call 555-867-5309")),
    Kind("claim added", _with("It works in 80% of patients.")),
    Kind("quotation altered", _quoted, False),
)  # fmt: skip
