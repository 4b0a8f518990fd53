"""One case with a model beside it, on the command line."""

from __future__ import annotations

import click

from indicated.assess import Literature
from indicated.assisted import assisted, differences, reworded
from indicated.bulk import Beside
from indicated.model import Assessment
from indicated.serve.case import Given
from indicated.settings import Settings

without_option = click.option(
    "--without-model", is_flag=True,
    help="Answer as if there were no model, and say what it would have changed.",
)  # fmt: skip
rephrase_option = click.option(
    "--rephrase", is_flag=True,
    help="Let the model word sentences of the article as well; one that does not say the same is "
    "refused, and stands as it was. Verdicts and quotations are never reworded.",
)  # fmt: skip


def asked(
    given: Given,
    settings: Settings,
    beside: Beside,
    *,
    without: bool,
    rephrase: bool = False,
    literature: Literature | None = None,
) -> Assessment:
    """The assessment with what a model proposes, or without; what it changes is said."""
    told = assisted(given.case, given.library, settings, beside.model, beside.words, literature)
    if rephrase and not without:
        inside = beside.words is None
        told = reworded(
            told, given.library, settings, beside.model, inside=inside, literature=literature
        )
    for line in told.tally.lines():
        click.echo(f"model: {line}", err=True)
    if told.tally.pending:
        click.echo("model: pending requests were left out; see `indicated model`", err=True)
    for line in differences(told) or ["no outcome is another without it"]:
        click.echo(f"model: {line}", err=True)
    return told.without if without else told.assessment
