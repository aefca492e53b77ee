"""Decide that whole flows work against real nodes and real processes."""
