"""Show that each dialect speaks its vendor's words."""
