"""Readers of the formats in which literature comes. To add one: a row in `kinds.READERS`, and what
tells it in `kinds.kind_of`.

A reader is a function `read_x(raw, name) -> list[Found]`. What the file does not say stays empty.
"""
