"""Tables, checklists and laboratory columns, with the facts that their rows state."""

from __future__ import annotations

from collections.abc import Sequence

from tests.notes.check import CONCEPTS

from .data import data
from .filling import Statement, Truth
from .patient import Patient
from .results import noted_unit, result_of, series_of
from .words import capital, dosing_words, duration_words

# Medicines of which the vocabulary knows nothing: rows that state nothing.
OTHERS = [
    ("lisinopril", "10 mg", "PO", "daily"), ("omeprazole", "20 mg", "PO", "daily"),
    ("vitamin D3", "1000 IU", "PO", "daily"), ("multivitamin", "1 tab", "PO", "daily"),
    ("tamsulosin", "0.4 mg", "PO", "nightly"), ("folic acid", "1 mg", "PO", "daily"),
]  # fmt: skip
OTHER_RESULTS = [
    ("Sodium", "139", "mmol/L", "135-145"), ("Potassium", "4.2", "mmol/L", "3.5-5.1"),
    ("Chloride", "103", "mmol/L", "98-107"), ("Total bilirubin", "0.7", "mg/dL", "0.2-1.2"),
    ("Albumin", "4.1", "g/dL", "3.5-5.0"),
]  # fmt: skip
ROUTES = {
    "oral": "PO",
    "intravenous": "IV",
    "subcutaneous": "SC",
    "topical": "top",
    "inhaled": "inh",
}


def aligned(rows: Sequence[Sequence[str]], patient: Patient) -> list[str]:
    """Rows as columns: under each other, or between bars, or with tabs."""
    form = patient.rng.choice(["space", "space", "bar", "tab"])
    if form == "bar":
        return [" | ".join(row) for row in rows]
    if form == "tab":
        return ["\t".join(row).rstrip() for row in rows]
    widths = [max(len(row[i]) for row in rows) + 2 for i in range(len(rows[0]))]
    return [
        "".join(cell.ljust(w) for cell, w in zip(row, widths, strict=True)).rstrip() for row in rows
    ]


def medicines(patient: Patient, count: int) -> tuple[list[str], list[Statement]]:
    """What is taken now, a row each: dose, route, how often, and whether it goes on."""
    rng, clinic = patient.rng, data("clinic")
    rows, said = [["Medication", "Dose", "Route", "Frequency", "Status"]], []
    drugs = [d for d in clinic["pools"]["drug-current"] if "every" in clinic["drugs"].get(d, {})]
    for drug in patient.pick([d for d in drugs if "dose" in clinic["drugs"][d]], count):
        entry = clinic["drugs"][drug]
        name, wrong = patient.name(drug, True)
        dose, every = rng.choice(entry["dose"]), rng.choice(entry["every"])
        forms = clinic["every_british"].get(every) if patient.british else None
        route = ROUTES.get(entry.get("route", ""), "-")
        row = [name, dose, route, rng.choice(forms or clinic["every"][every]),
               rng.choice(["Taking", "Continue", "Active"])]  # fmt: skip
        fact = f"{drug} | ongoing | dose {dose} | every {every}"
        rows.append(row)
        said.append(
            Statement(" ".join(row), (Truth("treatment current", (fact,), " ".join(row), wrong),))
        )
    for other in rng.sample(OTHERS, 2):
        rows.insert(rng.randint(1, len(rows)), [*other, "Continue"])
    return aligned(rows, patient), said


def trials(patient: Patient, count: int) -> tuple[list[str], list[Statement]]:
    """What was tried, a row each: dose, how long, and what came of it."""
    rng, clinic = patient.rng, data("clinic")
    heads = rng.choice(
        [("Drug", "Dose", "Duration", "Outcome"), ("Therapy", "Regimen", "Length", "Result")]
    )
    rows, said = [list(heads)], []
    outcomes = {
        "treatment failed": (["No response", "Ineffective", "No benefit", "Failed"], "response none | ended no-response"),
        "treatment not tolerated": (["Stopped: {harm}", "Not tolerated ({harm})", "Intolerance - {harm}"], "ended intolerance"),
        "treatment response": (["Partial response", "Some benefit"], "response partial"),
    }  # fmt: skip
    for _ in range(count):
        kind = rng.choices(list(outcomes), [5, 3, 1])[0]
        pool = clinic["pools"]["drug-harm" if kind == "treatment not tolerated" else "drug-trial"]
        picked = patient.pick([d for d in pool if clinic["drugs"].get(d, {}).get("dose")])
        if not picked:
            break
        drug = picked[0]
        name, wrong = patient.name(drug, True)
        dosing, attributes = dosing_words(rng, drug, patient.british)
        length, _, noted = duration_words(rng, True)
        words, says = outcomes[kind]
        harm = rng.choice(clinic["drugs"][drug].get("harm", [""]))
        row = [capital(name), dosing, length, rng.choice(words).format(harm=harm)]
        fact = " | ".join([drug, says, *attributes, f"for {noted}"])
        beside = clinic["harms_of_vocabulary"].get(harm) if "{harm}" in "".join(words) else None
        rows.append(row)
        said.append(Statement(" ".join(row), (Truth(kind, (fact,), " ".join(row), wrong),),
                              (beside,) if beside else ()))  # fmt: skip
    return aligned(rows, patient), said


def results(patient: Patient, count: int) -> tuple[list[str], list[Statement]]:
    """A laboratory's columns: test, result, flag, unit, range, in one of several orders."""
    rng, clinic = patient.rng, data("clinic")
    orders = [
        ("Test", "Result", "Flag", "Units", "Reference"), ("Test", "Flag", "Result", "Units", "Reference"),
        ("Analyte", "Value", "Units", "Ref. range", "Flag"), ("Test name", "Result", "Units", "Flag", "Normal"),
    ]  # fmt: skip
    order = rng.choice(orders)
    rows, said = [list(order)], []

    def row_of(name: str, number: str, flag: str, unit: str, span: str) -> list[str]:
        cells = {"Test": name, "Analyte": name, "Test name": name, "Result": number, "Value": number,
                 "Flag": flag, "Units": unit, "Reference": span, "Ref. range": span, "Normal": span}  # fmt: skip
        return [cells[head] for head in order]

    for concept in patient.pick(clinic["pools"]["lab"], count):
        result = result_of(rng, concept, patient.british)
        if result is None:
            continue
        name, wrong = patient.name(concept, True)
        name = name.upper() if rng.random() < 0.15 and CONCEPTS[concept].names else capital(name)
        if concept == "ph":
            name = "pH"
        row = row_of(name, result["number"], result["flag"], result["unit"], result["span"])
        fact = f"{concept} = {result['number']} {noted_unit(result['unit'])}".strip()
        rows.append(row)
        words = " ".join(row)
        said.append(
            Statement(words, (Truth("measurement with range or flag", (fact,), words, wrong),))
        )
    for name, number, unit, span in rng.sample(OTHER_RESULTS, 2):
        rows.insert(rng.randint(1, len(rows)), row_of(name, number, "", unit, span))
    return aligned(rows, patient), said


def columns(patient: Patient, count: int) -> tuple[list[str], list[Statement]]:
    """Results over time: a column for each date, a row for each test."""
    clinic = data("clinic")
    rows: list[list[str]] = []
    said: list[Statement] = []
    head: list[tuple[str, str]] = []
    for concept in patient.pick([c for c in clinic["pools"]["lab"] if c != "ph"], count):
        series = series_of(patient, concept)
        head = head or [(words, noted) for _, _, words, _, noted in series]
        name, wrong = patient.name(concept, True)
        unit = series[0][1]
        rows.append([capital(name), unit, *(number for number, *_ in series)])
        truths = tuple(
            Truth("measurement over time", (f"{concept} = {number} {noted_unit(unit)} | on {noted}",), f"{name} {number} {words}", wrong)
            for (number, *_), (words, noted) in zip(series, head, strict=True)
        )  # fmt: skip
        said.append(Statement(name, truths))
    top = ["Test", "Units", *(words for words, _ in head)]
    return (aligned([top, *rows], patient) if rows else []), said


def checks(patient: Patient, count: int) -> tuple[list[str], list[Statement]]:
    """A checklist: each line says yes or no."""
    rng, clinic = patient.rng, data("clinic")
    forms = [
        ("{x}: [X] Yes  [ ] No", "{x}: [ ] Yes  [X] No"), ("{x} (x) yes ( ) no", "{x} ( ) yes (x) no"),
        ("{x}? Yes", "{x}? No"), ("☒ Yes ☐ No  {x}", "☐ Yes ☒ No  {x}"), ("{x} ....... Y", "{x} ....... N"),
    ]  # fmt: skip
    yes, no = rng.choice(forms)
    lines, said = [], []
    diseases = [c for c in clinic["pools"]["disease-deniable"] if CONCEPTS[c].kind == "disease"]
    symptoms = [c for c in clinic["pools"]["symptom"] if c in clinic["pools"]["symptom-deniable"]]
    for concept in patient.pick(diseases, count - count // 2) + patient.pick(symptoms, count // 2):
        name, wrong = patient.name(concept, False)
        present = rng.random() < 0.4
        line = (yes if present else no).format(x=capital(name))
        kind = f"{'diagnosis' if concept in diseases else 'symptom'} {'present' if present else 'absent'}"
        fact = concept if present else f"{concept} | absent"
        lines.append(line)
        said.append(Statement(line, (Truth(kind, (fact,), line, wrong),)))
    return lines, said


TABLES = {"med-table": medicines, "trial-table": trials, "lab-table": results, "lab-columns": columns,
          "checkbox": checks}  # fmt: skip
