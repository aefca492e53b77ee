"""Public APIs in their vendors' exact words; mapping only."""
