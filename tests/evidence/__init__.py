"""Literature: what comes in, what is found of it, what must not happen to it."""
