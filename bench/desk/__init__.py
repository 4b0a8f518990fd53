"""Fifty people at one review desk: how fast it is, what it needs, and that nothing is lost."""
