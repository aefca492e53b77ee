"""Use cases that follow the chains and pay out."""
