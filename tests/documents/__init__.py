"""Hostile and honest documents, made by code; nothing here is anybody's."""
