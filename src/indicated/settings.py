"""Every setting, flat, with its meaning. Nothing reads the environment but `serve`."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Settings:
    """What a deployment may choose."""

    regulator: str = "FDA"  # whose labels are looked at first
    profile: str = ""  # a plan profile of the library, applied to the policies that it names
    closed_record: bool = False  # an appeal or retrospective review: nothing more will be sent
    locale: str = "en"  # the language of the article
    paper: str = "a4"  # of PDF and Word files: a4, or letter as in the United States
    reader: str = "clinician"  # whose wording the article uses
    proposed_need_tick: bool = True  # a model's proposals carry no denial until a person ticks them
