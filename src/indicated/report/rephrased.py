"""One sentence in a model's words: it stands where it says the same, and else the template's does.

The check of every rephrased sentence (`cite.py`) sees numbers, days, names, sides and decisions,
and not a word that was slipped in or left out. So a rephrasing keeps every word that carries
meaning and adds none: only small words may come and go, and the order may change, but not of names
and numbers.
Verdicts, quotations and fixed phrases are never rephrased.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from itertools import pairwise

from indicated.cue_files import cue
from indicated.messages import ENGLISH, Messages
from indicated.model import Article, Block, Case, Concepts, Section, Sentence
from indicated.report.cite import REPHRASED, Ground, check_sentence, ground_of, rephrased
from indicated.report.edited import editable

_WORD = re.compile(r"\[P?\d+(?:, [^\[\]]+)?\]|\d[\d.,/–-]*|[^\W\d_][\w’'-]*|[<>≤≥=%±×]")
MOVED = 2  # pairs of neighbours that may be new: a part or two of the sentence may stand elsewhere
BLOCKS = ("paragraph", "list")
# The prose of policies. What tells a finding, a verdict or a need stays in the template's words.
_PROSE = ("statement.", "evidence.certainty", "safety.")


def rephrasable(sentence: Sentence) -> bool:
    """Whether a model may word it otherwise at all.

    >>> rephrasable(Sentence("Infusions are watched.", (), "statement.says"))
    True
    >>> rephrasable(Sentence("A model pointed at words.", (), "proposed.same"))
    False
    """
    fresh = not sentence.id.endswith(REPHRASED)
    return fresh and editable(sentence) and sentence.id.startswith(_PROSE)


def refusal(sentence: Sentence, now: str, ground: Ground) -> str:
    """Why a sentence in other words does not stand; "" where it does."""
    if not rephrasable(sentence) or ground.article.language != ENGLISH:
        return "sentence_not_rephrased"
    was, words = _words(sentence.text), _words(now)
    if Counter(_carrying(was)) != Counter(_carrying(words)):
        return "words_changed"
    turning = frozenset(cue("rephrased", "turning"))
    if [w for w in was if w in turning] != [w for w in words if w in turning]:
        return "words_changed"
    if _moved(_carrying(was), _carrying(words)) > MOVED:
        return "order_changed"
    if _fixed(sentence.text, ground) != _fixed(now, ground):
        return "order_changed"
    if check_sentence(rephrased(sentence, now), ground):
        return "support_does_not_carry"
    return ""


def with_rephrased(article: Article, case: Case, concepts: Concepts, messages: Messages) -> Article:
    """The article with the case's rephrased sentences, those that say the same."""
    if not case.rephrased:
        return article
    ground = ground_of(article, case, concepts, messages=messages)
    told = dict(case.rephrased)

    def put(sentence: Sentence) -> Sentence:
        now = told.get(sentence.text, "")
        return rephrased(sentence, now) if now and not refusal(sentence, now, ground) else sentence

    def block(b: Block) -> Block:
        return replace(b, sentences=tuple(map(put, b.sentences))) if b.kind in BLOCKS else b

    def section(s: Section) -> Section:
        return replace(
            s, blocks=tuple(map(block, s.blocks)), parts=tuple(section(p) for p in s.parts)
        )

    return replace(article, sections=tuple(map(section, article.sections)))


def _words(text: str) -> list[str]:
    return [w.casefold().replace("’", "'") for w in _WORD.findall(text)]


def _carrying(words: list[str]) -> list[str]:
    """The words that are not small ones, numbers and citations included."""
    small = frozenset(cue("rephrased", "small"))
    return [w.rstrip(".,-") for w in words if w not in small]


def _moved(was: list[str], now: list[str]) -> int:
    """How many words stand behind another word than before."""
    return len(set(pairwise(now)) - set(pairwise(was)))


def _fixed(text: str, ground: Ground) -> list[str]:
    """Names, numbers and citations, and the words that turn what is said, in their order."""
    turning = frozenset(cue("rephrased", "turning"))
    names = [text[a:b].casefold().split() for a, b, _ in ground.names.find(text)]
    named = frozenset(w for name in names for w in name)
    return [w for w in _words(text) if w in named or w in turning or not w[0].isalpha()]
