"""Stage 4: what the literature says."""

from indicated.evidence.collection import Collection

__all__ = ["Collection"]
