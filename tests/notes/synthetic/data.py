"""What notes are made of, from the YAML files of this folder, with a check of the wordings."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from tests.notes.check import CONCEPTS

HERE = Path(__file__).parent
SLOT = re.compile(r"\{\{|\}\}|\{([A-Za-z_0-9:]+)(~?)\}")
# Groups whose wordings name their concept themselves.
NAMED = frozenset({"vitals-prose", "pain", "measured", "injection-relief", "alcohol-absent"}) | {
    f"smoking-{when}" for when in ("present", "past", "absent")
}


@dataclass(frozen=True)
class Group:
    """Wordings that say the same kind of thing."""

    id: str
    kind: str
    prose: tuple[str, ...]
    list: tuple[str, ...]
    pool: str = ""
    says: str = ""
    or_value: str = ""
    several: bool = False
    series: bool = False
    trap: bool = False


@cache
def data(name: str) -> Any:
    """One of the YAML files."""
    return yaml.safe_load((HERE / f"{name}.yaml").read_text(encoding="utf-8"))


@cache
def groups() -> dict[str, Group]:
    """All groups of wordings; what is measured in its own way has one group per concept."""
    found: dict[str, Group] = {}
    for file in ("wordings_states", "wordings_values", "wordings_treatments"):
        for id, entry in data(file).items():
            if "like" in entry:
                found[id] = replace(found[entry["like"]], id=id, pool=entry["pool"])
                continue
            if "by_concept" in entry:
                for concept, wordings in entry["by_concept"].items():
                    prose, terse = _by_style(wordings.splitlines())
                    found[f"{id}:{concept}"] = Group(f"{id}:{concept}", entry["kind"], prose, terse)
                continue
            found[id] = Group(
                id, entry["kind"], tuple(entry["prose"].splitlines()),
                tuple(entry["list"].splitlines()), entry["pool"], entry.get("says", ""),
                entry.get("or_value", ""), *(entry.get(k, False) for k in ("several", "series", "trap")),
            )  # fmt: skip
    return found


def _by_style(lines: list[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Wordings that end in a full stop are sentences; the others stand in lists."""
    sentences = tuple(x for x in lines if x.split(" => ")[0].endswith("."))
    return sentences, tuple(x for x in lines if x not in sentences)


def names_in(text: str) -> set[str]:
    """The concepts whose names stand in a text, as plain words."""
    found = set()
    for concept in CONCEPTS.by_id.values():
        for names, flags in ((concept.names, re.IGNORECASE), (concept.abbreviations, 0)):
            if any(re.search(rf"(?<!\w){re.escape(n)}(?!\w)", text, flags) for n in names):
                found.add(concept.id)
    return found


def stray_names() -> list[str]:
    """Wordings and filler that name a concept which the truth would not know of."""
    wrong = []
    texts = [
        (group.id, wording.split(" => ")[0])
        for group in groups().values()
        if group.id.split(":")[0] not in NAMED
        for wording in (*group.prose, *group.list)
    ]
    filler = data("filler")
    texts += [
        (k, s)
        for k in ("sentences", "clerical", "operative", "therapy")
        for s in filler[k].splitlines()
    ]
    texts += [(k, s) for k in ("page_lines", "signatures") for s in filler[k]]
    for entry in data("layouts").values():
        texts += [("head", h) for s in entry["sections"] for h in s["head"]]
    for drug, entry in data("clinic")["drugs"].items():
        texts += [(drug, h) for key in ("harm", "bar") for h in entry.get(key, ())
                  if h not in data("clinic")["harms_of_vocabulary"]]  # fmt: skip
    for place, text in texts:
        bare = SLOT.sub("", text)
        wrong += [f"{place}: {bare!r} names {name}" for name in sorted(names_in(bare) - {"age"})]
    return wrong
