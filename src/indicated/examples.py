"""The story of a policy's worked examples: each must come out as its author wrote, on every engine.

An example is judged from its facts; where it also tells the case in words, the words are read and
judged too, and must reach the same outcome. Beside them stand sentences on each criterion alone.
The runner ships with the product: authors use it on their own folders (`indicated policy test
FOLDER`).
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from indicated.assess import PROGRAM
from indicated.chart import chart_from_text
from indicated.criteria import (
    Example,
    Folder,
    Said,
    check_examples,
    deciding,
    is_from,
    load_examples,
    load_said,
    policy_folders,
    shipped,
)
from indicated.decided import decided, each, reason
from indicated.facts import read_facts
from indicated.judge import Context, judge_policy, with_request
from indicated.model import Determination, Facts, Finding, Library, Policy
from indicated.truth import Truth


@dataclass(frozen=True)
class ExampleResult:
    """How one example came out. `engine` is what judged it: an engine, or the reader of words."""

    policy: str
    name: str
    engine: str
    problems: tuple[str, ...]


def run_library(
    library: Library, extra: Sequence[Folder] = (), only: Collection[str] = ()
) -> Iterator[ExampleResult]:
    """Run the worked examples of the shipped library and of further folders, or `only` of these
    policies.

    Raises `PolicyError` when an examples file is not sound or does not show what it must.
    """
    for folder in example_folders(library, extra):
        if not only or folder.name in only:
            yield from run_examples(folder, library)


def example_folders(library: Library, extra: Sequence[Folder] = ()) -> list[Folder]:
    """The folders of the policies that the library uses: not of one that was replaced."""
    return [
        folder
        for root in (shipped(), *extra)
        for folder in policy_folders(root)
        if folder.name in library.policies
        and any(is_from(p, folder) for p in library.versions(folder.name))
    ]


def sound_examples(folder: Folder, library: Library) -> tuple[Example, ...]:
    """A policy folder's examples. Raises when they are not sound or do not show what they must."""
    examples = load_examples(folder, library.concepts)
    check_examples(examples, *library.versions(folder.name))
    return examples


def run_examples(folder: Folder, library: Library) -> Iterator[ExampleResult]:
    """Run one policy folder's examples, from facts and from words, each by the version that holds
    on its as-of date."""
    for example in sound_examples(folder, library):
        policy = library.on(example.as_of).policies[folder.name]
        known = Facts(example.facts)
        yield ExampleResult(
            policy.id, example.name, "memory", _hold(example, known, policy, library)
        )
        if example.chart:
            read = _read(example.chart, example.as_of, library)
            problems = _hold(example, read, policy, library, findings=False)
            yield ExampleResult(policy.id, example.name, "words", problems)
    yield from _run_words(folder, library)


def _run_words(folder: Folder, library: Library) -> Iterator[ExampleResult]:
    """Hold each criterion to the sentences that its author wrote for it."""
    newest = library.versions(folder.name)[0]
    for said in load_said(folder, library.concepts, newest).said:
        found = each(_of_words(said, newest, library).findings())
        got = {f.id: f for f in found}[said.criterion]
        # An author's own invented sentence, not a patient's: it tells which one of several it is.
        wrong = f'{said.line}: "{said.words.strip()}": {_otherwise(got, said.truth)}'
        problems = () if got.truth is said.truth else (wrong,)
        yield ExampleResult(newest.id, said.name, "words", problems)


def unshown(folder: Folder, library: Library) -> Iterator[tuple[str, Truth]]:
    """The answers to deciding criteria that neither a worked example's words nor a sentence shows,
    and of which nobody has said why no chart has words for them.

    That each can be unknown needs no words: it is what `indicated policy check` holds of silence.
    """
    policy = library.versions(folder.name)[0]
    own = load_said(folder, library.concepts, policy)
    shown = set(own.never) | {(s.criterion, s.truth) for s in own.said}
    for example in sound_examples(folder, library):
        if example.chart:
            read = _read(example.chart, example.as_of, library)
            shown |= set(truths(judged(example, policy, library, read).findings()))
    for id in dict.fromkeys(id for phase in policy.phases for id in deciding(policy, phase)):
        yield from ((id, t) for t in (Truth.MET, Truth.NOT_MET) if (id, t) not in shown)


def _of_words(said: Said, policy: Policy, library: Library) -> Determination:
    context = Context(library, said.as_of, PROGRAM)
    read = _read(said.words, said.as_of, library)
    return judge_policy(policy, said.item, with_request(said.item, read, context), context)


def _read(words: str, as_of: date, library: Library) -> Facts:
    chart = chart_from_text(words, name="example")
    return read_facts(chart, library.concepts, as_of=as_of)


def judged(
    example: Example, policy: Policy, library: Library, facts: Facts | None = None
) -> Determination:
    """What a policy makes of an example, from its facts or from others in their place."""
    context = Context(library, example.as_of, PROGRAM)
    known = with_request(example.item, facts or Facts(example.facts), context)
    return judge_policy(policy, example.item, known, context)


def _hold(
    example: Example, facts: Facts, policy: Policy, library: Library, *, findings: bool = True
) -> tuple[str, ...]:
    """What differs from the author's expectation, in words."""
    got = judged(example, policy, library, facts)
    problems = []
    if got.outcome is not example.outcome:
        problems.append(
            f"{example.line}: outcome {got.outcome.value}, "
            f"expected {example.outcome.value} ({decided(got)})"
        )
    if example.leaning is not None and got.leaning is not example.leaning:
        problems.append(
            f"{example.line}: leaning {got.leaning.value}, expected {example.leaning.value}"
        )
    if findings:
        problems += _findings(example, got)
    return tuple(problems)


def _findings(example: Example, got: Determination) -> list[str]:
    found = {f.id: f for f in each(got.findings())}
    return [
        f"{example.line}: {_otherwise(found[id], expected)}"
        for id, expected in example.findings.items()
        if id in found and found[id].truth is not expected
    ] + [
        f"{example.line}: {id} is not judged in phase {example.phase.value}"
        for id in example.findings
        if id not in found
    ]


def _otherwise(finding: Finding, expected: Truth) -> str:
    why = reason(finding)
    said = f"{finding.id} is {finding.truth.value}, expected {expected.value}"
    return f"{said} ({why})" if why else said


def truths(findings: Sequence[Finding]) -> Iterator[tuple[str, Truth]]:
    """The id and truth of each finding and of every part of it."""
    for finding in each(findings):
        yield finding.id, finding.truth
