"""Run use cases: gates, idempotency, batching, one transaction, outbox, bounded retry."""
