"""Without the extra [model] everything but an endpoint works, and an endpoint says what is missing."""

from __future__ import annotations

import subprocess
import sys

import pytest

WITHOUT = """
import sys
sys.modules["httpx2"] = None
import importlib.util
importlib.util.find_spec = lambda name, found=importlib.util.find_spec: None if name == "httpx2" else found(name)
from indicated.serve.cli import main
main(sys.argv[1:])
"""


def run(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", WITHOUT, *words], capture_output=True, text=True, check=False
    )


def test_without_the_extra(tmp_path: str, monkeypatch: pytest.MonkeyPatch) -> None:
    help_ = run("model", "--help")
    assert (help_.returncode, "pending" in help_.stdout) == (0, True)
    assert run("model", "stats", str(tmp_path)).stdout == "no requests\n"
    monkeypatch.setenv("INDICATED_ONLINE", "yes")
    fetch = run("evidence", "fetch", "pubmed", "words", "--online")
    assert (fetch.returncode, "pip install 'indicated[model]'" in fetch.stderr) == (3, True)
    missing = run("model", "run", str(tmp_path), "--model", "http://localhost:1/v1")
    assert (missing.returncode, "pip install 'indicated[model]'" in missing.stderr) == (3, True)
