"""Say what the core asks of the world: protocols and read views, no behaviour."""
