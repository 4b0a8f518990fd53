"""The JSON Schema for editors: up to date, and of the same opinion as the loader."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from indicated.criteria.schema import editor_schema

from .conftest import POLICY

ROOT = Path(__file__).parents[2]
SCHEMA = editor_schema()
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA)
BROKEN = ROOT / "tests" / "broken_policies" / "policies"
SHIPPED = sorted((ROOT / "src/indicated/library/policies").glob("*/policy.yaml"))
# Mistakes of form, which an editor can see without knowing concepts, sources or numbers.
OF_FORM = [
    "unknown-key", "unknown-key-at-top", "unknown-key-in-route", "unknown-key-in-source",
    "missing-title", "unknown-word", "empty-all", "empty-any", "empty-none", "empty-of",
    "empty-has", "empty-value", "times-zero", "checked-unknown", "unknown-phase", "text-for-list",
    "list-for-text", "text-for-keys", "silence-present",
]  # fmt: skip


class EditorLoader(yaml.SafeLoader):
    """YAML as an editor reads it: numbers and booleans, and dates as text (YAML 1.2)."""


EditorLoader.yaml_implicit_resolvers = {
    sign: [(tag, pattern) for tag, pattern in found if not tag.endswith(":timestamp")]
    for sign, found in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def complaints(path: Path) -> list[str]:
    data: Any = yaml.load(path.read_text(encoding="utf-8"), Loader=EditorLoader)
    return [f"{list(e.absolute_path)}: {e.message[:200]}" for e in VALIDATOR.iter_errors(data)]


def test_the_written_schema_is_up_to_date() -> None:
    written = json.loads((ROOT / "docs" / "policy.schema.json").read_text(encoding="utf-8"))
    assert written == SCHEMA, (
        "run: python -c 'from pathlib import Path; from indicated.criteria.schema import "
        'write_editor_schema as w; w(Path("docs/policy.schema.json"))\''
    )


def test_it_is_a_json_schema() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)


@pytest.mark.parametrize("path", [POLICY / "policy.yaml", *SHIPPED], ids=lambda p: p.parent.name)
def test_a_sound_policy_pleases_an_editor(path: Path) -> None:
    assert complaints(path) == []


@pytest.mark.parametrize("name", OF_FORM)
def test_an_editor_sees_mistakes_of_form(name: str) -> None:
    assert complaints(BROKEN / f"{name}.yaml")


def test_every_key_of_a_criterion_is_known_to_the_editor() -> None:
    keys = set(SCHEMA["$defs"]["Node"]["properties"])
    assert keys >= {"has", "value", "all", "any", "none", "of", "says", "cite", "ask", "silence"}
    assert SCHEMA["$defs"]["Node"]["additionalProperties"] is False
