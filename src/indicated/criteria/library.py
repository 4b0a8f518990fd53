"""The library: every concept, policy, label table, derived value and profile there is."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from importlib.resources import files
from pathlib import Path
from typing import TypeVar

from indicated.criteria.compiled import fingerprint, keep, kept
from indicated.criteria.concepts import Folder, load_concepts, yaml_files
from indicated.criteria.lines import Content, content, near, raise_all, read_tree, shown
from indicated.criteria.policy import build_policy
from indicated.criteria.profiles import fitted, load_profile
from indicated.criteria.tables import load_derived, load_labels
from indicated.criteria.terms import load_terms, terms_files
from indicated.criteria.versions import CURRENT, Shelf, loaded, policy_files
from indicated.criteria.wording import language_of, load_wording, words_files
from indicated.errors import PolicyError, PolicyErrors
from indicated.model import Concepts, Derived, Library, Policy, Profile, Term, Wording
from indicated.once import per_vocabulary

T = TypeVar("T")
MOST = 2000  # policies that are remembered: a library, and versions of it


def load_policy(path: Folder, concepts: Concepts) -> Policy:
    """The policy of a file, or of a folder that holds `policy.yaml`.

    Raises `PolicyError` or `PolicyErrors` with file and line for whatever is not sound.
    """
    file = path.joinpath(CURRENT) if path.is_dir() else path
    sound, known = _sound(concepts), content(file)
    if known in sound:
        return sound[known]
    tree = read_tree(file)
    policy = build_policy(tree, concepts)
    if path.is_dir() and policy.id != path.name:
        raise PolicyError(
            f'policy "{policy.id}" lies in a folder called "{path.name}"',
            tree.at(("policy",)),
            "Policies are found by their folder; two names for one would be confused.",
            f'Write "policy: {path.name}", or rename the folder.',
        )
    while len(sound) >= MOST:
        sound.pop(next(iter(sound)))
    if known is not None:
        sound[known] = policy
    return policy


@per_vocabulary
def _sound(_: Concepts) -> dict[Content, Policy]:
    """The policies that were found sound with these concepts: a library that is loaded again,
    because one of its files was edited, reads that file alone."""
    return {}


def shipped() -> Folder:
    """The folder of the library that comes with the program."""
    return files("indicated").joinpath("library")


def load_library(
    folder: Folder | None = None, *, extra: Sequence[Folder] = (), kept_in: Path | None = None
) -> Library:
    """Everything in a library folder (None: the shipped one) and in folders of one's own.

    A folder holds any of `concepts/`, `policies/`, `labels/`, `derived/`, `profiles/`, `terms/`.
    Concepts of all folders form one vocabulary; a policy or profile of a later folder takes the
    place of an earlier one with its id. All problems of all files are reported together.
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
        yield from (file for own in terms_files(folder).values() for file in own)
        for each in policy_files(folder):
            yield each.file
            if each.current:
                yield from words_files(each.folder)


def _read(folders: Sequence[Folder]) -> Library:
    concepts = load_concepts(*(c for f in folders if (c := f.joinpath("concepts")).is_dir()))
    errors: list[PolicyError] = []

    def each(kind: str, load: Callable[[Folder], T], of: Iterable[Folder] = folders) -> list[T]:
        return _gathered((one for f in of for one in _files(kind)(f)), load, errors)

    shelf = Shelf()
    seen: list[dict[str, Policy]] = []  # the policies that each folder's profiles were written for
    for folder in folders:
        own = loaded(folder, partial(load_policy, concepts=concepts), errors)
        errors += shelf.add(own, origin=_name(folder) if seen else "")
        seen.append(shelf.policies)
    labels = each("labels", partial(load_labels, concepts=concepts))
    derived = each("derived", partial(load_derived, concepts=concepts))
    _once(derived, errors)
    raise_all(errors)  # what follows looks at all policies, which must be sound for that
    _over(shelf.policies, errors)
    written: dict[str, Profile] = {}
    for folder, policies in zip(folders, seen, strict=True):
        load = partial(load_profile, policies=policies, concepts=concepts)
        found = each("profiles", load, [folder])
        _once(found, errors)
        written |= {p.id: p for p in found}
    raise_all(errors)
    wordings = _wordings(folders, shelf.policies, errors)
    terms = _terms(folders, concepts, errors)
    raise_all(errors)
    profiles, unfit = fitted(written, shelf.versions, concepts)
    return Library(
        concepts=concepts,
        policies=shelf.policies,
        labels=tuple(row for file in labels for row in file),
        derived=tuple(derived),
        profiles=profiles,
        earlier=shelf.earlier,
        notes=(*shelf.notes, *unfit),
        wordings=wordings,
        terms=terms,
    )


def _terms(
    folders: Iterable[Folder], concepts: Concepts, errors: list[PolicyError]
) -> dict[str, dict[str, Term]]:
    """What concepts are called and mean, by language; a later folder's word for one holds."""
    found: dict[str, dict[str, Term]] = {}
    for folder in folders:
        for language, of_language in terms_files(folder).items():
            for each in _gathered(of_language, partial(load_terms, concepts=concepts), errors):
                found.setdefault(language, {}).update(each)
    return found


def _wordings(
    folders: Iterable[Folder], policies: Mapping[str, Policy], errors: list[PolicyError]
) -> dict[str, dict[str, Wording]]:
    """The policies in other words, by language: those that lie beside the policy in force."""
    found: dict[str, dict[str, Wording]] = {}
    for folder in folders:
        for each in policy_folders(folder):
            policy = policies[each.name]
            if not is_from(policy, each):
                continue  # another folder's policy took its place, and has words of its own
            for file in words_files(each):
                for wording in _gathered([file], partial(load_wording, policy=policy), errors):
                    found.setdefault(language_of(file), {})[policy.id] = wording
    return found


def policy_folders(folder: Folder) -> list[Folder]:
    """The folders with a `policy.yaml` in a library folder, by name."""
    return [f.folder for f in policy_files(folder) if f.current]


def _name(folder: Folder) -> str:
    """What readers are told a folder of one's own is called: never where on a machine it lies."""
    return Path(str(folder)).absolute().name or "own"


def is_from(policy: Policy, folder: Folder) -> bool:
    """Whether a policy was read from this folder's `policy.yaml`."""
    return policy.path == shown(folder.joinpath(CURRENT))


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


def _once(things: Sequence[Profile] | Sequence[Derived], errors: list[PolicyError]) -> None:
    found: dict[str, Profile | Derived] = {}
    for thing in things:
        first = found.setdefault(thing.id, thing)
        if first is not thing:
            kind = "profile" if isinstance(thing, Profile) else "derived value"
            where = getattr(first, "path", "")
            errors.append(
                PolicyError(
                    f'duplicate {kind} "{thing.id}"' + (f" (first in {where})" if where else ""),
                    f"{getattr(thing, 'path', '') or kind}:1",
                    "Only one of the two could decide.",
                    "Rename or remove one.",
                )
            )


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
