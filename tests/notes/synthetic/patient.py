"""The invented person of a note, and what has been said of them so far."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from random import Random
from typing import Any

from .data import data
from .words import name_of


@dataclass
class Patient:
    """The person and day of a note, and what has been said so far."""

    rng: Random
    written: date
    theme: str
    british: bool
    female: bool
    age: int
    surname: str
    misspell: float = 0.0
    used: set[str] = field(default_factory=set)

    @cached_property
    def body(self) -> dict[str, Any]:
        """Weight, height and what follows from them, in one system of units."""
        metric = self.british or self.rng.random() < 0.4
        height, mass = self.rng.randint(152, 190), self.rng.uniform(19, 43)
        kilos = round(mass * height * height / 10000, 1)
        if metric:
            return {"metric": True, "wt": (str(kilos), "kg"), "ht": (str(height), "cm"),
                    "bmi": f"{kilos / (height / 100) ** 2:.1f}"}  # fmt: skip
        inches, pounds = round(height / 2.54), round(kilos * 2.2046)
        return {"metric": False, "wt": (str(pounds), "lb"), "ht": (str(inches), "in"),
                "bmi": f"{pounds * 703 / inches**2:.1f}"}  # fmt: skip

    def person(self) -> dict[str, str]:
        """Words for the patient."""
        she = self.female
        title = self.rng.choice(["Mrs", "Ms"]) if she else "Mr"
        stop = "" if self.british else "."
        he = "She" if she else "He"
        named = ["The patient", "Patient", "Pt", he, he, f"{title}{stop} {self.surname}"]
        return {
            "Pt": self.rng.choice(named), "He": he, "he": he.lower(), "age": str(self.age),
            "his": "her" if she else "his", "His": "Her" if she else "His",
            "him": "her" if she else "him", "woman": "woman" if she else "man",
        }  # fmt: skip

    def pick(self, pool: list[str], count: int = 1) -> list[str]:
        """Concepts of the pool not yet spoken of, mostly of the patient's own theme."""
        theme = data("clinic")["themes"][self.theme]
        chosen: list[str] = []
        for _ in range(count):
            free = [c for c in pool if c not in self.used and self.fits(c)]
            own = [c for c in free if c in theme]
            if not free:
                break
            concept = self.rng.choice(own if own and self.rng.random() < 0.75 else free)
            chosen.append(concept)
            self.take(concept)
        return chosen

    def fits(self, concept: str) -> bool:
        """Whether a clinician would speak of it at all for this patient."""
        clinic = data("clinic")
        wrong = clinic["male_only"] if self.female else clinic["female_only"]
        return concept not in wrong and clinic["theme_only"].get(concept, self.theme) == self.theme

    def take(self, concept: str) -> None:
        """Speak of a concept once only, and not of those that would bear on it."""
        self.used.add(concept)
        for together in data("clinic")["apart"]:
            if concept in together:
                self.used.update(together)

    def name(self, concept: str, terse: bool) -> tuple[str, bool]:
        """A name in use, now and then misspelt."""
        name = name_of(self.rng, concept, self.british, terse)
        if len(name) >= 10 and " " not in name and self.rng.random() < self.misspell:
            return misspelt(self.rng, name), True
        return name, False


def misspelt(rng: Random, name: str) -> str:
    """Two letters swapped, or one left out or doubled, inside the word."""
    at = rng.randint(3, len(name) - 4)
    match rng.randint(0, 2):
        case 0 if name[at] != name[at + 1]:
            return name[:at] + name[at + 1] + name[at] + name[at + 2 :]
        case 1:
            return name[:at] + name[at + 1 :]
    return name[:at] + name[at] + name[at:]
