"""Decide what is looked for in the OpenAPI document of a dialect, and in its page."""

import base64
import hashlib
import json
import re
from collections.abc import Mapping
from typing import Any

Operation = tuple[str, str, dict[str, Any]]
"""A method, a path and what the document says of them."""


def operations(document: Mapping[str, Any]) -> list[Operation]:
    """List the operations a document describes."""
    return [
        (method, path, operation)
        for path, item in document["paths"].items()
        for method, operation in item.items()
    ]


def referred(document: Mapping[str, Any]) -> set[str]:
    """Name the schemas a document refers to."""
    return set(re.findall(r'"#/components/schemas/(\w+)"', json.dumps(document)))


def mislabelled(operation: Mapping[str, Any]) -> dict[str, list[str]]:
    """Find the answers of an operation that are neither JSON nor, where refused, a problem."""
    found = {}
    for status, response in operation["responses"].items():
        kind = "application/json" if int(status) < 400 else "application/problem+json"
        told = list(response["content"])
        if told != [kind]:
            found[status] = told
    return found


def allowance(tag: str, page: str) -> str:
    """Write the word by which a policy allows the first element of a tag on a page."""
    text = re.search(f"<{tag}>(.*?)</{tag}>", page, re.DOTALL)
    assert text is not None
    digest = base64.b64encode(hashlib.sha256(text[1].encode()).digest()).decode()
    return f"'sha256-{digest}'"


def foreign_links(page: str) -> list[str]:
    """List what a page loads or leads to, other than its own document."""
    return re.findall(r'(?:src|href)="(?!openapi\.json")[^"]*', page)
