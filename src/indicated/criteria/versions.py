"""Which policies a library has: every version of each, and whose folder it came from.

The shipped folder comes first and folders of one's own after it. A later folder's `policy.yaml`
takes the place of everything an earlier folder says under that id; a later folder that has only
`history/` for an id adds versions to it. Each version holds for its own dates, and no two hold on
the same day.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import pairwise

from indicated.criteria.concepts import Folder, yaml_files
from indicated.errors import PolicyError, PolicyErrors
from indicated.model import Policy

CURRENT = "policy.yaml"
HISTORY = "history"


@dataclass(frozen=True)
class PolicyFile:
    """A file with one version of a policy, and the folder that names the policy."""

    folder: Folder
    file: Folder
    current: bool


@dataclass
class Shelf:
    """The versions of every policy, newest first, as folder after folder adds its own."""

    versions: dict[str, tuple[Policy, ...]] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)  # what a folder of one's own replaced

    @property
    def policies(self) -> dict[str, Policy]:
        """The version that each policy's folder holds as `policy.yaml`."""
        return {id: versions[0] for id, versions in self.versions.items()}

    @property
    def earlier(self) -> dict[str, tuple[Policy, ...]]:
        """The versions before it, of those policies that have any."""
        return {id: v[1:] for id, v in self.versions.items() if len(v) > 1}

    def add(
        self, files: Mapping[str, list[tuple[PolicyFile, Policy]]], origin: str
    ) -> list[PolicyError]:
        """Put a folder's policies on the shelf; what is wrong between their versions comes back.

        `origin` names a folder of one's own; it is "" for the shipped one.
        """
        errors: list[PolicyError] = []
        for id, found in files.items():
            before = self.versions.get(id, ())
            own = [replace(policy, origin=origin) for _, policy in found]
            if any(file.current for file, _ in found):
                kept: tuple[Policy, ...] = ()
                if before:
                    own = [replace(p, replaces=before[0].version) for p in own]
                    self.notes.append(
                        f'"{id}" {own[0].version} of {origin} takes the place of the shipped '
                        f"{before[0].version}"
                    )
            elif before:
                versions = {p.version for p in own}
                kept = tuple(p for p in before if p.version not in versions)
            else:
                errors.append(_headless(own[0]))
                continue
            every = tuple(sorted((*own, *kept), key=lambda p: p.valid_from, reverse=True))
            errors += _overlaps(every)
            self.versions[id] = every
        return errors


def policy_files(folder: Folder) -> Iterator[PolicyFile]:
    """Every file of a library folder that holds a version of a policy, policy by policy."""
    policies = folder.joinpath("policies")
    if not policies.is_dir():
        return
    for each in sorted(policies.iterdir(), key=lambda f: f.name):
        if each.joinpath(CURRENT).is_file():
            yield PolicyFile(each, each.joinpath(CURRENT), True)
        for file in yaml_files(each.joinpath(HISTORY)):
            yield PolicyFile(each, file, False)


def loaded(
    folder: Folder, load: Callable[[Folder], Policy], errors: list[PolicyError]
) -> dict[str, list[tuple[PolicyFile, Policy]]]:
    """A library folder's policies by id, `policy.yaml` first; what is not sound is noted, and the
    whole policy with it left out."""
    found: dict[str, list[tuple[PolicyFile, Policy]]] = {}
    spoiled: set[str] = set()
    for each in policy_files(folder):
        try:
            policy = load(each.folder if each.current else each.file)
            if not each.current:
                _in_place(each, policy)
            found.setdefault(policy.id, []).append((each, policy))
        except PolicyErrors as several:
            errors.extend(several.errors)
            spoiled.add(each.folder.name)
        except PolicyError as error:
            errors.append(error)
            spoiled.add(each.folder.name)
    return {id: versions for id, versions in found.items() if id not in spoiled}


def _in_place(of: PolicyFile, policy: Policy) -> None:
    """Raise unless a version of a history lies where it is looked for."""
    if policy.id != of.folder.name:
        raise PolicyError(
            f'policy "{policy.id}" lies in the history of "{of.folder.name}"',
            f"{policy.path}:1",
            "Policies are found by their folder; two names for one would be confused.",
            f'Write "policy: {of.folder.name}", or move the file.',
        )
    if policy.version != of.file.name.rpartition(".")[0]:
        raise PolicyError(
            f'version "{policy.version}" lies in a file called "{of.file.name}"',
            f"{policy.path}:1",
            "Versions are found by their file; two names for one would be confused.",
            f"Call the file {policy.version}.yaml.",
        )


def _headless(policy: Policy) -> PolicyError:
    return PolicyError(
        f'"{policy.id}" has a history and no {CURRENT}',
        f"{policy.path}:1",
        "Nobody could say which version holds today.",
        f"Add the version that holds as {CURRENT}, or name a policy that there is.",
    )


def _overlaps(newest_first: tuple[Policy, ...]) -> list[PolicyError]:
    return [
        PolicyError(
            f'versions "{older.version}" and "{newer.version}" of "{newer.id}" both hold on '
            f"{newer.valid_from}",
            f"{older.path}:1",
            "Two answers to one question on one day.",
            "Write `valid: {from: ..., to: ...}` in the older one, ending before the newer begins.",
        )
        for newer, older in pairwise(newest_first)
        if older.valid_to is None or older.valid_to >= newer.valid_from
    ]
