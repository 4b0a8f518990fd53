"""A person decides: acts on exactly one text, in a log that a stranger can verify."""

from indicated.review.acts import ACTS, ROLES, Submission, act, adverse, approval, state
from indicated.review.log import (
    Break,
    Entry,
    append,
    entry_of,
    entry_of_line,
    line_of,
    next_entry,
    read_log,
    require_whole,
    verify,
)
from indicated.review.tail import append_behind

__all__ = [
    "ACTS",
    "ROLES",
    "Break",
    "Entry",
    "Submission",
    "act",
    "adverse",
    "append",
    "append_behind",
    "approval",
    "entry_of",
    "entry_of_line",
    "line_of",
    "next_entry",
    "read_log",
    "require_whole",
    "state",
    "verify",
]
