"""What the chart says: documents in, facts out, each pointing at its words."""

from indicated.facts.read import read_facts

__all__ = ["read_facts"]
