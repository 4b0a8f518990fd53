"""Whether everything that the desk said was done is there, once, and nothing else."""

from __future__ import annotations

from collections import Counter

from bench.desk.reviewers import Told
from sqlalchemy import func, select

from indicated.review import entry_of_line
from indicated.serve.desk import ledger
from indicated.serve.desk.database import engine_of, transaction, url_of
from indicated.serve.desk.tables import Answer, CaseRow, DocumentRow, Job, LedgerRow, Talk, Version

PROGRAM = "the desk"


def problems(data: str, told: Told) -> tuple[list[str], int, int]:
    """What is not as it was told; how many acts were compared; how many lines the ledger has."""
    engine = engine_of(url_of(data))
    with transaction(engine, writes=False) as db:
        found = [f"ledger: line {b.line}: {b.kind}" for b in ledger.broken(db)]
        entries = [entry_of_line(line).review for line in ledger.lines(db)]
        acts = Counter((r.act, r.case, r.by) for r in entries if r.case)
        lines = db.scalar(select(func.count()).select_from(LedgerRow)) or 0
        cases = set(db.scalars(select(CaseRow.id)))
        states = Counter(db.scalars(select(CaseRow.state)))
        rows = {
            "answer": db.scalar(select(func.count()).select_from(Answer)) or 0,
            "strike": db.scalar(select(func.count()).where(Answer.struck_at.is_not(None))) or 0,
            "question": db.scalar(select(func.count()).select_from(Talk)) or 0,
            "assess": db.scalar(select(func.count()).select_from(Version)) or 0,
            "documents": db.scalar(select(func.count()).select_from(DocumentRow)) or 0,
        }
        jobs = db.scalar(select(func.count()).select_from(Job)) or 0
    engine.dispose()
    found += _acts(told, acts)
    in_ledger = Counter(act for (act, _, _), n in acts.items() for _ in range(n))
    found += [
        f"{rows[act]} rows of {act}, {in_ledger[act]} in the ledger"
        for act in ("answer", "strike", "question", "assess")
        if rows[act] != in_ledger[act]
    ]
    if not 0 <= len(cases - told.asked) <= told.unsaid_asks or told.asked - cases:
        found.append(f"{len(told.asked)} cases were asked, {len(cases)} are there")
    added = in_ledger["add"]
    if not told.unsaid_asks and rows["documents"] != told.documents + added:
        found.append(
            f"{told.documents + added} documents were given, {rows['documents']} are there"
        )
    if jobs or states["reading"] or states["trouble"]:
        found.append(f"{jobs} jobs left; states {dict(states)}")
    return found, sum(told.done.values()), lines


def _acts(told: Told, acts: Counter[tuple[str, str, str]]) -> list[str]:
    """Acts of people that are lost, doubled, or that nobody was told of."""
    found = []
    for mark in {*told.done, *(a for a in acts if a[2] != PROGRAM)}:
        least = told.done[mark]
        most = least + told.unknown[mark]
        if mark[0] == "ask" and told.unsaid_asks:
            most = max(most, 1)
        if mark[0] == "supersede":  # what an approval of a later version does to the earlier
            most = told.done["approve", *mark[1:]] + told.unknown["approve", *mark[1:]]
        if not least <= acts[mark] <= most:
            found.append(f"{mark[0]} of {mark[2]}: told {least}, in the ledger {acts[mark]}")
    return found
