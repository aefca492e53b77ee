"""Decide whether a code somebody typed is the one we sent: few tries, a short life, once."""

import hashlib
import hmac
import re
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from cambist.kernel.ids import OrderId

DIGITS = 6
CODES = 10**DIGITS
"""How many different codes there are; draw one below this and `write_code` it."""

TRIES_MAX = 5
LIFETIME_S = 600
SALT_BYTES = 16

_CODE = re.compile(rf"[0-9]{{{DIGITS}}}", re.ASCII)
_GIVEN = re.compile(rf"[0-9]{{1,{DIGITS}}}", re.ASCII)


class Purpose(StrEnum):
    """Name what a code proves."""

    PHONE = "phone"
    DEPOSIT = "deposit"


class Outcome(StrEnum):
    """Name what became of a try.

    OTHER: the code belongs to another order or purpose. EXPIRED: too late, used already, or a
    newer code was sent. SPENT: all tries were used up, even the right code counts no more.
    """

    RIGHT = "right"
    WRONG = "wrong"
    SPENT = "spent"
    EXPIRED = "expired"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class OneTimeCode:
    """Hold one code as its salted hash, with what it is bound to and how often it was tried.

    `target_index` is the blind index of the number or address it was sent to; `tries` counts
    every guess that was compared, the right one too.
    """

    id: UUID
    order_id: OrderId | None
    purpose: Purpose
    target_index: bytes
    salt: bytes
    code_hash: bytes
    tries: int
    expires_at: datetime
    used_at: datetime | None
    superseded: bool
    created_at: datetime


def write_code(number: int) -> str:
    """Write a number drawn from 0 up to but not including CODES as a code of DIGITS digits."""
    if not 0 <= number < CODES:
        raise ValueError(f"a code has {DIGITS} digits")
    return f"{number:0{DIGITS}d}"


def make(
    code: str,
    code_id: UUID,
    order_id: OrderId | None,
    purpose: Purpose,
    target_index: bytes,
    salt: bytes,
    now: datetime,
) -> OneTimeCode:
    """Make what is kept of a code of DIGITS digits; `salt` is SALT_BYTES random bytes.

    Raises:
        ValueError: a malformed code or a short salt.
    """
    if not _CODE.fullmatch(code):
        raise ValueError(f"a code has {DIGITS} digits")
    if len(salt) < SALT_BYTES:
        raise ValueError(f"a salt has {SALT_BYTES} bytes")
    return OneTimeCode(
        id=code_id,
        order_id=order_id,
        purpose=purpose,
        target_index=target_index,
        salt=salt,
        code_hash=_hash(code, code_id, salt),
        tries=0,
        expires_at=now + timedelta(seconds=LIFETIME_S),
        used_at=None,
        superseded=False,
        created_at=now,
    )


def check(
    code: OneTimeCode, given: str, order_id: OrderId | None, purpose: Purpose, now: datetime
) -> tuple[OneTimeCode, Outcome]:
    """Compare a try and return the code as the try leaves it, which must be saved whatever it is.

    The code must be locked from its reading to its saving, or guesses side by side count once.
    A code sent as a number without its leading zeros is taken too (T64). A try that is no code
    at all counts like a wrong one.
    """
    if code.order_id != order_id or code.purpose is not purpose:
        return code, Outcome.OTHER
    if code.superseded or code.used_at is not None:
        return code, Outcome.EXPIRED
    if code.tries >= TRIES_MAX:
        return code, Outcome.SPENT
    if now >= code.expires_at:
        return code, Outcome.EXPIRED
    tried = replace(code, tries=code.tries + 1)
    if not _is_right(code, given):
        return tried, Outcome.WRONG
    return replace(tried, used_at=now), Outcome.RIGHT


def tries_left(code: OneTimeCode, now: datetime) -> int:
    """Tell how many more tries would be compared."""
    is_over = code.superseded or code.used_at is not None or now >= code.expires_at
    return 0 if is_over else max(0, TRIES_MAX - code.tries)


def supersede(code: OneTimeCode) -> OneTimeCode:
    """Take a code's worth away, because a newer one is sent or its number changed."""
    return replace(code, superseded=True)


def _is_right(code: OneTimeCode, given: str) -> bool:
    typed = given.replace(" ", "")
    read = typed.zfill(DIGITS) if _GIVEN.fullmatch(typed) else ""
    return hmac.compare_digest(_hash(read, code.id, code.salt), code.code_hash)


def _hash(code: str, code_id: UUID, salt: bytes) -> bytes:
    """Hash a code so that equal codes look different; against readers of rows its short life helps.

    A million codes are tried in no time whatever the hash; that is why they last minutes only.
    """
    return hmac.digest(salt, code_id.bytes + code.encode("ascii"), hashlib.sha256)
