"""The API is asked whatever its description allows, and what it does not: it never breaks.

More: INDICATED_TEST_FUZZ=200 (examples of each operation, other ones each time).
"""

from __future__ import annotations

import os
from collections import Counter
from typing import Any

import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis.generation import GenerationMode

from indicated.serve.desk import accounts
from indicated.serve.desk.database import transaction
from indicated.serve.desk.permissions import Role
from tests.desk.conftest import PASSWORD, Place

DATABASES = ("sqlite",)
EXAMPLES = int(os.environ.get("INDICATED_TEST_FUZZ", "0"))
FEW = 2
# What no description allows.
JUNK: list[Any] = [
    None, True, -1, 0, 10**30, 1e300, "", "\x00", "é" * 3000, "'; DROP TABLE users; --", "%",
    "../../etc/passwd", "<script>", "{{7*7}}", "9999-99-99", "0001-01-01", "9999-12-31", [], [[]], {},
    {"a": {"b": [None]}}, ["x"] * 50, "\r\nSet-Cookie: a=b", "nan", "-0", "1" * 400,
]  # fmt: skip


def everybody(place: Place) -> tuple[dict[str, str], dict[str, str]]:
    """Cookies and headers of a person who may do everything."""
    with transaction(place.engine) as db:
        accounts.add_user(
            db, "all", "All Roles", PASSWORD, list(Role), at=place.clock(),
            settings=place.desk.settings,
        )  # fmt: skip
    browser = place.sign_in("all")
    cookies = {"indicated_desk": browser.cookies["indicated_desk"]}
    return cookies, {"X-CSRF-Token": browser.headers["x-csrf-token"]}


def test_no_request_breaks_the_api(place: Place) -> None:
    case = place.ask()
    author = place.of("author")
    talk = author.post(f"/api/cases/{case}/question", json={"question": "Why?"}).json()["talk"]
    place.decide(case, "submit", "author")
    cookies, headers = everybody(place)
    # What exists: made up words alone would be turned away at the first door.
    known: dict[str, list[Any]] = {
        "case": [case], "n": [1], "talk": [talk], "form": ["md", "fhir"],
        "article": [place.case(case)["version"]["article_hash"]],  # type: ignore[index]
        "act": ["submit", "approve", "return", "withdraw"], "no_conflict": [True],
        "concept": ["chronic-urticaria"], "site": [["chronic-urticaria"]],
        "answer": ["present", 1], "login": ["physician", "all", "new"], "item": ["omalizumab"],
        "roles": [["author"], list(Role)], "active": [True], "state": ["draft"],
    }  # fmt: skip
    statuses: dict[str, Counter[int]] = {}

    def placed(given: Any, choice: Any) -> Any:
        if not isinstance(given, dict):
            return given
        return {
            k: choice.choice(known[k]) if k in known and choice.random() < 0.7 else v
            for k, v in given.items()
        }

    def spoiled(given: Any, names: list[str], choice: Any, *, text: bool = False) -> Any:
        """One thing of it as it must not be; words alone where only words can travel."""
        junk = choice.choice([j for j in JUNK if isinstance(j, str)] if text else JUNK)
        if not names or (not text and choice.random() < 0.1):
            return given if text else junk
        return {**(given if isinstance(given, dict) else {}), choice.choice(names): junk}

    def tried(operation: Any, *, wrong: bool) -> None:
        name = f"{operation.method} {operation.path}"

        @settings(
            max_examples=EXAMPLES or FEW, database=None, deadline=None, derandomize=not EXAMPLES,
            suppress_health_check=list(HealthCheck), phases=[Phase.generate],
        )  # fmt: skip
        @given(
            operation.as_strategy(generation_mode=GenerationMode.POSITIVE),
            st.randoms(use_true_random=False),
        )
        def ask(example: Any, choice: Any) -> None:
            example.path_parameters = placed(example.path_parameters, choice)
            example.body = placed(example.body, choice)
            if wrong:
                spoil(example, operation, choice)
            answer = example.call(headers=headers, cookies=cookies)
            statuses.setdefault(name, Counter())[answer.status_code] += 1
            assert answer.status_code < 500, (name, answer.text)
            # A made up path may lead out of the API, where people read.
            if answer.status_code >= 400 and "/api/" in answer.request.url:
                assert set(answer.json()["error"]) == {"status", "what", "why", "do"}

        ask()

    def spoil(example: Any, operation: Any, choice: Any) -> None:
        path = [p.name for p in operation.path_parameters]
        query = [p.name for p in operation.query]
        body = fields(api, operation)
        where = choice.choice([w for w in (path, query, body) if w] or [[]])
        if where is path and path:
            told = spoiled(example.path_parameters, path, choice, text=True)
            example.path_parameters = told
        elif where is query and query:
            told = spoiled(example.query, query, choice, text=True)
            example.query = told
        elif where:
            form = example.media_type == "multipart/form-data"
            example.body = spoiled(example.body, body, choice, text=form)

    api: dict[str, Any] = place.app.openapi()  # type: ignore[attr-defined]
    schema = schemathesis.openapi.from_asgi("/api/openapi.json", place.app)
    operations = [r.ok() for r in schema.get_all_operations()]
    for operation in operations:
        tried(operation, wrong=False)
        tried(operation, wrong=True)
        if author_is_out(place, cookies):
            cookies, headers = again(place)
    served = {f"{e.method.lower()} /api{e.path}" for e in place.app.state.entrances}  # type: ignore[attr-defined]
    assert set(statuses) == served
    assert all(set(seen) - {401, 403} for seen in statuses.values()), statuses
    if EXAMPLES:
        print(sum(sum(s.values()) for s in statuses.values()), statuses)  # noqa: T201


def fields(api: dict[str, Any], operation: Any) -> list[str]:
    """The fields that a body has by the description."""
    told = api["paths"][operation.path][operation.method].get("requestBody")
    if told is None:
        return []
    schema = next(iter(told["content"].values()))["schema"]
    if "$ref" in schema:
        schema = api["components"]["schemas"][schema["$ref"].rsplit("/", 1)[1]]
    return list(schema.get("properties", {}))


def author_is_out(place: Place, cookies: dict[str, str]) -> bool:
    """Whether something that was asked has signed the person out."""
    browser = place.browser()
    browser.cookies.update(cookies)
    return browser.get("/api/me").status_code != 200


def again(place: Place) -> tuple[dict[str, str], dict[str, str]]:
    browser = place.sign_in("all")
    cookies = {"indicated_desk": browser.cookies["indicated_desk"]}
    return cookies, {"X-CSRF-Token": browser.headers["x-csrf-token"]}
