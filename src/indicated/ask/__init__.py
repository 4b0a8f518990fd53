"""What is asked: a question becomes requested items and premises."""

from indicated.ask.items import explain_no_items, requested_items
from indicated.ask.oddities import chart_oddities
from indicated.ask.premises import premises
from indicated.ask.record import without_requests

__all__ = ["chart_oddities", "explain_no_items", "premises", "requested_items", "without_requests"]
