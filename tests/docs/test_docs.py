"""Documentation that cannot drift: generated pages are current, what is public is written down."""

from __future__ import annotations

import importlib.util
import re
import subprocess
from dataclasses import fields
from pathlib import Path
from types import ModuleType

import click
import pytest

from indicated.errors import ExitCode
from indicated.model import Outcome, Role, State
from indicated.serve.cli import main
from indicated.settings import Settings

ROOT = Path(__file__).resolve().parents[2]


def builder() -> ModuleType:
    spec = importlib.util.spec_from_file_location("docs_build", ROOT / "docs" / "build.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("name", sorted(builder().PAGES))
def test_generated_pages_are_current(name: str) -> None:
    """Stale? Run `make docs`."""
    assert (ROOT / "docs" / name).read_text(encoding="utf-8") == builder().PAGES[name]()


def commands(command: click.Command, name: str) -> list[tuple[str, click.Command]]:
    found = [(name, command)]
    if isinstance(command, click.Group):
        for sub, inner in command.commands.items():
            found += commands(inner, f"{name} {sub}")
    return found


@pytest.mark.parametrize(
    ("name", "command"), commands(main, "indicated"), ids=lambda x: x if isinstance(x, str) else ""
)
def test_every_command_and_option_has_help(name: str, command: click.Command) -> None:
    assert command.help, name
    for parameter in command.params:
        if isinstance(parameter, click.Option) and parameter.name not in (
            "jobs",
            "version",
            "help",
        ):
            assert parameter.help, f"{name} {parameter.name}"


def test_every_exit_code_and_setting_is_documented() -> None:
    shown = (ROOT / "docs" / "commands.md").read_text(encoding="utf-8")
    for code in ExitCode:
        assert f"| {int(code)} | {code.name.lower()} |" in shown
    settings = (ROOT / "docs" / "settings.md").read_text(encoding="utf-8")
    assert len(fields(Settings)) <= 20
    for field in fields(Settings):
        assert f"`{field.name}`" in settings


def test_the_glossary_has_every_outcome_role_and_state() -> None:
    glossary = (ROOT / "GLOSSARY.md").read_text(encoding="utf-8").lower().replace("**", "")
    for outcome in Outcome:
        assert outcome.value in glossary
    for word in [*Role, *State]:
        assert word.value.replace("_", " ") in glossary, word


@pytest.mark.parametrize("page", ["README.md", "DEVELOPERS.md", "GLOSSARY.md", "CHANGELOG.md"])
def test_links_of_the_pages_lead_somewhere(page: str) -> None:
    text = (ROOT / page).read_text(encoding="utf-8")
    for target in re.findall(r"\]\(([^)#]+)\)", text):
        if not target.startswith("http"):
            assert (ROOT / target).exists(), f"{page} links to {target}"


def test_the_example_of_the_readme_runs() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    (code,) = re.findall(r"```python\n(.*?)```", text, re.DOTALL)
    scope: dict[str, object] = {}
    exec(compile(code.replace("print(", "shown = ("), "README.md", "exec"), scope)
    assert scope["shown"] in list(Outcome)


def test_the_project_speaks_of_itself_alone() -> None:
    """No path of a machine, no registry's host, in anything that is shipped."""
    patterns = re.compile(
        r"(?<![\w.])/(?:work|root|tmp|home)/|pypi\.org|registry\.npmjs|files\.pythonhosted"
    )
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True)
    if listed.returncode:
        pytest.skip("not a checkout")
    wrong = []
    for name in filter(None, listed.stdout.split("\0")):
        path = ROOT / name
        if path == Path(__file__) or not path.is_file() or path.suffix == ".png":
            continue
        if patterns.search(path.read_text(encoding="utf-8", errors="ignore")):
            wrong.append(name)
    assert wrong == []
