"""Prove the rules of cambist, area by area."""
