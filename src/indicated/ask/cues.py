"""The cue file of this stage, read once: patterns, tables and sentences, all data.

Patterns are compiled without regard to case and with layout spaces ignored, so that a long list of
alternatives may run over several lines of YAML.
"""

from __future__ import annotations

import re
from functools import cache, partial

from indicated.cue_files import cue
from indicated.errors import PolicyError
from indicated.model import Quantity

FILE = "library/cues/ask.yaml"
NUMBER_WORDS = {
    "one": "1", "two": "2", "three": "3", "four": "4", "five": "5", "six": "6", "seven": "7",
    "eight": "8", "nine": "9", "ten": "10", "eleven": "11", "twelve": "12",
}  # fmt: skip
NUMBER = r"(?:\d+(?:,\d{3})*(?:\.\d+)?|" + "|".join(rf"{w}\b" for w in NUMBER_WORDS) + ")"


data = partial(cue, "ask")


def compiled(text: str, what: str) -> re.Pattern[str]:
    """A pattern of the cue file, compiled; a broken one is named."""
    try:
        return re.compile(text, re.IGNORECASE | re.VERBOSE)
    except re.error as broken:
        raise PolicyError(f'pattern "{what}" is not a regular expression: {broken}', FILE) from None


@cache
def pattern(*path: str) -> re.Pattern[str]:
    """The pattern at a path, as it stands."""
    return compiled(data(*path), ".".join(path))


@cache
def words(*path: str) -> re.Pattern[str]:
    """The pattern at a path, matching whole words only.

    >>> bool(words("past_auxiliaries").search("wash it")), bool(words("patient").match("Boy"))
    (False, True)
    """
    return compiled(rf"(?<![\w-])(?:{data(*path)})(?![\w])", ".".join(path))


def template(*path: str, **values: str) -> str:
    """Words of the cue file with their gaps filled.

    >>> template("treatment_of", label="acute rejection")
    'treatment of acute rejection'
    """
    return str(data(*path)).format(**values)


@cache
def quantity(text: str) -> Quantity:
    """A "number unit" of the cue file.

    >>> quantity("3.5 d").unit
    'd'
    """
    number, _, unit = text.partition(" ")
    return Quantity.of(number, unit)
