"""Decide which price may be quoted: samples in, one guarded mid or a refusal out."""
