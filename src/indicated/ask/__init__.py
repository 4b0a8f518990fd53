"""What is asked: a question becomes requested items and premises, a denial its reasons."""

from indicated.ask.compare import same_value
from indicated.ask.denial import denial_reasons
from indicated.ask.follow import (
    from_before_treatment,
    otherwise,
    place,
    supposing,
    taken_for,
)
from indicated.ask.items import requested_items
from indicated.ask.oddities import chart_oddities
from indicated.ask.pointed import named_at, pointed_items, read_pointed
from indicated.ask.premises import prefix_slips, premise_of, premises
from indicated.ask.record import without_requests
from indicated.ask.unread import unread

__all__ = [
    "chart_oddities",
    "denial_reasons",
    "from_before_treatment",
    "named_at",
    "otherwise",
    "place",
    "pointed_items",
    "prefix_slips",
    "premise_of",
    "premises",
    "read_pointed",
    "requested_items",
    "same_value",
    "supposing",
    "taken_for",
    "unread",
    "without_requests",
]
