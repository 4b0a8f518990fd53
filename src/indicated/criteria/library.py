"""The library: every concept, policy, label table, derived value and profile there is."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from importlib.resources import files
from pathlib import Path
from typing import TypeVar

from indicated.criteria.compiled import fingerprint, keep, kept
from indicated.criteria.concepts import Folder, load_concepts, yaml_files
from indicated.criteria.lines import near, raise_all, read_tree
from indicated.criteria.policy import build_policy
from indicated.criteria.profiles import load_profile
from indicated.criteria.tables import load_derived, load_labels
from indicated.errors import PolicyError, PolicyErrors
from indicated.model import Concepts, Derived, Library, Policy, Profile

T = TypeVar("T")


def load_policy(path: Folder, concepts: Concepts) -> Policy:
    """The policy of a file, or of a folder that holds `policy.yaml`.

    Raises `PolicyError` or `PolicyErrors` with file and line for whatever is not sound.
    """
    file = path.joinpath("policy.yaml") if path.is_dir() else path
    tree = read_tree(file)
    policy = build_policy(tree, concepts)
    if path.is_dir() and policy.id != path.name:
        raise PolicyError(
            f'policy "{policy.id}" lies in a folder called "{path.name}"',
            tree.at(("policy",)),
            "Policies are found by their folder; two names for one would be confused.",
            f'Write "policy: {path.name}", or rename the folder.',
        )
    return policy


def shipped() -> Folder:
    """The folder of the library that comes with the program."""
    return files("indicated").joinpath("library")


def load_library(
    folder: Folder | None = None, *, extra: Sequence[Folder] = (), kept_in: Path | None = None
) -> Library:
    """Everything in a library folder (None: the shipped one) and in folders of one's own.

    A folder holds any of `concepts/`, `policies/`, `labels/`, `derived/`, `profiles/`. Concepts of
    all folders form one vocabulary. All problems of all files are reported together.
    `kept_in` is a folder where a sound library is kept, and found again while no file has changed.
    """
    folders = [folder if folder is not None else shipped(), *extra]
    if kept_in is None:
        return _read(folders)
    name = fingerprint(library_files(folders))
    library = kept(kept_in, name)
    if library is None:
        library = _read(folders)
        if fingerprint(library_files(folders)) == name:  # otherwise a file changed on the way
            keep(kept_in, name, library)
    return library


def library_files(folders: Iterable[Folder]) -> Iterator[Folder]:
    """Every file that a library of these folders is read from, in one order."""
    for folder in folders:
        for kind in ("concepts", "labels", "derived", "profiles"):
            yield from _files(kind)(folder)
        yield from (f.joinpath("policy.yaml") for f in policy_folders(folder))


def _read(folders: Sequence[Folder]) -> Library:
    concepts = load_concepts(*(c for f in folders if (c := f.joinpath("concepts")).is_dir()))
    errors: list[PolicyError] = []

    def each(kind: str, load: Callable[[Folder], T]) -> list[T]:
        found = policy_folders if kind == "policies" else _files(kind)
        return _gathered((one for f in folders for one in found(f)), load, errors)

    policies = _by_id(each("policies", lambda f: load_policy(f, concepts)), "policy", errors)
    labels = each("labels", lambda f: load_labels(f, concepts))
    derived = each("derived", lambda f: load_derived(f, concepts))
    _by_id(derived, "derived value", errors)
    raise_all(errors)  # what follows looks at all policies, which must be sound for that
    _over(policies, errors)
    profiles = _by_id(
        each("profiles", lambda f: load_profile(f, policies, concepts)), "profile", errors
    )
    raise_all(errors)
    return Library(
        concepts=concepts,
        policies=policies,
        labels=tuple(row for file in labels for row in file),
        derived=tuple(derived),
        profiles=profiles,
    )


def policy_folders(folder: Folder) -> list[Folder]:
    """The folders with a `policy.yaml` in a library folder, by name."""
    policies = folder.joinpath("policies")
    if not policies.is_dir():
        return []
    found = [f for f in policies.iterdir() if f.joinpath("policy.yaml").is_file()]
    return sorted(found, key=lambda f: f.name)


def _files(kind: str) -> Callable[[Folder], list[Folder]]:
    return lambda folder: yaml_files(folder.joinpath(kind))


def _gathered(
    files: Iterable[Folder], load: Callable[[Folder], T], errors: list[PolicyError]
) -> list[T]:
    loaded: list[T] = []
    for file in files:
        try:
            loaded.append(load(file))
        except PolicyErrors as several:
            errors.extend(several.errors)
        except PolicyError as error:
            errors.append(error)
    return loaded


N = TypeVar("N", Policy, Profile, Derived)


def _by_id(things: Iterable[N], kind: str, errors: list[PolicyError]) -> dict[str, N]:
    found: dict[str, N] = {}
    for thing in things:
        if thing.id in found:
            first = getattr(found[thing.id], "path", "")
            errors.append(
                PolicyError(
                    f'duplicate {kind} "{thing.id}"' + (f" (first in {first})" if first else ""),
                    f"{getattr(thing, 'path', '') or kind}:1",
                    "Only one of the two could decide.",
                    "Rename or remove one.",
                )
            )
        found.setdefault(thing.id, thing)
    return found


def _over(policies: dict[str, Policy], errors: list[PolicyError]) -> None:
    for policy in policies.values():
        for other in policy.over:
            if other not in policies:
                errors.append(
                    PolicyError(
                        f'"{policy.id}" goes before "{other}", which is no policy',
                        f"{policy.path}:1",
                        "An order that nobody applies looks as if it were in force.",
                        near(other, policies) or "Remove it from `over`.",
                    )
                )
