"""Stage 6: policy and facts in, determination out. Pure: no clock, no files, no model."""

from indicated.judge.choose import closeness, fits
from indicated.judge.decided import DECIDABLE, overridden
from indicated.judge.determine import Context, determine, judge_policy, with_request

__all__ = [
    "DECIDABLE",
    "Context",
    "closeness",
    "determine",
    "fits",
    "judge_policy",
    "overridden",
    "with_request",
]
