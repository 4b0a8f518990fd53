"""What every entry of a C-CDA has: templates, mood, status, negation, remarks, site, reasons."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from functools import cache

from indicated.chart.ccda_data import exact, named, point, referred
from indicated.chart.ccda_narrative import Narrative
from indicated.cue_files import cue, cue_file
from indicated.files.tree import Node
from indicated.model import UNDATED, Asserter, When

TEMPLATES = "2.16.840.1.113883.10.20.22.4."
STATEMENTS = (
    "act", "observation", "organizer", "substanceAdministration", "procedure", "encounter",
    "supply",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Context:
    """What an entry is read against: its section, the narrative, and what stands around it."""

    narrative: Narrative
    meant: str = ""  # as which its section means its entries
    written: date | None = None  # of the document
    status: str = ""  # of the concern around it
    when: When = UNDATED  # of the organizer around it
    around: tuple[str, ...] = field(default=())  # ids that the entry around it refers to


def templates(node: Node) -> frozenset[str]:
    """The last numbers of an entry's templates."""
    return frozenset(
        t["root"].removeprefix(TEMPLATES)
        for t in node.each("templateId")
        if t["root"].startswith(TEMPLATES)
    )


@cache
def part(name: str) -> frozenset[str]:
    """The templates of a part of a statement: "reaction", "comment"."""
    given = cue("ccda", "parts")[name]
    return frozenset([given] if isinstance(given, str) else given)


def is_part(node: Node, name: str) -> bool:
    """Whether an entry is such a part."""
    return bool(templates(node) & part(name))


def within(node: Node, *tags: str) -> Iterator[Node]:
    """The statements directly within one, by their element's names."""
    for link in (*node.each("entryRelationship"), *node.each("component")):
        yield from (c for c in link.children if c.tag in (tags or STATEMENTS))


def kind_of(node: Node, context: Context) -> str:
    """What an entry is: by its template, else by its section."""
    table = cue("ccda", "templates")
    return next((table[t] for t in sorted(templates(node)) if t in table), "") or context.meant


def negated(node: Node) -> bool:
    """Whether an entry says that it is not so, or was not done."""
    return node["negationInd"].lower() in ("true", "1")


def mood(node: Node) -> str:
    """done | planned | none: whether it happened, is meant to, or is neither (a goal)."""
    moods = cue("ccda", "moods")
    return next((m for m, codes in moods.items() if node["moodCode"] in codes), "done")


def state(node: Node) -> str:
    """The code of its statusCode."""
    found = node.first("statusCode")
    return found["code"].lower() if found is not None else ""


def ids(node: Node) -> frozenset[str]:
    """The ids by which an entry and what is within it refer to the narrative."""
    return frozenset(
        n["value"].removeprefix("#").strip() for n in node.walk() if n.tag == "reference"
    ) - {""}


def recorded(node: Node) -> date | None:
    """When an entry was written down."""
    author = node.first("author")
    return exact(point(author.first("time"))) if author is not None else None


def asserter(node: Node) -> Asserter | None:
    """The patient or a relative, where the entry names one as who told it."""
    for informant in node.each("informant"):
        if informant.first("relatedEntity") is not None:
            return Asserter.PATIENT
    return None


def remarks(node: Node, context: Context) -> tuple[str, ...]:
    """The comments that people added, as prose."""
    found = []
    for act in within(node, "act"):
        text = act.first("text")
        if (
            is_part(act, "comment")
            and text is not None
            and (said := referred(text, context.narrative))
        ):
            found.append(f"Comment: {said}")
    return tuple(dict.fromkeys(found))


def sites(node: Node, context: Context) -> tuple[str, ...]:
    """The parts of the body, with the side where one is given."""
    found = []
    for site in (*node.each("targetSiteCode"), *node.each("approachSiteCode")):
        sides = [named(v, context.narrative).words for v in site.each("qualifier", "value")]
        words = " ".join(filter(None, [*sides, named(site, context.narrative).words]))
        if words:
            found.append(words)
    return tuple(dict.fromkeys(found))


def severity(node: Node, context: Context) -> str:
    """How severe: the value of the severity observation within."""
    for inner in within(node, "observation"):
        value = inner.first("value")
        if is_part(inner, "severity") and value is not None:
            return named(value, context.narrative).words.split(" (")[0].lower()
    return ""


def told_status(node: Node, context: Context, table: str) -> str:
    """The status that an observation within gives; "" where none does."""
    for inner in within(node, "observation"):
        code, value = inner.first("code"), inner.first("value")
        is_status = is_part(inner, "status") or (code is not None and code["code"] == "33999-4")
        if not is_status or value is None:
            continue
        name = named(value, context.narrative)
        given = {name.display.lower(), name.words.lower(), *(c.code for c in name.codings)}
        for status, words in cue_file("ccda")[table].items():
            if given & set(words):
                return str(status)
    return ""


def own_ids(node: Node) -> frozenset[str]:
    """The ids to which an entry itself refers, without those of the entries within."""
    return frozenset(i for t in node.each("text") for i in ids(t))


def asserts(node: Node) -> bool:
    code = node.first("code")
    return code is not None and code["code"].upper() == "ASSERTION"


def going_on(when: When, status: str) -> When:
    """A state that is active goes on, unless an end is known; one day alone is its beginning."""
    single = when.start == when.end
    end = None if single else when.end
    return When(when.start, end, ongoing=status == "active" and end is None)


def indications(node: Node, context: Context) -> tuple[str, ...]:
    """What it is for."""
    return _said(node, "indication", context)


def signs(node: Node, context: Context) -> tuple[str, ...]:
    """What it did to the patient: its reactions."""
    return _said(node, "reaction", context)


def _said(node: Node, which: str, context: Context) -> tuple[str, ...]:
    """The words of the values of all observations within of one kind."""
    values = (o.first("value") for o in within(node, "observation") if is_part(o, which))
    return tuple(dict.fromkeys(w for v in values if (w := named(v, context.narrative).words)))


def reasons(node: Node, context: Context) -> tuple[str, ...]:
    """Why it was not done or was stopped: the reasons given that are no indication."""
    found = []
    for link in node.each("entryRelationship"):
        for inner in (c for c in link.children if c.tag in ("observation", "act")):
            refused = is_part(inner, "refusal")
            codes = {c["code"] for c in inner.each("code")}
            why = link["typeCode"] == "RSON" or codes & set(cue("ccda", "reason_codes"))
            if refused or (why and not is_part(inner, "indication")):
                value = None if refused else inner.first("value")
                code = value if value is not None else inner.first("code")
                found.append(named(code, context.narrative).words)
    return tuple(dict.fromkeys(filter(None, found)))


def declined(node: Node) -> bool:
    """Whether the patient declined it, by the reason that is given."""
    table = cue_file("ccda")
    for link in node.each("entryRelationship"):
        for code in (n for inner in link.children for n in inner.children):
            if code.tag in ("code", "value") and code["code"] in table["declined_codes"]:
                return True
            if any(w in code["displayName"].lower() for w in table["declined_words"]):
                return True
    return False
