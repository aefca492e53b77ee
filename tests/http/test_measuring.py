"""Show what is noted of a request that is answered, breaks, ends without a word or is given up."""

import asyncio
from typing import Any, cast

import pytest

from cambist.http.measuring import ABORTED, FALLEN, measured

START = {"type": "http.response.start", "status": 201, "headers": []}


class Noted:
    """Keep what is noted."""

    def __init__(self) -> None:
        self.found: list[tuple[str, str, int]] = []

    def request(self, dialect: str, operation: str, status: int, seconds: float) -> None:
        assert seconds >= 0
        self.found.append((dialect, operation, status))


@pytest.mark.parametrize(
    ("end", "answers", "status"),
    [
        (None, True, 201),
        (None, False, ABORTED),
        (RuntimeError(), True, FALLEN),
        (RuntimeError(), False, FALLEN),
        (asyncio.CancelledError(), True, 201),
        (asyncio.CancelledError(), False, ABORTED),
    ],
)
async def test_each_request_is_noted_once_as_it_ended(
    end: BaseException | None, answers: bool, status: int
) -> None:
    noted = Noted()

    async def app(scope: Any, receive: Any, send: Any) -> None:
        scope["path_template"] = "/orders/{id}"
        if answers:
            await send(START)
        if end is not None:
            raise end

    async def send(message: Any) -> None:
        return None

    scope: Any = {"type": "http", "method": "GET", "path": "/orders/1"}
    call = measured(cast("Any", app), "acme", noted)(scope, cast("Any", None), cast("Any", send))
    if end is None:
        await call
    else:
        with pytest.raises(type(end)):
            await call
    assert noted.found == [("acme", "GET /orders/{id}", status)]
