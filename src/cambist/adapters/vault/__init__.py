"""Keep secrets sealed and give randomness."""
