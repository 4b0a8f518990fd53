"""What every test shares: generative tests are never judged by the clock of a shared machine."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, settings

settings.register_profile(
    "indicated", deadline=None, print_blob=True, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("indicated")


@pytest.fixture(autouse=True)
def _nothing_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    """Commands in tests read the library as it is written, and leave the user's folders alone."""
    monkeypatch.setenv("INDICATED_CACHE", "off")
