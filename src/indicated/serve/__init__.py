"""Stage 9: ways in and out. The only place that reads the clock, the environment and arguments."""
