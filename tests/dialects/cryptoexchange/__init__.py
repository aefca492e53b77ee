"""Decide that the exchange of API clients keeps its contract."""
