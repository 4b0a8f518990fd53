"""An exchange folder: each request is a file, each answer a file beside it.

`facts-1-<hash>.request.json` holds prompt, shape, data and the hash of all three, and the messages
ready to be sent; whoever answers writes the bare JSON answer to `facts-1-<hash>.answer.json`. What
has no answer is pending, and the run goes on without it. The folder serves queues that no network
reaches, recorded tests, audits and repeatable measurements alike. Pure: the same folder gives the
same answers. Files are written whole or not at all.
"""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from indicated.errors import InputError, OutputError
from indicated.propose.prompts import Prompt
from indicated.propose.request import LARGEST, Answer, Request

FORMAT = "indicated.request/1"
REQUEST, ANSWER = ".request.json", ".answer.json"
KEPT = 24  # characters of the hash in a file's name


@dataclass(frozen=True)
class Exchange:
    """A folder of requests and answers."""

    folder: Path

    def __call__(self, requests: Sequence[Request]) -> list[Answer]:
        """The answers that are there; every request is written down that is not yet."""
        return [self._answer(request) for request in requests]

    def _answer(self, request: Request) -> Answer:
        self.write(request)
        return self.read(request)

    def write(self, request: Request) -> None:
        """Put a request into the folder; one that is there already is left as it is."""
        path = self.folder / f"{name_of(request)}{REQUEST}"
        if not path.exists():
            told = {"format": FORMAT, "sha256": request.key, **request.content}
            whole(path, json.dumps({**told, "messages": request.messages}, ensure_ascii=False,
                                   indent=1) + "\n")  # fmt: skip

    def read(self, request: Request) -> Answer:
        """The answer beside a request."""
        path = self.folder / f"{name_of(request)}{ANSWER}"
        try:
            if path.stat().st_size > LARGEST:
                return Answer(None, "too_large")
            return Answer(path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return Answer(None, "pending")
        except UnicodeDecodeError:
            return Answer(None, "not_json")
        except OSError as error:
            raise InputError(
                f"an answer cannot be read: {error.strerror}",
                str(path),
                "Without it the run would come out otherwise than with it.",
                "Make the file readable, or remove it.",
            ) from None

    def record(self, request: Request, text: str) -> None:
        """Keep an answer, as it came, beside its request."""
        self.write(request)
        whole(self.folder / f"{name_of(request)}{ANSWER}", text)

    def pending(self) -> Iterator[Request]:
        """Every request without an answer, in the order of their names."""
        for path in self.requests():
            if not path.with_name(path.name.removesuffix(REQUEST) + ANSWER).exists():
                yield self.request(path)

    def requests(self) -> list[Path]:
        """The files of requests, in the order of their names."""
        if not self.folder.is_dir():
            raise InputError(
                "there is no such exchange folder",
                str(self.folder),
                do="Name one that a run with --model folder:DIR has written requests to.",
            )
        return sorted(self.folder.glob(f"*{REQUEST}"))

    def request(self, path: Path) -> Request:
        """A request as it was written. Raises `InputError` where a file was changed since."""
        try:
            data = json.loads(path.read_text(encoding="utf-8"))
            request = _of(data)
            told = data["sha256"]
        except (OSError, ValueError, KeyError, TypeError, RecursionError):
            raise self._changed(path, "it is no request of this program") from None
        if request.key != told or path.name != f"{name_of(request)}{REQUEST}":
            raise self._changed(path, "its content does not agree with its own hash")
        return request

    @staticmethod
    def _changed(path: Path, what: str) -> InputError:
        return InputError(
            f"a request cannot be used: {what}",
            str(path),
            "Its answer would stand beside a question that nobody asked.",
            "Remove the file; the next run writes the request anew.",
        )


def name_of(request: Request) -> str:
    """The name of a request's files, without their endings."""
    return f"{request.prompt.name}-{request.key[:KEPT]}"


def _of(data: Any) -> Request:
    if data["format"] != FORMAT:
        raise ValueError
    p = data["prompt"]
    prompt = Prompt(str(p["purpose"]), int(p["version"]), str(p["text"]))
    return Request(prompt, dict(data["schema"]), dict(data["data"]), bool(data["identified"]))


def whole(path: Path, text: str) -> None:
    """Write a file whole or not at all; a full disk or a killed process leaves none in part."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=".", suffix=".part")
        try:
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                file.write(text)
            os.replace(temporary, path)
        except BaseException:
            Path(temporary).unlink(missing_ok=True)
            raise
    except OSError as error:
        raise OutputError(
            f"the exchange folder cannot be written: {error.strerror}",
            str(path.parent),
            "Requests that are not written cannot be answered.",
            "Make room, or name a folder where you may write.",
        ) from None
