"""Bytes as words: PDF, Word, web pages, XML and zip files, read safely.

Below the stages: a chart and the literature come in the same formats.
"""
