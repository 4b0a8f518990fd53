"""What is asked: a question becomes requested items and premises, a denial its reasons."""

from indicated.ask.denial import denial_reasons
from indicated.ask.follow import from_before_treatment, otherwise, place, supposing
from indicated.ask.items import requested_items
from indicated.ask.oddities import chart_oddities
from indicated.ask.premises import premises
from indicated.ask.record import without_requests
from indicated.ask.unread import unread

__all__ = [
    "chart_oddities",
    "denial_reasons",
    "from_before_treatment",
    "otherwise",
    "place",
    "premises",
    "requested_items",
    "supposing",
    "unread",
    "without_requests",
]
