"""Decide how the core is stored in PostgreSQL."""
