"""Decide how a callback proves where it comes from: the vendor's header, or Standard Webhooks."""

import base64
import binascii
import hashlib
import hmac
from collections.abc import Sequence

VENDOR_HEADER = "api-notification-sign"
ID_HEADER = "webhook-id"
TIMESTAMP_HEADER = "webhook-timestamp"
SIGNATURE_HEADER = "webhook-signature"

SECRET_PREFIX = "whsec_"
SECRET_BYTES_MIN = 24
SECRET_BYTES_MAX = 64
SECRET_BYTES = 32


def sign_vendor(body: bytes, api_key: str) -> str:
    """Return lower-case hex HMAC-SHA256 over the raw body, keyed with the merchant's API key.

    The form carries neither an id nor a time, so a receiver cannot tell a repeat by it.
    Source: the vendor's callback page.
    """
    return hmac.new(api_key.encode("utf-8"), body, hashlib.sha256).hexdigest()


def standard_secret(random_bytes: bytes) -> str:
    """Write random bytes as an endpoint secret.

    Raises:
        ValueError: fewer than 24 or more than 64 bytes.
    """
    _check_size(random_bytes)
    return SECRET_PREFIX + base64.b64encode(random_bytes).decode("ascii")


def sign_standard(message_id: str, unix_s: int, body: bytes, secret: str) -> str:
    """Return `v1,` and base64 HMAC-SHA256 over `<id>.<unix seconds>.<body>`.

    Source: Standard Webhooks 1.0, symmetric signatures.

    Raises:
        ValueError: the secret is not `whsec_` and base64 of 24 to 64 bytes.
    """
    signed = f"{message_id}.{unix_s}.".encode() + body
    digest = hmac.new(_secret_key(secret), signed, hashlib.sha256).digest()
    return "v1," + base64.b64encode(digest).decode("ascii")


def standard_headers(
    message_id: str, unix_s: int, body: bytes, secrets: Sequence[str]
) -> dict[str, str]:
    """Return the three Standard Webhooks headers, one signature a secret (rotation has two).

    Raises:
        ValueError: no secret, or a malformed one.
    """
    if not secrets:
        raise ValueError("a signature needs a secret")
    signatures = (sign_standard(message_id, unix_s, body, secret) for secret in secrets)
    return {
        ID_HEADER: message_id,
        TIMESTAMP_HEADER: str(unix_s),
        SIGNATURE_HEADER: " ".join(signatures),
    }


def _secret_key(secret: str) -> bytes:
    if not secret.startswith(SECRET_PREFIX):
        raise ValueError(f"an endpoint secret starts with {SECRET_PREFIX}")
    try:
        key = base64.b64decode(secret.removeprefix(SECRET_PREFIX), validate=True)
    except binascii.Error:
        raise ValueError("an endpoint secret is base64") from None
    _check_size(key)
    return key


def _check_size(key: bytes) -> None:
    if not SECRET_BYTES_MIN <= len(key) <= SECRET_BYTES_MAX:
        raise ValueError(f"a secret has {SECRET_BYTES_MIN} to {SECRET_BYTES_MAX} bytes")
