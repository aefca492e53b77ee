"""Use cases on callbacks."""
