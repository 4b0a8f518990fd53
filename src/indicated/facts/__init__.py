"""What the chart says: documents in, facts out, each pointing at its words."""

from indicated.facts.outline import outline
from indicated.facts.read import read_facts
from indicated.facts.suppose import as_assumed, suppose

__all__ = ["as_assumed", "outline", "read_facts", "suppose"]
