"""Decisions without a world: what the domain allows, refuses and computes."""
