"""Decide how a Core node is asked: JSON-RPC over HTTP, with time, size and failure limits."""

import asyncio
import json
import time
from collections.abc import Callable, Sequence
from decimal import Decimal

import httpx2

from cambist.ports.chain import ChainUnavailableError

CALL_TIMEOUT_S = 15.0
SCAN_TIMEOUT_S = 180.0
CONNECT_TIMEOUT_S = 3.0
CONNECTIONS_MAX = 4
ANSWER_BYTES_MAX = 64 << 20
BREAKER_FAILURES = 5
BREAKER_OPEN_S = 5.0
RPC_WARMING_UP = -28


class RpcRefusedError(Exception):
    """The node understood a call and answered with an error."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message


class Breaker:
    """Stop asking a node that failed several times in a row, for a while."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._failures = 0
        self._closed_from = 0.0

    def check(self) -> None:
        """Let a call pass.

        Raises:
            ChainUnavailableError: the node rests.
        """
        if self._failures >= BREAKER_FAILURES and self._clock() < self._closed_from:
            raise ChainUnavailableError("the node failed repeatedly and is left alone for a while")

    def failed(self) -> None:
        """Count a failure."""
        self._failures += 1
        self._closed_from = self._clock() + BREAKER_OPEN_S

    def worked(self) -> None:
        """Forget past failures."""
        self._failures = 0


class CoreRpcClient:
    """Call a node's JSON-RPC; every way to get no answer is a ChainUnavailableError."""

    def __init__(
        self,
        url: str,
        user: str,
        password: str,
        *,
        transport: httpx2.AsyncBaseTransport | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._http = httpx2.AsyncClient(
            base_url=url,
            auth=httpx2.BasicAuth(user, password),
            timeout=httpx2.Timeout(SCAN_TIMEOUT_S, connect=CONNECT_TIMEOUT_S),
            limits=httpx2.Limits(max_connections=CONNECTIONS_MAX),
            trust_env=False,
            transport=transport,
        )
        self._breaker = Breaker(clock)
        self.outages = 0

    async def call(
        self, method: str, *params: object, path: str = "/", timeout_s: float = CALL_TIMEOUT_S
    ) -> object:
        """Call one method; JSON numbers with a point arrive as Decimal.

        Raises:
            RpcRefusedError: the node's own error.
            ChainUnavailableError: no usable answer.
        """
        request = {"jsonrpc": "1.0", "id": 0, "method": method, "params": params}
        return _result(await self._exchange(request, path, timeout_s))

    async def batch(self, method: str, params: Sequence[object]) -> list[object | RpcRefusedError]:
        """Call one method once per parameter in one request; errors take their result's place.

        Raises:
            ChainUnavailableError: no usable answer.
        """
        requests = [
            {"jsonrpc": "1.0", "id": number, "method": method, "params": item}
            for number, item in enumerate(params)
        ]
        answers = await self._exchange(requests, "/", CALL_TIMEOUT_S)
        if not isinstance(answers, list) or len(answers) != len(requests):
            raise self._unusable("the node's batch answer is incomplete")
        results: list[object | RpcRefusedError] = []
        for number, answer in enumerate(answers):
            if not isinstance(answer, dict) or answer.get("id") != number:
                raise self._unusable("the node's batch answer is out of order")
            try:
                results.append(_result(answer))
            except RpcRefusedError as error:
                results.append(error)
        return results

    async def close(self) -> None:
        """Release connections."""
        await self._http.aclose()

    async def _exchange(self, request: object, path: str, timeout_s: float) -> object:
        self._breaker.check()
        try:
            async with asyncio.timeout(timeout_s):
                body = await self._post(path, json.dumps(request))
            answer = json.loads(body, parse_float=Decimal)
        except (httpx2.HTTPError, TimeoutError, ValueError, RecursionError) as error:
            raise self._unusable(f"no usable answer: {type(error).__name__}") from error
        self._breaker.worked()
        return answer

    async def _post(self, path: str, content: str) -> bytes:
        headers = {"content-type": "application/json"}
        async with self._http.stream("POST", path, content=content, headers=headers) as response:
            if response.status_code in (401, 403):
                raise self._unusable("the node refuses our credentials")
            chunks, size = [], 0
            async for chunk in response.aiter_bytes():
                size += len(chunk)
                if size > ANSWER_BYTES_MAX:
                    raise self._unusable("the node's answer is too large")
                chunks.append(chunk)
        return b"".join(chunks)

    def _unusable(self, reason: str) -> ChainUnavailableError:
        self.outages += 1
        self._breaker.failed()
        return ChainUnavailableError(reason)


def _result(answer: object) -> object:
    match answer:
        case {"error": {"code": int(code), "message": str(message)}}:
            if code == RPC_WARMING_UP:
                raise ChainUnavailableError("the node is starting")
            raise RpcRefusedError(code, message)
        case {"result": result, "error": None}:
            return result
        case {"result": result, **rest} if "error" not in rest:
            return result
        case _:
            raise ChainUnavailableError("the node's answer is no JSON-RPC")
