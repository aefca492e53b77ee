"""Decide how the house is kept: style as a test, diagrams, skeletons."""
