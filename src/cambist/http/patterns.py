"""Decide how a published pattern is matched here: on the whole text."""


def whole(pattern: str) -> str:
    """Let `$` mean the very end, as it does in JSON Schema; Python's allows a newline after it."""
    return pattern.replace("$", r"\Z")
