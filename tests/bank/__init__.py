"""Statements imported, payouts exported, and the bank of the sandbox."""
