"""What every test shares: generative tests are never judged by the clock of a shared machine."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

from tests.chromium import CHROMIUM, launched

settings.register_profile(
    "indicated", deadline=None, print_blob=True, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("indicated")


@pytest.fixture(autouse=True)
def _nothing_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    """Commands in tests read the library as it is written, and leave the user's folders alone."""
    monkeypatch.setenv("INDICATED_CACHE", "off")


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """One headless browser for all tests of pages."""
    yield from launched()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """A run that could look at no page says so at its end."""
    if CHROMIUM is None:
        terminalreporter.write_line("NO PAGE WAS LOOKED AT: there is no Chromium on this machine.")
