"""The log of what left the machine: what, where, when; chained like the log of reviews.

It holds no text of a record: the key of each request (the hash of all that went in), how many
characters, to whom, and whether details that tell who the patient is were withheld. `indicated log
verify` checks it as a whole; a line is added by the end of the log alone. A request that cannot be
logged is not sent.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from indicated.model import Review
from indicated.propose import Request
from indicated.review import append_behind

VARIABLE = "INDICATED_MODEL_LOG"


def log_file(
    environment: Mapping[str, str], variable: str = VARIABLE, name: str = "model-log.jsonl"
) -> Path:
    """Where the log is kept: what the user says, otherwise the user's folder for states."""
    said = environment.get(variable, "")
    if said:
        return Path(said).expanduser()
    base = environment.get("XDG_STATE_HOME", "")
    state = Path(base) if os.path.isabs(base) else Path.home() / ".local" / "state"
    return state / "indicated" / name


@dataclass
class Sent:
    """Writes a line before each request leaves."""

    log: Path
    to: str
    inside: bool
    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def __call__(self, request: Request, characters: int) -> None:
        """Raises where the line cannot be written."""
        withheld = "as it is, to an endpoint inside" if self.inside else "de-identified"
        told = f"{request.prompt.name}, {characters} characters, {withheld}"
        at = self.now().replace(microsecond=0)
        with self._lock:
            append_behind(self.log, Review("sent", self.to, at, request.key, told, role="model"))
