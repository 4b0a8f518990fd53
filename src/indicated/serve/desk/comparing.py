"""Two versions of a case held against each other, as they were kept: nothing is judged anew."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

ALIKE = 0.5  # from here on a sentence counts as the same one, worded otherwise
Data = Mapping[str, Any]  # an assessment as `assess --format json` gives it


@dataclass(frozen=True)
class Moved:
    """Something that both versions name, and what each says of it; "" where it says nothing."""

    what: str
    was: str
    now: str
    of: str = ""  # the item that it belongs to


@dataclass(frozen=True)
class Piece:
    """Words of a sentence: in both versions ("same"), in the earlier ("gone") or later ("new")."""

    kind: str
    text: str


@dataclass(frozen=True)
class Line:
    """A sentence that is not the same in both: "gone", "new", or "reworded"."""

    kind: str
    section: str
    pieces: list[Piece]


@dataclass(frozen=True)
class Comparison:
    """What the later of two versions says otherwise."""

    determinations: list[Moved]
    findings: list[Moved]
    policies: list[Moved]
    documents: list[Moved]
    said: list[Moved]  # by persons
    facts_gone: int
    facts_new: int
    lines: list[Line]
    same: int  # sentences that are in both


def compare(old: Data, new: Data) -> Comparison:
    """What differs, determinations first, the text sentence by sentence.

    >>> empty = {"determinations": [], "facts": [], "hashes": {"policies": {}, "documents": {}},
    ...          "article": {"headings": {"a": "Answer"}, "sentences": []}}
    >>> said = {"headings": {"a": "Answer"}, "sentences": [{"section": "a", "text": "Yes."}]}
    >>> [(line.kind, line.section) for line in compare(empty, {**empty, "article": said}).lines]
    [('new', 'Answer')]
    """
    lines, same = _lines(_sentences(old), _sentences(new))
    facts = [{f["id"] for f in side["facts"]} for side in (old, new)]
    return Comparison(
        determinations=_moved(_outcomes(old), _outcomes(new)),
        findings=_moved(_findings(old), _findings(new), both=True),
        policies=_moved(_policies(old), _policies(new)),
        documents=_moved(_documents(old), _documents(new)),
        said=_moved(_said(old), _said(new)),
        facts_gone=len(facts[0] - facts[1]),
        facts_new=len(facts[1] - facts[0]),
        lines=lines,
        same=same,
    )


Told = dict[tuple[str, str], tuple[str, str]]  # item and id -> words for it, and what is said


def _moved(old: Told, new: Told, *, both: bool = False) -> list[Moved]:
    """What is said otherwise; with `both`, of things that both versions name."""
    shared = [k for k in old if k in new]
    keys = shared if both else list({**old, **new})
    return [
        Moved(
            (new.get(k) or old[k])[0], old.get(k, ("", ""))[1], new.get(k, ("", ""))[1], k[0]
        )
        for k in keys
        if old.get(k, ("", ""))[1] != new.get(k, ("", ""))[1]
    ]  # fmt: skip


def _outcomes(data: Data) -> Told:
    return {("", d["item"]["words"]): (d["item"]["words"], d["outcome"]) for d in _every(data)}


def _every(data: Data) -> Iterator[Data]:
    for d in data["determinations"]:
        yield d
        yield from d["parts"]


def _findings(data: Data) -> Told:
    """Every criterion by its item and id, its group's too: each may be what moved."""

    def below(finding: Data) -> Iterator[Data]:
        yield finding
        for part in finding["parts"]:
            yield from below(part)

    return {
        (d["item"]["words"], f["id"]): (f["says"], f["truth"])
        for d in _every(data)
        for group in (d["findings"] or {}).values()
        for top in group
        for f in below(top)
    }


def _policies(data: Data) -> Told:
    """Version and hash: a policy may be written otherwise under the same version."""
    versions = {d["policy"]: d["policy_version"] for d in _every(data)}
    return {
        ("", id): (id, f"{versions.get(id) or 'used'} ({hash[:12]})")
        for id, hash in data["hashes"]["policies"].items()
    }


def _documents(data: Data) -> Told:
    return {("", id): (id, hash[:12]) for id, hash in data["hashes"]["documents"].items()}


def _said(data: Data) -> Told:
    """What persons attested."""
    return {
        ("", f["id"]): (
            f"{f['concept']}: {f['value'] or f['assertion']} {f['unit']}".rstrip(),
            f"{s['attested_by']}, {s['attested_at']}",
        )
        for f in data["facts"]
        for s in f["sources"]
        if s["attested_by"]
    }


# --- the text ------------------------------------------------------------------------------------


def _sentences(data: Data) -> list[tuple[str, str]]:
    """Each sentence under the heading of its section."""
    headings = data["article"]["headings"]
    return [(headings[s["section"]], s["text"]) for s in data["article"]["sentences"]]


def _lines(
    old: Sequence[tuple[str, str]], new: Sequence[tuple[str, str]]
) -> tuple[list[Line], int]:
    """The sentences that differ, in reading order, and how many do not."""
    lines: list[Line] = []
    same = 0
    for tag, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "equal":
            same += b - a
        else:
            lines += _differing(list(old[a:b]), list(new[c:d]))
    return lines, same


def _differing(old: list[tuple[str, str]], new: list[tuple[str, str]]) -> Iterator[Line]:
    """A stretch that differs: a later sentence is held against the earlier one it is most like."""
    for section, text in new:
        near = [(_likeness(was, text), n) for n, (at, was) in enumerate(old) if at == section]
        best, n = max(near, default=(0.0, 0))
        if best >= ALIKE:
            yield from (Line("gone", s, [Piece("gone", t)]) for s, t in old[:n])
            yield Line("reworded", section, _pieces(old[n][1], text))
            del old[: n + 1]
        else:
            yield Line("new", section, [Piece("new", text)])
    yield from (Line("gone", s, [Piece("gone", t)]) for s, t in old)


def _likeness(a: str, b: str) -> float:
    return SequenceMatcher(None, a.split(), b.split(), autojunk=False).ratio()


def _pieces(was: str, now: str) -> list[Piece]:
    """Both wordings in one, word by word.

    >>> [(p.kind, p.text) for p in _pieces("It is unknown.", "It is met.")]
    [('same', 'It is '), ('gone', 'unknown.'), ('new', 'met.')]
    """
    a, b = (re.findall(r"\S+\s*", text) for text in (was, now))
    pieces: list[Piece] = []
    for tag, i, j, k, m in SequenceMatcher(None, a, b, autojunk=False).get_opcodes():
        if tag == "equal":
            pieces.append(Piece("same", "".join(a[i:j])))
            continue
        for kind, words in (("gone", a[i:j]), ("new", b[k:m])):
            if words:
                pieces.append(Piece(kind, "".join(words)))
    return pieces
