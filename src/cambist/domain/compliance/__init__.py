"""Decide what must be known about a customer before money moves."""
