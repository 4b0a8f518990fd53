"""People at the desk: each reads, asks, answers and decides, and remembers what was done."""

from __future__ import annotations

import asyncio
import random
import re
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx2

ROOT = Path(__file__).resolve().parents[2]
CASES = sorted(p.parent for p in ROOT.glob("examples/**/question.txt"))
FOLLOW_UPS = (
    "Why?", "What is missing?", "What would change this?", "What does source 2 say?",
    "What would an appeal need?", "What if the patient were 12 years old?",
)  # fmt: skip
NOTES = ("Seen again today, no change.", "No known drug allergies.", "Weight 71 kg.", "BP 128/76.")
OPEN_CASE = re.compile(r'href="/cases/([0-9a-f]{10})"')
NEWEST = re.compile(r'src="(/cases/[0-9a-f]{10}/versions/\d+)/article\.html"')
# What a request is in the ledger, where it is not called the same.
ACT_OF = {"follow up": "question", "add document": "add"}


@dataclass
class Told:
    """What the desk said of every request, by kind."""

    seconds: dict[str, list[float]] = field(default_factory=dict)
    status: Counter[tuple[str, int]] = field(default_factory=Counter)
    # (act, case, person) -> how often the desk said that it was done, or did not say.
    done: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    unknown: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    asked: set[str] = field(default_factory=set)
    documents: int = 0  # that came with what was asked
    unsaid_asks: int = 0  # asks whose answer never came: the case may be there or not


@dataclass
class Reviewer:
    """One person at one browser."""

    n: int
    url: str
    told: Told
    choice: random.Random
    think: float  # seconds between two clicks, on average
    timed: Callable[[], bool]  # whether what is done now counts
    csrf: str = ""
    by: str = ""

    def __post_init__(self) -> None:
        # Each at an address of their own, as in an office: sign-ins are limited by address.
        way = httpx2.AsyncHTTPTransport(local_address=f"127.0.1.{self.n}")
        self.http = httpx2.AsyncClient(base_url=self.url, transport=way, timeout=60)

    @property
    def login(self) -> str:
        return f"reviewer{self.n}"

    async def sign_in(self, password: str) -> None:
        form = {"login": self.login, "password": password}
        answer = await self.request("sign in", "POST", "/sign-in", data=form)
        if answer is None or answer.status_code != 303:
            raise SystemExit(f"{self.login} cannot sign in")
        me = await self.http.get("/api/me")
        self.csrf = me.json()["csrf"]
        self.by = f"{me.json()['name']} ({self.login})"

    async def request(
        self, kind: str, method: str, path: str, case: str = "", act: str = "", **given: Any
    ) -> httpx2.Response | None:
        """One request: its time, what became of it, and what it must have left in the ledger."""
        begun = time.perf_counter()
        headers = {"x-csrf-token": self.csrf} if self.csrf else {}
        mark = (act or ACT_OF.get(kind, kind), case, self.by)
        try:
            answer = await self.http.request(method, path, headers=headers, **given)
        except httpx2.HTTPError:
            self.told.status[kind, 0] += 1
            self.told.unknown[mark] += 1
            return None
        if self.timed():
            self.told.seconds.setdefault(kind, []).append(time.perf_counter() - begun)
        self.told.status[kind, answer.status_code] += 1
        if answer.status_code == 200 and case:
            self.told.done[mark] += 1
        return answer

    # --- a day -----------------------------------------------------------------------------------

    async def work(self, ends: float) -> None:
        """Click, look, think, until the day ends."""
        await asyncio.sleep(self.choice.uniform(0, self.think))
        while time.monotonic() < ends:
            await self.visit()

    async def pause(self) -> None:
        await asyncio.sleep(min(self.choice.expovariate(1 / self.think), 4 * self.think))

    async def visit(self) -> None:
        """The queue, a case out of it, and often something done there."""
        if self.choice.random() < 0.06:
            await self.ask()
            await self.pause()
        queue = await self.request("queue", "GET", "/")
        await self.pause()
        cases = OPEN_CASE.findall(queue.text) if queue is not None else []
        if not cases:
            return
        case = self.choice.choice(cases)
        await self.read(case)
        await self.pause()
        if self.choice.random() < 0.75:
            await self.act(case)
            await self.pause()
            await self.read(case)
            await self.pause()

    async def read(self, case: str) -> None:
        """The page of a case as a browser opens it: the page, then what it frames at once."""
        page = await self.request("case page", "GET", f"/cases/{case}", case, "read")
        framed = NEWEST.search(page.text) if page is not None else None
        if framed:
            await asyncio.gather(
                self.request("article", "GET", f"{framed[1]}/article.html", case, "read"),
                self.request("record", "GET", f"{framed[1]}/article-chart.html", case, "read"),
            )

    async def ask(self) -> None:
        folder = self.choice.choice(CASES)
        files = [
            ("files", (f.name, f.read_bytes(), "text/markdown"))
            for f in sorted((folder / "chart").iterdir())
        ]
        form = {"question": (folder / "question.txt").read_text().strip()}
        answer = await self.request("ask", "POST", "/api/ask", data=form, files=files)
        if answer is None:
            self.told.unsaid_asks += 1
        elif answer.status_code == 200:
            case = answer.json()["id"]
            self.told.asked.add(case)
            self.told.documents += len(files)
            self.told.done["ask", case, self.by] += 1

    async def act(self, case: str) -> None:
        """Something that the case as it stands allows."""
        answer = await self.request("case (JSON)", "GET", f"/api/cases/{case}", case, "read")
        if answer is None or answer.status_code != 200:
            return
        page = answer.json()
        way = self.choice.random()
        if way < 0.30:
            await self.decide(case, page)
        elif way < 0.60:
            said = {"question": self.choice.choice(FOLLOW_UPS)}
            await self.post("follow up", case, "question", said)
        elif way < 0.80:
            await self.answer(case, page)
        elif way < 0.85:
            struck = [a["id"] for a in page["answers"] if not a["struck"]]
            if struck:
                said = {"answer": self.choice.choice(struck), "because": "Said of another."}
                await self.post("strike", case, "strike", said)
        elif way < 0.95 and page["documents"]:
            n = self.choice.choice(page["documents"])["n"]
            await self.request("document", "GET", f"/cases/{case}/documents/{n}", case, "read")
        else:
            note = f"{self.choice.choice(NOTES)} ({self.login}, {time.time_ns()})".encode()
            files = [("files", ("note.txt", note, "text/plain"))]
            path = f"/api/cases/{case}/documents"
            await self.request("add document", "POST", path, case, files=files)

    async def decide(self, case: str, page: dict[str, Any]) -> None:
        """Whichever act is open; a withdrawal now and then."""
        acts = [a for a in page["acts"] if a != "withdraw" or self.choice.random() < 0.1]
        if acts:
            act = self.choice.choice(acts)
            said = {
                "act": act, "article": page["version"]["article_hash"], "no_conflict": True,
                "comment": "Please add the last visit." if act == "return" else "",
            }  # fmt: skip
            await self.post(act, case, "decide", said)

    async def answer(self, case: str, page: dict[str, Any]) -> None:
        """A plain yes or no to something that is missing."""
        plain = [q for q in page["questions"] if "answer" in q["keys"]]
        if plain:
            question = self.choice.choice(plain)
            concept = self.choice.choice(question["concepts"])["id"]
            said = {"concept": concept, "answer": self.choice.choice(["present", "absent"])}
            await self.post("answer", case, "answer", said)

    async def post(self, kind: str, case: str, path: str, said: dict[str, Any]) -> None:
        await self.request(kind, "POST", f"/api/cases/{case}/{path}", case, json=said)
