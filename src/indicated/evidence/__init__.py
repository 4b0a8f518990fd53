"""Stage 4: what the literature says."""
