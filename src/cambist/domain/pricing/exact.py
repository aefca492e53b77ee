"""Decide what a price is before any rounding: fractions of whole assets, written when asked."""

from dataclasses import dataclass
from fractions import Fraction

from cambist.domain.pricing.terms import PPM, Terms
from cambist.kernel.money import format_units
from cambist.kernel.rates import RATE_SCALE, Rate, Rounding, divide

DECIMALS_MAX = 25

_ONE = Fraction(1)


def whole(units: int, scale: int) -> Fraction:
    """Turn units of `scale` decimals into whole assets."""
    return Fraction(units, 10**scale)


def raw_of(rate: Rate) -> Fraction:
    """Turn a rate into whole quote assets per whole base asset."""
    return whole(rate.mantissa, RATE_SCALE)


def commission_of(terms: Terms) -> Fraction:
    """Tell the commission less the discount, as a share of the raw price."""
    return Fraction(terms.commission_ppm * (PPM - terms.discount_ppm), PPM * PPM)


def buy_rate(raw: Fraction, commission: Fraction) -> Fraction:
    """Put the commission on what a buyer pays for one."""
    return raw * (_ONE + commission)


def sell_rate(raw: Fraction, commission: Fraction) -> Fraction:
    """Take the commission from what a seller gets for one."""
    return raw * (_ONE - commission)


def write(value: Fraction, decimals: int, rounding: Rounding) -> str:
    """Write a non-negative value with at most `decimals` (up to 25) places, no zeros at the end."""
    if not 0 <= decimals <= DECIMALS_MAX:
        raise ValueError(f"an amount has 0 to {DECIMALS_MAX} decimals")
    units = divide(value.numerator * 10**decimals, value.denominator, rounding)
    text = format_units(units, decimals)
    return text.rstrip("0").rstrip(".") if decimals else text


@dataclass(frozen=True, slots=True)
class Conditions:
    """Hold terms as fractions: shares of one, amounts of whole fiat."""

    commission: Fraction
    minimum: Fraction
    fee_share: Fraction
    fee_fixed: Fraction
    fee_on_top: bool

    @classmethod
    def of(cls, terms: Terms, fiat_scale: int) -> "Conditions":
        """Read terms whose fiat units have `fiat_scale` decimals."""
        return cls(
            commission_of(terms),
            whole(terms.minimum_fee_units, fiat_scale),
            Fraction(terms.payment_fee_ppm, PPM),
            whole(terms.payment_fee_units, fiat_scale),
            terms.fee_on_top,
        )

    def gross(self, net: Fraction) -> Fraction:
        """Put the payment fee on a net amount."""
        if self.fee_on_top:
            return net * (_ONE + self.fee_share) + self.fee_fixed
        return Fraction(net + self.fee_fixed, _ONE - self.fee_share)

    def net(self, gross: Fraction) -> Fraction:
        """Take the payment fee out of a gross amount; negative when the fee is more."""
        if self.fee_on_top:
            return Fraction(gross - self.fee_fixed, _ONE + self.fee_share)
        return gross * (_ONE - self.fee_share) - self.fee_fixed


@dataclass(frozen=True, slots=True)
class Figures:
    """Hold one exact price; crypto in whole crypto, everything else in whole fiat.

    A buyer pays fiat = principal + commission + payment_fee, a seller gets fiat = principal -
    commission - payment_fee; principal = crypto x raw. Negative when the fees eat the amount.
    """

    crypto: Fraction
    fiat: Fraction
    principal: Fraction
    commission: Fraction
    payment_fee: Fraction

    @property
    def commission_crypto(self) -> Fraction:
        """Tell the commission in crypto at the raw price."""
        return Fraction(self.commission * self.crypto, self.principal)


def buy_crypto(raw: Fraction, conditions: Conditions, crypto: Fraction) -> Figures:
    """Price a wanted amount of crypto."""
    principal = crypto * raw
    commission = max(principal * conditions.commission, conditions.minimum)
    fiat = conditions.gross(principal + commission)
    return Figures(crypto, fiat, principal, commission, fiat - principal - commission)


def buy_with(raw: Fraction, conditions: Conditions, fiat: Fraction) -> Figures:
    """Find what an amount of fiat buys: the inverse of `buy_crypto`."""
    net = conditions.net(fiat)
    principal = min(
        Fraction(net, _ONE + conditions.commission),
        net - conditions.minimum,
    )
    return Figures(Fraction(principal, raw), fiat, principal, net - principal, fiat - net)


def sell_crypto(raw: Fraction, conditions: Conditions, crypto: Fraction) -> Figures:
    """Price an amount of crypto given."""
    principal = crypto * raw
    commission = max(principal * conditions.commission, conditions.minimum)
    gross = principal - commission
    fiat = conditions.net(gross)
    return Figures(crypto, fiat, principal, commission, gross - fiat)


def sell_for(raw: Fraction, conditions: Conditions, fiat: Fraction) -> Figures:
    """Find what must be given for fiat in hand: the inverse of `sell_crypto`."""
    gross = conditions.gross(fiat)
    principal = max(
        Fraction(gross, _ONE - conditions.commission),
        gross + conditions.minimum,
    )
    return Figures(Fraction(principal, raw), fiat, principal, principal - gross, gross - fiat)
