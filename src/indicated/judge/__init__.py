"""Stage 6: policy and facts in, determination out. Pure: no clock, no files, no model."""

from indicated.judge.choose import closeness, fits
from indicated.judge.decided import DECIDABLE, overridden
from indicated.judge.derive import derived_values
from indicated.judge.determine import Context, determine, judge_policy, with_request
from indicated.judge.dose import dose_against
from indicated.judge.proposed import waits

__all__ = [
    "DECIDABLE",
    "Context",
    "closeness",
    "derived_values",
    "determine",
    "dose_against",
    "fits",
    "judge_policy",
    "overridden",
    "waits",
    "with_request",
]
