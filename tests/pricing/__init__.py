"""Tests of what a price is made of: figures, roundings, schedules, firm quotes, evidence."""
