"""Decide how terms and prices of the moment are told: rates, estimates, bounds; pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from cambist.dialects.cryptoexchange import answers
from cambist.dialects.cryptoexchange.showing import money_text, rate_text, time_text
from cambist.dialects.cryptoexchange.tables import FIAT_CODES
from cambist.domain.market.assets import ASSETS
from cambist.domain.partners.partners import Partner
from cambist.domain.pricing.deals import Deal, price, rounded
from cambist.domain.pricing.exact import buy_rate, commission_of, sell_rate, whole, write
from cambist.domain.pricing.samples import pair_of
from cambist.domain.pricing.terms import Given, Side, Terms
from cambist.kernel.errors import DomainError, ErrorCode
from cambist.kernel.money import Asset
from cambist.kernel.rates import RATE_SCALE, Rate, Rounding
from cambist.ports.rulebook import LimitRule
from cambist.ports.trades import MarketTerms

PERCENT_DECIMALS = 10
RATES_MAX = 1_000
DEALS_MAX = 10_000
OUT_OF_BOUNDS = frozenset({ErrorCode.AMOUNT_TOO_SMALL, ErrorCode.AMOUNT_TOO_LARGE})


@dataclass(frozen=True, slots=True)
class Priced:
    """Hold what the market says of one pair and side."""

    crypto: Asset
    fiat: Asset
    side: Side
    market: MarketTerms

    def deal(self, given: Given, units: int) -> Deal:
        """Price an amount.

        Raises:
            DomainError: AMOUNT_TOO_SMALL, AMOUNT_TOO_LARGE.
        """
        pair = (self.crypto.code, self.fiat.code)
        return _deal(self.side, pair, self.market.raw, self.market.terms, given, units)


@lru_cache(DEALS_MAX)
def _deal(
    side: Side, pair: tuple[str, str], mantissa: int, terms: Terms, given: Given, units: int
) -> Deal:
    """Price an amount; many ask for the same one while a price lasts."""
    raw = Rate(ASSETS[pair[0]], ASSETS[pair[1]], mantissa)
    return price(side, raw, terms, given, units)


def rate_of(priced: Priced) -> int:
    """Put the commission into the price: what one whole crypto costs or brings, as a mantissa."""
    return _rate(priced.side, priced.market.raw, priced.market.terms)


@lru_cache(RATES_MAX)
def _rate(side: Side, mantissa: int, terms: Terms) -> int:
    raw, commission = whole(mantissa, RATE_SCALE), commission_of(terms)
    if side is Side.BUY:
        return rounded("rate", buy_rate(raw, commission), RATE_SCALE, Rounding.UP).result
    return rounded("rate", sell_rate(raw, commission), RATE_SCALE, Rounding.DOWN).result


def rate_out(priced: Priced, deal: Deal | None) -> answers.PairRate:
    """Show a price, with what an amount would exchange for."""
    return answers.PairRate(
        pair=pair_of(priced.crypto, priced.fiat),
        crypto=priced.crypto.code,
        fiat=priced.fiat.code,
        side=priced.side,
        rate=rate_text(rate_of(priced)),
        valid_until=time_text(priced.market.valid_until),
        estimate=None if deal is None else _estimate(deal),
    )


def _estimate(deal: Deal) -> answers.Estimate:
    return answers.Estimate(
        fiat=money_text(deal.fiat_units, deal.fiat),
        crypto=money_text(deal.crypto_units, deal.crypto),
        fee=money_text(deal.commission + deal.payment_fee, deal.fiat),
    )


def deal_or_none(priced: Priced, given: Given, units: int) -> Deal | None:
    """Price an amount, None when it is out of bounds for the pair."""
    try:
        return priced.deal(given, units)
    except DomainError as refusal:
        if refusal.code not in OUT_OF_BOUNDS:
            raise
        return None


def configuration_out(
    client: Partner, enabled: Sequence[str], buys: Sequence[Priced], rules: Sequence[LimitRule]
) -> answers.Configuration:
    """Show what holds for a client; `buys` are the pairs that have a price."""
    return answers.Configuration(
        client=answers.Client(str(client.id), client.name),
        fiat_currencies=list(FIAT_CODES),
        crypto_currencies=currencies(enabled, buys, rules),
        limits=_limits(rules),
        fees=_fees(buys),
        rate_validity_seconds=min(
            (priced.market.terms.rate_validity_s for priced in buys), default=None
        ),
        security=answers.Security(address_whitelist=False),
    )


def currencies(
    enabled: Sequence[str], buys: Sequence[Priced], rules: Sequence[LimitRule]
) -> list[answers.CryptoCurrency]:
    """Show what is traded, and how much of it an order may be about."""
    return [_currency(code, buys, rules) for code in enabled]


def _currency(
    code: str, buys: Iterable[Priced], rules: Sequence[LimitRule]
) -> answers.CryptoCurrency:
    asset = ASSETS[code]
    priced = [one for one in buys if one.crypto.code == code]
    limits = [rule_of(rules, one.fiat.code) for one in priced]
    least = [
        bound
        for one, rule in zip(priced, limits, strict=True)
        if (bound := _least(one, rule)) is not None
    ]
    most = [_most(one, rule) for one, rule in zip(priced, limits, strict=True)]
    fees = [one.market.terms.network_fee_units for one in priced]
    highest = None if None in most else max((bound for bound in most if bound), default=None)
    return answers.CryptoCurrency(
        code=code,
        chain=asset.chain or "",
        decimals=asset.scale,
        minimum=money_text(min(least), asset) if least else None,
        maximum=None if highest is None else money_text(highest, asset),
        network_fee=money_text(max(fees), asset) if fees else None,
    )


def _least(priced: Priced, rule: LimitRule | None) -> int | None:
    """Tell the crypto that the smallest order buys, None when even its fees are more."""
    units = max(priced.market.terms.minimum_units, 1, 0 if rule is None else rule.per_order_min)
    deal = deal_or_none(priced, Given.FROM, units)
    return None if deal is None else deal.crypto_units


def _most(priced: Priced, rule: LimitRule | None) -> int | None:
    """Tell the crypto that the largest order buys, None without a bound."""
    bounds = (priced.market.terms.maximum_units, None if rule is None else rule.per_order_max)
    units = min((bound for bound in bounds if bound is not None), default=None)
    deal = None if units is None else deal_or_none(priced, Given.FROM, units)
    return None if deal is None else deal.crypto_units


def _fees(buys: Sequence[Priced]) -> answers.Fees | None:
    if not buys:
        return None
    percent = max(commission_of(priced.market.terms) for priced in buys) * 100
    least: dict[str, int] = {}
    for priced in buys:
        fiat, units = priced.fiat.code, priced.market.terms.minimum_fee_units
        least[fiat] = max(least.get(fiat, 0), units)
    minimum = {fiat: money_text(units, ASSETS[fiat]) for fiat, units in least.items()}
    return answers.Fees(write(percent, PERCENT_DECIMALS, Rounding.UP), minimum)


def _limits(rules: Sequence[LimitRule]) -> answers.Limits:
    best = {fiat: rule_of(rules, fiat) for fiat in FIAT_CODES}
    return answers.Limits(
        per_order={fiat: _order_limit(rule, ASSETS[fiat]) for fiat, rule in best.items()},
        per_day={
            fiat: _bound(None if rule is None else rule.per_day, ASSETS[fiat])
            for fiat, rule in best.items()
        },
        per_month={
            fiat: _bound(None if rule is None else rule.per_month, ASSETS[fiat])
            for fiat, rule in best.items()
        },
    )


def rule_of(rules: Iterable[LimitRule], fiat: str) -> LimitRule | None:
    """Choose, as the core does, the most specific rule for a customer nothing is known of."""
    fitting = [rule for rule in rules if rule.fiat == fiat and rule.level in (None, 0)]
    return max(fitting, key=_weight, default=None)


def _weight(rule: LimitRule) -> tuple[bool, bool, bool]:
    return rule.partner_id is not None, rule.dialect is not None, rule.level is not None


def _order_limit(rule: LimitRule | None, fiat: Asset) -> answers.OrderLimit:
    if rule is None:
        return answers.OrderLimit(money_text(0, fiat), None)
    return answers.OrderLimit(
        money_text(rule.per_order_min, fiat), _bound(rule.per_order_max, fiat)
    )


def _bound(units: int | None, fiat: Asset) -> str | None:
    return None if units is None else money_text(units, fiat)
