"""Why it came out so: the criteria that decided, under which policy, and what could answer them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from indicated.model import Determination, Finding, Outcome, Section, Sentence
from indicated.report.desk import Desk, listing, paragraph, section, table
from indicated.report.opening import condition, first_asks, outcome_support, verdict
from indicated.report.phrases import clean
from indicated.report.reply import Answered
from indicated.report.verdict import Tree, policy_rows
from indicated.truth import MET, NOT_MET, UNKNOWN


def why(desk: Desk, told: Answered) -> list[Section]:
    """The criteria asked about; or the verdict on each item with the criteria that decided it."""
    ids = told.follow_up.findings
    if ids:
        return [s for d in told.items if (s := _asked_about(desk, d, ids))]
    return [decided(desk, d, n) for n, d in enumerate(told.items, 1)]


def _asked_about(desk: Desk, d: Determination, ids: Sequence[str]) -> Section | None:
    tree, rows = Tree(desk, d), []
    for group, finding in every_finding(d):
        if finding.id in ids and not tree.has_shown(finding):
            words = "truth_exclusion" if group == "exclusions" else "truth"
            rows += tree.rows(finding, 0, words)
    if not rows:
        return None
    header = desk.header("criterion", "finding", "patient", "source")
    heading = desk.heading("reply_why", item=desk.words.item(d.item))
    said = paragraph(*verdict(desk, d)[:1])
    return section(f"why-{d.item.id}", heading, said, table(header, rows))


def every_finding(d: Determination) -> Iterator[tuple[str, Finding]]:
    """Every finding with the group in which it stands, a part right after its whole."""

    def below(group: str, finding: Finding) -> Iterator[tuple[str, Finding]]:
        yield group, finding
        for part in finding.parts:
            yield from below(group if finding.kind != "none" else "", part)

    for group in ("routes", "exceptions", "exclusions", "requirements", "supporting"):
        for finding in getattr(d, group):
            yield from below(group, finding)


def decided(desk: Desk, d: Determination, n: int) -> Section:
    """The verdict on one item with the criteria that decided it."""
    tree = Tree(desk, d)
    rows: list[tuple[Sentence, ...]] = []
    for group, finding in decisive(d):
        words = "truth_exclusion" if group == "exclusions" else "truth"
        rows += tree.rows(finding, 0, words)
    header = desk.header("criterion", "finding", "patient", "source")
    heading = desk.heading("reply_why", item=desk.words.item(d.item))
    because = desk.say("determination.because", outcome_support(desk, d), because=clean(d.because))
    said = paragraph(*verdict(desk, d), *([because] if d.because else []))
    return section(f"why-{n}", heading, said, *([table(header, rows)] if rows else []))


def decisive(d: Determination) -> list[tuple[str, Finding]]:
    """What decided: the exclusion that is met; the way that is met; of ways not met what is not
    met in each; else what is open, in ways, exclusions and requirements."""
    if met := [("exclusions", x) for x in d.exclusions if x.truth is MET]:
        return met
    ways = [*(("routes", r) for r in d.routes), *(("exceptions", x) for x in d.exceptions)]
    good = [(g, w) for g, w in ways if w.truth is MET]
    waiting = [("requirements", r) for r in d.requirements if r.truth is not MET]
    if good:
        open_ = [("exclusions", x) for x in d.exclusions if x.truth is UNKNOWN]
        return [*good[:1], *waiting, *open_]
    truth = UNKNOWN if any(w.truth is UNKNOWN for _, w in ways) else NOT_MET
    parts = [
        (g, p) for g, w in ways if w.truth is truth for p in (w.parts or (w,)) if p.truth is truth
    ]
    open_ = [("exclusions", x) for x in d.exclusions if x.truth is UNKNOWN]
    return list({p.id: (g, p) for g, p in [*parts, *(open_ if truth is UNKNOWN else [])]}.values())


def policy(desk: Desk, told: Answered) -> list[Section]:
    """Which policy judged each item, in which version."""
    sections = []
    for n, d in enumerate(told.items, 1):
        heading = desk.heading("reply_policy", item=desk.words.item(d.item))
        rows = [r for j in (d, *d.beside) if j.policy for r in policy_rows(desk, j)]
        blocks = [table((), rows)] if rows else [paragraph(*verdict(desk, d))]
        sections.append(section(f"policy-{n}", heading, *blocks))
    return sections


def appeal(desk: Desk, told: Answered) -> list[Section]:
    """Per item that was not granted: the reasons to answer, and what to show."""
    items = told.items
    if not told.follow_up.items:
        refused = [d for d in items if d.outcome is Outcome.NOT_INDICATED]
        items = tuple(refused) or items
    return [_appeal(desk, d, n) for n, d in enumerate(items, 1)]


def _appeal(desk: Desk, d: Determination, n: int) -> Section:
    heading = desk.heading("reply_appeal", item=desk.words.item(d.item))
    if d.outcome in (Outcome.INDICATED, Outcome.NO_POLICY) or d.policy is None:
        return section(f"appeal-{n}", heading, paragraph(*verdict(desk, d), *_no_appeal(desk, d)))
    reasons = section(
        f"appeal-{n}-reasons", desk.heading("reply_reasons"),
        listing(_reason(desk, f) for _, f in decisive(d)),
    )  # fmt: skip
    wanted = dict.fromkeys(
        clean(leaf.ask) for _, f in decisive(d) for leaf in (f, *f.leaves()) if leaf.ask
    )
    asks = list(dict.fromkeys([*wanted, *first_asks(d)]))
    show = [desk.say("reply.show", desk.made("policy", a, key=d.item.id), ask=a) for a in asks]
    for x in d.exceptions:
        text = condition(desk, d, x)
        show.append(
            desk.say("reply.exception", desk.made("policy", text, key=x.id), condition=text)
        )
    shown = listing(show or [desk.say("reply.show_none", desk.program())])
    parts = [reasons, section(f"appeal-{n}-show", desk.heading("reply_show"), shown)]
    return section(f"appeal-{n}", heading, paragraph(*verdict(desk, d)), parts=parts)


def _no_appeal(desk: Desk, d: Determination) -> list[Sentence]:
    """That what is indicated needs no appeal."""
    if d.outcome is not Outcome.INDICATED:
        return []
    return [desk.say("reply.appeal_none", desk.item(d.item), item=desk.words.item(d.item))]


def _reason(desk: Desk, finding: Finding) -> Sentence:
    says, truth = clean(finding.says), desk.m.word("truth_plain", finding.truth.value)
    by = desk.made("finding", says, truth, key=finding.id)
    told = desk.facts([f for leaf in finding.leaves() for f in leaf.facts], limit=3)
    if told is None:
        return desk.say("reply.reason", by, says=says, truth=truth)
    slots = {"says": says, "truth": truth, "facts": told.text}
    return desk.say("reply.reason_facts", by, *told.supports, **slots)
