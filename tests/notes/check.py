"""Check files of annotated sentences for their notation: `python -m tests.notes.check FILE...`."""

from __future__ import annotations

import sys
from pathlib import Path

from indicated.criteria import load_concepts
from indicated.model import Concepts
from tests.notes.marks import HERE, NoteError, parse

CONCEPTS: Concepts = load_concepts(HERE.parent / "facts" / "concepts", HERE / "concepts")


def main(files: list[str]) -> int:
    """The number of lines that are not in the notation; each is said."""
    wrong = lines = facts = 0
    for name in files:
        file = Path(name)
        for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1):
            if not line.strip() or line.startswith("#"):
                continue
            try:
                note = parse(line.strip(), f"{file.name}:{number}", file.stem, CONCEPTS)
            except NoteError as error:
                print(error)
                wrong += 1
            else:
                lines += 1
                facts += len(note.expected)
    print(f"{lines} sentences, {facts} facts, {wrong} lines to mend")
    return wrong


if __name__ == "__main__":
    sys.exit(bool(main(sys.argv[1:])))
