"""Decide which part stands behind which port; the only package that knows everything."""
