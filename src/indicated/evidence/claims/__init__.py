"""Texts held against the record and the library, sentence by sentence."""

from indicated.evidence.claims.check import Held, check
from indicated.evidence.claims.literature import Literature, Told
from indicated.evidence.claims.scope import verdict_treatments

__all__ = ["Held", "Literature", "Told", "check", "verdict_treatments"]
