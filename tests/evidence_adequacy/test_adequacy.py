"""The adequacy gate: nothing is called evidence that is about something else."""

from __future__ import annotations

import hashlib
from functools import partial

import pytest
import yaml

from indicated.criteria import load_library
from indicated.evidence.adequacy import Answer, Fit, Sought, fit, sift
from indicated.facts import outline
from indicated.model import Passage, Work
from tests.evidence_adequacy.report import HERE, figures

CONCEPTS = load_library().concepts
OUTLINES = partial(outline, concepts=CONCEPTS)


def passage(text: str, title: str = "", section: str = "", population: str = "") -> Passage:
    return Passage(Work("w", title, population=population), text, 0, len(text), section)


@pytest.mark.parametrize("part", ["open", "set_aside"])
def test_what_is_called_adequate_is_adequate(part: str) -> None:
    got = figures(part, CONCEPTS)
    assert got.precision >= 0.95
    assert got.recall >= 0.75  # a gate that refuses everything is no gate


def test_there_are_enough_pairs_and_a_third_is_set_aside_by_hash() -> None:
    parts = {
        p: yaml.safe_load((HERE / p / "pairs.yaml").read_text()) for p in ("open", "set_aside")
    }
    assert sum(len(e["pairs"]) for entries in parts.values() for e in entries) >= 300
    for part, entries in parts.items():
        for entry in entries:
            digest = int(hashlib.sha256(entry["text"].encode()).hexdigest(), 16)
            assert (digest % 3 == 0) == (part == "set_aside")


ASTHMA = Sought(("dupilumab",), ("asthma",))
TABLE = [
    ("Dupilumab lowered exacerbations of asthma.", ASTHMA, Fit(Answer.ADEQUATE)),
    ("Asthma was treated with omalizumab.", ASTHMA,
     Fit(Answer.NEAR_MISS, "intervention", "omalizumab")),
    ("Dupilumab cleared atopic dermatitis.", ASTHMA,
     Fit(Answer.NEAR_MISS, "indication", "atopic dermatitis")),
    ("Dupilumab in children with asthma.", Sought(("dupilumab",), ("asthma",), ("adults",)),
     Fit(Answer.NEAR_MISS, "population", "children")),
    ("Dupilumab is given every two weeks.", ASTHMA, Fit(Answer.NOT_ESTABLISHED, "indication")),
    ("", ASTHMA, Fit(Answer.NOT_ESTABLISHED, "intervention")),
    ("Dupilumab in mice with asthma.", ASTHMA, Fit(Answer.NEAR_MISS, "population", "mice")),
    ("Dupilumab in non-asthmatic dermatitis.", ASTHMA, Fit(Answer.NOT_ESTABLISHED, "indication")),
]  # fmt: skip


@pytest.mark.parametrize(("text", "sought", "due"), TABLE, ids=range(len(TABLE)))
def test_which_of_the_three_fails_and_the_words_that_show_it(
    text: str, sought: Sought, due: Fit
) -> None:
    assert fit(sought, passage(text), OUTLINES, CONCEPTS) == due


def test_a_heading_says_what_a_passage_is_about() -> None:
    under = passage("The dose is 300 mg.", "Dupilumab, prescribing information", "Dosing > Asthma")
    assert fit(ASTHMA, under, OUTLINES, CONCEPTS).answer is Answer.ADEQUATE
    other = passage("Omalizumab is dosed by weight.", "Dupilumab and others", "Dosing > Asthma")
    assert fit(ASTHMA, other, OUTLINES, CONCEPTS).answer is Answer.NEAR_MISS


def test_a_work_says_whom_it_is_about() -> None:
    sought = Sought(("dupilumab",), ("asthma",), ("adults",))
    children = passage("Dupilumab lowered exacerbations of asthma.", population="children")
    assert fit(sought, children, OUTLINES, CONCEPTS).fails == "population"


def test_only_what_is_adequate_is_handed_on() -> None:
    given = [passage(text) for text, _, _ in TABLE[:5]]
    found, near = sift(ASTHMA, given, OUTLINES, CONCEPTS)
    assert [p.text for p in found] == [TABLE[0][0], TABLE[3][0]]
    assert [f.fails for _, f in near] == ["intervention", "indication"]
    assert sift(ASTHMA, given[1:3], OUTLINES, CONCEPTS)[0] == ()
