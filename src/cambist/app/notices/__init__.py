"""Use cases that write to people."""
