"""Decide which documents are taken: small ones of known type and size, if a child says so too."""

import asyncio
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass

import msgspec

from cambist.adapters.documents.sizes import PixelSize, pixel_size
from cambist.adapters.documents.sniff import sniff
from cambist.adapters.documents.talk import EXITS, LINE_MAX, READY, Told
from cambist.ports.documents import (
    CleanDocument,
    DocumentIntakeUnavailableError,
    DocumentRefusal,
    DocumentRefusedError,
    MediaType,
)

CHILD_COMMAND = (sys.executable, "-m", "cambist.adapters.documents.child")
# What a child may know of our environment: how to find Python. No secret.
CHILD_ENV_NAMES = ("PATH", "PYTHONPATH", "LANG")
CLEAN_BYTES_MAX = 16 * 1024**2
CHUNK_BYTES = 64 * 1024
NO_SIZE = PixelSize(1, 1)
REFUSALS = {code: reason for reason, code in EXITS.items()}


@dataclass(frozen=True, slots=True)
class IntakeLimits:
    """Bound documents and the work on them in one process."""

    bytes_max: int = 10 * 1024**2
    pixels_max: int = 25_000_000
    side_max: int = 12_000
    timeout_s: int = 20
    running_max: int = 2
    waiting_max: int = 16


class ChildIntake:
    """Take documents in, each looked at by a child process of its own that is killed after it."""

    def __init__(
        self,
        environ: Mapping[str, str],
        limits: IntakeLimits | None = None,
        command: Sequence[str] = CHILD_COMMAND,
    ) -> None:
        """Take our environment, of which a child gets CHILD_ENV_NAMES."""
        self._limits = limits or IntakeLimits()
        self._command = tuple(command)
        self._env = {name: environ[name] for name in CHILD_ENV_NAMES if name in environ}
        self._places = asyncio.Semaphore(self._limits.running_max)
        self._under_way = 0

    async def take(self, content: bytes, claimed_type: str | None) -> CleanDocument:
        """Check a document and return what of it may be kept and served.

        Raises:
            DocumentRefusedError: it is not taken.
            DocumentIntakeUnavailableError: too many wait, or the child does not start.
        """
        if not content:
            raise DocumentRefusedError(DocumentRefusal.EMPTY)
        if len(content) > self._limits.bytes_max:
            raise DocumentRefusedError(DocumentRefusal.TOO_LARGE)
        kind = sniff(content, claimed_type)
        announced = NO_SIZE if kind is MediaType.PDF else self._bearable_size(content, kind)
        if self._under_way >= self._limits.running_max + self._limits.waiting_max:
            raise DocumentIntakeUnavailableError("too many documents wait")
        self._under_way += 1
        try:
            async with self._places:
                done = await self._ask_child(content, kind, announced)
        finally:
            self._under_way -= 1
        if kind is MediaType.PDF:
            return CleanDocument(kind, content, None, None)
        return done

    def _bearable_size(self, content: bytes, kind: MediaType) -> PixelSize:
        size = pixel_size(content, kind)
        too_long = max(size.width, size.height) > self._limits.side_max
        if too_long or size.width * size.height > self._limits.pixels_max:
            raise DocumentRefusedError(DocumentRefusal.TOO_MANY_PIXELS)
        return size

    async def _ask_child(
        self, content: bytes, kind: MediaType, announced: PixelSize
    ) -> CleanDocument:
        try:
            process = await asyncio.create_subprocess_exec(
                *self._command,
                kind.value,
                str(announced.width),
                str(announced.height),
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.DEVNULL,
                env=self._env,
            )
        except OSError as broken:
            raise DocumentIntakeUnavailableError("the decoder does not start") from broken
        try:
            async with asyncio.timeout(self._limits.timeout_s):
                answer = await _exchange(process, content)
                code = await process.wait()
        except TimeoutError:
            raise DocumentRefusedError(DocumentRefusal.TOO_COMPLEX) from None
        finally:
            await _end(process)
        if not answer.startswith(READY):
            raise DocumentIntakeUnavailableError("the decoder does not start")
        if code < 0:
            # Killed: by its limit on time, or for want of memory.
            raise DocumentRefusedError(DocumentRefusal.TOO_COMPLEX)
        if code:
            raise DocumentRefusedError(REFUSALS.get(code, DocumentRefusal.BROKEN))
        return _read(answer[len(READY) :])


async def _exchange(process: asyncio.subprocess.Process, content: bytes) -> bytes:
    """Feed a child and hear it out, up to a bound."""
    if process.stdin is None or process.stdout is None:
        raise DocumentIntakeUnavailableError("the decoder has no pipes")
    # A child that ends early has said why by its exit code.
    with suppress(BrokenPipeError, ConnectionResetError):
        process.stdin.write(content)
        await process.stdin.drain()
    process.stdin.close()
    answer = bytearray()
    while chunk := await process.stdout.read(CHUNK_BYTES):
        answer += chunk
        if len(answer) > CLEAN_BYTES_MAX:
            raise DocumentRefusedError(DocumentRefusal.TOO_COMPLEX)
    return bytes(answer)


async def _end(process: asyncio.subprocess.Process) -> None:
    if process.returncode is None:
        with suppress(ProcessLookupError):
            process.kill()
    # Reads what is left in the pipe: a reader paused at its limit would never see the end.
    await process.communicate()


def _read(answer: bytes) -> CleanDocument:
    """Believe of an answer only what is consistent.

    Raises:
        DocumentRefusedError: BROKEN.
    """
    line, _, content = answer.partition(b"\n")
    try:
        told = msgspec.json.decode(line[:LINE_MAX], type=Told)
    except msgspec.DecodeError:
        raise DocumentRefusedError(DocumentRefusal.BROKEN) from None
    if told.size != len(content):
        raise DocumentRefusedError(DocumentRefusal.BROKEN)
    return CleanDocument(told.media_type, content, told.width, told.height)
