"""Decide each step of the schema; a step once released never changes."""
