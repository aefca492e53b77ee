"""Decide how a malformed body is sent, and what every refusal of one has in common."""

import json
from typing import Any

import httpx2

from tests.dialects.fakes import RecordingBus

JSON_TYPE = {"content-type": "application/json"}
NO_AMOUNTS = (
    "NaN", "Infinity", "1e400", "1e2", "-1", "+1", "1_000", "1,000", "1.", ".5", "01", " 1",
    "1 ", "1\n", "", "0x10", "\u0661\u0662\u0663", "\uff11", "1" * 22, "1." + "1" * 19, "9" * 5000,
)  # fmt: skip
"""Texts that are no plain decimal number of a size we read."""


async def refused(
    client: httpx2.AsyncClient, bus: RecordingBus, path: str, body: Any, status: int
) -> dict[str, Any]:
    """Post a body, as it is when it is bytes; expect a problem and an untouched bus."""
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    response = await client.post(path, content=content, headers=JSON_TYPE)
    problem: dict[str, Any] = response.json()
    assert response.status_code == status, problem
    assert response.headers["content-type"] == "application/problem+json"
    assert problem["status"] == status
    assert bus.commands == []
    return problem
