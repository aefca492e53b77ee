"""Use cases about customers themselves."""
