"""One case with a model beside it, on the command line."""

from __future__ import annotations

import click

from indicated.assess import Literature, assess
from indicated.assisted import assisted, differences, reworded
from indicated.bulk import Beside
from indicated.model import Assessment, Fact, Mark, RequestedItem
from indicated.serve.case import Given
from indicated.serve.model.chosen import chosen
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


def judged(given: Given, model: str, *, inside: bool, without: bool) -> Assessment:
    """The assessment with the model that `--model` names, or as ever where it names none."""
    beside = chosen(model, given.library, inside=inside)
    if beside is None:
        return assess(given.case, given.library, given.settings)
    return asked(given, given.settings, beside, without=without)


def unconfirmed_items(written: Assessment) -> tuple[RequestedItem, ...]:
    """The items among what is written that only a model says are asked for."""
    return tuple(d.item for d in written.determinations if Mark.PROPOSED in d.item.marks)


def unconfirmed(written: Assessment) -> tuple[Fact, ...]:
    """The facts that a model pointed at and no person confirmed, where what is written cites them
    or its outcomes rest on them."""
    support = {x for sentence in written.article.sentences() for x in sentence.support}
    passages = {x.source for x in support if x.source}
    used = {f for d in written.determinations if d.proposed for f in d.proposed.used}
    return tuple(
        f for f in written.facts.items
        if Mark.PROPOSED in f.marks and (f in used or not passages.isdisjoint(f.sources))
    )  # fmt: skip
