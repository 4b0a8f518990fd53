"""The story of what rests on a source that does not stand any more: saved assessments and articles,
and signed cases. They stay as they are; they are named, so that a person looks at them again.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from indicated.evidence.collection import Collection
from indicated.evidence.links import Doubt, check_policy, doubts_of, work_of
from indicated.model import Policy, Reference
from indicated.record_file import FORMAT, from_text


def doubts_by_policy(
    collection: Collection, policies: Iterable[Policy]
) -> dict[str, tuple[Doubt, ...]]:
    """By policy, why its sources must be looked at again; policies without a doubt are left out."""
    found = {p.id: check_policy(collection, p).doubts for p in policies}
    return {id: doubts for id, doubts in found.items() if doubts}


def rests_on(
    text: str, name: str, collection: Collection, doubts: Mapping[str, Sequence[Doubt]]
) -> tuple[Doubt, ...] | None:
    """The doubts on which a file rests: an assessment that was saved (`assess --save`), or one that
    was written as JSON; None where the file is neither.

    Of a saved one its policies are known, of a written one the sources that it cites as well, with
    the works that it quotes where no policy is about the request. Raises `InputError` for a saved
    one that is not whole.
    """
    try:
        data = json.loads(text)
    except (ValueError, RecursionError):
        return None
    if not isinstance(data, dict):
        return None
    if data.get("format") == FORMAT:
        judged = from_text(text, name).standing.policies
        return tuple(d for id, _, _ in judged for d in doubts.get(id, ()))
    if not _is_output(data):
        return None
    cited = [r for r in data["references"] if isinstance(r, dict)]
    keys = {str(r.get("key")) for r in cited}
    of_policies = [
        d for id in data["hashes"]["policies"] for d in doubts.get(id, ()) if d.key in keys
    ]  # fmt: skip
    told = {d.key for d in of_policies}
    beside = [d for r in cited if str(r.get("key")) not in told for d in _of_work(r, collection)]
    return (*of_policies, *beside)


def _is_output(data: Mapping[str, Any]) -> bool:
    hashes = data.get("hashes")
    judged = hashes.get("policies") if isinstance(hashes, dict) else None
    return isinstance(judged, dict) and isinstance(data.get("references"), list)


def _of_work(cited: Mapping[str, Any], collection: Collection) -> Iterator[Doubt]:
    """Why a cited work is to be looked at, by its own standing."""
    key, identifier, url = (str(cited.get(n) or "") for n in ("key", "identifier", "url"))
    quoted = key if collection.known(key) else ""  # words of the collection are cited by work
    reference = Reference(key, "", "", identifier=identifier, url=url, collection=quoted)
    work = work_of(collection, reference)
    for says in doubts_of(collection, work) if work else ():
        yield Doubt("", key, says)
