"""Decide how much of a stranger's request is read before he is turned away."""

from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import pytest
from litestar import post

from cambist.dialects.btcex.auth import BrokerRequest
from cambist.http import multipart_body
from cambist.http.json_body import BODY_BYTES_MAX
from tests.dialects.btcex.door import DIALECT, World

PATH = "/order/1/verify-identity"
PIECE = b"x" * 16_384
PIECES = 600
"""Nearly ten megabytes, which the route takes of a form."""
HEADERS = {"btcex-key": "strangerskey0001", "btcex-nonce": "1", "btcex-signature": "0" * 64}
FORM = {"content-type": "multipart/form-data; boundary=x"}
HEAD = b'--x\r\ncontent-disposition: form-data; name="file"; filename="a.png"\r\n\r\n'


@post(PATH, request_max_body_size=multipart_body.BODY_BYTES_MAX)
async def large(request: BrokerRequest) -> None:
    """Take a form that is large."""


@pytest.fixture(autouse=True)
def taking_large_forms(monkeypatch: pytest.MonkeyPatch) -> None:
    """Put one route behind the door, which takes large forms."""
    dialect = replace(DIALECT, handlers=(large,))
    monkeypatch.setattr("tests.dialects.btcex.door.DIALECT", dialect)


class Flood:
    """Send pieces for as long as somebody reads, and count them."""

    def __init__(self, first: bytes) -> None:
        self._first = first
        self.read = 0

    async def __aiter__(self) -> AsyncIterator[bytes]:
        """Give one piece after the other."""
        yield self._first
        for _ in range(PIECES):
            self.read += len(PIECE)
            yield PIECE


async def flood(headers: dict[str, str], first: bytes) -> tuple[int, int]:
    """Knock with a body without end; tell the answer's status and the bytes that were read."""
    world, sent = World(), Flood(first)
    content: Any = sent
    answer = await world.client.post(PATH, content=content, headers=headers)
    return answer.status_code, sent.read


@pytest.mark.parametrize("headers", [{}, HEADERS])
async def test_a_strangers_form_is_not_read(headers: dict[str, str]) -> None:
    assert await flood({**headers, **FORM}, HEAD) == (401, 0)


async def test_json_is_read_up_to_its_own_bound_where_forms_may_be_larger() -> None:
    status, read = await flood({**HEADERS, "content-type": "application/json"}, b'{"a":"')
    assert status == 413
    assert read <= BODY_BYTES_MAX + len(PIECE)
