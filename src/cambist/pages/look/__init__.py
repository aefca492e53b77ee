"""Decide what all pages share: languages, times, security headers, style, the outer frame."""
