"""Decide what a firm quote is: a price that holds for a while and is used once."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from cambist.domain.pricing.deals import Deal
from cambist.domain.pricing.evidence import Evidence
from cambist.domain.pricing.terms import Given, Side
from cambist.kernel.errors import DomainError, ErrorCode
from cambist.kernel.ids import OrderId, PartnerId, QuoteId
from cambist.kernel.replacing import replace

__all__ = ["Evidence", "FirmQuote", "issue"]


@dataclass(frozen=True, slots=True)
class FirmQuote:
    """Hold a deal somebody may take until `expires_at`, once.

    `crypto` and `fiat` are asset codes; units and mantissas are the deal's; `evidence` is the
    JSON of what it was made from; `used_by` is the order that took it.
    """

    id: QuoteId
    partner_id: PartnerId
    dialect: str
    side: Side
    given: Given
    crypto: str
    fiat: str
    method: str
    crypto_units: int
    fiat_units: int
    raw: int
    rate: int
    principal: int
    commission: int
    payment_fee: int
    network_fee: int
    evidence: str
    used_by: OrderId | None
    expires_at: datetime
    created_at: datetime

    def use(self, order_id: OrderId, partner_id: PartnerId, now: datetime) -> "FirmQuote":
        """Give the quote to an order; the moment of expiry itself is too late.

        Raises:
            DomainError: NOT_FOUND for another partner, QUOTE_USED (an expired one too, once it
                was used), QUOTE_EXPIRED.
        """
        if partner_id != self.partner_id:
            raise DomainError(ErrorCode.NOT_FOUND)
        if self.used_by is not None:
            raise DomainError(ErrorCode.QUOTE_USED)
        if now >= self.expires_at:
            raise DomainError(ErrorCode.QUOTE_EXPIRED)
        return replace(self, used_by=order_id)


def issue(
    quote_id: QuoteId,
    partner_id: PartnerId,
    dialect: str,
    method: str,
    deal: Deal,
    evidence: Evidence,
    *,
    expires_at: datetime,
    now: datetime,
) -> FirmQuote:
    """Make a deal firm until `expires_at`.

    ValueError when the evidence is of another deal, or the price would hold longer than its terms
    allow or not at all.
    """
    asked = (evidence.side, evidence.given, evidence.units, evidence.mantissa)
    if asked != (deal.side, deal.given, deal.given_units, deal.raw):
        raise ValueError("the evidence is of another deal")
    longest = timedelta(seconds=evidence.terms.rate_validity_s)
    if not timedelta(0) < expires_at - now <= longest:
        raise ValueError("a price holds as long as its terms say")
    return FirmQuote(
        quote_id,
        partner_id,
        dialect,
        deal.side,
        deal.given,
        deal.crypto.code,
        deal.fiat.code,
        method,
        deal.crypto_units,
        deal.fiat_units,
        deal.raw,
        deal.rate,
        deal.principal,
        deal.commission,
        deal.payment_fee,
        deal.network_fee,
        evidence.to_json(),
        None,
        expires_at,
        now,
    )
