"""Set a third of newly written sentences aside: `python -m tests.notes.split`.

Reads `raw/*.txt`, appends each line to `open/` or `set_aside/` and removes the raw files. Which part a
line goes to is decided by the SHA-256 of its text alone, so nobody chooses, and a line that is moved
or renamed stays where it was.
"""

from __future__ import annotations

import hashlib

from tests.notes.marks import HERE

PARTS = 3  # one of so many is set aside


def part_of(line: str) -> str:
    """`open` or `set_aside`.

    >>> part_of("No [[fever => fever | absent]].") in ("open", "set_aside")
    True
    """
    digest = hashlib.sha256(line.strip().encode("utf-8")).digest()
    return "set_aside" if int.from_bytes(digest[:8]) % PARTS == 0 else "open"


def main() -> None:
    for file in sorted((HERE / "raw").glob("*.txt")):
        for line in file.read_text(encoding="utf-8").splitlines():
            if line.strip() and not line.startswith("#"):
                target = HERE / part_of(line) / file.name
                target.parent.mkdir(exist_ok=True)
                with target.open("a", encoding="utf-8") as out:
                    out.write(line.strip() + "\n")
        file.unlink()


if __name__ == "__main__":
    main()
