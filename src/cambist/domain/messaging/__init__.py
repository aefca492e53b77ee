"""Messages to people: what may be said, when it is tried again, codes that are used once."""
