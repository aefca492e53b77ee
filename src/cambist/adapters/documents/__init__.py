"""Take documents in from strangers: small, looked at in a child process, kept sealed."""
