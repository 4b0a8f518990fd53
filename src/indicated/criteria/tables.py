"""Label tables and derived values: data that criteria compare with, each with its source."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal, InvalidOperation
from typing import Any

from indicated.criteria.concepts import Folder
from indicated.criteria.lines import Place, Problems, near, read_tree
from indicated.criteria.policy import references
from indicated.criteria.quantity import parse_unit
from indicated.criteria.references import References
from indicated.criteria.tables_schema import DerivedKeys, LabelKeys, LabelsKeys
from indicated.criteria.translate import validated
from indicated.errors import UnitError
from indicated.model import Concepts, Derived, Label, Reference
from indicated.units import convertible

# operation -> how many arguments it takes; None: two or more
OPERATIONS: dict[str, int | None] = {
    "add": None,
    "subtract": None,
    "multiply": None,
    "divide": None,
    "square_root": 1,
    "percent_change": 2,
    "min": None,
    "max": None,
}


def load_labels(path: Folder, concepts: Concepts) -> tuple[Label, ...]:
    """The rows of a label table. Raises for unknown concepts and units, and rows said twice."""
    problems = Problems(read_tree(path))
    keys: LabelsKeys | None = validated(LabelsKeys, problems, problems.tree.data)
    if keys is None:
        problems.stop()
        return ()
    refs = References(concepts, problems, keys.sources)
    known = references(keys.sources)
    rows: dict[tuple[object, ...], int] = {}
    labels = []
    for i, row in enumerate(keys.labels):
        labels.append(_label(row, refs, known, ("labels", i)))
        what = (row.product, row.ingredient, row.regulator, tuple(row.indications), row.population)
        first = rows.setdefault(what, problems.tree.line(("labels", i)))
        if first != problems.tree.line(("labels", i)):
            problems.add(
                ("labels", i),
                f"a second row for the same product, indication and population (first on {first})",
                "Two labels for one thing cannot both hold.",
                "Remove one, or say in `population` how they differ.",
            )
    _uncited(refs, problems)
    problems.stop()
    return tuple(labels)


def _label(row: LabelKeys, refs: References, known: dict[str, Reference], place: Place) -> Label:
    refs.concept(row.ingredient, (*place, "ingredient"))
    for i, indication in enumerate(row.indications):
        refs.concept(indication, (*place, "indications", i))
    for i, need in enumerate(row.needs):
        refs.concept(need, (*place, "needs", i))
    cites = refs.cite(row.cite, (*place, "cite"))
    return Label(
        product=row.product,
        ingredient=row.ingredient,
        regulator=row.regulator,
        indications=tuple(row.indications),
        says=row.says,
        population=row.population,
        dose=row.dose,
        maximum=refs.quantity(row.maximum, (*place, "maximum")),
        every=refs.quantity(row.every, (*place, "every")),
        needs=tuple(row.needs),
        from_age=refs.quantity(row.from_age, (*place, "from_age")),
        below_age=refs.quantity(row.below_age, (*place, "below_age")),
        valid_from=row.valid_from,
        references=tuple(
            replace(known[c.key], note="; ".join(filter(None, [known[c.key].note, c.locator])))
            for c in cites
            if c.key in known
        ),
    )


def load_derived(path: Folder, concepts: Concepts) -> Derived:
    """A derived value. Raises for what its formula names and does not have, and the reverse."""
    problems = Problems(read_tree(path))
    keys: DerivedKeys | None = validated(DerivedKeys, problems, problems.tree.data)
    if keys is None:
        problems.stop()
        raise AssertionError("nothing was understood, and nothing was said about it")
    refs = References(concepts, problems, keys.sources)
    unit = _unit(keys.unit, ("unit",), problems)
    gives = refs.concept(keys.derived, ("derived",))
    _fits(unit, gives.unit if gives else "", keys.derived, ("unit",), problems)
    inputs: dict[str, tuple[str, str]] = {}
    for name, entry in keys.inputs.items():
        place: Place = ("inputs", name)
        concept = refs.concept(entry.concept, (*place, "concept"))
        inputs[name] = (entry.concept, _unit(entry.unit, (*place, "unit"), problems))
        if concept is not None and not concept.molar_mass:
            _fits(inputs[name][1], concept.unit, concept.id, (*place, "unit"), problems)
    used: set[str] = set()
    formula = _formula(keys.formula, ("formula",), set(inputs), used, problems)
    for name in inputs:
        if name not in used:
            problems.add(
                ("inputs", name),
                f'input "{name}" is never used in the formula',
                "Its absence would stop a calculation that does not need it.",
                "Use it, or remove it.",
            )
    cite = refs.cite(keys.cite, ("cite",))
    _uncited(refs, problems)
    problems.stop()
    return Derived(
        keys.derived,
        unit,
        inputs,
        formula,
        keys.says,
        keys.agrees_within,
        cite,
        references(keys.sources),
    )


def _formula(
    formula: Any, place: Place, inputs: set[str], used: set[str], problems: Problems
) -> Any:
    """The formula with numbers as numbers; every name in it is an input."""
    if isinstance(formula, str):
        if formula in inputs:
            used.add(formula)
            return formula
        return _constant(formula, place, inputs, problems)
    if not isinstance(formula, dict) or len(formula) != 1:
        problems.add(
            place,
            "a formula is an input, a number, or one {operation: [formulas]}",
            do="Write, for example, {divide: [weight, {multiply: [height, height]}]}.",
        )
        return formula
    ((operation, arguments),) = formula.items()
    here = (*place, operation)
    if operation == "lookup":
        return {"lookup": _lookup(arguments, here, inputs, used, problems)}
    if operation not in OPERATIONS:
        problems.add(
            here,
            f'unknown operation "{operation}"',
            "It cannot be computed.",
            near(operation, OPERATIONS) or f"Operations: {', '.join(OPERATIONS)}, lookup.",
        )
        return formula
    listed = arguments if isinstance(arguments, list) else [arguments]
    wanted = OPERATIONS[operation]
    if (wanted is None and len(listed) < 2) or (wanted is not None and len(listed) != wanted):
        problems.add(
            here,
            f'"{operation}" needs {wanted or "two or more"} arguments',
            do="Write them as a list.",
        )
    return {
        operation: [_formula(a, (*here, i), inputs, used, problems) for i, a in enumerate(listed)]
    }


def _constant(text: str, place: Place, inputs: set[str], problems: Problems) -> Any:
    try:
        number = Decimal(text)
    except InvalidOperation:
        number = Decimal("NaN")
    if number.is_finite():
        return number
    problems.add(
        place,
        f'"{text}" is neither an input nor a number',
        "It cannot be computed.",
        near(text, inputs) or f"Inputs: {', '.join(sorted(inputs))}.",
    )
    return text


def _lookup(
    arguments: Any, place: Place, inputs: set[str], used: set[str], problems: Problems
) -> Any:
    sound = isinstance(arguments, dict) and set(arguments) == {"of", "table"}
    if not sound or not isinstance(arguments["table"], dict) or not arguments["table"]:
        problems.add(
            place,
            '"lookup" needs "of" (an input) and "table" (number: number)',
            do="Write {lookup: {of: input, table: {1: 0.5, 2: 0.75}}}.",
        )
        return arguments
    of = arguments["of"]
    if not isinstance(of, str) or of not in inputs:
        problems.add(
            (*place, "of"),
            f'"{of}" is no input',
            do=near(str(of), inputs) or f"Inputs: {', '.join(sorted(inputs))}.",
        )
    else:
        used.add(of)
    table = {
        key: _constant(str(value), (*place, "table", key), set(), problems)
        for key, value in arguments["table"].items()
    }
    return {"of": of, "table": table}


def _unit(text: str, place: Place, problems: Problems) -> str:
    try:
        return parse_unit(text)
    except UnitError as error:
        problems.add(place, error.what, error.why, error.do)
        return ""


def _fits(unit: str, wanted: str, concept: str, place: Place, problems: Problems) -> None:
    if unit and wanted and not convertible(unit, wanted):
        problems.add(
            place,
            f'wrong unit "{unit}": the unit of "{concept}" is "{wanted}"',
            "The result would be compared with numbers of another kind.",
            f'Use "{wanted}".',
        )


def _uncited(refs: References, problems: Problems) -> None:
    for key in refs.sources:
        if key not in refs.cited:
            problems.add(
                ("sources", key),
                f'"{key}" in sources is never used: dead text',
                "It looks as if something rested on it.",
                "Cite it, or remove it.",
            )
