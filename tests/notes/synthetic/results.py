"""Values with all that is printed beside them, alone or over time."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from random import Random
from typing import Any

from .data import data
from .patient import Patient
from .words import date_words


def noted_unit(unit: str) -> str:
    """A unit in the notation, where it is written in a way of its own."""
    return "10*3/uL" if unit == "x10^9/L" else unit


def _number(rng: Random, low: Any, high: Any, decimals: int) -> str:
    return str(
        Decimal(str(rng.uniform(float(low), float(high)))).quantize(Decimal(1).scaleb(-decimals))
    )


def result_of(rng: Random, concept: str, british: bool) -> dict[str, str] | None:
    """A value of the concept with all that a laboratory prints beside it."""
    clinic = data("clinic")
    if concept in clinic["labs"]:
        unit, low, high, decimals, least, most = clinic["labs"][concept]["gb" if british else "us"]
        number = _number(rng, *rng.choice([(low, high), (low, high), (least, most)]), decimals)
        flag = "L" if float(number) < least else "H" if float(number) > most else ""
        word = {"L": "low", "H": "high", "": "normal"}[flag]
        spread = rng.choice([f"{least}-{most}", f"{least} - {most}"])
        return {
            "number": number, "unit": unit, "span": spread, "range": f"{spread} {unit}".strip(), "flag": flag,
            "flag_word": word, "adj": {"low": "low", "high": "elevated", "normal": "normal"}[word],
            "least": str(least), "most": str(most),
        }  # fmt: skip
    if concept in clinic["measured"]:
        unit, low, high, decimals = clinic["measured"][concept]
        return {"number": _number(rng, low, high, decimals), "unit": unit, "said": unit}
    if concept in clinic["scores"]:
        low, high, most = clinic["scores"][concept]
        points = rng.randrange(5, 80, 5) if concept == "pucai" else rng.randint(low, high)
        return {"number": str(points), "unit": "", "max": str(most)}
    if concept in clinic["levels"]:
        return {"number": rng.choice(clinic["levels"][concept]), "unit": ""}
    return None


def series_of(patient: Patient, concept: str) -> list[tuple[str, str, str, str, str]]:
    """Three values with their dates, oldest first, all different."""
    rng, back, found = patient.rng, patient.rng.randint(420, 800), []
    precision = rng.choice(["day", "month"])
    seen: set[str] = set()
    for _ in range(3):
        result = result_of(rng, concept, patient.british)
        while result is None or result["number"] in seen:
            result = result_of(rng, concept, patient.british)
        seen.add(result["number"])
        words, preposition, noted = date_words(
            rng, patient.written - timedelta(days=back), precision, patient.british
        )
        found.append((result["number"], result["unit"], words, preposition, noted))
        back -= rng.randint(70, 190)
    return found
