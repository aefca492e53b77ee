"""Decide who may ask the signer and how: one unix socket, bounded messages, one at a time."""

import asyncio
import contextlib
import os
from pathlib import Path

from cambist.adapters.signing.frames import FrameError, read_frame, write_frame
from cambist.adapters.signing.intents import intent_from_json
from cambist.adapters.signing.keystore import KeyStore
from cambist.adapters.signing.once_log import OnceLog, SignerLogFailedError
from cambist.adapters.signing.rules import SigningPolicy
from cambist.adapters.signing.signer import Signer
from cambist.ports.signer import SigningRefusedError

CONNECTIONS_MAX = 32
REQUEST_TIMEOUT_S = 10.0


async def serve(
    socket_path: Path,
    keystore: KeyStore,
    log: OnceLog,
    *,
    policy: SigningPolicy | None = None,
    stop: asyncio.Event | None = None,
    ready: asyncio.Event | None = None,
) -> None:
    """Answer signing requests on a unix socket of mode 0600 until `stop` is set or cancelled.

    Raises:
        SignerLogFailedError: the log could not be written; the process must be started anew.
    """
    signer = Signer(keystore, log, policy or SigningPolicy())
    session = _Session(signer)
    socket_path.unlink(missing_ok=True)
    # The mask, not a later chmod: between bind and chmod anybody could connect.
    mask = os.umask(0o177)
    try:
        server = await asyncio.start_unix_server(session.answer, path=str(socket_path))
    finally:
        os.umask(mask)
    if ready is not None:
        ready.set()
    stopped = asyncio.ensure_future((stop or asyncio.Event()).wait())
    stopped.add_done_callback(lambda _: session.end(None))
    try:
        await session.ended
    finally:
        stopped.cancel()
        server.close()
        await session.hang_up()
        socket_path.unlink(missing_ok=True)


class _Session:
    """Serve connections; a failed log write ends the server, for the log is no more known."""

    def __init__(self, signer: Signer) -> None:
        self._signer = signer
        self._slots = asyncio.Semaphore(CONNECTIONS_MAX)
        self._open: set[asyncio.Task[None]] = set()
        self.ended: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def end(self, error: SignerLogFailedError | None) -> None:
        """Let the server stop, with an error if there is one."""
        if self.ended.done():
            return
        if error is None:
            self.ended.set_result(None)
        else:
            self.ended.set_exception(error)

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve one connection: one request, one answer."""
        task = asyncio.current_task()
        if task is not None:
            self._open.add(task)
            task.add_done_callback(self._open.discard)
        try:
            async with asyncio.timeout(REQUEST_TIMEOUT_S), self._slots:
                await write_frame(writer, self._reply(await read_frame(reader)))
        except (FrameError, TimeoutError, ConnectionError):
            writer.transport.abort()
        except SignerLogFailedError as error:
            writer.transport.abort()
            self.end(error)
        finally:
            writer.close()
            with contextlib.suppress(OSError):
                await writer.wait_closed()

    async def hang_up(self) -> None:
        """Cut the connections still open; signing itself is never cut in the middle."""
        for task in self._open:
            task.cancel()
        await asyncio.gather(*self._open, return_exceptions=True)

    def _reply(self, request: object) -> dict[str, str]:
        match request:
            case {"ask": "ping"}:
                return {"answer": "pong"}
            case {"ask": "sign", "intent": dict(content)}:
                return self._sign(content)
            case _:
                return {"answer": "refused", "reason": "not a known request"}

    def _sign(self, content: dict[str, object]) -> dict[str, str]:
        try:
            signed = self._signer.sign(intent_from_json(content))
        except ValueError as error:
            return {"answer": "refused", "reason": f"malformed intent: {error}"}
        except SigningRefusedError as error:
            return {"answer": "refused", "reason": str(error)}
        return {"answer": "signed", "raw": signed.raw.hex(), "txid": signed.txid}
