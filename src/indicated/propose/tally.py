"""What became of what a model was asked: counted, each with its reason."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any


@dataclass
class Tally:
    """Counts by purpose: requests, answers, proposals taken, and what was not, by reason."""

    asked: Counter[str] = field(default_factory=Counter)
    answered: Counter[str] = field(default_factory=Counter)
    taken: Counter[str] = field(default_factory=Counter)
    dropped: Counter[tuple[str, str]] = field(default_factory=Counter)

    def ask(self, purpose: str, n: int = 1) -> None:
        """Requests were made."""
        self.asked[purpose] += n

    def got(self, purpose: str, why: str) -> None:
        """An answer came in its shape, or did not and why."""
        if why:
            self.dropped[purpose, why] += 1
        else:
            self.answered[purpose] += 1

    def take(self, purpose: str, n: int = 1) -> None:
        """Proposals passed every check."""
        self.taken[purpose] += n

    def drop(self, purpose: str, reasons: Iterable[str]) -> None:
        """Proposals did not, and why."""
        for reason in reasons:
            self.dropped[purpose, reason] += 1

    def add(self, other: Tally) -> None:
        """What another counted."""
        for own, more in (
            (self.asked, other.asked),
            (self.answered, other.answered),
            (self.taken, other.taken),
        ):
            own.update(more)
        self.dropped.update(other.dropped)

    @property
    def pending(self) -> int:
        """Requests that nobody has answered yet."""
        return sum(n for (_, why), n in self.dropped.items() if why == "pending")

    def counts(self) -> dict[str, Any]:
        """The counts as plain data, by purpose."""
        return {
            purpose: {
                "asked": self.asked[purpose],
                "answered": self.answered[purpose],
                "taken": self.taken[purpose],
                "dropped": {
                    why: n for (of, why), n in sorted(self.dropped.items()) if of == purpose
                },
            }
            for purpose in sorted(self.asked)
        }

    def lines(self) -> list[str]:
        """The counts for people, one purpose a line, then one reason a line.

        >>> tally = Tally()
        >>> tally.ask("facts", 3), tally.got("facts", ""), tally.take("facts", 2)
        (None, None, None)
        >>> tally.drop("facts", ["quotation_not_found"])
        >>> tally.lines()
        ['facts: 3 asked, 1 answered, 2 proposals taken', '  1 dropped: quotation_not_found']
        """
        lines = []
        for purpose in sorted(self.asked):
            asked, got = self.asked[purpose], self.answered[purpose]
            lines.append(
                f"{purpose}: {asked} asked, {got} answered, {self.taken[purpose]} proposals taken"
            )
            for (of, why), n in sorted(self.dropped.items()):
                if of == purpose:
                    lines.append(f"  {n} {'pending' if why == 'pending' else f'dropped: {why}'}")
        return lines
