"""Prove what the hosted pages show, refuse and promise."""
