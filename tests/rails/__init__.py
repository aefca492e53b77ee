"""Fiat rails, bank statements and payout files."""
