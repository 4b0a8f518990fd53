"""A note from its layout: the head, the sections, what stands between, the end."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random
from typing import Any

from .data import SLOT, data, names_in
from .draw import state
from .filling import Statement
from .patient import Patient
from .tables import OTHERS, TABLES
from .words import capital, month_of


@dataclass(frozen=True)
class Block:
    """A stretch of lines: `text` may be wrapped, `bullet` too, `line` stays as it is."""

    kind: str  # text | bullet | line | head | gap
    words: str
    mark: str = ""


def note_of(patient: Patient, layout: str) -> tuple[list[Block], list[Statement]]:
    """The blocks of a note and all that they state."""
    entry, rng = data("layouts")[layout], patient.rng
    habits = {
        "upper": rng.random() < 0.3, "inline_heads": rng.random() < 0.35,
        "bullet": rng.choice(["- ", "* ", "• ", "-", "· ", "> ", "+ "]),
        "between": rng.choice(["; ", ". ", "; "]),
    }  # fmt: skip
    title, chatter = rng.choice(entry["titles"]), entry.get("chatter", "sentences")
    blocks, said = _head(patient, title), []
    if names_in(title):
        said.append(Statement("", (), tuple(names_in(title))))
    if entry.get("greeting"):
        blocks += _greeting(patient)
    for section in entry["sections"]:
        if rng.random() > section.get("maybe", 1):
            continue
        made, stated = _section(patient, section, habits, chatter)
        blocks += made
        said += stated
        if rng.random() < 0.2:
            filler = _filler(patient, chatter, rng.randint(1, 2))
            blocks += [Block("text", filler.text), Block("gap", "")]
            said.append(filler)
    blocks += [Block("line", line) for line in _signature(rng).splitlines()]
    return blocks, said


def _head(patient: Patient, title: str) -> list[Block]:
    rng, day = patient.rng, patient.written
    british = patient.british
    spoken = (
        f"{day.day} {month_of(day)} {day.year}"
        if british
        else f"{month_of(day)} {day.day}, {day.year}"
    )
    label = rng.choice(["Date", "Date of service", "DATE", "Date of visit", "Note date"])
    sex = rng.choice(["female", "F"] if patient.female else ["male", "M"])
    initial = rng.choice("ABCDEFGHJKLMRST")
    who = [
        f"Patient: {patient.surname}, {initial}.   MRN: {rng.randint(100000, 999999)}",
        f"Name: {initial}. {patient.surname}    Age/Sex: {patient.age} {sex}",
        f"Patient: {patient.surname}, {patient.age}-year-old {sex}",
        f"RE: {patient.surname} {initial}   {patient.age} y/o {sex}",
    ]
    lines = [title, rng.choice(who), f"{label}: {rng.choice([spoken, day.isoformat()])}"]
    if rng.random() < 0.4:
        lines.append(
            rng.choice(
                [
                    "Clinic: Outpatient, 2nd floor",
                    "Location: Main campus",
                    "Provider: on file",
                    "Visit type: established",
                ]
            )
        )
    return [*(Block("line", line) for line in lines), Block("gap", "")]


def _greeting(patient: Patient) -> list[Block]:
    rng, person = patient.rng, patient.person()
    doctor = rng.choice(data("clinic")["doctors"])
    opening = rng.choice([
        "Thank you for asking me to see this {age}-year-old {woman}, whom I met in clinic today.",
        "It was a pleasure to see {his} in consultation today at your request.".replace("{his}", "{him}"),
        "Many thanks for referring this pleasant {age}-year-old {woman}.",
        "I reviewed this {age}-year-old {woman} in clinic today.",
    ]).format(**person)  # fmt: skip
    return [
        Block("line", f"Dear Dr {doctor},"),
        Block("gap", ""),
        Block("text", opening),
        Block("gap", ""),
    ]


def _section(
    patient: Patient, section: dict[str, Any], habits: dict[str, Any], chatter: str
) -> tuple[list[Block], list[Statement]]:
    rng, style = patient.rng, section["style"]
    head = rng.choice(section["head"]) if section["head"] else ""
    head = head.upper() if habits["upper"] and len(head) > 2 else head
    top = [Block("head", head + rng.choice([":", ":", ""]))] if head else []
    if style in TABLES:
        (low, high) = next(iter(section["take"].values()))
        lines, said = TABLES[style](patient, rng.randint(low, high))
        return [*top, *(Block("line", x) for x in lines), Block("gap", "")], said
    if style.startswith("filler-"):
        filler = _filler(patient, style.removeprefix("filler-"), rng.randint(1, 2))
        return [*top, Block("text", filler.text), Block("gap", "")], [filler]
    if style == "any-list":
        style = rng.choice(["bullets", "bullets", "lines", "inline", "numbered"])
    said = _statements(patient, section["take"], style, chatter)
    if not said:
        return [], []
    if style == "bullets" and "treatment-current" in section["take"] and rng.random() < 0.5:
        said.append(Statement(" ".join(rng.choice(OTHERS))))
    return [*_body(said, style, top, habits, rng), Block("gap", "")], said


def _statements(
    patient: Patient, take: dict[str, list[int]], style: str, chatter: str
) -> list[Statement]:
    rng, said = patient.rng, []
    for group, (low, high) in take.items():
        for _ in range(rng.randint(low, high)):
            terse = style not in ("prose", "mixed") and rng.random() < 0.85
            terse = terse or (style == "mixed" and rng.random() < 0.4)
            made = state(patient, group, "list" if terse else "prose")
            if made:
                said.append(made)
    rng.shuffle(said)
    if style == "prose" and rng.random() < 0.2:
        said.insert(rng.randint(0, len(said)), _filler(patient, chatter, 1))
    return said


def _body(
    said: list[Statement], style: str, top: list[Block], habits: dict[str, Any], rng: Random
) -> list[Block]:
    texts = [s.text for s in said]
    if style == "prose":
        return _under(top, " ".join(_stopped(t) for t in texts), habits)
    if style == "inline":
        parts = [t.rstrip(".") for t in texts]
        return _under(top, habits["between"].join(parts) + rng.choice([".", ""]), habits)
    if style in ("lines", "mixed"):
        return [*top, *(Block("text", capital(t)) for t in texts)]
    numbered = style == "numbered"
    dot = rng.choice([".", ")"])
    return [*top, *(Block("bullet", t, f"{n}{dot} " if numbered else habits["bullet"])
                    for n, t in enumerate(texts, 1))]  # fmt: skip


def _under(top: list[Block], text: str, habits: dict[str, Any]) -> list[Block]:
    if top and habits["inline_heads"]:
        return [Block("text", f"{top[0].words.rstrip(':')}: {text}")]
    return [*top, Block("text", text)]


def _stopped(text: str) -> str:
    """A sentence ends in a full stop; a telegraphic line in prose gets one."""
    return text if text.endswith((".", "?", "!")) else text + "."


def _filler(patient: Patient, which: str, count: int) -> Statement:
    person, traps = patient.person(), []

    def slot(match: Any) -> str:
        name = match.group(1)
        if name.startswith("trap:"):
            traps.extend(sorted(names_in(name[5:])))
            return str(name[5:])
        return person[name]

    fresh = [x for x in data("filler")[which].splitlines() if x not in patient.used]
    lines = patient.rng.sample(fresh, min(count, len(fresh)))
    patient.used.update(lines)
    return Statement(SLOT.sub(slot, " ".join(lines)), (), (), tuple(traps))


def _signature(rng: Random) -> str:
    doctor, other = rng.sample(data("clinic")["doctors"], 2)
    return str(rng.choice(data("filler")["signatures"])).format(doctor=doctor, doctor2=other)
