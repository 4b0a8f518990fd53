"""Every error a user can meet: where, what, why it matters, what to do.

Errors are public: their words are tested. None of them carries text of a chart.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum


class ExitCode(IntEnum):
    """What the command line returns, so that a job's failure is known without its log."""

    OK = 0
    FAILURE = 1  # something unforeseen: a defect of the program
    USAGE = 2  # the command line itself was wrong
    INPUT = 3  # a question, chart or case file could not be read
    POLICY = 4  # a policy, concept or profile is not sound
    EXAMPLES = 5  # a policy's worked example did not come out as written
    OUTPUT = 6  # a result could not be written
    SUPPORT = 7  # a sentence had no support and was refused
    PARTIAL = 8  # a batch ended, but some lines have errors
    CLAIMS = 9  # a text that was checked with --strict says what the record or a source contradicts


@dataclass(eq=False)
class IndicatedError(Exception):
    """A problem somebody can mend. `where` is a file and line, never patient text."""

    what: str
    where: str = ""
    why: str = ""
    do: str = ""
    exit_code = ExitCode.FAILURE

    def __str__(self) -> str:
        lines = [f"{self.where}: {self.what}" if self.where else self.what]
        if self.why:
            lines.append(f"  Why it matters: {self.why}")
        if self.do:
            lines.append(f"  Do this: {self.do}")
        return "\n".join(lines)


class InputError(IndicatedError):
    """A question, a chart or a case file cannot be read."""

    exit_code = ExitCode.INPUT


class PolicyError(IndicatedError):
    """A policy, concept, label table, derived value or profile is not sound."""

    exit_code = ExitCode.POLICY


class PolicyErrors(IndicatedError):
    """All problems found in one go, so that an author mends them in one go."""

    exit_code = ExitCode.POLICY

    def __init__(self, errors: list[PolicyError]):
        self.errors = errors
        super().__init__(what="\n".join(str(e) for e in errors))


class OutputError(IndicatedError):
    """A result cannot be written; what was there before is untouched."""

    exit_code = ExitCode.OUTPUT


class SupportError(IndicatedError):
    """A sentence says something that its support does not; it is refused, not softened."""

    exit_code = ExitCode.SUPPORT


class UnitError(IndicatedError):
    """Two quantities cannot be compared: their units measure different things."""

    exit_code = ExitCode.POLICY
