"""Every message of an answer is one that some answer can use."""

from __future__ import annotations

from importlib.resources import files

import pytest
import yaml

REPORT = files("indicated").joinpath("report")
SOURCE = "\n".join(
    f.read_text(encoding="utf-8") for f in REPORT.iterdir() if f.name.endswith(".py")
)
TEXT = files("indicated").joinpath("library/messages/en/reply.yaml").read_text(encoding="utf-8")
IDS = [(part, id) for part, ids in yaml.safe_load(TEXT).items() for id in ids]
BY_KIND = ("as", "can", "plain")  # "reply.as_{kind}"


@pytest.mark.parametrize(("part", "id"), IDS, ids=[f"{part}.{id}" for part, id in IDS])
def test_a_message_is_written_by_the_report(part: str, id: str) -> None:
    stem = id.partition("_")[0]
    named = (f'"{part}.{id}"' in SOURCE, f'"{id}"' in SOURCE)
    assert any(named) or (stem in BY_KIND and f'f"reply.{stem}_{{' in SOURCE)
