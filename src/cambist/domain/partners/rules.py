"""Decide what a partner's terms allow."""

import hashlib

from cambist.domain.partners.partners import Integration
from cambist.kernel.errors import DomainError, ErrorCode


def check_limits(integration: Integration, fiat_units: int) -> None:
    """Refuse an order outside the integration's limits (cents of its fiat).

    Raises:
        DomainError: AMOUNT_TOO_SMALL, AMOUNT_TOO_LARGE.
    """
    if integration.min_fiat_units is not None and fiat_units < integration.min_fiat_units:
        raise DomainError(ErrorCode.AMOUNT_TOO_SMALL, limit=integration.min_fiat_units)
    if integration.max_fiat_units is not None and fiat_units > integration.max_fiat_units:
        raise DomainError(ErrorCode.AMOUNT_TOO_LARGE, limit=integration.max_fiat_units)


def key_hash(secret: str) -> bytes:
    """Hash an API key to find it by (SHA-256; the key itself has 120 random bits)."""
    return hashlib.sha256(secret.encode()).digest()
