"""What a model costs a case beside the time that it takes to answer: `python -m bench.model`.

The shipped case, with a folder in which every request is answered: seconds without a model, with
answers that propose nothing, and with two hundred proposals a request that all have to be refused.
"""

from __future__ import annotations

import json
import statistics
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from indicated.assess import assess
from indicated.assisted import assisted
from indicated.criteria import load_library
from indicated.propose import Answer, Exchange, Request
from indicated.report.word_lists import words_of
from indicated.serve.demo import demo_case

TIMES = 5


def main() -> None:
    """Print a table."""
    library, case = load_library(), demo_case()
    words = words_of(library)
    with tempfile.TemporaryDirectory() as folder:
        nothing = filled(Path(folder) / "a", silent)
        crowded = filled(Path(folder) / "b", crowd)
        rows: dict[str, Callable[[], Any]] = {
            "without a model": lambda: assess(case, library),
            "nothing proposed": lambda: assisted(case, library, None, nothing, None),
            "nothing proposed, de-identified": lambda: assisted(
                case, library, None, nothing, words
            ),
            "200 refused a request": lambda: assisted(case, library, None, crowded, None),
        }
        for what, run in rows.items():
            print(f"{what:34} {seconds(run):6.2f} s")


def silent(request: Request) -> dict[str, Any]:
    """Nothing proposed, in the shape that is asked for."""
    asked = request.prompt.purpose == "question"
    return {"items": [], "premises": []} if asked else {"facts": []}


def crowd(request: Request) -> dict[str, Any]:
    """As many proposals as an answer may hold, each by a line of the text."""
    if request.prompt.purpose == "question":
        said = [x.strip() for x in str(request.data["question"]).splitlines() if x.strip()]
        pairs = [(x[:700], w[:120]) for x in said for w in x.split()]
        items = [{"treatment": w, "quote": x} for x, w in pairs][:40]
        told = {"assertion": "present", "subject": "patient"}
        return {
            "items": items,
            "premises": [{"name": w, "quote": x, **told} for x, w in pairs[:200]],
        }
    lines = [x.strip() for x in str(request.data["text"]).splitlines() if x.strip()]
    ids = [c["id"] for c in request.data["concepts"]]
    plain = {"assertion": "present", "subject": "patient"}
    facts = [{"concept": id, "quote": x[:700], **plain} for x in lines for id in ids]
    return {"facts": facts[:200]}


def filled(folder: Path, said: Callable[[Request], dict[str, Any]]) -> Any:
    """A model that answers at once, through a folder where an answer is recorded."""
    exchange = Exchange(folder)

    def model(requests: Sequence[Request]) -> list[Answer]:
        for request, answer in zip(requests, exchange(requests), strict=True):
            if answer.text is None:
                exchange.record(request, json.dumps(said(request)))
        return exchange(requests)

    return model


def seconds(run: Callable[[], Any]) -> float:
    """The median of some runs, after one that is not counted."""
    run()
    taken = []
    for _ in range(TIMES):
        begun = time.perf_counter()
        run()
        taken.append(time.perf_counter() - begun)
    return statistics.median(taken)


if __name__ == "__main__":
    main()
