"""Sentences in chart style with every identifying detail marked; persons are invented."""
