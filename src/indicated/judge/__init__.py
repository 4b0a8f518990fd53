"""Stage 6: policy and facts in, determination out. Pure: no clock, no files, no model."""

from indicated.judge.determine import Context, determine, judge_policy, with_request

__all__ = ["Context", "determine", "judge_policy", "with_request"]
