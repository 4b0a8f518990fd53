"""Concepts for readers: `terms/<language>/*.yaml` says what they are called there, and mean."""

from __future__ import annotations

from pydantic import Field

from indicated.criteria.concepts import Folder, yaml_files
from indicated.criteria.fields import Base
from indicated.criteria.lines import Problems, near, read_tree
from indicated.criteria.translate import validated
from indicated.model import Concepts, Term

TERMS = "terms"


class TermKeys(Base):
    """One concept."""

    label: str = Field("", description="its name in this language, where it is not its own")
    means: str = Field("", description="what it is, in one plain sentence or phrase")


def terms_files(folder: Folder) -> dict[str, list[Folder]]:
    """The files of a library folder, by language."""
    terms = folder.joinpath(TERMS)
    languages = sorted(terms.iterdir(), key=lambda f: f.name) if terms.is_dir() else []
    return {each.name: yaml_files(each) for each in languages if each.is_dir()}


def load_terms(file: Folder, concepts: Concepts) -> dict[str, Term]:
    """The terms of a file, by concept. Raises `PolicyErrors` where one names no concept."""
    problems = Problems(read_tree(file))
    found: dict[str, TermKeys] | None = validated(dict[str, TermKeys], problems, problems.tree.data)
    for id in found or ():
        if id not in concepts:
            problems.add(
                (id,),
                f'unknown concept "{id}"',
                "The term would never be explained.",
                near(id, concepts.by_id) or "Name a concept of the library.",
            )
    problems.stop()
    return {id: Term(keys.label, keys.means) for id, keys in (found or {}).items()}
