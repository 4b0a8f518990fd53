"""A wording filled with words, and the facts that it then states."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta

from tests.notes.check import CONCEPTS

from .data import SLOT, Group, data, names_in
from .patient import Patient
from .results import noted_unit, result_of, series_of
from .words import (
    NUMBERS,
    article,
    capital,
    date_words,
    dosing_words,
    duration_words,
    joined,
    month_of,
    relative_words,
)  # fmt: skip

_MANY = {"was": "were", "has": "have", "is": "are", "persists": "persist"}
_PLURAL = re.compile(r"(\{[xX]\}) (was|has|is|persists)\b")


class Missing(Exception):
    """A wording needs what the concept does not have."""


@dataclass(frozen=True)
class Truth:
    """A fact that the note states; any of `says` is right. `words` are as before any noise."""

    kind: str
    says: tuple[str, ...]
    words: str
    misspelt: bool = False


@dataclass(frozen=True)
class Statement:
    """Words with what they state."""

    text: str
    truths: tuple[Truth, ...] = ()
    mentions: tuple[str, ...] = ()  # concepts named, of which it is arguable what is said
    traps: tuple[str, ...] = ()  # concepts named, of which nothing is said


class Filling:
    """The slots of one wording, with the attributes that their words state."""

    def __init__(self, patient: Patient, group: Group, concepts: list[str], terse: bool) -> None:
        self.p, self.rng, self.group, self.terse = patient, patient.rng, group, terse
        self.concepts = concepts
        self.concept = concepts[0]
        self.attributes: list[str] = []
        self.value = ""
        self.apart: list[str] = []  # facts of their own
        self.mentions: list[str] = list(data("clinic")["beside"].get(self.concept, ()))
        self.traps: list[str] = []
        self.known: dict[str, str] = patient.person()
        self.marks: dict[str, list[str]] = {}
        named = [patient.name(c, terse) for c in concepts]
        self.names = [name for name, _ in named]
        self.wrong = [wrong for _, wrong in named]
        # A bare number is given in the units of the vocabulary's own country.
        british = patient.british and group.id != "lab-unit"
        self._result = result_of(patient.rng, self.concept, british)

    def fill(self, wording: str) -> Statement:
        """The wording with its slots filled."""
        text, _, more = wording.removeprefix("GB: ").removeprefix("US: ").partition(" => ")
        if self.names[0] in data("clinic")["many"]:
            text = _PLURAL.sub(lambda m: m[1] + " " + _MANY[m[2]], text)
            text = text.replace("comes and goes", "come and go")
        filled = SLOT.sub(lambda m: self._slot(m.group(0), m.group(1), m.group(2)), text)
        filled = re.sub(r"(?<=\w\.\w)\.\.", ".", filled)  # "twice b.d.." at the end of a sentence
        if more:
            self.attributes.append(
                SLOT.sub(lambda m: self._slot(m.group(0), m.group(1), "~"), more)
            )
        return Statement(
            filled, () if self.group.trap else self._truths(filled), tuple(self.mentions),
            tuple(self.traps) + (tuple(self.concepts) if self.group.trap else ()),
        )  # fmt: skip

    def _slot(self, whole: str, name: str | None, silent: str) -> str:
        if name is None:
            return whole[0]
        if name.startswith("also:"):
            self.mentions += sorted(names_in(name[5:]))
            return name[5:]
        if name.startswith("trap:"):
            self.traps += sorted(names_in(name[5:]))
            return name[5:]
        low = name[0].lower() + name[1:]
        if name not in self.known and low not in self.known:
            words, attributes = self._find(low)
            self.known[low], self.marks[low] = words, attributes
        if not silent:
            self.attributes += [a for a in self.marks.get(low, ()) if a not in self.attributes]
        if name in self.known:
            return self.known[name]
        return capital(self.known[low])

    def _find(self, slot: str) -> tuple[str, list[str]]:
        for find in (self._named, self._dated, self._valued, self._treated, self._other):
            found = find(slot)
            if found is not None:
                return found
        raise Missing(slot)

    # names
    def _named(self, slot: str) -> tuple[str, list[str]] | None:
        name = self.names[0]
        clinic = data("clinic")
        if slot == "x":
            return name, []
        if slot == "a_x":
            return f"{article(name)} {name}", []
        if slot.startswith("xs_"):
            if len(self.names) < 2 and slot in ("xs_slash",):
                raise Missing(slot)
            return joined(self.names, slot[3:]), []
        if slot == "ax":
            needed = clinic["events"].get(self.concept, "")
            return (
                f"{article(name)} {name}" if needed and self.concept != "sinusitis" else name
            ), []
        if slot == "px":
            return self._placed(name)
        if slot == "xpl":
            return self.rng.choice(clinic["plural"][self.concept]), []
        if slot == "counted":
            return self._counted()
        return None

    def _placed(self, name: str) -> tuple[str, list[str]]:
        rng, site = self.rng, data("clinic")["sites"].get(self.concept, "")
        side = rng.choice(["left", "right"])
        level = rng.choice(list(data("clinic")["levels_of_spine"]))
        shown = rng.choice(data("clinic")["levels_of_spine"][level])
        if site == "knee":
            return f"{side} {name}", [f"at {side}"]
        if site == "vein":
            words = [
                f"{side} great saphenous vein {name}",
                f"{name} of the {side} great saphenous vein",
            ]
            return rng.choice(words), [f"at great-saphenous-vein {side}"]
        if site.startswith("spine"):
            lead = f"{side} " if site.endswith("side") else ""
            at = f"at {level} {side}" if lead else f"at {level}"
            return rng.choice([f"{lead}{shown} {name}", f"{lead}{name} at {shown}"]), [at]
        return name, []

    def _counted(self) -> tuple[str, list[str]]:
        clinic, number = data("clinic"), self.rng.randint(2, 6)
        self.value = f"{number} {{count}}"
        figure = self.rng.choice([NUMBERS[number], str(number)])
        plurals = list(clinic["plural"][self.concept])
        if self.concept in clinic["episodes"]:
            plurals += [f"{e} of {self.names[0]}" for e in ("episodes", "bouts")]
        return f"{figure} {self.rng.choice(plurals)}", []

    # dates
    def _dated(self, slot: str) -> tuple[str, list[str]] | None:
        rng, today, british = self.rng, self.p.written, self.p.british
        if slot[:-1] in ("d", "on_d", "v", "n"):
            return self._serial(slot)
        if slot in ("date", "on_date", "day"):
            day, precision = self._past(slot == "day")
            words, preposition, noted = date_words(
                rng, day, precision, british, slot == "on_date" and not self.terse
            )
            return (f"{preposition} {words}" if slot == "on_date" else words), [f"on {noted}"]
        if slot == "rel":
            words, noted = relative_words(rng, today)
            return words, [f"on {noted}"]
        if slot == "year":
            year = today.year - rng.randint(2, 14)
            return str(year), []
        if slot == "since":
            day = today - timedelta(days=rng.randint(60, 1500))
            words, _, noted = date_words(rng, day, rng.choice(["month", "year"]), british)
            return words, [f"from {noted}"]
        if slot == "from_to":
            start = today - timedelta(days=rng.randint(300, 2200))
            end = start + timedelta(days=rng.randint(62, 280))
            words = f"{month_of(start)} {start.year} to {month_of(end)} {end.year}"
            if start.year == end.year and rng.random() < 0.6:
                words = f"{month_of(start)} to {month_of(end)} {end.year}"
            return words, [f"from {start:%Y-%m}", f"to {end:%Y-%m}"]
        if slot == "pod":
            if self.concept not in data("clinic")["surgery"]:
                raise Missing(slot)
            days = rng.randint(1, 9)
            return str(days), [f"on {(today - timedelta(days=days)).isoformat()}"]
        return None

    def _past(self, exact: bool) -> tuple[date, str]:
        kind = CONCEPTS[self.concept].kind if self.concept in CONCEPTS else "measurement"
        recent = kind in ("measurement", "score", "test")
        back = self.rng.randint(8, 500 if recent else 2600)
        choices = ["day", "day", "month"] if recent else ["day", "month", "month", "year"]
        precision = "day" if exact else self.rng.choice(choices)
        if precision == "year":
            back = max(back, 400)
        return self.p.written - timedelta(days=back), precision

    def _serial(self, slot: str) -> tuple[str, list[str]]:
        if "series" not in self.__dict__:
            self.series = series_of(self.p, self.concept)
        place = int(slot[-1]) - 1
        number, unit, words, preposition, noted = self.series[place]
        match slot[:-1]:
            case "d":
                return words, []
            case "on_d":
                return f"{preposition} {words}", []
            case "n":
                self.apart.append(f"{self.concept} = {number} | on {noted}")
                return number, []
        self.apart.append(
            f"{self.concept} = {number} {noted_unit(unit)}".strip() + f" | on {noted}"
        )
        return f"{number} {unit}".strip().replace(" %", "%"), []

    # values
    def _valued(self, slot: str) -> tuple[str, list[str]] | None:
        if self.concept == "vitals":
            return self._vital(slot)
        if slot == "rom":
            low, high = self.rng.choice([0, 0, 3, 5]), self.rng.randint(85, 130)
            self.apart += [f"knee-extension = {low}", f"knee-flexion = {high}"]
            return f"{low}-{high}", []
        if slot == "pct":
            number = self.rng.choice([50, 60, 70, 75, 80, 90])
            self.apart.append(f"pain-relief = {number} %")
            return str(number), []
        if slot == "lowhigh":
            low = self.rng.choice([20, 25, 30, 35, 40, 45])
            self.value = f"{low}-{low + 5} %"
            return f"{low}-{low + 5}", []
        if slot == "num" and self.concept in data("clinic")["plural"]:
            number = self.rng.randint(2, 6)
            self.value = f"{number} {{count}}"
            return str(number), []
        if self._result is None:
            return None
        result = self._result
        if slot == "val":
            self.value = f"{result['number']} {noted_unit(result['unit'])}".strip()
            space = "" if result["unit"] == "%" or self.rng.random() < 0.08 else " "
            return f"{result['number']}{space}{result['unit']}".strip(), []
        if slot == "num":
            self.value = f"{result['number']} {result.get('said', '')}".strip()
            return str(result["number"]), []
        if slot in ("range", "span", "flag", "flag_word", "adj", "max") and slot in result:
            if slot == "flag" and not result["flag"]:
                raise Missing(slot)
            return str(result[slot]), []
        return None

    def _vital(self, slot: str) -> tuple[str, list[str]] | None:
        rng = self.rng
        if slot == "bp":
            high, low = rng.randint(98, 178), rng.randint(52, 96)
            self.apart += [f"systolic-pressure = {high}", f"diastolic-pressure = {low}"]
            return f"{high}/{low}", []
        body = self.p.body
        made = {
            "hr": ("heart-rate", str(rng.randint(56, 118)), ""),
            "rr": ("respiratory-rate", str(rng.randint(12, 26)), ""),
            "spo2": ("spo2", str(rng.randint(89, 99)), "%"),
            "bmi": ("bmi", body["bmi"], ""),
            "wt": ("weight", *body["wt"]),
            "ht": ("height", *body["ht"]),
            "temp": ("temperature", str(rng.randint(364, 373) / 10), "C")
            if body["metric"]
            else ("temperature", str(rng.randint(975, 991) / 10), "F"),
        }
        if slot not in made:
            return None
        concept, number, unit = made[slot]
        self.apart.append(f"{concept} = {number} {unit}".strip())
        return (f"{number}%" if unit == "%" else f"{number} {unit}".strip()), []

    # treatments
    def _treated(self, slot: str) -> tuple[str, list[str]] | None:
        rng, clinic = self.rng, data("clinic")
        entry = clinic["drugs"].get(self.concept, {})
        if slot == "dosing":
            words, attributes = dosing_words(rng, self.concept, self.p.british)
            if not words:
                raise Missing(slot)
            return words, attributes
        if slot in ("dur", "dur_adj"):
            words, adjective, noted = duration_words(rng, self.terse)
            said = words if slot == "dur" else adjective
            return said, ([] if self.group.trap else [f"for {noted}"])
        if slot == "prn":
            if self.concept not in clinic["as_needed"]:
                raise Missing(slot)
            return rng.choice(clinic["as_needed"][self.concept]), []
        if slot == "count":
            return str(rng.choice([6, 8, 10, 12, 18, 24])), []
        if slot in ("harm", "bar"):
            if slot not in entry:
                raise Missing(slot)
            words = rng.choice(entry[slot])
            self.mentions += [clinic["harms_of_vocabulary"][w] for w in (words,)
                              if w in clinic["harms_of_vocabulary"]]  # fmt: skip
            return words, []
        return None

    def _other(self, slot: str) -> tuple[str, list[str]] | None:
        rng, clinic = self.rng, data("clinic")
        if slot == "kin":
            pool = list(clinic["kin"]["female"])
            if self.concept not in clinic["female_only"]:
                pool += clinic["kin"]["male"]
            return rng.choice(
                pool if self.p.age > 45 else [k for k in pool if k not in ("son", "daughter")]
            ), []
        if slot in ("level", "level_norm"):
            lumbar = "lumbar" in self.names[0]
            level = rng.choice([x for x in clinic["levels_of_spine"] if x[0] == "L" or not lumbar])
            self.known["level_norm"] = level
            return rng.choice(clinic["levels_of_spine"][level]), []
        simple = {
            "kin_age": str(rng.randint(38, 79)), "side_kin": rng.choice(["mother's side", "father's side"]),
            "some_months": rng.choice(["three", "four", "6", "eight"]), "days": rng.choice("2345"),
            "few": rng.choice(["three", "five", "ten"]), "lobe": rng.choice(["left lower lobe", "right upper lobe", "lingula", "right middle lobe"]),
            "side": rng.choice(["left", "right"]),
        }  # fmt: skip
        return (simple[slot], []) if slot in simple else None

    def _truths(self, text: str) -> tuple[Truth, ...]:
        group = self.group
        truths = [Truth(_kind_of(group, fact), (fact,), text) for fact in dict.fromkeys(self.apart)]
        if group.series or self.concept in ("vitals", "knee-motion"):
            return tuple(truths)
        attributes = [a for a in (group.says, *self.attributes) if a and a != "present"]
        for concept, wrong in zip(self.concepts, self.wrong, strict=True):
            head = f"{concept} = {self.value}" if self.value else concept
            says = [" | ".join([head, *attributes])]
            if group.or_value:
                says.append(f"{concept} = {group.or_value}")
            truths.append(Truth(group.kind, tuple(says), text, wrong))
        return tuple(truths)


def _kind_of(group: Group, fact: str) -> str:
    return "measurement" if fact.startswith("pain-relief") else group.kind
