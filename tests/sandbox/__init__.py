"""The sandbox's world and its seed, on real PostgreSQL."""
