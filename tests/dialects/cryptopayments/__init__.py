"""Show that the merchant gateway speaks its vendor's words."""
