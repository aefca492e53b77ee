"""Decide how coins on our addresses are spent, and where a chain's watcher stands."""
