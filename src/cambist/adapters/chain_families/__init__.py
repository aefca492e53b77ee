"""Families of nodes and keys that several chains share."""
