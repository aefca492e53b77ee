"""The one way out: hostile URLs, hostile names, hostile endpoints."""
