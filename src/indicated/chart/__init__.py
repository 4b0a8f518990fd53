"""Stage 2: what we were given. Files in, documents out: hashed, dated, offsets kept."""

from indicated.chart.read import chart_from_text, read_chart

__all__ = ["chart_from_text", "read_chart"]
