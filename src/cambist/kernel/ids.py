"""Decide what ids look like: typed UUIDs of version 7, made from time and randomness given in."""

from typing import NewType
from uuid import UUID

PartnerId = NewType("PartnerId", UUID)
IntegrationId = NewType("IntegrationId", UUID)
ApiKeyId = NewType("ApiKeyId", UUID)
OrderId = NewType("OrderId", UUID)
PaymentId = NewType("PaymentId", UUID)
AccountId = NewType("AccountId", UUID)
JournalId = NewType("JournalId", UUID)
HoldId = NewType("HoldId", UUID)
CallbackId = NewType("CallbackId", UUID)
CustomerId = NewType("CustomerId", UUID)
QuoteId = NewType("QuoteId", UUID)
CaseId = NewType("CaseId", UUID)

RANDOM_BITS = 74


def uuid7(unix_ms: int, random_bits: int) -> UUID:
    """Build a version 7 UUID from milliseconds and 74 random bits (RFC 9562 section 5.7)."""
    high, low = random_bits >> 62, random_bits & ((1 << 62) - 1)
    value = (unix_ms & ((1 << 48) - 1)) << 80 | 0x7 << 76 | (high & 0xFFF) << 64 | 0b10 << 62 | low
    return UUID(int=value)
