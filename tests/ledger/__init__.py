"""Tests of the ledger through the real bus: tampering, folding, sealing, the model (H1)."""
