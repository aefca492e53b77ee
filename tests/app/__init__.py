"""Decide that the use cases work together on a real database and simulated chains."""
