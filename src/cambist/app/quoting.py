"""Steps that price: read market and rules, decide a deal, write the quote with its evidence."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from cambist.app.payouts import least_sent
from cambist.domain.market.assets import asset_of, chain_of
from cambist.domain.pricing.deals import Deal, price
from cambist.domain.pricing.firm import Evidence, FirmQuote, issue
from cambist.domain.pricing.samples import pair_of
from cambist.domain.pricing.terms import Given, Side, Terms
from cambist.kernel.errors import DomainError, ErrorCode
from cambist.kernel.ids import PartnerId, QuoteId
from cambist.ports.rulebook import TradeContext
from cambist.ports.uow import UnitOfWork


@dataclass(frozen=True, slots=True)
class Wish:
    """Hold what is to be priced: `units` of fiat or crypto, as `side` and `given` say."""

    partner_id: PartnerId
    dialect: str
    side: Side
    crypto: str
    fiat: str
    method: str
    level: int
    given: Given
    units: int

    @property
    def context(self) -> TradeContext:
        """Tell which rules fit."""
        pair = pair_of(asset_of(self.crypto), asset_of(self.fiat))
        return TradeContext(
            self.partner_id, self.dialect, pair, self.fiat, self.side, self.level, self.method
        )


async def quote_for(uow: UnitOfWork, wish: Wish, now: datetime) -> FirmQuote:
    """Make a firm quote; the caller stores it. Crypto that no chain carries is not traded.

    Raises:
        DomainError: ASSET_NOT_SUPPORTED, RATE_UNAVAILABLE, AMOUNT_TOO_SMALL, AMOUNT_TOO_LARGE.
    """
    crypto, fiat = asset_of(wish.crypto), asset_of(wish.fiat)
    priced = await uow.priced(crypto, fiat)
    terms = (await uow.rules()).terms(wish.context, now)
    deal = price(wish.side, priced.rate(crypto, fiat), terms, wish.given, wish.units)
    if deal.crypto_units < least_sent(chain_of(crypto)):
        raise DomainError(ErrorCode.AMOUNT_TOO_SMALL)
    evidence = Evidence.of(priced, terms, deal)
    return _issue(uow, wish, deal, terms, evidence, now)


def _issue(
    uow: UnitOfWork, wish: Wish, deal: Deal, terms: Terms, evidence: Evidence, now: datetime
) -> FirmQuote:
    return issue(
        QuoteId(uow.new_id()),
        wish.partner_id,
        wish.dialect,
        wish.method,
        deal,
        evidence,
        expires_at=now + timedelta(seconds=terms.rate_validity_s),
        now=now,
    )
