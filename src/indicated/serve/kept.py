"""Where the library is kept once it was read: the user's cache folder, or what the user says."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path

VARIABLE = "INDICATED_CACHE"
OFF = "off"

# What the environment may say, for docs/settings.md.
ENVIRONMENT = {
    VARIABLE: f"the folder where a library that was read is kept, so that commands start at once; "
    f'"{OFF}" keeps nothing. Without it: the cache folder of your system '
    "(`~/.cache/indicated`, `~/Library/Caches/indicated`, `%LOCALAPPDATA%\\indicated`). "
    "It may be deleted at any time.",
}


def kept_in(
    environment: Mapping[str, str], platform: str = sys.platform, home: Path | None = None
) -> Path | None:
    """The folder for kept libraries; None where nothing is to be kept."""
    said = environment.get(VARIABLE, "")
    if said:
        return None if said == OFF else Path(said).expanduser()
    try:
        home = home or Path.home()
    except RuntimeError:  # nobody's home, as in some containers
        return None
    if platform == "win32":
        base = environment.get("LOCALAPPDATA", "")
        return Path(base or home / "AppData" / "Local") / "indicated" / "cache"
    if platform == "darwin":
        return home / "Library" / "Caches" / "indicated"
    base = environment.get("XDG_CACHE_HOME", "")
    return Path(base if os.path.isabs(base) else home / ".cache") / "indicated"
