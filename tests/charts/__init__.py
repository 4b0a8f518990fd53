"""Charts as they come: three per input format, with what a careful reviewer takes from each."""
