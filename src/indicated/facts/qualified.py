"""Numbers that are not what the name before them says, but near it.

The unit or a word beside a number can make the name another one ("AHI 38/h, 52/h supine"); a number
may count what a share is a share of ("27 (90%) nights"), or be the year of a method.
"""

from __future__ import annotations

import re

from indicated.facts.fold import fold
from indicated.facts.frame import Frame
from indicated.facts.gaps import VALUES
from indicated.facts.meaning import THERAPIES
from indicated.facts.parts import Mention, Number
from indicated.facts.units_of import fits, is_range
from indicated.model import Concept, Concepts
from indicated.once import per_vocabulary

_YEAR = re.compile(r"[(\[][^\d()\[\]]{0,40}(?:19|20)\d\d[)\]]")
_SHARE_OF = re.compile(
    r"(?:%|\b(?:percent|percentage|per cent|share|fraction|proportion))\s?(?:of |/ ?)"
    r"(?:the |total |her |his )?$"
)
_TO_SHARE = len(" nights (")
_OF_ALL = re.compile(r"\s?(?:nights |days )?(?:of|out of) (?:the |all )?\d{1,4}(?![\d.,]*\s?%)")
_ALL = re.compile(r"\d (?:of|out of) $")
_WORD_BEHIND = re.compile(
    r"\s?\(?(?:in |while |when |during |on )?(?:the )?(?P<word>[a-z]+(?: [a-z]+)?|[a-z]+)"
    r"(?=\s?(?:[,;.):]|$|and\b|\n))"
)
_WORD_AHEAD = re.compile(r"(?:^|[\s,;:(])(?P<word>[a-z]+(?: [a-z]+)?)\s?[:=]?\s?(?:of |was |is )?$")
_FOR = re.compile(r"[^,;:.]{0,24}\bfor (?:an? |any )?")
_NEAR = 24


def named_otherwise(
    frame: Frame, mention: Mention, number: Number, concepts: Concepts
) -> Concept | None:
    """The measurement that a name and the unit, or the word beside the number, name together."""
    return named_by_unit(frame, mention, number, concepts) or _named_by_word(
        frame, mention, number, concepts
    )


def named_by_unit(
    frame: Frame, mention: Mention, number: Number, concepts: Concepts
) -> Concept | None:
    """The measurement whose name is the name and the unit together: "height -2.3 SDS"."""
    unit = number.quantity.unit
    if not unit.startswith("{"):
        return None
    name = frame.text[mention.start : mention.end]
    id = _names(concepts).get(f"{name} {unit.strip('{}').casefold()}")
    return concepts[id] if id else None


def _named_by_word(
    frame: Frame, mention: Mention, number: Number, concepts: Concepts
) -> Concept | None:
    """The measurement that a word right before or behind the number makes of the name: "supine"."""
    behind = _WORD_BEHIND.match(frame.text, number.end, min(frame.sentence.end, number.end + 40))
    low = max(mention.end, number.start - _NEAR)
    ahead = _WORD_AHEAD.search(frame.text, low, number.start)
    name = frame.text[mention.start : mention.end]
    for word in (behind, ahead):
        if word is None:
            continue
        for written in (word["word"], word["word"].split()[-1]):
            said = (f"{written} {name}", f"{name} {written}", f"{name} in {written}")
            id = next((i for s in said if (i := _names(concepts).get(s))), None)
            if id and id not in mention.concepts and _alike(concepts[id], mention, concepts):
                return concepts[id]
    return None


def _alike(one: Concept, mention: Mention, concepts: Concepts) -> bool:
    """Whether a measurement is one of the same kind as the one that is named."""
    return any(concepts[c].unit == one.unit for c in mention.concepts)


@per_vocabulary
def _names(concepts: Concepts) -> dict[str, str]:
    """Every name of a measurement, folded."""
    return {
        fold(name): c.id
        for c in concepts.by_id.values() if c.kind in VALUES
        for name in (c.label, *c.names, *c.abbreviations)
    }  # fmt: skip


def count_of_share(frame: Frame, number: Number, candidates: list[Concept]) -> bool:
    """Whether the number says how many the share is: "27 (90%) nights", "27 of 30 nights (90%)"."""
    if number.quantity.unit not in ("", "d") or not all(fits("%", c) for c in candidates):
        return False
    if _OF_ALL.match(frame.text, number.digits):
        return True
    if _ALL.search(frame.text, max(0, number.start - 10), number.start):
        return True
    share = next((n for n in frame.numbers if n.start >= number.end), None)
    if share is None or share.quantity.unit != "%" or is_range(frame, share):
        return False
    around = frame.bracket(share.start) if share.start - number.end <= _TO_SHARE else None
    return around is not None and around[0] >= number.end


def share_of(frame: Frame, mention: Mention, number: Number, candidates: list[Concept]) -> bool:
    """Whether what is measured is a share of what is named: "REM (% of total sleep time) 16.1"."""
    if any(fits(number.quantity.unit, c) for c in candidates) and not frame.bracket(mention.start):
        return False  # "lost 12 % of her weight, now 81 kg"
    ahead = _SHARE_OF.search(frame.text, max(0, mention.start - 24), mention.start)
    return ahead is not None and not any(fits("%", c) for c in candidates)


def is_year(frame: Frame, mention: Mention, number: Number) -> bool:
    """Whether brackets behind a name end in a year: "eGFR (CKD-EPI 2021) 48"."""
    around = frame.bracket(number.start)
    if around is None or around[0] < mention.end:
        return False
    return _YEAR.fullmatch(frame.text, around[0], around[1]) is not None


def ordered_for(frame: Frame, mention: Mention, concepts: Concepts) -> bool:
    """Whether a limit is when to give a treatment: "albuterol neb for SpO2 below 92%"."""
    before = [m for m in frame.mentions if m.end <= mention.start]
    if not before or not any(concepts[c].kind in THERAPIES for c in before[-1].concepts):
        return False
    return _FOR.fullmatch(frame.text, before[-1].end, mention.start) is not None


def is_scale_of(frame: Frame, mention: Mention, number: Number) -> bool:
    """Whether brackets right behind the name give the ends of its scale: "PHQ-9 (0-27): 18"."""
    around = frame.bracket(number.start)
    if around is None or number.quantity.exact is not None or around[0] - mention.end > 1:
        return False
    later = [n for n in frame.numbers if n.start >= around[1]][:1]
    return bool(later) and not frame.text[around[1] : later[0].start].strip(" :=")
