"""Who may do what to a text, and what state its acts leave it in.

Everything is bound to the hash of exactly one text: an edited text has another hash and no acts, so
it is a draft again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from indicated.errors import InputError
from indicated.model import Outcome, Review
from indicated.review.log import Entry

ROLES = ("author", "reviewer", "physician")
ADVERSE = frozenset([Outcome.NOT_INDICATED, Outcome.INDICATED_WITH_CHANGES])
# In a closed record nothing more will be sent: what it does not show is not granted either.
UNSHOWN = frozenset([Outcome.CANNOT_DETERMINE, Outcome.CONDITIONAL])
# act -> roles that may, the states in which it may be done, the state that it leads to
_TABLE: dict[str, tuple[frozenset[str], frozenset[str], str]] = {
    "submit": (
        frozenset(ROLES),
        frozenset(["draft", "returned", "withdrawn", "superseded"]),
        "under_review",
    ),
    "approve": (
        frozenset(["reviewer", "physician"]),
        frozenset(["draft", "under_review"]),
        "approved",
    ),
    "return": (frozenset(["reviewer", "physician"]), frozenset(["under_review"]), "returned"),
    # A reviewer words sentences of a submitted text otherwise, and stands by the text that results.
    "amend": (frozenset(["reviewer", "physician"]), frozenset(["draft"]), "under_review"),
    # A later text of the same case was approved in the place of this one.
    "supersede": (frozenset(["reviewer", "physician"]), frozenset(["approved"]), "superseded"),
    "withdraw": (frozenset(["reviewer", "physician"]), frozenset(["approved"]), "withdrawn"),
}
ACTS = tuple(_TABLE)


@dataclass(frozen=True, slots=True)
class Submission:
    """The text that is acted on: its hash, what it determines, and whether its record is closed."""

    article_hash: str
    outcomes: tuple[Outcome, ...]
    closed: bool = False


def adverse(on: Submission) -> bool:
    """Whether a determination denies anything of what was asked, changes it, or leaves it ungranted
    where nothing more will be sent."""
    return bool((ADVERSE | UNSHOWN if on.closed else ADVERSE) & set(on.outcomes))


def state(article_hash: str, log: Sequence[Entry]) -> str:
    """draft | under_review | approved | returned | withdrawn | superseded."""
    now = "draft"
    for entry in log:
        if entry.review.article_hash == article_hash:
            now = _TABLE[entry.review.act][2] if entry.review.act in _TABLE else now
    return now


def act(
    name: str,
    on: Submission,
    log: Sequence[Entry],
    *,
    by: str,
    role: str,
    at: datetime,
    comment: str = "",
) -> Review:
    """The act as a review. Raises `InputError` where it may not be done, and says who may."""
    by = " ".join(by.split())
    if not by:
        raise InputError(
            "nobody is named", why="A signature is a person's.", do="Give --by with a name."
        )
    if name not in _TABLE:
        raise InputError(f'there is no act "{name}"', do=f"Choose of: {', '.join(ACTS)}.")
    roles, states, _ = _TABLE[name]
    now = state(on.article_hash, log)
    if role not in roles:
        raise InputError(
            f'the role "{role}" may not {name}', do=f"This takes: {', '.join(sorted(roles))}."
        )
    if now not in states:
        raise InputError(
            f"the text is {now.replace('_', ' ')}, and cannot be acted on with {name}",
            do=f"This can be done to a text that is: {', '.join(sorted(states))}.",
        )
    if name == "approve":
        _may_approve(on, log, by, role)
    return Review(name, by, at, on.article_hash, comment, role)


def _may_approve(on: Submission, log: Sequence[Entry], by: str, role: str) -> None:
    if adverse(on) and role != "physician":
        raise InputError(
            "an adverse determination is approved by a physician",
            why="It denies something that was asked for, changes it, or leaves it ungranted.",
            do="Have a physician sign with --role physician.",
        )
    if _same(by) in {_same(a) for a in authors(on.article_hash, log)}:
        raise InputError(
            "the author of an assessment may not approve it",
            why="Four eyes: whoever submitted the text does not decide on it.",
            do="Have somebody else sign.",
        )


def authors(article_hash: str, log: Sequence[Entry]) -> tuple[str, ...]:
    """Who submitted the text."""
    return tuple(
        e.review.by
        for e in log
        if e.review.article_hash == article_hash and e.review.act == "submit"
    )


def _same(name: str) -> str:
    return " ".join(name.casefold().replace(".", " ").replace(",", " ").split())


def approval(on: Submission, log: Sequence[Entry]) -> Entry | None:
    """The entry that approves exactly this text and still stands, held to the rules once more."""
    if state(on.article_hash, log) != "approved":
        return None
    last = max(
        i
        for i, e in enumerate(log)
        if e.review.article_hash == on.article_hash and e.review.act == "approve"
    )
    _may_approve(on, log[:last], log[last].review.by, log[last].review.role)
    return log[last]
