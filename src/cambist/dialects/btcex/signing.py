"""Decide which texts a signature may cover: the body in each of the six shapes PHP makes of it."""

import hashlib
import hmac
import json
from typing import Any

from cambist.http.json_body import parse_object

NOTHING = None
EMPTY_LIST: list[Any] = []
SLASHES = ("\\/", "/")
"""How a slash is written: PHP's default, and with JSON_UNESCAPED_SLASHES."""
DELETE = "\x7f"

_BARE = {b"": NOTHING, b"null": NOTHING, b"[]": EMPTY_LIST}
_BLANKS = b" \t\r\n"


class Token(str):
    """A number of a body exactly as it was written: 1.0, 1e2 and 1 are not the same text."""

    __slots__ = ()


def read_signed(body: bytes) -> Any:
    """Read a body as it is signed: an object with its numbers as Tokens, [] or None for nothing.

    Raises:
        RefusedError: JSON_INVALID, as for every body of ours.
    """
    bare = body.strip(_BLANKS)
    if bare in _BARE:
        return _BARE[bare]
    parse_object(body)
    return json.loads(body, parse_int=Token, parse_float=Token)


def shapes(value: Any) -> tuple[str, str, str, str, str, str]:
    """Write the six texts: as it is, `?: []`, `?: null`; escaped slashes first, then plain ones."""
    if value:
        escaped, plain = encode(value, SLASHES[0]), encode(value, SLASHES[1])
        return (escaped, escaped, escaped, plain, plain, plain)
    own, instead, nothing = encode(value, "/"), encode(EMPTY_LIST, "/"), encode(NOTHING, "/")
    return (own, instead, nothing, own, instead, nothing)


def encode(value: Any, slash: str) -> str:
    """Write JSON as PHP's json_encode does: no blanks, each character beyond ASCII escaped."""
    match value:
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case Token():
            return str(value)
        case str():
            return _text(value, slash)
        case list():
            return "[" + ",".join([encode(item, slash) for item in value]) + "]"
        case dict():
            pairs = [f"{_text(key, slash)}:{encode(item, slash)}" for key, item in value.items()]
            return "{" + ",".join(pairs) + "}"
        case _:
            raise TypeError(f"no JSON: {type(value).__name__}")


def _text(text: str, slash: str) -> str:
    # json writes ASCII as PHP does but for U+007F, which PHP leaves alone.
    plain = DELETE.join([json.dumps(part)[1:-1] for part in text.split(DELETE)])
    return f'"{plain.replace("/", slash)}"'


def sign(private: bytes, key: str, nonce: int, text: str) -> str:
    """Sign one text: HMAC-SHA256 over key, nonce and body, joined by `$`, in lower-case hex."""
    signed = f"{key}${nonce}${text}".encode()
    return hmac.new(private, signed, hashlib.sha256).hexdigest()


def is_signed(private: bytes, key: str, nonce: int, body: Any, signature: str) -> bool:
    """Tell whether a signature covers a body in any shape.

    All six are always computed and compared, each in constant time, so that the time taken tells
    neither whether nor in which shape it matched. Method and path are not covered (the vendor's
    form): what binds a signature to one use is its nonce.
    """
    given, matched = signature.encode("utf-8"), 0
    for text in shapes(body):
        wanted = sign(private, key, nonce, text).encode("ascii")
        matched |= hmac.compare_digest(wanted, given)
    return bool(matched)
