"""What the chart says: documents in, facts out, each pointing at its words."""

from indicated.facts.read import read_facts
from indicated.facts.suppose import as_assumed, suppose

__all__ = ["as_assumed", "read_facts", "suppose"]
