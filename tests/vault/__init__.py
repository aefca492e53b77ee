"""Sealed secrets and randomness."""
