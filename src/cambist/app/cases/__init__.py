"""Use cases that answer what holds an order."""
