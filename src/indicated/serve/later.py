"""Commands whose libraries are loaded when the command is used, and not before."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from importlib import import_module
from typing import Any

import click

from indicated.errors import ExitCode

# command -> where it is, and the extra that brings its libraries
Places = Mapping[str, tuple[str, str]]
LATER: Places = {
    "population": ("indicated.serve.population:population_command", "bulk"),
    "evidence": ("indicated.serve.evidence:evidence_group", "evidence"),
    "serve": ("indicated.serve.desk.command:serve_command", "desk"),
    "desk": ("indicated.serve.desk.command:desk_group", "desk"),
    "audit": ("indicated.serve.desk.command:audit_group", "desk"),
}
LATER_POLICY: Places = {"impact": ("indicated.serve.impact:impact_command", "bulk")}


class Later(click.Group):
    """A group that knows commands by name, and loads them when they are called."""

    def __init__(self, *arguments: Any, later: Places, **more: Any) -> None:
        super().__init__(*arguments, **more)
        self.later = later

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted([*super().list_commands(ctx), *self.later])

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        if name not in self.later:
            return super().get_command(ctx, name)
        place, extra = self.later[name]
        module, attribute = place.split(":")
        try:
            found = getattr(import_module(module), attribute)
        except ModuleNotFoundError as error:
            if (error.name or "").startswith("indicated"):
                raise
            return _lacking(name, extra)
        assert isinstance(found, click.Command)
        return found


def _lacking(name: str, extra: str) -> click.Command:
    """What stands in the place of a command whose libraries are not installed."""
    says = f"it needs libraries that are not installed: pip install 'indicated[{extra}]'"

    @click.command(
        name,
        short_help=f"Not installed: pip install 'indicated[{extra}]'",
        context_settings={"ignore_unknown_options": True, "allow_extra_args": True},
    )
    def lacking() -> None:
        click.echo(f"error: {name}: {says}", err=True)
        sys.exit(int(ExitCode.FAILURE))

    return lacking
