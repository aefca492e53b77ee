"""Bring prices in: fixed, simulated, or from exchanges through a child process."""
