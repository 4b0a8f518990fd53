"""The two tests that look at facts, `has` and `value`, with what narrows them."""

from __future__ import annotations

from dataclasses import replace

from indicated.criteria.lines import Place, near
from indicated.criteria.references import References
from indicated.criteria.schema import BoundKeys, Node, RelationKeys, VersusKeys
from indicated.model import Bound, Concept, Has, Qualifiers, Quantity, Relation, Value, Versus
from indicated.units import convertible, dimension, known_units

BOUNDS = ("below", "at_most", "above", "at_least", "between")
TIME = ("before", "after", "since", "during")


def has_test(refs: References, node: Node, place: Place) -> Has | None:
    """`has` of a node; None when what it names does not exist."""
    ids = tuple(node.has or ())
    found = [refs.concept(c, (*place, "has", i)) for i, c in enumerate(ids)]
    where = _where(refs, node, place)
    if None in found or where is None:
        return None
    distinct = {"true": "concept", "false": "", None: ""}.get(node.distinct, node.distinct or "")
    apart = refs.quantity(node.apart, (*place, "apart"), "time")
    times = node.times.at_least if node.times else 1
    if (distinct or apart) and times < 2:
        key = "distinct" if distinct else "apart"
        refs.problems.add(
            (*place, key),
            f'"{key}" needs "times: {{at_least: 2}}" or more',
            "One fact is always different from none.",
            "Add `times`, or remove it.",
        )
    listed = all(c is not None and c.kind == "request" for c in found)
    if node.each and not (listed and len(ids) == 1):
        refs.problems.add(
            (*place, "each"),
            '"each" needs one concept of the request that names others',
            "Only a request carries such a list.",
            "Write `has: request.alternative` beside it.",
        )
    return Has(ids, times, distinct, apart, where, node.each or "")


def value_test(refs: References, node: Node, place: Place) -> Value | None:
    """`value` of a node; None when it cannot be compared."""
    concept = refs.concept(node.value or "", (*place, "value"))
    where = _where(refs, node, place)
    versus = _versus(refs, node.versus, (*place, "versus"))
    if concept is None or where is None:
        return None
    unit = "%" if versus and versus.change == "percent" else concept.unit
    limits = bounds(refs, node, place, unit, concept if unit == concept.unit else None)
    given = any(getattr(node, key) is not None for key in BOUNDS)
    if given == bool(node.one_of):
        refs.problems.add(
            place,
            f'"value: {concept.id}" is compared with '
            + ("words and with numbers" if given else "nothing"),
            "It could not be decided.",
            f"Give one of {', '.join(BOUNDS)}, or `one_of`.",
        )
        return None
    for i, word in enumerate(node.one_of or ()):
        if concept.levels and word not in concept.levels:
            refs.problems.add(
                (*place, "one_of", i),
                f'"{word}" is no level of "{concept.id}"',
                "It would never be found.",
                near(word, concept.levels) or f"Levels: {', '.join(concept.levels)}.",
            )
    return Value(
        concept.id, node.pick or "latest", limits, frozenset(node.one_of or ()), versus, where
    )


def bounds(
    refs: References,
    keys: BoundKeys,
    place: Place,
    unit: str,
    concept: Concept | None = None,
) -> tuple[Bound, ...]:
    """The comparisons, in the order below, at most, above, at least, between."""
    given: list[tuple[str, str, Place]] = []
    for op in BOUNDS[:-1]:
        if (text := getattr(keys, op)) is not None:
            given.append((op, text, (*place, op)))
    if keys.between is not None:
        low, high = keys.between
        here = (*place, "between")
        given += [("at_least", low, (*here, 0)), ("at_most", high, (*here, 1))]
    found = [_bound(refs, op, text, at, unit, concept) for op, text, at in given]
    return tuple(b for b in found if b is not None)


def _bound(
    refs: References,
    op: str,
    text: str,
    place: Place,
    unit: str,
    concept: Concept | None,
) -> Bound | None:
    name = text.removeprefix("$") if text.startswith("$") else ""
    limit = _parameter(refs, name, place) if name else refs.quantity(text, place)
    if limit is None:
        return None
    if limit.exact is None:
        refs.problems.add(
            place,
            f'"{text}" is a range where one number is needed',
            do="Write `between: [lower, upper]`.",
        )
        return None
    limit = _unit_fits(refs, limit, text, place, unit, concept)
    return Bound(op, limit, name) if limit is not None else None


def _unit_fits(
    refs: References, limit: Quantity, text: str, place: Place, unit: str, concept: Concept | None
) -> Quantity | None:
    mass = concept.molar_mass if concept else None
    if not unit or (limit.unit and convertible(limit.unit, unit, mass)):
        return limit
    if not limit.unit and unit in ("{score}", "{count}"):
        return replace(limit, unit=unit)
    units = [u.code for u in known_units().values() if convertible(u.code, unit, mass)]
    what = f'wrong unit "{limit.unit}"' if limit.unit else f'no unit in "{text}"'
    whose = f' of "{concept.id}"' if concept else ""
    refs.problems.add(
        place,
        f'{what}: the unit{whose} is "{unit}"',
        "A number in another unit means something else, or nothing.",
        f"Known units here: {', '.join(units)}.",
    )
    return None


def _where(refs: References, node: Node, place: Place) -> Qualifiers | None:
    relations = _relations(refs, node, place)
    if relations is None:
        return None
    within, parameter = _within(refs, node.within, (*place, "within"))
    lasting = bounds(refs, node.lasting, (*place, "lasting"), "d") if node.lasting else ()
    dose = bounds(refs, node.dose, (*place, "dose"), "") if node.dose else ()
    return Qualifiers(
        within=within,
        within_parameter=parameter,
        said_of=node.said_of or "",
        relations=relations,
        lasting=lasting,
        ended_because=frozenset(node.ended_because or ()),
        response=frozenset(node.response or ()),
        shown_by=frozenset(node.shown_by or ()),
        dose=dose,
        currently=bool(node.currently),
        same_site=bool(node.same_site),
        adequate=bool(node.adequate),
    )


def _within(refs: References, text: str | None, place: Place) -> tuple[Quantity | None, str]:
    """A length of time, written out or as a parameter, and the parameter's name."""
    if text is None or not text.startswith("$"):
        return refs.quantity(text, place, "time"), ""
    limit = _parameter(refs, text.removeprefix("$"), place)
    if limit is not None and dimension(limit.unit) != "time":
        refs.problems.add(
            place,
            f'"{text}" is no length of time',
            "The two could not be compared.",
            "Name a parameter whose value is a time, such as 12 mo.",
        )
    return limit, text.removeprefix("$")


def _parameter(refs: References, name: str, place: Place) -> Quantity | None:
    refs.set_by.add(name)
    if name in refs.parameters:
        return refs.parameters[name]
    refs.problems.add(
        place,
        f'unknown parameter "${name}"',
        "The threshold has no number.",
        near(name, refs.parameters) or f'Add "{name}" under `parameters`.',
    )
    return None


def _relations(
    refs: References, keys: Node | VersusKeys, place: Place
) -> tuple[Relation, ...] | None:
    found: list[Relation] = []
    sound = True
    for kind in TIME:
        given: str | RelationKeys | None = getattr(keys, kind)
        if given is None:
            continue
        here = (*place, kind)
        id = given if isinstance(given, str) else given.concept
        if refs.concept(id, here) is None:
            sound = False
            continue
        silence = "" if isinstance(given, str) else refs.silence(given.silence, given.because, here)
        found.append(Relation(kind, id, silence))
    return tuple(found) if sound else None


def _versus(refs: References, keys: VersusKeys | None, place: Place) -> Versus | None:
    if keys is None:
        return None
    return Versus(keys.pick, keys.as_, _relations(refs, keys, place) or ())
