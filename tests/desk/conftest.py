"""A desk of its own for each test, with people in every role, on SQLite and on PostgreSQL."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher
from sqlalchemy import Engine, text

from indicated.model import Library
from indicated.serve.desk import accounts
from indicated.serve.desk.app import make_app
from indicated.serve.desk.database import engine_of, migrate, transaction
from indicated.serve.desk.permissions import Role
from indicated.serve.desk.settings import DeskSettings
from indicated.serve.desk.web import Desk
from indicated.serve.desk.work import work_once
from tests.conftest import shipped_library

BOTH = ("sqlite", "postgresql")
PASSWORD = "a long enough password"
START = datetime(2026, 3, 2, 9, tzinfo=UTC)
QUESTION = "Is omalizumab medically necessary for this patient with chronic urticaria?"
RECORD = "Date: 2026-02-20\nChronic spontaneous urticaria for two years. Failed cetirizine.\n"


@dataclass
class Clock:
    """A clock that stands until it is put on."""

    at: datetime = START

    def __call__(self) -> datetime:
        return self.at

    def on(self, **by: float) -> None:
        self.at += timedelta(**by)


@dataclass
class Place:
    """A desk with its people, as tests use it."""

    desk: Desk
    clock: Clock
    app: object
    browsers: dict[str, TestClient] = field(default_factory=dict)

    @property
    def engine(self) -> Engine:
        return self.desk.engine

    def browser(self) -> TestClient:
        """A browser in which nobody is signed in."""
        return TestClient(self.app, base_url="https://desk.test", follow_redirects=False)  # type: ignore[arg-type]

    def sign_in(self, login: str, password: str = PASSWORD, code: str = "") -> TestClient:
        browser = self.browser()
        form = {"login": login, "password": password, "code": code}
        answer = browser.post("/sign-in", data=form)
        assert answer.status_code == 303, answer.text
        browser.headers["x-csrf-token"] = browser.get("/api/me").json()["csrf"]
        return browser

    def of(self, login: str) -> TestClient:
        """The browser of a person, signed in once."""
        if login not in self.browsers:
            self.browsers[login] = self.sign_in(login)
        return self.browsers[login]

    def ask(self, login: str = "author", question: str = QUESTION, record: str = RECORD) -> str:
        """Ask and have it assessed; gives the case."""
        answer = self.of(login).post("/api/ask", data={"question": question, "record": record})
        assert answer.status_code == 200, answer.text
        self.work()
        return str(answer.json()["id"])

    def work(self) -> None:
        while work_once(self.engine, self.desk.library(), self.desk.settings, self.clock()):
            pass

    def later(self, **by: float) -> None:
        """Put the clock on; whoever was signed in has to do so again."""
        self.clock.on(**by)
        self.browsers.clear()

    def case(self, id: str, login: str = "physician") -> dict[str, object]:
        answer = self.of(login).get(f"/api/cases/{id}")
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    def signed(self, **asked: str) -> str:
        """A case that was asked, submitted and approved."""
        id = self.ask(**asked)
        assert self.decide(id, "submit", "author") == 200
        assert self.decide(id, "approve", "physician") == 200
        return id

    def publish(self, id: str) -> str:
        """Publish the article of a signed case; gives its path on the site."""
        page = self.of("editor").get(f"/api/cases/{id}/publishing").json()
        assert page["refused"] is None, page["refused"]
        body = {"page": page["page"], "read": True}
        done = self.of("editor").post(f"/api/cases/{id}/publish", json=body)
        assert done.status_code == 200, done.text
        return str(done.json()["path"])

    def decide(self, id: str, act: str, login: str, **more: object) -> int:
        """The status that an act gives on the text as it stands."""
        version = self.case(id)["version"]
        body = {"act": act, "article": version["article_hash"], "no_conflict": True, **more}  # type: ignore[index]
        return self.of(login).post(f"/api/cases/{id}/decide", json=body).status_code


@pytest.fixture(autouse=True, scope="session")
def _quick_passwords() -> Iterator[None]:
    """Hashing that is as slow as it should be would be most of the time of these tests."""
    with pytest.MonkeyPatch.context() as patch:
        cheap = PasswordHash((Argon2Hasher(time_cost=1, memory_cost=8, parallelism=1),))
        patch.setattr(accounts, "_hasher", lambda: cheap)
        yield


@pytest.fixture(scope="session")
def library() -> Library:
    return shipped_library()


def new_database(address: str, name: str) -> str:
    """An empty database on the server."""
    engine = engine_of(address)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text(f'CREATE DATABASE "{name}"'))
    engine.dispose()
    return re.sub(r"/postgres(?=\?|$)", f"/{name}", address)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Both databases, unless a module says by DATABASES that they play no part in it;
    INDICATED_TEST_DATABASES=all runs those on both as well."""
    if "engine" not in metafunc.fixturenames:
        return
    said = getattr(metafunc.module, "DATABASES", BOTH)
    everything = os.environ.get("INDICATED_TEST_DATABASES") == "all"
    metafunc.parametrize("engine", BOTH if everything else said, indirect=True)


@pytest.fixture
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    """An empty database with the desk's tables, of either kind."""
    if request.param == "sqlite":
        made = engine_of(f"sqlite:///{tmp_path / 'desk.sqlite'}")
    else:
        address = request.getfixturevalue("postgres")
        made = engine_of(new_database(address, f"t{abs(hash(request.node.nodeid)):x}"))
    migrate(made)
    yield made
    made.dispose()


@pytest.fixture
def place(engine: Engine, library: Library) -> Place:
    """A desk with a clock that stands."""
    return furnished(engine, library, Clock())


def furnished(
    engine: Engine, library: Library, clock: Clock, *, secure: bool = True,
    settings: DeskSettings | None = None,
) -> Place:  # fmt: skip
    """A desk with a person of each role, named after it, and a second author."""
    desk = Desk(engine, settings or DeskSettings(), lambda: library, clock, secure=secure)
    with transaction(engine) as db:
        for role in Role:
            accounts.add_user(
                db, role.value, f"{role.value.capitalize()} Person", PASSWORD, [role.value],
                at=clock(), settings=desk.settings,
            )  # fmt: skip
        accounts.add_user(
            db, "other", "Other Person", PASSWORD, ["author"], at=clock(), settings=desk.settings
        )
    return Place(desk, clock, make_app(desk))
