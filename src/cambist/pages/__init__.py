"""Decide what payers, customers and staff see: HTML on the same use cases as the dialects."""
