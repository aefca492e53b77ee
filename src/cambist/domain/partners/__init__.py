"""Decide who partners are, what their integrations may do, which keys open the door."""
