"""Wrong versions of pricing that somebody might write; the laws must catch every one."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from fractions import Fraction

from cambist.domain.pricing.deals import Deal, price
from cambist.domain.pricing.terms import PPM, Given, Side, Terms
from cambist.kernel.errors import DomainError, ErrorCode
from cambist.kernel.rates import Rate, Rounding, divide
from tests.pricing.laws import Pricer

Change = Callable[[Terms], Terms]


def _rerounded(deal: Deal, rounding: Rounding) -> Deal:
    """Round the answer again, otherwise; the commission takes the difference."""
    step = next(step for step in deal.steps if step.name in ("fiat", "crypto"))
    result = divide(step.numerator, step.denominator, rounding)
    if step.name == "fiat":
        gain = (result - deal.fiat_units) * (1 if deal.side is Side.BUY else -1)
        return replace(deal, fiat_units=result, commission=deal.commission + gain)
    units = result - (deal.network_fee if deal.side is Side.BUY else 0)
    return replace(deal, crypto_units=units)


def half_up(side: Side, raw: Rate, terms: Terms, given: Given, units: int) -> Deal:
    """Round as schools teach."""
    return _rerounded_or_same(price(side, raw, terms, given, units), Rounding.HALF_UP)


def for_the_customer(side: Side, raw: Rate, terms: Terms, given: Given, units: int) -> Deal:
    """Round every answer the other way."""
    deal = price(side, raw, terms, given, units)
    rounding = Rounding.DOWN if given is Given.TO else Rounding.UP
    return _rerounded_or_same(deal, rounding)


def _rerounded_or_same(deal: Deal, rounding: Rounding) -> Deal:
    """Leave a deal as it is when the other rounding would leave nothing of it."""
    try:
        return _rerounded(deal, rounding)
    except ValueError:
        return deal


def rate_rounded_first(side: Side, raw: Rate, terms: Terms, given: Given, units: int) -> Deal:
    """Take the raw price to the cent before multiplying."""
    cent = 10 ** (18 - raw.quote.scale)
    mantissa = max(divide(raw.mantissa, cent, Rounding.HALF_UP), 1) * cent
    return price(side, replace(raw, mantissa=mantissa), terms, given, units)


def amount_stretched(side: Side, raw: Rate, terms: Terms, given: Given, units: int) -> Deal:
    """Answer for one unit less than was asked."""
    return price(side, raw, terms, given, max(units - 1, 1))


def rounding_kept_for_each_order(
    side: Side, raw: Rate, terms: Terms, given: Given, units: int
) -> Deal:
    """Give a unit as a courtesy to small orders."""
    deal = price(side, raw, terms, given, units)
    if given is Given.FROM and side is Side.BUY and deal.fiat_units < 1_000:
        return replace(deal, crypto_units=deal.crypto_units + 1)
    return deal


def _with_terms(change: Change) -> Pricer:
    def run(side: Side, raw: Rate, terms: Terms, given: Given, units: int) -> Deal:
        return price(side, raw, change(terms), given, units)

    return run


def _discount_from_the_price(terms: Terms) -> Terms:
    """Take the discount from the whole, not from the commission."""
    return replace(terms, commission_ppm=max(terms.commission_ppm - terms.discount_ppm, 0))


def _fee_on_fee(terms: Terms) -> Terms:
    fee = Fraction(terms.payment_fee_ppm, PPM)
    return replace(terms, payment_fee_ppm=int(fee * (1 + fee) * PPM) % PPM)


def refuses_dust(side: Side, raw: Rate, terms: Terms, given: Given, units: int) -> Deal:
    """Refuse what could still be priced."""
    deal = price(side, raw, terms, given, units)
    if deal.fiat_units < 100:
        raise DomainError(ErrorCode.AMOUNT_TOO_SMALL)
    return deal


PLANTED: Mapping[str, Pricer] = {
    "refuses what has a price": refuses_dust,
    "rounds half up": half_up,
    "rounds for the customer": for_the_customer,
    "rounds the price before the amount": rate_rounded_first,
    "prices another amount": amount_stretched,
    "is generous to small orders": rounding_kept_for_each_order,
    "takes the payment fee twice": _with_terms(
        lambda t: replace(t, payment_fee_ppm=min(t.payment_fee_ppm * 2, PPM - 1))
    ),
    "takes the fixed fee twice": _with_terms(
        lambda t: replace(t, payment_fee_units=t.payment_fee_units * 2)
    ),
    "takes a fee of the fee": _with_terms(_fee_on_fee),
    "takes a fee within as one on top": _with_terms(lambda t: replace(t, fee_on_top=True)),
    "forgets the discount": _with_terms(lambda t: replace(t, discount_ppm=0)),
    "takes the discount from the price": _with_terms(_discount_from_the_price),
    "forgets the least commission": _with_terms(lambda t: replace(t, minimum_fee_units=0)),
    "forgets the network's fee": _with_terms(lambda t: replace(t, network_fee_units=0)),
}
