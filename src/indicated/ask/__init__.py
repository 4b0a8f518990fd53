"""What is asked: a question becomes requested items and premises, a denial its reasons."""

from indicated.ask.denial import denial_reasons
from indicated.ask.items import requested_items
from indicated.ask.oddities import chart_oddities
from indicated.ask.premises import premises
from indicated.ask.record import without_requests

__all__ = ["chart_oddities", "denial_reasons", "premises", "requested_items", "without_requests"]
