"""Decide which assets and chains exist."""
