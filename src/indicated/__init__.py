"""Indicated: is this treatment medically necessary, and the standard of care, for this patient?"""

__version__ = "0.1.0"
