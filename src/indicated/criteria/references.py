"""What the parts of a policy refer to: sources, concepts, parameters, quantities."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from indicated.criteria.lines import Place, Problems, near
from indicated.criteria.quantity import parse_quantity
from indicated.errors import UnitError
from indicated.model import Citation, Concept, Concepts, Quantity
from indicated.units import dimension, known_units


@dataclass
class References:
    """Resolves what one file names, and remembers what was named."""

    concepts: Concepts
    problems: Problems
    sources: Mapping[str, object]
    parameters: Mapping[str, Quantity] = field(default_factory=dict)
    parameter_cites: Mapping[str, tuple[Citation, ...]] = field(default_factory=dict)
    cited: set[str] = field(default_factory=set)  # keys of sources
    set_by: set[str] = field(default_factory=set)  # parameters that a bound uses

    def cite(self, texts: list[str] | None, place: Place) -> tuple[Citation, ...]:
        """Citations, each naming a source of the file."""
        found = []
        for i, text in enumerate(texts or []):
            key, _, locator = text.partition("#")
            self.cited.add(key)
            if key not in self.sources:
                self.problems.add(
                    (*place, i),
                    f'missing source "{key}": it is cited and not in `sources`',
                    "A reader must be able to look up every citation.",
                    near(key, self.sources) or f'Add "{key}" under `sources`.',
                )
            found.append(Citation(key, locator.strip()))
        return tuple(found)

    def concept(self, id: str, place: Place) -> Concept | None:
        """A concept that must exist."""
        if id in self.concepts:
            return self.concepts[id]
        self.problems.add(
            place,
            f'unknown concept "{id}"',
            "No chart can be read for a concept that nobody has defined.",
            near(id, self.concepts.by_id) or "Add it under library/concepts.",
        )
        return None

    def quantity(self, text: str | None, place: Place, kind: str = "") -> Quantity | None:
        """A quantity; of one dimension, where `kind` names it."""
        if text is None:
            return None
        try:
            quantity = parse_quantity(text)
        except UnitError as error:
            self.problems.add(place, error.what, error.why, error.do)
            return None
        if kind and (not quantity.unit or dimension(quantity.unit) != kind):
            units = [u.code for u in known_units().values() if u.dimension == kind]
            self.problems.add(
                place,
                f'wrong unit in "{text}": a {kind} is needed here',
                "The two could not be compared.",
                f"Use one of: {', '.join(units)}.",
            )
            return None
        return quantity

    def silence(self, silence: str | None, because: str | None, place: Place) -> str:
        """The reason for which silence is closed; "" where it is not."""
        if silence and not because:
            self.problems.add(
                (*place, "silence"),
                '"silence: absent" without "because"',
                "Reading silence as no must be justified, and the article shows why.",
                'Add "because: ..." with the reason.',
            )
        if because and not silence:
            self.problems.add(
                (*place, "because"),
                '"because" without "silence: absent"',
                "The reason would be read by nobody.",
                'Add "silence: absent", or remove it.',
            )
        return (because or "") if silence else ""

    def given(self, ids: list[str] | None, silence: str, place: Place) -> tuple[str, ...]:
        """The concepts of which one must be said before silence is closed."""
        if ids and not silence:
            self.problems.add(
                (*place, "given"),
                '"given" without "silence: absent"',
                "It says where silence counts as absent, and here it never does.",
                'Add "silence: absent" and "because", or remove it.',
            )
        for i, id in enumerate(ids or ()):
            self.concept(id, (*place, "given", i))
        return tuple(ids or ())
