"""The story of sharing: newcomers read `assess.py` first.

A stored assessment is assessed anew; its text must be the one that was saved and the one that was
approved; then everything that tells who the patient is is withheld, and the rest held against its
supports once more. Only what passes all of it becomes a page.
"""

from __future__ import annotations

from collections.abc import Sequence

from indicated.assess import assess
from indicated.errors import InputError
from indicated.model import Assessment, Library
from indicated.record_file import AGAIN, RecordFile, held_by
from indicated.report.deidentify import Shared, Suspicion, deidentified
from indicated.report.site import SitePage, site_page
from indicated.report.word_lists import Words
from indicated.review import Entry, Submission, approval, state


class Identifying(InputError):
    """Passages that could tell who the patient is: the article is not shared with them."""

    def __init__(self, left: Sequence[Suspicion], name: str) -> None:
        self.left = tuple(left)
        listed = "\n  ".join(
            f"section {s.section}: {s.says} {s.excerpt}".rstrip() for s in self.left[:20]
        )
        super().__init__(
            f"{len(self.left)} passage(s) could tell who the patient is, or do not hold together "
            f"once it was withheld:\n  {listed}",
            name,
            "A page that was published cannot be called back.",
            "Take the words out of the record or the question, assess and sign it again.",
        )


def standing(kept: RecordFile, library: Library, name: str) -> tuple[Assessment, Submission]:
    """The assessment as it was saved, and what a person signs of it. Raises `InputError` where the
    same case reads otherwise today, or by other policies: then there is no saved text to sign."""
    held_by(kept, library, name)
    again = assess(kept.case, library, kept.settings)
    if again.article.hash != kept.standing.article:
        raise InputError(
            "the article reads otherwise than when it was saved",
            name,
            "The program or the library has changed, so the text that was saved cannot be made.",
            AGAIN + " Then read and sign that text.",
        )
    outcomes = tuple(d.outcome for d in again.determinations)
    return again, Submission(again.article.hash, outcomes, kept.case.chart.closed)


def shareable(
    kept: RecordFile, log: Sequence[Entry], library: Library, words: Words, name: str
) -> SitePage:
    """A signed assessment as a page of the site. Raises `InputError` where it is not approved, and
    `Identifying` where something in it could still tell who the patient is."""
    assessment, submission = standing(kept, library, name)
    entry = approval(submission, log)
    if entry is None:
        now = state(submission.article_hash, log).replace("_", " ")
        raise InputError(
            f"the article is not approved: it is {now}",
            name,
            "Only a text that a named reviewer signed is published; after a change it is another.",
            f"Sign it: indicated sign {name} --by NAME --role ROLE --log LOG.",
        )
    shared = deidentified(assessment.article, kept.case, library.concepts, words)
    _require_clean(shared, name)
    topics = tuple(
        dict.fromkeys(d.policy.title for d in assessment.determinations if d.policy is not None)
    )
    return site_page(shared, topics, entry.review, entry.n, entry.hash)


def _require_clean(shared: Shared, name: str) -> None:
    if shared.left:
        raise Identifying(shared.left, name)
