"""How many follow-up questions are placed and answered as written.

    python -m tests.followups.report [open|set_aside|another_hand|third_hand] [--failures]

`--failures` lists what is not right, but for what is set aside: that is looked at in total.
"""

from __future__ import annotations

import sys
from collections import Counter
from functools import cache

from tests.followups.cases import Mark, mark, questions

BAR = 0.95  # of the questions set aside, placed and answered right
PARTS = ("open", "set_aside", "another_hand", "third_hand")
RESULTS = ("right", "silent", "wrong")


@cache
def marks(part: str) -> list[tuple[str, str, Mark]]:
    """Every question of a part with its mark."""
    return [(row["case"], row["q"], mark(row)) for row in questions(part)]


def table(part: str, found: list[tuple[str, str, Mark]]) -> str:
    """The totals of a part."""
    n = Counter(m.result for _, _, m in found)
    share = n["right"] / len(found)
    said = ", ".join(f"{r} {n[r]}" for r in RESULTS)
    return f"{part}: {len(found)} questions: {said} ({share:.1%} right)"


def main(arguments: list[str]) -> None:
    """Print the totals of one part or of all."""
    parts = [a for a in arguments if not a.startswith("-")] or list(PARTS)
    for part in parts:
        found = marks(part)
        print(table(part, found))
        if "--failures" in arguments and part != "set_aside":
            for case, asked, m in found:
                if m.result != "right":
                    print(f"  {m.result:6} {case}: {asked}  [{m.why}]")


if __name__ == "__main__":
    main(sys.argv[1:])
