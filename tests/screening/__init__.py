"""Names that are one person, names that are two, and list files of invented people."""
