"""What the chart says: documents in, facts out, each pointing at its words."""

from indicated.facts.limits import limits
from indicated.facts.outline import outline
from indicated.facts.proposed import confirmed, of_question, of_record, read_by_itself
from indicated.facts.read import read_facts
from indicated.facts.suppose import as_assumed, suppose

__all__ = [
    "as_assumed",
    "confirmed",
    "limits",
    "of_question",
    "of_record",
    "outline",
    "read_by_itself",
    "read_facts",
    "suppose",
]
