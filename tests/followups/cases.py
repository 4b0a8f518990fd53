"""The cases that follow-up questions are asked of, and one question put to one of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from indicated import Assessment, Case, assess, load_library, read_chart
from indicated.followup import Reply, follow_up
from indicated.model import FollowUpKind, Library, Turn
from indicated.serve.demo import demo_case
from indicated.settings import Settings

HERE = Path(__file__).parent
EXAMPLES = HERE.parents[1] / "examples" / "cases"
AS_OF = date(2026, 11, 20)
FOLDERS = {
    "bariatric": ("bariatric-bmi-38-medicare", "medicare-bariatric"),
    "migraine": ("chronic-migraine-renewal", ""),
    "cpap": ("cpap-ahi-9-hypertension", ""),
    "alpha1": ("emphysema-pizz-fev1-48", ""),
    "sciatica": ("sciatica-mri-no-dates", ""),
}
AT = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)


@cache
def library() -> Library:
    """The shipped library, once."""
    return load_library()


def given(name: str) -> tuple[Case, Settings]:
    """A case by its short name, with its settings."""
    if name == "lung":
        return demo_case(), Settings()
    folder, profile = FOLDERS[name]
    question = (EXAMPLES / folder / "question.txt").read_text(encoding="utf-8").strip()
    chart = read_chart(EXAMPLES / folder / "chart")
    return Case(question, chart, AS_OF, id=name), Settings(profile=profile)


@cache
def standing(name: str) -> Assessment:
    """The assessment of that case."""
    case, settings = given(name)
    return assess(case, library(), settings)


def questions(part: str) -> list[dict[str, Any]]:
    """The worded questions of a part (open or set_aside)."""
    text = (HERE / "questions" / f"{part}.yaml").read_text(encoding="utf-8")
    rows: list[dict[str, Any]] = yaml.safe_load(text)
    return rows


def put(name: str, asked: str, after: list[str] | None = None) -> Reply:
    """Ask a case a question, after others."""
    settings, turns = given(name)[1], []
    for earlier in after or []:
        said = follow_up(earlier, standing(name), library(), settings, turns=turns)
        turns.append(Turn(AT, said.follow_up, said.article))
    return follow_up(asked, standing(name), library(), settings, turns=turns)


def text_of(reply: Reply) -> str:
    """Every sentence of an answer, as one text."""
    return "\n".join(s.text for s in reply.article.sentences())


@dataclass(frozen=True)
class Mark:
    """How one question was answered: right, silent (not understood), or wrong and in what."""

    result: str
    why: str = ""


def mark(row: dict[str, Any]) -> Mark:
    """Hold one answer against what the row says of it."""
    reply = put(row["case"], row["q"], row.get("after"))
    kind, wanted = reply.follow_up.kind, row["kind"]
    allowed = {FollowUpKind(k) for k in ([wanted] if isinstance(wanted, str) else wanted)}
    if kind is FollowUpKind.NOTHING:
        return Mark("right" if kind in allowed else "silent")
    if kind not in allowed:
        return Mark("wrong", f"placed as {kind.value}")
    wrong = _wrong(row, reply)
    return Mark("wrong", wrong) if wrong else Mark("right")


def _wrong(row: dict[str, Any], reply: Reply) -> str:
    found, concepts = reply.follow_up, library().concepts
    every = standing(row["case"]).determinations
    ids = found.items or tuple(d.item.id for d in every)
    treatments = [d.item.treatment for d in every if d.item.id in ids]
    if "item" in row and (
        row["item"] not in treatments or (len(treatments) > 1 and "other" not in row)
    ):
        return f"items {treatments}"
    if "other" in row and row["other"] not in (found.other, *treatments):
        return f"other {found.other}"
    if "source" in row and found.label != str(row["source"]):
        return f"source {found.label}"
    if "passage" in row and found.label != row["passage"]:
        return f"passage {found.label}"
    if "weight" in row:
        q = found.weight
        unit = {"[lb_av]": "lb"}.get(q.unit, q.unit) if q else ""
        if q is None or f"{q.exact} {unit}" != row["weight"]:
            return "weight"
    read = [f.concept for f in found.assumed]
    for concept in row.get("facts", ()):
        if not any(concepts.is_a(r, concept) or concepts.is_a(concept, r) for r in read):
            return f"facts {read}"
    outcomes = {d.item.treatment: d.outcome.value for d in reply.determinations}
    for treatment, outcome in row.get("outcome", {}).items():
        if outcomes.get(treatment) != outcome:
            return f"outcome {outcomes.get(treatment)}"
    text = text_of(reply).casefold()
    lacking = [s for s in (*row.get("says", ()), *_titled(row)) if s.casefold() not in text]
    return f"does not say {lacking}" if lacking else ""


def _titled(row: dict[str, Any]) -> list[str]:
    """The title of the source that a question names by its number. Which number a source has
    follows from the policy, so that the title is taken from the article and not written here."""
    sources = standing(row["case"]).article.references
    n = row.get("source", 0)
    return [sources[n - 1].title] if 0 < n <= len(sources) else []
