"""A follow-up question that the program cannot place, shown to a model: what kind is it?"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from indicated.bulk import Beside
from indicated.followup import Reply, follow_up
from indicated.messages import load_messages
from indicated.model import Assessment, Drift, FollowUpKind, Library, Turn
from indicated.propose import made, read_answer
from indicated.propose.shapes import ProposedKind
from indicated.report.deidentify import Mask
from indicated.settings import Settings

PURPOSE = "followup"


def placed(
    asked: str,
    standing: Assessment,
    library: Library,
    settings: Settings,
    beside: Beside | None,
    *,
    turns: Sequence[Turn] = (),
    drift: Drift | None = None,
) -> Reply:
    """The reply; where the question could not be placed, by the kind that a model takes it for.

    The model sees the question alone, and answers with a kind alone: everything that is then said
    is computed, and says that a model placed it.
    """
    put = partial(follow_up, asked, standing, library, settings, turns=turns, drift=drift)
    reply = put()
    if beside is None or reply.follow_up.kind is not FollowUpKind.NOTHING:
        return reply
    words = beside.words
    shown = Mask(standing.case, words, load_messages()).text(asked) if words else asked
    request = made(PURPOSE, ProposedKind, {"question": shown}, identified=words is None)
    [answered] = beside.model([request])
    found, _ = read_answer(answered, ProposedKind)
    if found is None or found.kind == "other":
        return reply
    return put(proposed=FollowUpKind(found.kind))
