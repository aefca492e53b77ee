"""Prove that the database keeps what it promises."""
