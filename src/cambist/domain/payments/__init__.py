"""Decide what a single payment on a chain is and what it is worth."""
