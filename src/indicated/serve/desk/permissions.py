"""Who may do what: one table, asked in one place, for pages and API alike."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum


class Role(StrEnum):
    """What a person is at the desk. One may be several."""

    AUTHOR = "author"
    REVIEWER = "reviewer"
    PHYSICIAN = "physician"  # a physician reviewer
    EDITOR = "editor"
    AUDITOR = "auditor"
    ADMINISTRATOR = "administrator"


# What each is for, as whoever gives out roles reads it.
MEANS = {
    Role.AUTHOR: "asks, answers and submits their own cases",
    Role.REVIEWER: "decides cases, but for denials",
    Role.PHYSICIAN: "decides cases, denials as well",
    Role.EDITOR: "publishes what is signed",
    Role.AUDITOR: "reads and exports everything and the ledger, and changes nothing",
    Role.ADMINISTRATOR: "gives out accounts, holds cases from being forgotten, and reads none",
}


class Action(StrEnum):
    """What can be done."""

    OWN = "own"  # one's own account
    QUEUE = "queue"
    ASK = "ask"
    READ = "read"
    ANSWER = "answer"
    ASSIGN = "assign"
    CORRECT = "correct"  # strike out what was misread; say something of a sentence
    OVERRIDE = "override"  # decide an item otherwise than computed; word a sentence otherwise
    SUBMIT = "submit"
    RETURN = "return"
    APPROVE = "approve"
    WITHDRAW = "withdraw"
    AGAIN = "again"
    PUBLISH = "publish"  # and take down
    PUBLISHED = "published"  # what is published, and what was
    STATISTICS = "statistics"
    POLICIES = "policies"  # that the desk judges by; no word of a patient
    LEDGER = "ledger"
    KEEPING = "keeping"  # how long cases are kept, and which are held; no word of a patient
    EXPORT = "export"  # everything, or a case, to be taken elsewhere
    USERS = "users"


class Scope(StrEnum):
    """What a token is for."""

    READ = "read"
    ACT = "act"


# What a program never does for a person, and what it may besides reading.
_PERSONAL = frozenset({Action.OWN, Action.USERS, Action.EXPORT, Action.KEEPING})
_PROGRAMS = frozenset({Action.ASK, Action.READ, Action.ANSWER, Action.ASSIGN, Action.SUBMIT})
_AUTHORS = frozenset({Role.AUTHOR, Role.REVIEWER, Role.PHYSICIAN})
_REVIEWERS = frozenset({Role.REVIEWER, Role.PHYSICIAN})
ALLOWED: dict[Action, frozenset[Role]] = {
    Action.OWN: frozenset(Role),
    Action.QUEUE: _AUTHORS | {Role.EDITOR},
    Action.ASK: _AUTHORS,
    Action.READ: _AUTHORS | {Role.EDITOR, Role.AUDITOR},
    Action.ANSWER: _AUTHORS,
    Action.ASSIGN: _REVIEWERS | {Role.EDITOR},
    Action.CORRECT: _AUTHORS,
    Action.OVERRIDE: _REVIEWERS,
    Action.SUBMIT: _AUTHORS,
    Action.RETURN: _REVIEWERS,
    Action.APPROVE: _REVIEWERS,
    Action.WITHDRAW: _REVIEWERS,
    Action.AGAIN: _REVIEWERS,
    Action.PUBLISH: frozenset({Role.EDITOR}),
    Action.PUBLISHED: _REVIEWERS | {Role.EDITOR, Role.AUDITOR},
    Action.STATISTICS: _REVIEWERS | {Role.EDITOR, Role.AUDITOR},
    Action.POLICIES: frozenset(Role),
    Action.LEDGER: frozenset({Role.AUDITOR}),
    Action.KEEPING: frozenset({Role.ADMINISTRATOR}),
    Action.EXPORT: frozenset({Role.AUDITOR}),
    Action.USERS: frozenset({Role.ADMINISTRATOR}),
}
# Who sees every case; an author sees those that they asked.
SEES_ALL = frozenset({Role.REVIEWER, Role.PHYSICIAN, Role.EDITOR, Role.AUDITOR})
# In which role a person signs: the first of these that they have.
SIGNING = (Role.PHYSICIAN, Role.REVIEWER, Role.AUTHOR)


def may(roles: Iterable[str], action: Action) -> bool:
    """Whether one of the roles allows it.

    >>> may(["auditor"], Action.APPROVE), may(["author", "physician"], Action.APPROVE)
    (False, True)
    """
    return not ALLOWED[action].isdisjoint(roles)


def by_token(scope: str, action: Action, *, acts: bool) -> bool:
    """Whether a token of this scope opens what the person's roles open anyway.

    >>> by_token("read", Action.READ, acts=False), by_token("read", Action.ASK, acts=True)
    (True, False)
    >>> by_token("act", Action.ASK, acts=True), by_token("act", Action.OVERRIDE, acts=True)
    (True, False)
    """
    if acts:
        return scope == Scope.ACT and action in _PROGRAMS
    return action not in _PERSONAL


def sees_all(roles: Iterable[str]) -> bool:
    """Whether the roles open every case, not only a person's own."""
    return not SEES_ALL.isdisjoint(roles)


def signs_as(roles: Iterable[str]) -> str:
    """The role in which a person acts on a text; "" where none of theirs can."""
    held = set(roles)
    return next((r.value for r in SIGNING if r in held), "")
