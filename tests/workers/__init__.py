"""Prove what the workers do on their own."""
