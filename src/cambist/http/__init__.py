"""The dialect kit: what every public API needs of HTTP, and none of their words."""
