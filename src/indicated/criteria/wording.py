"""A policy in other words, one file a language: `policies/<id>/words/<language>.yaml`.

The words are for those who are no professionals, and for learners. They decide nothing; a number
in them must stand in the criterion that they word.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from pydantic import Field

from indicated.criteria.concepts import Folder, yaml_files
from indicated.criteria.fields import Base
from indicated.criteria.lines import Place, Problems, near, read_tree
from indicated.criteria.translate import validated
from indicated.model import Criterion, Policy, Wording
from indicated.units import written_numbers

WORDS = "words"


class CriterionWords(Base):
    """One criterion, route or exception."""

    says: str = Field("", description="the criterion for a patient, in one short sentence")
    ask: str = Field("", description="what a patient is to ask for, and whom")
    why: str = Field("", description="why the criterion exists, for a learner")


class WordingKeys(Base):
    """A file of words."""

    title: str = Field("", description="the policy's title for a patient")
    criteria: dict[str, CriterionWords] = Field(
        default_factory=dict, description="words by the id of a criterion, route or exception"
    )


def words_files(policy_folder: Folder) -> list[Folder]:
    """The files of words beside a policy, by language."""
    return yaml_files(policy_folder.joinpath(WORDS))


def language_of(file: Folder) -> str:
    """The language that a file of words is in, by its name."""
    return file.name.rpartition(".")[0]


def load_wording(file: Folder, policy: Policy) -> Wording:
    """The words of one file. Raises `PolicyErrors` where an id is not of the policy, or where a
    number stands in the words and not in the criterion."""
    problems = Problems(read_tree(file))
    keys: WordingKeys | None = validated(WordingKeys, problems, problems.tree.data)
    if keys is None:
        problems.stop()
        raise AssertionError("nothing was understood, and nothing was said about it")
    known = said(policy)
    for id, words in keys.criteria.items():
        place: Place = ("criteria", id)
        if id not in known:
            problems.add(
                place,
                f'"{id}" is no criterion, route or exception of this policy',
                "The words would never be shown.",
                near(id, known) or "Remove it.",
            )
            continue
        for field in ("says", "ask"):
            own: str = getattr(words, field)
            if strange := sorted(written_numbers(own) - written_numbers(known[id])):
                problems.add(
                    (*place, field),
                    f"the number {', '.join(strange)} does not stand in the criterion",
                    "A reader would be told a threshold that decides nothing.",
                    "Write the criterion's own number, or none.",
                )
    problems.stop()

    def of(field: str) -> dict[str, str]:
        return {id: text for id, w in keys.criteria.items() if (text := getattr(w, field))}

    return Wording(policy.version, keys.title, of("says"), of("ask"), of("why"))


def said(policy: Policy) -> Mapping[str, str]:
    """The professional words of every criterion, route and exception: sentence, ask, condition."""
    found: dict[str, list[str]] = {}
    for phase in policy.phases.values():
        for route in (*phase.routes, *phase.exceptions):
            found.setdefault(route.id, []).extend((route.says, route.condition))
            for criterion in _all(route.criteria):
                found.setdefault(criterion.id, []).extend((criterion.says, criterion.ask))
        for criterion in _all((*phase.exclusions, *phase.requirements, *phase.supporting)):
            found.setdefault(criterion.id, []).extend((criterion.says, criterion.ask))
    return {id: "\n".join(texts) for id, texts in found.items()}


def _all(criteria: Iterable[Criterion]) -> Iterator[Criterion]:
    for criterion in criteria:
        yield criterion
        yield from _all(getattr(criterion.test, "parts", ()))
