"""Every mistake an author can make has a file, and its message has the words an author needs.

A file of `tests/broken_policies` begins with `# says:` (words its error must contain, separated by
"|"), `# near:` (the word it must suggest, where one is near) and `# line:` (where it must point).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from indicated.criteria import load_concepts, load_examples, load_policy, load_said
from indicated.criteria.profiles import load_profile
from indicated.criteria.tables import load_derived, load_labels
from indicated.criteria.terms import load_terms
from indicated.criteria.wording import load_wording
from indicated.errors import PolicyError, PolicyErrors
from indicated.model import Concepts, Library

BROKEN = Path(__file__).parent.parent / "broken_policies"
FILES = sorted(BROKEN.glob("*/*.yaml"))


def loader(file: Path, concepts: Concepts, library: Library, tmp_path: Path) -> Callable[[], Any]:
    """What reads a file of this kind."""
    kind = file.parent.name
    if kind == "concepts":
        (tmp_path / file.name).write_bytes(file.read_bytes())
        return lambda: load_concepts(tmp_path)
    return {
        "policies": lambda: load_policy(file, concepts),
        "examples": lambda: load_examples(file, concepts),
        "profiles": lambda: load_profile(file, library.policies, concepts),
        "labels": lambda: load_labels(file, concepts),
        "derived": lambda: load_derived(file, concepts),
        "words": lambda: load_wording(file, library.policies["testamab-cough"]),
        "terms": lambda: load_terms(file, concepts),
        "said": lambda: load_said(file, concepts, library.policies["testamab-cough"]),
    }[kind]


def errors_of(load: Callable[[], Any]) -> list[PolicyError]:
    with pytest.raises((PolicyError, PolicyErrors)) as caught:
        load()
    error = caught.value
    return error.errors if isinstance(error, PolicyErrors) else [error]


def promise(file: Path, key: str) -> str:
    found = re.search(rf"^# {key}: (.*)$", file.read_text(encoding="utf-8"), re.MULTILINE)
    return found[1] if found else ""


@pytest.mark.parametrize("file", FILES, ids=lambda f: f"{f.parent.name}/{f.stem}")
def test_a_mistake_is_named(
    file: Path, concepts: Concepts, library: Library, tmp_path: Path
) -> None:
    words = [w.strip() for w in promise(file, "says").split(" | ")]
    line, near = promise(file, "line"), promise(file, "near")
    errors = errors_of(loader(file, concepts, library, tmp_path))
    fitting = [e for e in errors if all(w in str(e) for w in words)]
    assert fitting, f"no error has {words}:\n" + "\n".join(map(str, errors))
    error = fitting[0]
    assert error.where.endswith(f"{file.name}:{line}"), f"{error.where}, not line {line}"
    if near:
        assert f'Did you mean "{near}"' in error.do
    assert error.why or error.do, "an error says why it matters or what to do"


@pytest.mark.parametrize("file", FILES, ids=lambda f: f"{f.parent.name}/{f.stem}")
def test_a_mistake_is_not_drowned(
    file: Path, concepts: Concepts, library: Library, tmp_path: Path
) -> None:
    """One mistake gives a message or two, not an avalanche."""
    assert len(errors_of(loader(file, concepts, library, tmp_path))) <= 4


def test_there_is_a_file_for_every_kind_of_mistake() -> None:
    assert len(FILES) >= 120
    assert {f.parent.name for f in FILES} == {
        "policies", "concepts", "examples", "profiles", "labels", "derived", "terms", "words",
        "said",
    }  # fmt: skip
