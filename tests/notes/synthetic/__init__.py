"""Notes made from known facts, for measuring how many of the facts are read back."""
