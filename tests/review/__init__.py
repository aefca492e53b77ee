"""Tests of reviewing: screening, decisions, re-screening, pruning, and what staff type."""
