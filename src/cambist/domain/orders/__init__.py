"""Decide what an order is and how payments, time and policy move it."""
