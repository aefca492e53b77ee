"""Chains, keys, addresses and the signer."""
