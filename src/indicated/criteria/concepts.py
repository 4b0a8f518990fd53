"""Concepts: what charts speak of. YAML in, `model.Concepts` out, checked as one vocabulary."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from decimal import Decimal
from importlib.resources.abc import Traversable
from pathlib import Path

from indicated.criteria.lines import (
    Content,
    Place,
    Problems,
    content,
    near,
    raise_all,
    read_tree,
    shown,
)
from indicated.criteria.quantity import parse_quantity, parse_unit
from indicated.criteria.spread import names_of
from indicated.criteria.tables_schema import ConceptKeys, ExtensionKeys, RangeKeys
from indicated.criteria.translate import validated
from indicated.errors import PolicyError, PolicyErrors, UnitError
from indicated.model import Concept, Concepts, Quantity, ReferenceRange
from indicated.once import KEPT
from indicated.units import convertible

Folder = Path | Traversable


def yaml_files(folder: Folder) -> list[Folder]:
    """The YAML files directly in a folder, by name; none where there is no such folder."""
    if not folder.is_dir():
        return []
    found = [f for f in folder.iterdir() if f.name.endswith((".yaml", ".yml"))]
    return sorted(found, key=lambda f: f.name)


def load_concepts(folder: Folder, *more: Folder) -> Concepts:
    """Every concept of the folders, as one vocabulary.

    Raises `PolicyError` or `PolicyErrors` for what is wrong in any of the files: unknown keys and
    units, an id given twice, a broader concept that does not exist or leads back to itself, an
    opposite that is unknown or names another one itself.
    """
    known = tuple(tuple(map(content, yaml_files(each))) for each in (folder, *more))
    if known in _sound:
        return _sound[known]
    concepts, errors = read_concepts(folder, *more)
    raise_all(errors)
    while len(_sound) >= KEPT:
        _sound.pop(next(iter(_sound)))
    if all(files and None not in files for files in known):
        _sound[known] = concepts
    return concepts


# The vocabularies that were found sound, by the content of their files: with the same names, all
# that is made of them once is found again.
_sound: dict[tuple[tuple[Content, ...], ...], Concepts] = {}


def read_concepts(folder: Folder, *more: Folder) -> tuple[Concepts, list[PolicyError]]:
    """The concepts that could be read, and everything that is wrong with any of them.

    For looking at one policy while the vocabulary around it is still being written.
    """
    errors: list[PolicyError] = []
    found: dict[str, Concept] = {}
    for each in (folder, *more):
        before = set(found)
        if not each.is_dir():
            errors.append(
                PolicyError(
                    "there is no such folder",
                    shown(each),
                    do="Name a folder with concept files.",
                )
            )
        for file in yaml_files(each):
            try:
                _read(file, found, before, errors)
            except PolicyErrors as several:
                errors.extend(several.errors)
            except PolicyError as error:
                errors.append(error)
    errors.extend(_together(found))
    _mutual(found)
    return Concepts(found), errors


def _read(
    file: Folder, found: dict[str, Concept], before: set[str], errors: list[PolicyError]
) -> None:
    """Add a file's concepts to those found; `before` are those of earlier folders."""
    tree = read_tree(file)
    problems = Problems(tree)
    if not isinstance(tree.data, dict):
        problems.add(
            (),
            'a concept file is a list of "id: {...}" entries',
            do='Begin each concept with its id, such as "weight: {label: body weight, ...}".',
        )
        problems.stop()
    for id, entry in tree.data.items():
        if isinstance(entry, dict) and "extends" in entry:
            _extend(id, entry, found, before, problems)
            continue
        keys = validated(ConceptKeys, problems, entry, at=(id,))
        if keys is None:
            continue
        concept = _concept(id, keys, problems)
        if id in found:
            problems.add(
                (id,),
                f'concept "{id}" is defined twice (first in {found[id].line})',
                "Only one of the two could hold.",
                'Write "extends: true" to add to it.' if id in before else "Merge or rename them.",
            )
        else:
            found[id] = concept
    errors.extend(problems.errors)


def _extend(
    id: str, entry: object, found: dict[str, Concept], before: set[str], problems: Problems
) -> None:
    """Add names, codes and broader concepts to a concept of an earlier folder."""
    keys: ExtensionKeys | None = validated(ExtensionKeys, problems, entry, at=(id,))
    if keys is None:
        return
    if id not in before or not keys.extends:
        problems.add(
            (id, "extends"),
            f'there is no concept "{id}" in an earlier folder to add to',
            "What is added would belong to nothing.",
            near(id, before) or 'Define it: leave "extends" out and give it a label and a kind.',
        )
        return
    old = found[id]
    systems = dict.fromkeys((*old.codes, *keys.codes))
    found[id] = replace(
        old,
        names=_joined(old.names, names_of(keys.names, problems, (id, "names"))),
        abbreviations=_joined(old.abbreviations, keys.abbreviations),
        under=_joined(old.under, keys.under),
        codes={s: _joined(old.codes.get(s, ()), keys.codes.get(s, [])) for s in systems},
    )


def _joined(old: Iterable[str], new: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*old, *new)))


def _concept(id: str, keys: ConceptKeys, problems: Problems) -> Concept:
    unit = _unit(keys.unit, problems, (id, "unit"))
    if keys.plausible and keys.plausible[0] >= keys.plausible[1]:
        problems.add(
            (id, "plausible"), "the plausible range is empty", do="Write [lowest, highest]."
        )
    ranges = tuple(
        ReferenceRange(
            low=_limit(r.low, unit, keys, problems, (id, "range", i, "low")),
            high=_limit(r.high, unit, keys, problems, (id, "range", i, "high")),
            sex=r.sex or "",
            age_from=r.age_from,
            age_to=r.age_to,
            cite=r.cite,
        )
        for i, r in enumerate(keys.range)
        if _whole(r, problems, (id, "range", i))
    )
    return Concept(
        id=id,
        label=keys.label,
        kind=keys.kind,
        names=names_of(keys.names, problems, (id, "names")),
        abbreviations=tuple(keys.abbreviations),
        under=tuple(keys.under),
        opposite=keys.opposite,
        codes={system: tuple(codes) for system, codes in keys.codes.items()},
        unit=unit,
        range=ranges,
        plausible=(keys.plausible[0], keys.plausible[1]) if keys.plausible else None,
        molar_mass=keys.molar_mass,
        bare=_bare(unit, keys, problems, id),
        levels=tuple(keys.levels),
        parts=tuple(keys.parts),
        kinds=tuple(keys.kinds),
        line=problems.tree.at((id,)),
    )


def _whole(keys: RangeKeys, problems: Problems, place: Place) -> bool:
    if keys.low is None and keys.high is None:
        problems.add(place, "a reference range without low and high", do="Give at least one.")
        return False
    return True


def _bare(
    unit: str, keys: ConceptKeys, problems: Problems, id: str
) -> tuple[tuple[str, Decimal, Decimal], ...]:
    """The units that charts leave out, each with the numbers that are in it, none in two."""
    found: list[tuple[str, Decimal, Decimal]] = []
    for written, (low, high) in keys.bare.items():
        place = (id, "bare", written)
        code = _unit(written, problems, place)
        if code and not convertible(code, unit, keys.molar_mass):
            problems.add(place, f'"{written}" is no unit of "{unit}"', do="Name one that converts.")
        if low >= high or any(low <= b and a <= high for _, a, b in found):
            problems.add(place, "the numbers are none, or those of another unit too",
                         do="Write [lowest, highest], apart from the other units.")  # fmt: skip
        found.append((code, low, high))
    return tuple(found)


def _unit(text: str, problems: Problems, place: Place) -> str:
    try:
        return parse_unit(text)
    except UnitError as error:
        problems.add(place, error.what, error.why, error.do)
        return ""


def _limit(
    text: str | None, unit: str, keys: ConceptKeys, problems: Problems, place: Place
) -> Quantity | None:
    if text is None:
        return None
    try:
        quantity = parse_quantity(text)
    except UnitError as error:
        problems.add(place, error.what, error.why, error.do)
        return None
    if unit and not convertible(quantity.unit or unit, unit, keys.molar_mass):
        problems.add(
            place,
            f'wrong unit "{quantity.unit}"; the concept is measured in "{unit}"',
            do=f'Write it in "{unit}".',
        )
    return quantity


def _together(found: dict[str, Concept]) -> list[PolicyError]:
    """What can be wrong between concepts."""
    errors: list[PolicyError] = []
    for concept in found.values():
        for parent in concept.under:
            if parent not in found:
                errors.append(
                    PolicyError(
                        f'concept "{concept.id}" is under "{parent}", which does not exist',
                        concept.line,
                        do=near(parent, found) or f'Define "{parent}", or remove it.',
                    )
                )
        for part in concept.parts:
            if part not in found:
                errors.append(
                    PolicyError(
                        f'concept "{concept.id}" has the part "{part}", which does not exist',
                        concept.line,
                        do=near(part, found) or f'Define "{part}", or remove it.',
                    )
                )
        if concept.opposite:
            errors.extend(_opposite(concept, found))
        loop = _loop(concept, found)
        if loop:
            errors.append(
                PolicyError(
                    f'"{concept.id}" is under itself: {" under ".join(loop)}',
                    concept.line,
                    why="A kind of thing cannot be a kind of itself; all would be one.",
                    do="Remove one of these.",
                )
            )
    return errors


def _opposite(concept: Concept, found: dict[str, Concept]) -> list[PolicyError]:
    other = found.get(concept.opposite)
    if other is None:
        return [
            PolicyError(
                f'the opposite of "{concept.id}", "{concept.opposite}", does not exist',
                concept.line,
                do=near(concept.opposite, found) or "Define it, or remove it.",
            )
        ]
    if other.opposite and other.opposite != concept.id:
        return [
            PolicyError(
                f'the opposite of "{concept.id}" is "{other.id}", whose own is "{other.opposite}"',
                concept.line,
                why="Opposites exclude each other; one that is not mutual excludes one way only.",
                do=f'Remove one of the two, or write "opposite: {concept.id}" in "{other.id}".',
            )
        ]
    return []


def _mutual(found: dict[str, Concept]) -> None:
    """An opposite that is written on one side only holds for both."""
    for concept in list(found.values()):
        other = found.get(concept.opposite)
        if other is not None and not other.opposite:
            found[other.id] = replace(other, opposite=concept.id)


def _loop(concept: Concept, found: dict[str, Concept]) -> list[str]:
    """The way from a concept up and back to itself, when there is one."""
    paths = [[concept.id, parent] for parent in concept.under]
    seen: set[str] = set()
    while paths:
        path = paths.pop()
        if path[-1] == concept.id:
            return path
        if path[-1] in seen or path[-1] not in found:
            continue
        seen.add(path[-1])
        paths.extend([*path, parent] for parent in found[path[-1]].under)
    return []
