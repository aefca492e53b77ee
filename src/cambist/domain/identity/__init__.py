"""Decide who customers are, what they told us, how long it is kept."""
