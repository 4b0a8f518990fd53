"""Write the pages that have one source elsewhere: `make docs`. A test says when they are stale.

docs/criteria.md      from the spec tables in tests/spec
docs/commands.md      from the command line itself
docs/settings.md      from settings.py and errors.py
docs/library.md       from the shipped policies
docs/reading.md       its tables of limits and of refused formats, from chart/
docs/reading-figures.md  how well text is read, from the annotated sentences and generated notes
docs/bulk.md          its table of columns, from table.py
docs/*.schema.json    from the policy language and the outputs
"""

from __future__ import annotations

import ast
import json
import sys
import textwrap
from collections.abc import Callable
from dataclasses import fields
from pathlib import Path

import click

from indicated.chart.formats import REFUSED
from indicated.files.limits import Limits
from indicated.criteria import load_library
from indicated.criteria.schema import editor_schema
from indicated.errors import ExitCode
from indicated.report import check_schema, output_schema
from indicated.report.facts_output import facts_schema
from indicated.serve.cli import main
from indicated.serve.desk.settings import PREFIX, DeskSettings
from indicated.serve.collection import ENVIRONMENT as OF_THE_COLLECTION
from indicated.serve.kept import ENVIRONMENT
from indicated.serve.model.chosen import ENVIRONMENT as OF_MODELS
from indicated.serve.online.allowed import ENVIRONMENT as ONLINE
from indicated.settings import Settings
from indicated.table import COLUMNS, NUMBER

sys.path.insert(0, str(Path(__file__).resolve().parent / "site"))
from shown import Shown

ROOT = Path(__file__).resolve().parents[1]


def criteria_page() -> str:
    """Every spec table, as it is tested on every engine."""
    out = [
        "# Criteria, by example",
        "",
        "Each table below is a test that runs on every engine: the reference, in plain Python, and",
        "DuckDB ([bulk.md](bulk.md)). A row reads: the facts of the record (as of 2025-06-01), and the",
        "finding of the criterion above the table. How a policy is written is in [policies.md](policies.md).",
    ]
    for path in sorted((ROOT / "tests" / "spec").glob("test_*.py")):
        module = ast.parse(path.read_text(encoding="utf-8"))
        out += ["", f"## {(ast.get_docstring(module) or '').strip()}"]
        for node in module.body:
            if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
                out += _spec(node)
    return "\n".join(out) + "\n"


def _spec(node: ast.FunctionDef) -> list[str]:
    title = node.name.removeprefix("test_").replace("_", " ")
    out = ["", f"### {title[0].upper()}{title[1:]}", "", (ast.get_docstring(node) or "").strip()]
    for call in ast.walk(node):
        if not (isinstance(call, ast.Call) and getattr(call.func, "id", "") == "decide"):
            continue
        criterion = textwrap.dedent(ast.literal_eval(call.args[0])).strip()
        table = next(ast.literal_eval(k.value) for k in call.keywords if k.arg == "table")
        out += ["", "```yaml", criterion, "```", "", "| | facts | finding |", "|---|---|---|"]
        for line in table.strip().splitlines()[1:]:
            cells = [cell.strip() for cell in line.split("|")]
            out.append("| " + " | ".join(cells) + " |")
    return out


def commands_page() -> str:
    """Every command with its help, and what it returns."""
    out = ["# Commands", ""]

    def describe(command: click.Command, name: str) -> None:
        context = click.Context(
            command,
            info_name=name,
            terminal_width=90,
            max_content_width=90,
            **main.context_settings,
        )
        out.extend([f"## `{name}`", "", "```text", command.get_help(context), "```", ""])
        if isinstance(command, click.Group):
            for sub in command.list_commands(context):
                describe(command.get_command(context, sub) or command, f"{name} {sub}")

    describe(main, "indicated")
    out += ["## Exit codes", "", "| code | name | meaning |", "|---|---|---|"]
    source = (ROOT / "src/indicated/errors.py").read_text(encoding="utf-8").splitlines()
    for code in ExitCode:
        meaning = next(
            (
                s.split("#", 1)[1].strip()
                for s in source
                if s.strip().startswith(f"{code.name} =") and "#" in s
            ),
            "done",
        )
        out.append(f"| {int(code)} | {code.name.lower()} | {meaning} |")
    return "\n".join(out) + "\n"


def settings_page() -> str:
    """Every setting with its default and meaning."""
    out = ["# Settings", "", *_settings(Settings, "src/indicated/settings.py")]
    out += ["", "## The environment", "", "| variable | meaning |", "|---|---|"]
    out += [
        f"| `{name}` | {meaning} |"
        for name, meaning in (ENVIRONMENT | OF_THE_COLLECTION | OF_MODELS | ONLINE).items()
    ]
    desk = _settings(DeskSettings, "src/indicated/serve/desk/settings.py")
    out += [
        "",
        "## The review desk",
        "",
        f"Each is set by `{PREFIX}<NAME>` in the environment.",
        "",
    ]
    return "\n".join([*out, *desk]) + "\n"


def _settings(kind: type, file: str) -> list[str]:
    """A table of settings; what each means is its comment."""
    source = (ROOT / file).read_text(encoding="utf-8").splitlines()
    out = ["| setting | default | meaning |", "|---|---|---|"]
    for field in fields(kind):
        meaning = next(
            s.split("#", 1)[1].strip() for s in source if s.strip().startswith(f"{field.name}:")
        )
        out.append(f"| `{field.name}` | `{field.default!r}` | {meaning} |")
    return out


def library_page() -> str:
    """Every shipped policy with its status and how much of it was checked."""
    library = load_library()
    out = [
        "# The library",
        "",
        f"{len(library.policies)} policies, {len(library.concepts.by_id)} concepts, {len(library.labels)} label rows.",
        'Every policy is a draft until a clinician has signed it. "Seen" counts sources whose text was',
        "seen; the others were seen second-hand or not at all, and the article says so.",
        "`make site` writes them as pages, with their criteria, examples and sources.",
        "",
        "| policy | version | status | standing | examples | sources seen | their years |",
        "|---|---|---|---|---|---|---|",
    ]
    for s in (Shown(p, library) for p in library.policies.values()):
        p = s.policy
        out.append(
            f"| {p.title} (`{p.id}`) | {p.version} | {p.status} | {p.standing.replace('-', ' ')} | "
            f"{len(s.examples)} | {s.seen} of {len(p.references)} | {s.years} |"
        )
    out += ["", "## Plan profiles", "", "| profile | title | policies |", "|---|---|---|"]
    for id, profile in sorted(library.profiles.items()):
        out.append(
            f"| `{id}` | {profile.title} | {', '.join(sorted({*profile.parameters, *profile.roles, *profile.notes}))} |"
        )
    return "\n".join(out) + "\n"


def reading_page() -> str:
    """What is read and how it is shown, with the tables that the code knows."""
    refused = ["| what | what to do |", "|---|---|"]
    for says in sorted(REFUSED.values(), key=str.casefold):
        what, _, do = says.rpartition("; ")
        refused.append(f"| {what} | {do} |")
    return _filled("reading.md", {"limits": _limits(), "refused": refused})


def figures_page() -> str:
    """How well text is read: what was set aside, and the generated notes."""
    sys.path.insert(0, str(ROOT))
    from tests.notes import report
    from tests.notes.synthetic import score

    tables = {
        "set-aside": report.table(report.scores("set_aside")).splitlines(),
        "generated-notes": score.table(score.tallies()).splitlines(),
    }
    return _filled("reading-figures.md", tables)


def bulk_page() -> str:
    """Many cases, with the columns of the long table."""
    columns = ["| column | type | holds |", "|---|---|---|"]
    columns += [f"| `{name}` | {_kind(kind)} | {says} |" for name, (kind, says) in COLUMNS.items()]
    return _filled("bulk.md", {"columns": columns})


def _kind(kind: str) -> str:
    return " ".join(f"`{kind}`".split()).replace(f" {NUMBER}", " DECIMAL")


def _filled(file: str, tables: dict[str, list[str]]) -> str:
    """A page that is written by hand but for its tables."""
    page = (ROOT / "docs" / file).read_text(encoding="utf-8")
    for name, table in tables.items():
        head, found, rest = page.partition(f"<!-- {name}: written by `make docs` -->\n")
        _, end, tail = rest.partition("<!-- end -->\n")
        if not (found and end):
            raise SystemExit(f"docs/{file} has no place for {name}")
        page = head + found + "\n".join(table) + "\n" + end + tail
    return page


def _limits() -> list[str]:
    source = (ROOT / "src/indicated/files/limits.py").read_text(encoding="utf-8").splitlines()
    out = ["| limit | at most | of what |", "|---|---|---|"]
    for field in fields(Limits):
        line = next(s for s in source if s.strip().startswith(f"{field.name}:"))
        meaning = line.partition("#")[2].strip() or "of one file, as it is given"
        out.append(f"| `{field.name}` | {field.default:,.0f} | {meaning} |")
    return out


def _schema(schema: Callable[[], object]) -> Callable[[], str]:
    return lambda: json.dumps(schema(), indent=2, ensure_ascii=False) + "\n"


PAGES: dict[str, Callable[[], str]] = {
    "criteria.md": criteria_page,
    "commands.md": commands_page,
    "settings.md": settings_page,
    "library.md": library_page,
    "reading.md": reading_page,
    "reading-figures.md": figures_page,
    "bulk.md": bulk_page,
    "policy.schema.json": _schema(editor_schema),
    "output.schema.json": _schema(output_schema),
    "facts.schema.json": _schema(facts_schema),
    "check.schema.json": _schema(check_schema),
}


if __name__ == "__main__":
    for name, page in PAGES.items():
        (ROOT / "docs" / name).write_text(page(), encoding="utf-8")
        click.echo(f"docs/{name}")
