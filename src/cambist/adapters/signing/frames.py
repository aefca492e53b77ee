"""Decide how signer messages are framed: four bytes of length, then JSON, both bounded."""

import asyncio
import json

MESSAGE_MAX_BYTES = 1 << 20
_LENGTH_BYTES = 4


class FrameError(Exception):
    """The peer sent something that is no message of this protocol."""


async def read_frame(reader: asyncio.StreamReader) -> object:
    """Read one message.

    Raises:
        FrameError: too large, cut off, or no JSON.
    """
    try:
        length = int.from_bytes(await reader.readexactly(_LENGTH_BYTES), "big")
        if length > MESSAGE_MAX_BYTES:
            raise FrameError("message too large")
        return json.loads(await reader.readexactly(length))
    except asyncio.IncompleteReadError as error:
        raise FrameError("message cut off") from error
    except (ValueError, RecursionError) as error:
        raise FrameError("message is no JSON") from error


async def write_frame(writer: asyncio.StreamWriter, message: object) -> None:
    """Write one message and wait until it left."""
    body = json.dumps(message, separators=(",", ":")).encode("utf-8")
    if len(body) > MESSAGE_MAX_BYTES:
        raise FrameError("message too large")
    writer.write(len(body).to_bytes(_LENGTH_BYTES, "big") + body)
    await writer.drain()
