"""Implement the ports: database, chains, feeds, vault, egress and the rest of the world."""
