"""Decide where randomness comes from: the operating system, drawn in batches for ids."""

import os
import secrets
import threading
import time
from collections.abc import Callable
from uuid import UUID

from cambist.kernel.ids import RANDOM_BITS, uuid7

POOL_BYTES = 16_384
API_KEY_BYTES = 15
API_KEY_GROUP = 6

_FRESH_BYTES = 10
_STEP_BYTES = 7
_RANDOM_LIMIT = 1 << RANDOM_BITS


def system_unix_ms() -> int:
    """Read the system clock in milliseconds."""
    return time.time_ns() // 1_000_000


class SystemEntropy:
    """Draw from os.urandom; ids rise strictly within one process and never repeat after a fork.

    Within one millisecond (or while the clock stands behind) the random part grows by a random
    step of up to 2**56 (RFC 9562 section 6.2 method 2), so a neighbour stays hard to guess.
    """

    def __init__(self, unix_ms: Callable[[], int] = system_unix_ms) -> None:
        self._unix_ms = unix_ms
        self._lock = threading.Lock()
        self._pool = b""
        self._taken = 0
        self._process = os.getpid()
        self._last_ms = -1
        self._last_random = 0

    def new_id(self) -> UUID:
        """Make a version 7 UUID greater than every one made before by this object."""
        with self._lock:
            now_ms = self._unix_ms()
            if now_ms > self._last_ms:
                self._start(now_ms)
            else:
                step = 1 + int.from_bytes(self._take(_STEP_BYTES))
                self._last_random += step
                if self._last_random >= _RANDOM_LIMIT:
                    self._start(self._last_ms + 1)
            return uuid7(self._last_ms, self._last_random)

    def api_key(self) -> str:
        """Make an API key: five groups of six lower-case hex digits joined by `-`."""
        digits = secrets.token_hex(API_KEY_BYTES)
        starts = range(0, len(digits), API_KEY_GROUP)
        return "-".join(digits[start : start + API_KEY_GROUP] for start in starts)

    def token(self, nbytes: int) -> str:
        """Make a URL-safe token of so many random bytes."""
        return secrets.token_urlsafe(nbytes)

    def jitter(self, limit: int) -> int:
        """Draw a whole number from 0 up to but not including `limit`."""
        return secrets.randbelow(limit)

    def _start(self, unix_ms: int) -> None:
        self._last_ms = unix_ms
        # The top bit stays clear, so that at least 2**17 steps fit into one millisecond.
        self._last_random = int.from_bytes(self._take(_FRESH_BYTES)) & (_RANDOM_LIMIT // 2 - 1)

    def _take(self, count: int) -> bytes:
        process = os.getpid()
        if self._taken + count > len(self._pool) or process != self._process:
            self._pool, self._taken, self._process = os.urandom(POOL_BYTES), 0, process
        start = self._taken
        self._taken += count
        return self._pool[start : self._taken]
