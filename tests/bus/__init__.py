"""Tests of the bus: batching, locks, idempotency, isolation, lost connections."""
