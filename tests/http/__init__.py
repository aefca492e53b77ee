"""Show what the dialect kit promises to every dialect."""
