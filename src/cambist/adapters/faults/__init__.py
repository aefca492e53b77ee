"""Decide how faults are injected; only tests and the crash matrix do."""
