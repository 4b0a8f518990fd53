"""Write notes whose facts are known, and the facts beside them.

    python -m tests.notes.synthetic.generate --seed 20261122 --count 200

The same seed and count give the same files: `notes/001.txt` and so on, and `truth.jsonl` with one
line for each note.
"""

from __future__ import annotations

import argparse
import json
import sys
from datetime import date, timedelta
from pathlib import Path
from random import Random
from typing import Any

from tests.notes.check import CONCEPTS
from tests.notes.marks import parse

from .data import HERE, data, stray_names
from .filling import Statement
from .layout import note_of
from .noise import draw, printed
from .patient import Patient

SHARES = {"clean": 0.35, "wrapped": 0.40, "scanned": 0.25}


def note(seed: int, number: int, kind: str, layout: str) -> tuple[str, dict[str, Any]]:
    """One note and its line of the truth."""
    rng = Random(f"{seed}/{number}")  # one stream per note: more notes leave the first as they are
    noise = draw(rng, kind)
    british = rng.random() < 0.3
    themes = data("layouts")[layout].get("themes") or sorted(data("clinic")["themes"])
    theme = rng.choice(themes)
    patient = Patient(
        rng, date(2022, 3, 1) + timedelta(days=rng.randint(0, 1300)), theme, british,
        rng.random() < 0.5, rng.randint(22, 84), rng.choice(data("clinic")["surnames"]), noise.misspell,
    )  # fmt: skip
    blocks, said = note_of(patient, layout)
    text = printed(blocks, noise, rng, patient.surname)
    truth = {
        "id": f"{number:03}", "layout": layout, "written": patient.written.isoformat(),
        "kind": noise.kind, "noise": noise.names(), **_truth(said),
    }  # fmt: skip
    return text, truth


def _truth(said: list[Statement]) -> dict[str, Any]:
    facts = [t for s in said for t in s.truths]
    for fact in facts:
        for says in fact.says:
            parse(f"[[x => {says}]]", fact.words, fact.kind, CONCEPTS)  # raises where it is no fact
    stated = {says.split(" ")[0] for f in facts for says in f.says}
    mentions = sorted({m for s in said for m in s.mentions} - stated)
    traps = sorted({t for s in said for t in s.traps} - stated - set(mentions))
    return {
        "facts": [
            {"kind": f.kind, "says": list(f.says), "words": f.words, **({"misspelt": True} if f.misspelt else {})}
            for f in facts
        ],
        "mentions": mentions, "traps": traps,
    }  # fmt: skip


def plan(seed: int, count: int) -> list[tuple[str, str]]:
    """The kind of noise and the layout of every note, evenly spread."""
    rng = Random(f"{seed}/plan")
    layouts = sorted(data("layouts"))
    kinds = [k for k, share in SHARES.items() for _ in range(round(share * count))]
    kinds = (kinds + ["wrapped"] * count)[:count]
    chosen = [layouts[i % len(layouts)] for i in range(count)]
    rng.shuffle(kinds)
    rng.shuffle(chosen)
    return list(zip(kinds, chosen, strict=True))


def write(seed: int, count: int, folder: Path) -> int:
    """Write all notes and the truth; the number of facts."""
    (folder / "notes").mkdir(parents=True, exist_ok=True)
    for old in (folder / "notes").glob("*.txt"):
        old.unlink()
    lines, facts = [], 0
    for number, (kind, layout) in enumerate(plan(seed, count), 1):
        text, truth = note(seed, number, kind, layout)
        (folder / "notes" / f"{truth['id']}.txt").write_text(text, encoding="utf-8")
        lines.append(json.dumps(truth, ensure_ascii=False))
        facts += len(truth["facts"])
    (folder / "truth.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return facts


def main(arguments: list[str]) -> int:
    """Check the wordings, then write."""
    parser = argparse.ArgumentParser(description="Write notes whose facts are known.")
    parser.add_argument("--seed", type=int, default=20261122)
    parser.add_argument("--count", type=int, default=200)
    parser.add_argument("--folder", type=Path, default=HERE)
    given = parser.parse_args(arguments)
    for wrong in stray_names():
        print(wrong)
    facts = write(given.seed, given.count, given.folder)
    print(f"{given.count} notes, {facts} facts")
    return bool(stray_names())


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
