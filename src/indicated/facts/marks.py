"""What qualifies a statement: its site, its grade, how it was shown, how often it happened."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal
from functools import cache

from indicated.facts.cues import alternatives, load, whole_words
from indicated.facts.fold import fold
from indicated.facts.frame import Frame
from indicated.facts.levels import is_scale, scale_of
from indicated.facts.numbers import WORDS
from indicated.facts.parts import Mention, Span, Spanned
from indicated.model import Concept, Quantity

_LEVEL = re.compile(
    r"(?<![\w-])(?P<r1>[clts])(?P<n1>\d{1,2})"
    r"(?:(?:\s?[-/]\s?| (?:on|to|through|thru) (?=[clts]\d))(?P<r2>[clts])?(?P<n2>\d{1,2}))?"
    r"(?![\w/])"
)
_DIVIDER = re.compile(r", ?|;|\band\b")
# A count behind its name: seizures, two in her lifetime; fractures (three), all thoracic.
_COUNT_BEHIND = re.compile(
    r"\s*(?:[:(\u2013-]|,)\s?(?P<n>\d{1,2}|[a-z]+)(?= ?(?:$|[,;)]|\.(?!\d)|(?:in|over|since|within|"
    r"during|all|both|total|so far|to date|this|last|per|episodes?|attacks?|admissions?)\b))"
)
_LAST = {"c": 7, "t": 12, "l": 5, "s": 5}
_NEAR = 45  # characters to the right in which a side still belongs to a name


@cache
def _sites() -> tuple[re.Pattern[str], dict[str, str]]:
    tree = load("words")
    table = {fold(p): name for name, ps in tree["sites"].items() for p in ps}
    table |= {fold(p): side for side, ps in tree["sides"].items() for p in ps}
    return whole_words(table), table


def site_of(frame: Frame, mention: Mention) -> tuple[frozenset[str], list[Spanned]]:
    """Sides, spinal levels and structures that stand with a mention.

    "bilateral" is both sides; a level between two vertebrae is "L4/5" however it is written.
    """
    low, high = frame.clause(mention.start)
    before = [m.end for m in frame.mentions if m.end <= mention.start]
    after = [m.start for m in frame.mentions if m.start >= mention.end]
    low = max([low, mention.start - 40, *before])
    comma = frame.text.rfind(",", low, mention.start)
    low = comma + 1 if comma >= 0 else low
    high = min([high, mention.end + _NEAR, *after])
    pattern, table = _sites()
    high = _as_far_as_its_site(frame.text, mention.end, high, pattern, after)
    found: set[str] = set()
    words: list[Spanned] = []
    for match in pattern.finditer(frame.text, low, high):
        if match.span() == (mention.start, mention.end):
            continue  # "RT" is the name of what was given, and no side of it
        found.add(table[match[0]])
        words.append(Span(*match.span()))
    for match in _LEVEL.finditer(frame.page.lower, low, min(frame.sentence.end, high + 30)):
        levels = level_names(match)
        if levels and match.start() < max([high, *(w.end + 8 for w in words)]):
            found |= levels
            words.append(Span(*match.span()))
    if "bilateral" in found:
        found |= {"left", "right"}
    return frozenset(found), words


def _as_far_as_its_site(
    text: str, at: int, high: int, site: re.Pattern[str], names: Sequence[int]
) -> int:
    """To the next divider; past a comma where a site follows at once: "ablation, right leg", but
    not "no fever, right leg swelling", where it is the site of the name that follows."""
    first = True
    for divided in _DIVIDER.finditer(text, at, high):
        leads = any(_OF_NEXT.fullmatch(text, divided.end(), n) for n in names[:1])
        if first and divided[0][0] == "," and site.match(text, divided.end()) and not leads:
            first = False
            continue
        return divided.start()
    return high


_OF_NEXT = re.compile(r"(?:(?!with|and|in|on|at|of|for|to|after|by|due|since)[a-z]+ ){1,4}")


def level_names(match: re.Match[str]) -> set[str]:
    """The levels that one notation names: "L4-5", "L5/S1", "C6-C7"; "L2-4" is two of them."""
    a, n1 = match["r1"], int(match["n1"])
    b, n2 = match["r2"] or a, int(match["n2"] or 0)
    if not 1 <= n1 <= _LAST[a]:
        return set()
    if not match["n2"]:
        return {f"{a.upper()}{n1}"} if match["r1"] != "t" or n1 > 2 else set()
    if not 1 <= n2 <= _LAST[b]:
        return set()
    spine = [(r, n) for r in "ctls" for n in range(1, _LAST[r] + 1) if r != "s" or n == 1]
    if (a, n1) not in spine or (b, n2) not in spine:
        return set()
    i, j = spine.index((a, n1)), spine.index((b, n2))
    if not 0 < j - i <= 12:
        return set()
    return {_pair(spine[k], spine[k + 1]) for k in range(i, j)}


def _pair(upper: tuple[str, int], lower: tuple[str, int]) -> str:
    same = upper[0] == lower[0]
    return f"{upper[0].upper()}{upper[1]}/{'' if same else lower[0].upper()}{lower[1]}"


def grade_of(frame: Frame, mention: Mention, concept: Concept) -> tuple[str, list[Spanned]]:
    """The level word of a graded finding that stands next to its name."""
    if not concept.levels:
        return "", []
    if is_scale(concept.levels):
        return scale_of(frame, mention, concept)
    pattern = _levels(concept.levels)
    low, high = frame.clause(mention.start)
    before = list(pattern.finditer(frame.text, max(low, mention.start - 40), mention.start))
    if before and _close(frame.text[before[-1].end() : mention.start]):
        return _spelled(concept.levels, before[-1][0]), [Span(*before[-1].span())]
    after = pattern.search(frame.text, mention.end, min(high, mention.end + 30))
    if after and _close(frame.text[mention.end : after.start()]):
        return _spelled(concept.levels, after[0]), [Span(*after.span())]
    return "", []


@cache
def _levels(levels: tuple[str, ...]) -> re.Pattern[str]:
    return whole_words(levels)


def _close(gap: str) -> bool:
    return ";" not in gap and len(re.findall(r"[a-z]{2,}", gap)) <= 3


def _spelled(levels: Sequence[str], word: str) -> str:
    return next(level for level in levels if fold(level) == word)


@cache
def _any_means() -> re.Pattern[str]:
    return whole_words(w for means in load("words")["shown_by"].values() for w in means)


def shown_by(frame: Frame, mention: Mention) -> tuple[frozenset[str], list[Spanned]]:
    """How a finding was shown: the means that its clause names."""
    low, high = frame.clause(mention.start)
    if _any_means().search(frame.text, low, high) is None:
        return frozenset(), []
    found: set[str] = set()
    words: list[Spanned] = []
    for means in load("words")["shown_by"]:
        for match in alternatives("words", "shown_by", means).finditer(frame.text, low, high):
            if not any(
                m.start <= match.start() < m.end for m in frame.mentions if m is not mention
            ):
                found.add(means)
                words.append(Span(*match.span()))
                break
    return frozenset(found), words


def count_of(frame: Frame, mention: Mention) -> tuple[Quantity | None, list[Spanned]]:
    """How many episodes a text counts: "three treated pneumonias", "pneumonia x2", "twice"."""
    low, _ = frame.clause(mention.start)
    ahead = _counted_before(frame, mention, low)
    if ahead is not None:
        return ahead
    behind = re.compile(
        r"\s*\(?\s?(?:x|\u00d7)\s?(\d{1,2})(?![\w/])|"
        r"\s*\(?(\d{1,2}|[a-z]+) (?:times|episodes|occasions)\b"
    ).match(frame.page.lower, mention.end)
    if behind and (n := _numeral(behind[1] or behind[2])) is not None:
        return Quantity(n, n, "{count}"), [Span(*behind.span())]
    listed = _COUNT_BEHIND.match(frame.text, mention.end, frame.sentence.end)
    if listed and (n := _numeral(listed["n"])) is not None:
        return Quantity(n, n, "{count}"), [Span(*listed.span("n"))]
    once = re.compile(r"\s*\(?(" + "|".join(load("words")["times"]) + r")\b").match(
        frame.text, mention.end
    )
    if once:
        n = Decimal(load("words")["times"][once[1]])
        return Quantity(n, n, "{count}"), [Span(*once.span())]
    return None, []


def _numeral(word: str) -> Decimal | None:
    return Decimal(word) if word.isdigit() else WORDS.get(word)


def _counted_before(
    frame: Frame, mention: Mention, low: int
) -> tuple[Quantity, list[Spanned]] | None:
    several = load("words")["several"]
    for number in reversed(frame.numbers):
        if not (low <= number.start and number.end <= mention.start):
            continue
        plain = number.quantity.unit in ("", "{count}") and not number.foreign_unit
        gap = frame.text[number.digits : mention.start]
        if plain and _counts(gap) and (number.quantity.low or number.quantity.high):
            whole = all(
                x is None or x == int(x) for x in (number.quantity.low, number.quantity.high)
            )
            if whole and "," not in gap:
                q = number.quantity
                return Quantity(q.low, q.high, "{count}", q.open), [number]
        break
    pattern = whole_words(several)
    words = list(pattern.finditer(frame.text, max(low, mention.start - 60), mention.start))
    if words and _counts(frame.text[words[-1].end() : mention.start]):
        n = Decimal(several[words[-1][0]])
        return Quantity(n, None, "{count}"), [Span(*words[-1].span())]
    return None


def _counts(gap: str) -> bool:
    """Whether what stands between a number and a name lets the number count the name."""
    words = re.findall(r"[a-z']+", gap)
    if "," in gap or ";" in gap or ":" in gap or "." in gap or len(words) > 6:
        return False
    if any(w in ("of", "for", "with", "to", "from") for w in words):
        return any(alternatives("words", "episodes").fullmatch(w) for w in words)
    return len(words) <= 3 and not any(
        w in ("days", "weeks", "months", "years", "mg") for w in words
    )
