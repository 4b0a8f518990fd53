"""Signing: the log and its rules."""
