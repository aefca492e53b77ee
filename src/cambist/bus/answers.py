"""Decide how a command is fingerprinted and how its result is kept for a repeat."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, get_type_hints

import msgspec

from cambist.bus.batch import UseCase


@dataclass(frozen=True, slots=True)
class Registered:
    """Hold a use case with the codec of its result."""

    use_case: UseCase
    encode: Callable[[Any], bytes]
    decode: Callable[[bytes], Any]


def register(use_cases: tuple[UseCase, ...]) -> dict[type, Registered]:
    """Index use cases by the type of their command, read from their annotations."""
    table: dict[type, Registered] = {}
    encoder = msgspec.json.Encoder()
    for use_case in use_cases:
        hints = get_type_hints(use_case)
        decoder = msgspec.json.Decoder(hints["return"])
        command = hints["command"]
        if command in table:
            raise ValueError(f"two use cases for {command.__name__}")
        table[command] = Registered(use_case, encoder.encode, decoder.decode)
    return table


def fingerprint(command: object) -> bytes:
    """Hash a command's content, the same for the same content in any process (SHA-256)."""
    content = msgspec.json.encode([type(command).__name__, command], order="sorted")
    return hashlib.sha256(content).digest()
