"""Make a firm quote that an order may be opened with, once and in time."""

from dataclasses import dataclass
from datetime import datetime

from cambist.app.quoting import Wish, quote_for
from cambist.domain.pricing.terms import Given, Side
from cambist.kernel.ids import PartnerId, QuoteId
from cambist.ports.uow import UnitOfWork


@dataclass(frozen=True, slots=True)
class PlaceQuote:
    """Ask for a price that holds; `units` of fiat or crypto, as side and given say."""

    partner_id: PartnerId
    dialect: str
    side: Side
    crypto: str
    fiat: str
    method: str
    given: Given
    units: int


@dataclass(frozen=True, slots=True)
class PlacedQuote:
    """Answer with the quote: units of both sides, rate as a mantissa, and until when it holds."""

    quote_id: QuoteId
    crypto_units: int
    fiat_units: int
    rate: int
    commission: int
    payment_fee: int
    network_fee: int
    expires_at: datetime


async def place_quote(command: PlaceQuote, uow: UnitOfWork, now: datetime) -> PlacedQuote:
    """Price the wish by market and rules, and keep the quote with its evidence.

    Raises:
        DomainError: ASSET_NOT_SUPPORTED, RATE_UNAVAILABLE, AMOUNT_TOO_SMALL, AMOUNT_TOO_LARGE.
    """
    wish = Wish(
        partner_id=command.partner_id,
        dialect=command.dialect,
        side=command.side,
        crypto=command.crypto,
        fiat=command.fiat,
        method=command.method,
        level=0,
        given=command.given,
        units=command.units,
    )
    quote = await quote_for(uow, wish, now)
    uow.quotes.add(quote)
    return PlacedQuote(
        quote_id=quote.id,
        crypto_units=quote.crypto_units,
        fiat_units=quote.fiat_units,
        rate=quote.rate,
        commission=quote.commission,
        payment_fee=quote.payment_fee,
        network_fee=quote.network_fee,
        expires_at=quote.expires_at,
    )
