"""The signer process: keys, rules, the once-only log, and its client."""
