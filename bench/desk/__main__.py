"""Reviewers at one desk at human pace: times, errors, memory, and that no act is lost or doubled.

    python -m bench.desk [--minutes 2] [--reviewers 50] [--database sqlite] [--think 5]

`indicated serve` runs as it would anywhere, on 127.0.0.1, with one process that assesses. Each
reviewer signs in, and then opens the queue, opens a case (its page, the article and the record,
as a browser does), and asks, answers, asks on, adds, strikes out or decides, with a pause of
--think seconds on average after each click. Whoever clicks stands on the same machine and takes
part of its processors: the times are what a browser would see, or longer.

At the end the clicks stop, waiting work is done, and everything that the desk said was done is held
against its ledger and its tables: nothing lost, nothing twice, nothing that nobody was told of.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import random
import sys
import time
from collections import Counter
from statistics import quantiles

import httpx2
from bench.desk.machine import MEGABYTE, Serving, database, serving
from bench.desk.proof import problems
from bench.desk.reviewers import Reviewer, Told

PASSWORD = "four plain words here"
REFUSED = (400, 404, 409)  # somebody else was quicker, or the rules do not allow it: told, not done


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=2)
    parser.add_argument("--reviewers", type=int, default=50)
    parser.add_argument("--database", default="sqlite", metavar="sqlite|postgresql|ADDRESS")
    parser.add_argument("--think", type=float, default=5, metavar="SECONDS")
    parser.add_argument("--cases", type=int, default=20, help="asked before the clock starts")
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    with (
        database(given.database) as data,
        serving(data, given.workers, PASSWORD) as desk,
    ):
        told = asyncio.run(day(desk, given))
        bad, compared, lines = problems(data, told)
    if bad:
        print(f"NOT AS TOLD ({len(bad)}):", *bad[:20], sep="\n  ")
        sys.exit(1)
    print(f"{compared} acts and readings as told, none lost, none doubled; "
          f"the ledger of {lines} lines is whole")  # fmt: skip


async def day(desk: Serving, given: argparse.Namespace) -> Told:
    """Accounts, cases to begin with, then everybody at once; prints the figures."""
    told = Told()
    counting = False
    await accounts(desk.url, given.reviewers)
    people = [
        Reviewer(n, desk.url, told, random.Random(f"{given.seed} {n}"), given.think,
                 lambda: counting)
        for n in range(1, given.reviewers + 1)
    ]  # fmt: skip
    counting = True
    await asyncio.gather(*(p.sign_in(PASSWORD) for p in people))
    counting = False
    for n in range(given.cases):
        await people[n % len(people)].ask()
    await settled(people[0])
    counting, begun = True, time.monotonic()
    ends = begun + given.minutes * 60
    watching = asyncio.create_task(watch(desk, begun, ends))
    await asyncio.gather(*(p.work(ends) for p in people))
    seconds = time.monotonic() - begun
    counting = False
    await watching
    await settled(people[0])
    report(desk, told, seconds, given)
    for p in people:
        await p.http.aclose()
    return told


async def accounts(url: str, reviewers: int) -> None:
    """Everybody may ask and sign."""
    async with httpx2.AsyncClient(base_url=url, timeout=60) as chief:
        await chief.post("/sign-in", data={"login": "chief", "password": PASSWORD})
        chief.headers["x-csrf-token"] = (await chief.get("/api/me")).json()["csrf"]
        for n in range(1, reviewers + 1):
            said = {"login": f"reviewer{n}", "name": f"Reviewer {n}", "password": PASSWORD,
                    "roles": ["author", "physician"]}  # fmt: skip
            (await chief.post("/api/users", json=said)).raise_for_status()


async def settled(person: Reviewer) -> None:
    """Wait until nothing waits to be assessed."""
    while True:
        answer = await person.http.get("/api/?state=reading")
        if answer.json()["total"] == 0:
            return
        await asyncio.sleep(0.5)


async def watch(desk: Serving, begun: float, ends: float) -> None:
    """Memory, every ten seconds."""
    while time.monotonic() < ends:
        desk.look(time.monotonic() - begun)
        await asyncio.sleep(10)


# --- the figures ---------------------------------------------------------------------------------


def report(desk: Serving, told: Told, seconds: float, given: argparse.Namespace) -> None:
    total = sum(len(s) for s in told.seconds.values())
    load = os.getloadavg()
    print(
        f"{given.reviewers} reviewers, {given.think:g} s between clicks, "
        f"{seconds / 60:.1f} minutes, {given.database.split(':')[0]}, "
        f"{given.workers} process that assesses, {os.cpu_count()} cores "
        f"(load {load[0]:.1f}, with whoever else used them)"
    )
    print(f"{total} requests, {total / seconds:.1f} a second; {len(told.asked)} cases")
    print(f"\n{'milliseconds':14} {'number':>7} {'p50':>7} {'p95':>7} {'p99':>7} {'most':>7} "
          f"{'refused':>8} {'errors':>7}")  # fmt: skip
    for kind, took in sorted(told.seconds.items(), key=lambda item: -len(item[1])):
        of = Counter({s: n for (k, s), n in told.status.items() if k == kind})
        refused = sum(of[s] for s in REFUSED)
        errors = sum(n for s, n in of.items() if s not in (200, 303, *REFUSED))
        cuts = quantiles(took, n=100, method="inclusive") if len(took) > 1 else took * 99
        figures = [cuts[49], cuts[94], cuts[98], max(took)]
        print(f"{kind:14} {len(took):7} " + " ".join(f"{f * 1000:7.0f}" for f in figures)
              + f" {refused:8} {errors:7}")  # fmt: skip
    for (kind, status), n in sorted(told.status.items()):
        if status not in (200, 303, *REFUSED):
            print(f"{n} of {kind}: {status or 'no answer'}")
    print("\nmemory in MB, each minute")
    names = sorted({n for _, held in desk.memory for n in held})
    for name in names:
        held = [h.get(name, 0) / MEGABYTE for t, h in desk.memory[::6]]
        slope = desk.slope(name, seconds / 3)
        print(f"{name:10} " + " ".join(f"{m:.0f}" for m in held)
              + f"; {slope:+.2f} MB a minute in the last two thirds")  # fmt: skip
    print()


if __name__ == "__main__":
    main()
