"""`--model`: which model a command may ask, and what that takes."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import click

from indicated.bulk import Beside
from indicated.errors import InputError
from indicated.model import Library
from indicated.propose import Exchange, Model
from indicated.report.word_lists import words_of
from indicated.serve.model.sent import VARIABLE as LOG
from indicated.serve.model.sent import Sent, log_file
from indicated.serve.options import needs

KEY, NAME = "INDICATED_MODEL_KEY", "INDICATED_MODEL_NAME"
FOLDER = "folder:"

# What the environment may say, for docs/settings.md.
ENVIRONMENT = {
    KEY: "the key of the model's endpoint, sent as a bearer token. It is never written down.",
    NAME: "the name of the model at the endpoint, where `--model URL#NAME` gives none.",
    LOG: "the file of the log of what left for a model. Without it: "
    "`~/.local/state/indicated/model-log.jsonl`.",
}

_OPTIONS = (
    click.option(
        "--model", "model", default="", metavar="folder:DIR|URL",
        help="A language model that may propose: an exchange folder of requests and answers, or an "
        "endpoint such as http://localhost:8080/v1#NAME (docs/model.md). It never decides.",
    ),
    click.option(
        "--model-inside", "inside", is_flag=True,
        help="The model stands inside your institution: it is given the record as it is. Without "
        "this flag, what tells who the patient is is withheld first.",
    ),
)  # fmt: skip


def model_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """The options `--model` and `--model-inside`; `chosen` makes of them what they say."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


def chosen(
    spec: str,
    library: Library,
    *,
    inside: bool = False,
    jobs: int = 1,
    environment: Mapping[str, str] = os.environ,
) -> Beside | None:
    """What `--model` says; None where it says nothing, and then nothing is asked."""
    if not spec:
        return None
    if spec.startswith(FOLDER):
        model: Model = Exchange(Path(spec.removeprefix(FOLDER)).expanduser())
    elif jobs > 1:
        raise InputError(
            "an endpoint is asked by one process",
            why="Its budget and the log of what leaves are kept in one place.",
            do="Leave out --jobs, or use --model folder:DIR and `indicated model run`.",
        )
    else:
        model = endpoint(spec, inside=inside, environment=environment)
    return Beside(model, None if inside else words_of(library))


def endpoint(
    spec: str, *, inside: bool = False, environment: Mapping[str, str] = os.environ
) -> Model:
    """The endpoint of a URL, with the name of the model behind "#"."""
    needs("model", "httpx2")
    from indicated.serve.model.endpoint import Endpoint

    url, _, name = spec.partition("#")
    to = urlsplit(url).hostname or url
    return Endpoint(
        url,
        name or environment.get(NAME, ""),
        environment.get(KEY, ""),
        sending=Sent(log_file(environment), to, inside),
        notice=lambda line: click.echo(f"note: {line}", err=True),
    )
