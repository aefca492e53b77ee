"""Decide what partners may set up and how large an order may be; find keys by their hash."""

import hashlib
import re
from collections.abc import Iterable

from cambist.domain.partners.partners import Integration
from cambist.kernel.errors import DomainError, ErrorCode
from cambist.kernel.events import EventName

FEE_PPM_MAX = 100_000
TOLERANCE_PPM_MAX = 100_000
LIFETIME_S_MIN = 60
LIFETIME_S_MAX = 604_800
OPEN_ORDERS_MAX = 1_000_000
NAME_LENGTH_MAX = 200
URL_LENGTH_MAX = 2_048
EMBED_ORIGINS_MAX = 20
KEY_PREFIX_LENGTH = 6
URL_PORTS = frozenset({"443", "8443"})

NO_ORIGINS: frozenset[str] = frozenset()

_LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
# The last label begins with a letter, so no way of writing an IPv4 address is a name.
_NAME = rf"(?:{_LABEL}\.)+(?=[a-z]){_LABEL}"
_ORIGIN = re.compile(rf"https://(?P<host>{_NAME})(?::(?P<port>[1-9][0-9]{{0,4}}))?", re.ASCII)
_TAIL = re.compile(r"(?:/[A-Za-z0-9._~!$&'()*+,;=:@%/-]*)?(?:\?[A-Za-z0-9._~!$&'()*+,;=:@%/?-]*)?")
_SPLIT = re.compile(r"(https?://[^/?]*)(.*)", re.ASCII | re.DOTALL)
_HOST_LENGTH_MAX = 253


def key_hash(secret: str) -> bytes:
    """Return the SHA-256 by which a presented API key is found.

    A key has 120 random bits, so a plain hash gives nothing away and costs nothing to look up.
    """
    return hashlib.sha256(secret.encode("utf-8")).digest()


def public_key_hash(public_key: str) -> bytes:
    """Return the SHA-256 by which the public half of a signing key is found.

    A byte that no UTF-8 text holds comes first, so no text whatsoever, presented as an API key,
    has this hash: what everybody may know never opens a door that asks for a secret.
    """
    return hashlib.sha256(b"\xffpublic-key\xff" + public_key.encode("utf-8")).digest()


def key_prefix(secret: str) -> str:
    """Return the part of an API key that may be shown, so that people can tell keys apart."""
    return secret[:KEY_PREFIX_LENGTH]


def check_limits(integration: Integration, fiat_units: int) -> None:
    """Accept an order's worth in units of the integration's fiat.

    Raises:
        DomainError: AMOUNT_TOO_SMALL or AMOUNT_TOO_LARGE, with the limit in units.
    """
    least, most = integration.min_fiat_units, integration.max_fiat_units
    if least is not None and fiat_units < least:
        raise DomainError(ErrorCode.AMOUNT_TOO_SMALL, limit=least, currency=integration.fiat)
    if most is not None and fiat_units > most:
        raise DomainError(ErrorCode.AMOUNT_TOO_LARGE, limit=most, currency=integration.fiat)


def check_open_orders(integration: Integration, open_orders: int) -> None:
    """Accept one more order beside so many that are still open.

    Raises:
        DomainError: LIMIT_EXCEEDED.
    """
    if open_orders >= integration.max_open_orders:
        raise DomainError(ErrorCode.LIMIT_EXCEEDED, limit=integration.max_open_orders)


def check_callback_url(url: str, allowed_origins: frozenset[str] = NO_ORIGINS) -> None:
    """Accept the form of a callback URL: https, a name written in ASCII, port 443 or 8443.

    `allowed_origins` are exact origins beyond that rule: the sandbox's own. What the name stands
    for is checked anew by the egress client at each attempt.

    Raises:
        DomainError: SETTING_INVALID.
    """
    parts = _SPLIT.fullmatch(url) if len(url) <= URL_LENGTH_MAX else None
    if parts is None or not _TAIL.fullmatch(parts[2]):
        raise _invalid("callback_url")
    if parts[1] not in allowed_origins and not _is_public_origin(parts[1]):
        raise _invalid("callback_url")


def check_embed_origins(
    origins: Iterable[str], allowed_origins: frozenset[str] = NO_ORIGINS
) -> None:
    """Accept the origins that may frame a pay page: exact, https, no wildcard, no path.

    Raises:
        DomainError: SETTING_INVALID.
    """
    listed = tuple(origins)
    if len(listed) > EMBED_ORIGINS_MAX or len(set(listed)) != len(listed):
        raise _invalid("embed_origins")
    for origin in listed:
        match = _ORIGIN.fullmatch(origin)
        named = match is not None and len(match["host"]) <= _HOST_LENGTH_MAX
        if not named and origin not in allowed_origins:
            raise _invalid("embed_origins")


def check_integration(
    integration: Integration, allowed_origins: frozenset[str] = NO_ORIGINS
) -> None:
    """Accept an integration as a whole before it is stored.

    Raises:
        DomainError: SETTING_INVALID with the field at fault.
    """
    _check_bounds(integration)
    if integration.callback_url is not None:
        check_callback_url(integration.callback_url, allowed_origins)
    check_embed_origins(integration.embed_origins, allowed_origins)
    if not integration.callback_statuses <= {name.value for name in EventName}:
        raise _invalid("callback_statuses")
    if integration.standard_webhooks and integration.callback_secret_sealed is None:
        raise _invalid("callback_secret_sealed")


def _check_bounds(integration: Integration) -> None:
    least, most = integration.min_fiat_units, integration.max_fiat_units
    bounds = {
        "name": 1 <= len(integration.name) <= NAME_LENGTH_MAX,
        "url": len(integration.url) <= URL_LENGTH_MAX,
        "fee_ppm": 0 <= integration.fee_ppm <= FEE_PPM_MAX,
        "payout_fee_ppm": 0 <= integration.payout_fee_ppm <= FEE_PPM_MAX,
        "under_tolerance_ppm": 0 <= integration.under_tolerance_ppm <= TOLERANCE_PPM_MAX,
        "order_lifetime_s": LIFETIME_S_MIN <= integration.order_lifetime_s <= LIFETIME_S_MAX,
        "max_open_orders": 1 <= integration.max_open_orders <= OPEN_ORDERS_MAX,
        "min_fiat_units": least is None or least >= 0,
        "max_fiat_units": most is None or most >= (least or 0),
    }
    for field, holds in bounds.items():
        if not holds:
            raise _invalid(field)


def _is_public_origin(origin: str) -> bool:
    match = _ORIGIN.fullmatch(origin)
    if match is None or len(match["host"]) > _HOST_LENGTH_MAX:
        return False
    return match["port"] is None or match["port"] in URL_PORTS


def _invalid(field: str) -> DomainError:
    return DomainError(ErrorCode.SETTING_INVALID, field=field)
