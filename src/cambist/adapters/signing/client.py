"""Decide how the payout worker reaches the signer process: one request a connection."""

import asyncio
import contextlib
from pathlib import Path

from cambist.adapters.signing.frames import FrameError, read_frame, write_frame
from cambist.adapters.signing.intents import intent_to_json
from cambist.ports.signer import (
    SignedTransfer,
    SignerUnavailableError,
    SigningRefusedError,
    SpendIntent,
)

TIMEOUT_S = 5.0


class SignerClient:
    """Ask the signer over its unix socket."""

    def __init__(self, socket_path: Path, timeout_s: float = TIMEOUT_S) -> None:
        self._path = socket_path
        self._timeout_s = timeout_s

    async def sign(self, intent: SpendIntent) -> SignedTransfer:
        """Sign an intent, or return the bytes logged for its id.

        Raises:
            SignerUnavailableError: try again later, nothing is known.
            SigningRefusedError: final.
        """
        match await self._ask({"ask": "sign", "intent": intent_to_json(intent)}):
            case {"answer": "signed", "raw": str(raw), "txid": str(txid)}:
                return SignedTransfer(bytes.fromhex(raw), txid)
            case {"answer": "refused", "reason": str(reason)}:
                raise SigningRefusedError(reason)
            case _:
                raise SignerUnavailableError("the signer's answer makes no sense")

    async def ping(self) -> None:
        """Check that the signer answers.

        Raises:
            SignerUnavailableError: it does not.
        """
        if await self._ask({"ask": "ping"}) != {"answer": "pong"}:
            raise SignerUnavailableError("the signer's answer makes no sense")

    async def _ask(self, request: dict[str, object]) -> object:
        try:
            async with asyncio.timeout(self._timeout_s):
                reader, writer = await asyncio.open_unix_connection(str(self._path))
                try:
                    await write_frame(writer, request)
                    return await read_frame(reader)
                finally:
                    writer.close()
                    with contextlib.suppress(OSError):
                        await writer.wait_closed()
        except (OSError, TimeoutError, FrameError) as error:
            raise SignerUnavailableError(str(error) or "no answer in time") from error
