"""How dates, durations, doses and names are written."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random

from tests.notes.check import CONCEPTS

from .data import data

MONTHS = [
    "January", "February", "March", "April", "May", "June", "July", "August", "September",
    "October", "November", "December",
]  # fmt: skip
NUMBERS = [
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten",
    "eleven", "twelve",
]  # fmt: skip


def month_of(day: date) -> str:
    """A month as it is spoken."""
    return MONTHS[day.month - 1]


def date_words(
    rng: Random, day: date, precision: str, british: bool, spoken: bool = False
) -> tuple[str, str, str]:
    """A date as written, the preposition before it, and the same in the notation.

    Numbers alone are used only where day and month cannot be confused.
    """
    name, short = month_of(day), month_of(day)[:3]
    if precision == "year":
        return str(day.year), "in", str(day.year)
    if precision == "month":
        forms = [f"{name} {day.year}", f"{short} {day.year}"]
        forms += [f"{name} of {day.year}" if spoken else f"{day.month:02}/{day.year}"]
        return rng.choice(forms), "in", f"{day:%Y-%m}"
    iso = day.isoformat()
    forms = [f"{day.day} {name} {day.year}", iso, f"{day.day}-{short}-{day.year}"]
    if british:
        forms += [f"{day.day} {short} {day.year}"] * 2
        forms += [f"{day:%d/%m/%Y}"] if day.day > 12 else []
    else:
        forms += [f"{name} {day.day}, {day.year}", f"{short} {day.day}, {day.year}"] * 2
        if day.day > 12:
            forms += [f"{day:%m/%d/%Y}", f"{day.month}/{day.day}/{day:%y}"]
    return rng.choice(forms), "on", iso


def relative_words(rng: Random, today: date) -> tuple[str, str]:
    """A date told from the day of the note, and the same in the notation."""
    ago = rng.randint(2, 6)
    before = (today.replace(day=1) - timedelta(days=1)).replace(day=1)
    forms = [
        ("yesterday", (today - timedelta(days=1)).isoformat()),
        ("earlier today", today.isoformat()),
        (f"{NUMBERS[ago]} days ago", (today - timedelta(days=ago)).isoformat()),
        (f"{ago} days ago", (today - timedelta(days=ago)).isoformat()),
        ("last month", f"{before:%Y-%m}"),
        (f"in {MONTHS[10]} of last year", f"{today.year - 1}-11"),
        (f"in {MONTHS[1]} of last year", f"{today.year - 1}-02"),
        ("last year", str(today.year - 1)),
    ]
    return rng.choice(forms)


def duration_words(rng: Random, terse: bool) -> tuple[str, str, str]:
    """How long: as written, as an adjective, and in the notation."""
    number, unit = rng.choice([
        (4, "wk"), (6, "wk"), (8, "wk"), (12, "wk"), (16, "wk"),
        (2, "mo"), (3, "mo"), (4, "mo"), (6, "mo"), (9, "mo"), (2, "a"),
    ])  # fmt: skip
    word = {"wk": "week", "mo": "month", "a": "year"}[unit]
    figure = NUMBERS[number] if number <= 12 and rng.random() < 0.4 and not terse else str(number)
    short = {"wk": "wk", "mo": "mo", "a": "yr"}[unit]
    if terse and rng.random() < 0.5:
        return f"{number} {short}", f"{number}-{word}", f"{number} {unit}"
    return f"{figure} {word}s", f"{figure}-{word}", f"{number} {unit}"


def dosing_words(rng: Random, drug: str, british: bool) -> tuple[str, list[str]]:
    """Dose, route and interval as written together, and their attributes; "" where none is usual."""
    clinic = data("clinic")
    entry = clinic["drugs"].get(drug, {})
    words, attributes = [], []
    if "dose" in entry:
        dose = rng.choice(entry["dose"])
        shown = dose.replace(" ", "") if rng.random() < 0.15 and "unit" not in dose else dose
        words.append(shown)
        attributes.append(f"dose {dose}")
    if entry.get("route") and ("every" in entry or "dose" in entry) and rng.random() < 0.35:
        words.append(rng.choice(clinic["route"][entry["route"]]))
        attributes.append(entry["route"])
    if "every" in entry and (rng.random() < 0.85 or not words):
        every = rng.choice(entry["every"])
        forms = clinic["every_british"].get(every) if british else None
        words.append(rng.choice(forms or clinic["every"][every]))
        attributes.append(f"every {every}")
    return " ".join(words), attributes


def name_of(rng: Random, concept: str, british: bool, terse: bool) -> str:
    """One of the names in use."""
    if concept not in CONCEPTS:
        return concept
    own, clinic = CONCEPTS[concept], data("clinic")
    names = clinic["names"].get(concept)
    if british and concept in clinic["british"]:
        return str(clinic["british"][concept])
    if names:
        return str(rng.choice(names))
    short = rng.random() < (0.5 if terse else 0.25)
    if own.abbreviations and (short or not own.names):
        return rng.choice(own.abbreviations)
    return rng.choice(own.names)


def article(name: str) -> str:
    """The indefinite article before a name."""
    if name[:2].isupper() or name[:3] == "IgG" or name[:3] == "IgM":
        return "an" if name[0] in "AEFHILMNORSX" else "a"
    return "an" if name[0].lower() in "aeiou" else "a"


def capital(text: str) -> str:
    """With a capital first, except where the name itself begins small."""
    return text if text.startswith("pH") else text[:1].upper() + text[1:]


def joined(names: list[str], how: str) -> str:
    """Several names as a list: `and`, `or`, `comma` or `slash`."""
    if how in ("and", "or") and len(names) > 1:
        return f"{', '.join(names[:-1])} {how} {names[-1]}"
    return ("/" if how == "slash" else ", ").join(names)
