"""Use cases on partners, their integrations and keys."""
