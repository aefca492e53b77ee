"""Decide how money is booked: accounts, holds, journals that sum to zero, recipes."""
