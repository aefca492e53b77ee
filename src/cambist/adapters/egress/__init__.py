"""Reach URLs that others wrote, through one guarded client."""
