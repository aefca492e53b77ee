"""Show that a process killed at any named moment loses nothing and pays nothing twice."""
