"""Prove that btcex speaks its vendor's wire."""
