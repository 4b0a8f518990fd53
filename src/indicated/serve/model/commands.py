"""`indicated model`: what waits in an exchange folder, to have it answered, and what came of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import islice
from pathlib import Path

import click

from indicated.errors import InputError
from indicated.propose import Answer, Exchange, Request, read_answer
from indicated.propose.exchange import ANSWER, REQUEST, name_of
from indicated.propose.shapes import SHAPES
from indicated.serve.model.chosen import endpoint
from indicated.serve.options import reported

TOGETHER = 16  # requests that are handed over at a time: what is answered is on the disk soon
folder_argument = click.argument(
    "folder", metavar="DIR", type=click.Path(file_okay=False, path_type=Path)
)


@click.group("model")
def model_group() -> None:
    """A language model as a servant: it may propose, it never decides (docs/model.md)."""


@model_group.command("pending")
@folder_argument
@reported
def pending_command(folder: Path) -> None:
    """The requests of DIR that nobody has answered yet, one file a line."""
    exchange = Exchange(folder)
    for request in exchange.pending():
        click.echo(folder / f"{name_of(request)}{REQUEST}")


@model_group.command("run")
@folder_argument
@click.option(
    "--model", "url", required=True, metavar="URL",
    help="The endpoint that answers, such as http://localhost:8080/v1#NAME.",
)  # fmt: skip
@click.option(
    "--model-inside", "inside", is_flag=True,
    help="The model stands inside your institution: it may be sent requests that hold the record "
    "as it is.",
)  # fmt: skip
@reported
def run_command(folder: Path, url: str, inside: bool) -> None:
    """Have the pending requests of DIR answered by an endpoint, and keep each answer beside its
    request. What fails stays pending; run it again to go on."""
    exchange = Exchange(folder)
    todo = list(exchange.pending())
    if not inside and any(r.identified for r in todo):
        raise InputError(
            "requests in this folder hold the record as it is",
            str(folder),
            "They were written for a model inside.",
            "Add --model-inside where the endpoint is, or write them anew without that flag.",
        )
    ask, waiting, kept, left = endpoint(url, inside=inside), iter(todo), 0, Counter[str]()
    while some := list(islice(waiting, TOGETHER)):
        kept += _keep(exchange, some, ask(some), left)
    click.echo(f"{kept} answered, {len(todo) - kept} still pending: {folder}", err=True)
    for why, n in sorted(left.items()):
        click.echo(f"  {n} {why}", err=True)


def _keep(
    exchange: Exchange, asked: Sequence[Request], answers: Sequence[Answer], left: Counter[str]
) -> int:
    kept = 0
    for request, answer in zip(asked, answers, strict=True):
        if answer.text is None:
            left[answer.why] += 1
        else:
            exchange.record(request, answer.text)
            kept += 1
    return kept


@model_group.command("stats")
@folder_argument
@reported
def stats_command(folder: Path) -> None:
    """How many requests of DIR are answered, and how many answers are in the shape that was asked
    for, by prompt; and files that belong to no request."""
    exchange, rows, others = Exchange(folder), dict[str, Counter[str]](), 0
    known = set()
    for path in exchange.requests():
        request = exchange.request(path)
        known.add(name_of(request))
        counts = rows.setdefault(request.prompt.name, Counter())
        shape = SHAPES.get(request.prompt.purpose)
        if shape is None:
            counts["of an unknown purpose"] += 1
            continue
        _, why = read_answer(exchange.read(request), shape)
        counts[why or "usable"] += 1
    others = sum(p.name.removesuffix(ANSWER) not in known for p in folder.glob(f"*{ANSWER}"))
    for prompt, counts in sorted(rows.items()):
        told = ", ".join(f"{n} {why}" for why, n in sorted(counts.items()))
        click.echo(f"{prompt}: {sum(counts.values())} requests; {told}")
    if not rows:
        click.echo("no requests")
    if others:
        click.echo(f"{others} answers without a request")
