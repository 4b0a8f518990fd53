"""An assessment as a file to stand on again: case, settings, what it came to, the talk since.

The case is kept whole, so that it can be judged anew; what it came to is kept as a stamp, so that a
change of library or program is seen and said. The file holds text of the chart and the question:
keep it as you keep the record.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from pydantic import TypeAdapter, ValidationError

from indicated.assess import PROGRAM
from indicated.errors import InputError
from indicated.model import (
    Article,
    Assessment,
    Case,
    Determination,
    Drift,
    Finding,
    Library,
    Source,
    Standing,
    Turn,
)
from indicated.settings import Settings
from indicated.truth import Truth

FORMAT, VERSION = "indicated-assessment", 1
AGAIN = "Make it again with `indicated assess ... --save FILE.json`."


@dataclass(frozen=True)
class RecordFile:
    """What is in the file."""

    case: Case
    settings: Settings
    standing: Standing
    turns: tuple[Turn, ...] = ()
    folders: tuple[str, ...] = ()  # library folders of one's own that it was judged with


@cache
def _adapter() -> TypeAdapter[RecordFile]:
    return TypeAdapter(RecordFile)


def to_text(kept: RecordFile) -> str:
    """The file's text. Reading it gives the very same data."""
    body = _adapter().dump_python(kept, mode="json")
    head = {"format": FORMAT, "version": VERSION, "program": PROGRAM, "sha256": _digest(body)}
    return json.dumps({**head, "assessment": body}, ensure_ascii=False, indent=1) + "\n"


def from_text(text: str, name: str) -> RecordFile:
    """What a file holds. Raises `InputError` where it is not whole, not such a file, or newer."""
    try:
        data = json.loads(text)
    except ValueError:
        what, why = "this is not a whole JSON file", "It may have been cut off while it was copied."
        raise InputError(what, name, why, AGAIN) from None
    if not isinstance(data, dict) or data.get("format") != FORMAT:
        what = "this is not an assessment that was saved"
        raise InputError(what, name, "Only such a file can be asked.", AGAIN)
    if data.get("version") != VERSION:
        what = (
            f"the file is of version {data.get('version')!s:.20}, and this program reads {VERSION}"
        )
        raise InputError(what, name, "It was written by another release.", "Use that release.")
    body = data.get("assessment")
    if data.get("sha256") != _digest(body):
        what = "the file is not as it was written"
        raise InputError(what, name, "Its content does not agree with its own hash.", AGAIN)
    try:
        return _adapter().validate_python(body)
    except ValidationError as error:
        at = ".".join(str(p) for p in error.errors()[0]["loc"][:4])
        what = f"the file does not hold what such a file holds, first at {at}"
        raise InputError(what, name, "It cannot be judged anew.", AGAIN) from None


def held_by(kept: RecordFile, library: Library, name: str) -> None:
    """Raise `InputError` where the library lacks a policy that the assessment rests on."""
    lacking = [id for id, _, _ in kept.standing.policies if id not in library.policies]
    if not lacking:
        return
    folders = " ".join(f"--policies {folder}" for folder in kept.folders)
    raise InputError(
        f"the library has no policy {', '.join(lacking)}",
        name,
        "The case was judged by it; without it every answer would be another.",
        f"Name the folder that holds it: {folders or '--policies FOLDER'}.",
    )


def article_text(article: Article) -> str:
    """An article as text; `article_of` gives the very same article."""
    return _article_adapter().dump_json(article).decode()


def article_of(text: str) -> Article:
    """The article of a text that `article_text` gave."""
    return _article_adapter().validate_json(text)


@cache
def _article_adapter() -> TypeAdapter[Article]:
    return TypeAdapter(Article)


def sources_text(sources: Sequence[Source]) -> list[Any]:
    """Passages as plain data; `sources_of` gives the very same passages."""
    plain: list[Any] = _sources_adapter().dump_python(tuple(sources), mode="json")
    return plain


def sources_of(plain: list[Any]) -> tuple[Source, ...]:
    """The passages of data that `sources_text` gave."""
    return _sources_adapter().validate_python(plain)


@cache
def _sources_adapter() -> TypeAdapter[tuple[Source, ...]]:
    return TypeAdapter(tuple[Source, ...])


def _digest(body: Any) -> str:
    text = json.dumps(body, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


# --- what it came to, and what is otherwise now ---------------------------------------------------


def stamp(assessment: Assessment) -> Standing:
    """What an assessment came to: enough to see whether it would come to the same again."""
    ds = assessment.determinations
    used = {j.policy.id: j.policy for d in ds for j in (d, *d.beside) if j.policy}
    return Standing(
        program=assessment.article.program,
        facts=assessment.facts.hash,
        article=assessment.article.hash,
        policies=tuple((p.id, p.version, p.hash) for p in used.values()),
        outcomes=tuple((d.item.id, d.outcome) for d in ds),
        findings=tuple((d.item.id, id, t) for d in ds for id, t in _truths(d).items()),
    )


def _truths(d: Determination) -> dict[str, Truth]:
    def below(finding: Finding) -> Iterator[tuple[str, Truth]]:
        yield finding.id, finding.truth
        for part in finding.parts:
            yield from below(part)

    return {id: truth for finding in d.findings() for id, truth in below(finding)}


def drift(before: Standing, again: Assessment) -> Drift:
    """What the case judged anew gives otherwise; falsy where nothing is."""
    after = stamp(again)
    versions = {id: (version, hash) for id, version, hash in before.policies}
    policies = tuple(
        (id, versions[id][0], version)
        for id, version, hash in after.policies
        if id in versions and versions[id][1] != hash
    )
    was, now = dict(before.outcomes), dict(after.outcomes)
    outcomes = tuple(
        (id, was.get(id), now.get(id)) for id in {**was, **now} if was.get(id) != now.get(id)
    )
    truths = {(item, id): t for item, id, t in before.findings}
    findings = tuple(
        (item, id, truths[item, id], t)
        for item, id, t in after.findings
        if (item, id) in truths and truths[item, id] is not t
    )
    program = (before.program, after.program) if before.program != after.program else None
    return Drift(program, policies, outcomes, findings, worded=before.article != after.article)
