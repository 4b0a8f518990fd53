"""The review desk: pages, rules, storage, and what must not be possible."""
