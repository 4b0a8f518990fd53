"""A language model beside the cases of a desk: off, unless its settings name one.

A worker asks it while a case is assessed. Each answer is kept with its case, so that a case that is
assessed anew asks only what is new and reads the same answers; what they add is read by the program
each time (`assisted.py`). Where no model is set any more, only what persons confirmed stays.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import islice

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from indicated.assisted import assisted
from indicated.bulk import Beside
from indicated.errors import IndicatedError, InputError
from indicated.facts import confirmed
from indicated.model import Case, Library, Mark
from indicated.propose import Answer, Model, Request, Tally, read_answer
from indicated.propose.shapes import SHAPES
from indicated.report.word_lists import words_of
from indicated.review import entry_of_line
from indicated.serve.desk import ledger
from indicated.serve.desk.database import transaction
from indicated.serve.desk.settings import DeskSettings
from indicated.serve.desk.tables import LedgerRow, ModelAnswer
from indicated.serve.model.chosen import chosen
from indicated.settings import Settings

ACT, WORKER = "model", "the desk"
TOGETHER = 4  # requests after which what was answered is kept
SHARE = 0.5  # of the time of a job that a model may take


def beside(settings: DeskSettings, library: Library) -> Beside | None:
    """The model that the settings name; None where they name none. Raises `InputError` where what
    they say is no model."""
    if settings.model_inside not in ("on", "off"):
        raise InputError("this must be on or off", "INDICATED_DESK_MODEL_INSIDE")
    return chosen(settings.model, library, inside=settings.model_inside == "on")


def require_settings(settings: DeskSettings, library: Callable[[], Library]) -> None:
    """Raise `InputError` now for what no worker could use."""
    if settings.model or settings.model_inside != "off":
        beside(settings, library())


@dataclass
class Recorded:
    """The answers that are kept with a case, and for what is new whoever answers."""

    engine: Engine
    case: str
    at: datetime
    model: Model | None
    seconds: float = float("inf")  # after which nothing more is asked; it is asked the next time
    elapsed: Callable[[], float] = time.monotonic
    asked: int = 0
    answered: int = 0
    _known: dict[str, str] = field(default_factory=dict)

    def __call__(self, requests: Sequence[Request]) -> list[Answer]:
        """An answer for each request. What comes back in its shape is kept before it is used."""
        with transaction(self.engine, writes=False) as db:
            rows = select(ModelAnswer.key, ModelAnswer.answer)
            self._known |= {r.key: r.answer for r in db.execute(rows.where(
                ModelAnswer.case_id == self.case))}  # fmt: skip
        new = iter({r.key: r for r in requests if r.key not in self._known}.values())
        told: dict[str, Answer] = {}
        began = self.elapsed()
        while self.model and self.elapsed() - began < self.seconds:
            if not (some := list(islice(new, TOGETHER))):
                break
            self.asked += len(some)
            got = {r.key: a for r, a in zip(some, self.model(some), strict=True)}
            self._keep({r.key: r for r in some}, got)
            told |= got
        none = Answer(None, "pending")
        return [
            Answer(self._known[r.key]) if r.key in self._known else told.get(r.key, none)
            for r in requests
        ]

    def _keep(self, requests: dict[str, Request], told: dict[str, Answer]) -> None:
        fit = {
            k: a.text for k, a in told.items() if a.text is not None and not _why(requests[k], a)
        }
        self.answered += len(fit)
        with transaction(self.engine) as db:
            have = set(db.scalars(select(ModelAnswer.key).where(ModelAnswer.case_id == self.case)))
            for key, text in fit.items():
                if key not in have:
                    db.add(ModelAnswer(case_id=self.case, key=key, answer=text, at=self.at))


def _why(request: Request, answer: Answer) -> str:
    return read_answer(answer, SHAPES[request.prompt.purpose])[1]


def with_proposals(
    case: Case, library: Library, settings: Settings, desk: DeskSettings, engine: Engine,
    at: datetime,
) -> Case:  # fmt: skip
    """The case with what a model proposes of it. Nothing that a model or its log does stops the
    assessment: it then goes on without, and the ledger says so."""
    try:
        named = beside(desk, library)
        if named is None and not case.ticks:
            return case
        words = None if desk.model_inside == "on" else words_of(library)
        seconds = 60 * desk.job_minutes * SHARE
        recorded = Recorded(engine, case.id, at, named.model if named else None, seconds)
        told = assisted(case, library, settings, recorded, words)
    except IndicatedError as error:
        _note(engine, case, f"not asked: {error.what}", at)
        return case
    if recorded.asked:
        _note(engine, case, _counts(recorded, told.tally), at)
    made = told.assessment.case
    struck = {(s.concept, source) for s in case.struck for source in s.sources}
    kept = replace(
        case,
        proposed=tuple(
            f for f in made.proposed if not any((f.concept, s) in struck for s in f.sources)
        ),
        pointed=tuple(p for p in made.pointed if (p.treatment, p.source) not in struck),
    )
    return kept if named else _confirmed_alone(kept)


def told(db: Session, case: str) -> list[str]:
    """What the ledger says of each time that a model was asked about a case."""
    lines = select(LedgerRow.line).where(LedgerRow.case_id == case, LedgerRow.act == ACT)
    return [entry_of_line(x).review.comment for x in db.scalars(lines.order_by(LedgerRow.n))]


def _confirmed_alone(case: Case) -> Case:
    """The case with those proposals alone that a person confirmed."""
    facts = [f for f in confirmed(case.proposed, case.ticks) if Mark.CONFIRMED in f.marks]
    kept = {(f.concept, f.sources) for f in facts}
    ticked = {(t.concept, source) for t in case.ticks for source in t.sources}
    return replace(
        case,
        proposed=tuple(f for f in case.proposed if (f.concept, f.sources) in kept),
        pointed=tuple(p for p in case.pointed if (p.treatment, p.source) in ticked),
    )


def _counts(recorded: Recorded, tally: Tally) -> str:
    taken = sum(tally.taken.values())
    asked, answered = recorded.asked, recorded.answered
    return f"asked {asked}, answered {answered}; {taken} proposals taken in all"


def _note(engine: Engine, case: Case, says: str, at: datetime) -> None:
    with transaction(engine) as db:
        ledger.write(db, ACT, by=WORKER, role="program", at=at, case=case.id, comment=says)
