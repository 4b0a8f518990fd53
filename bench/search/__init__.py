"""Searching: how fast, how large, and how well."""
