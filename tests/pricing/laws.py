"""The laws of prices: what every price must keep, written so that any version can be judged."""

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction

import hypothesis
from hypothesis import strategies as st

from cambist.domain.market.assets import asset_of
from cambist.domain.pricing.deals import Deal
from cambist.domain.pricing.terms import Given, Side, Terms
from cambist.kernel.errors import DomainError, ErrorCode
from cambist.kernel.money import Asset, AssetKind
from cambist.kernel.rates import RATE_SCALE, Rate

Pricer = Callable[[Side, Rate, Terms, Given, int], Deal]

WHOLE_ONLY = Asset("JPY", "JPY", "A currency without cents", 0, AssetKind.FIAT)
CRYPTO = tuple(asset_of(code) for code in ("BTC", "TRX", "ETH"))
FIAT = (asset_of("EUR"), asset_of("CZK"), WHOLE_ONLY)
PPM = 1_000_000

TERMS = st.builds(
    Terms,
    commission_ppm=st.integers(0, 300_000),
    discount_ppm=st.sampled_from((0, 0, 100_000, 333_333, PPM)),
    payment_fee_ppm=st.sampled_from((0, 0, 9_900, 29_000, 333_333)),
    payment_fee_units=st.sampled_from((0, 0, 30, 500)),
    fee_on_top=st.booleans(),
    minimum_fee_units=st.sampled_from((0, 0, 1, 250)),
    network_fee_units=st.sampled_from((0, 0, 1, 1_500)),
)


@dataclass(frozen=True)
class Case:
    """Hold a market, the terms and amounts asked for one after the other."""

    side: Side
    given: Given
    raw: Rate
    terms: Terms
    amounts: tuple[int, ...]

    def ask(self, price: Pricer, units: int) -> Deal | None:
        """Price an amount; None when it is too small to be priced."""
        return ask(price, self.side, self, self.given, units)


def ask(price: Pricer, side: Side, case: Case, given: Given, units: int) -> Deal | None:
    """Price an amount of a case on any side; None when it is too small to be priced."""
    try:
        return price(side, case.raw, case.terms, given, units)
    except DomainError as refusal:
        if refusal.code is not ErrorCode.AMOUNT_TOO_SMALL:
            raise
        return None


@st.composite
def cases(draw: st.DrawFn) -> Case:
    """Draw markets from a thousandth to a million, amounts from one unit to a fortune."""
    side = draw(st.sampled_from((Side.BUY, Side.SELL)))
    given = draw(st.sampled_from(Given))
    crypto, fiat = draw(st.sampled_from(CRYPTO)), draw(st.sampled_from(FIAT))
    raw = Rate(crypto, fiat, draw(st.integers(10**15, 10**24)))
    is_fiat = (side is Side.BUY) is (given is Given.FROM)
    scale = fiat.scale + 4 if is_fiat else crypto.scale + 1
    digits = st.integers(0, scale).flatmap(lambda many: st.integers(1, 10 ** (many + 1)))
    amounts = draw(st.lists(digits, min_size=2, max_size=5))
    return Case(side, given, raw, draw(TERMS), tuple(amounts))


def total(case: Case, crypto_units: int) -> Fraction:
    """Tell by the definition, in fiat units, what so many units of crypto cost or bring."""
    raw, terms = case.raw, case.terms
    buys = case.side is Side.BUY
    moved = crypto_units + (terms.network_fee_units if buys else 0)
    scales = raw.quote.scale - raw.base.scale - RATE_SCALE
    principal = moved * raw.mantissa * Fraction(10) ** scales
    share = Fraction(terms.commission_ppm, PPM) * (1 - Fraction(terms.discount_ppm, PPM))
    commission = max(principal * share, Fraction(terms.minimum_fee_units))
    fee, fixed = Fraction(terms.payment_fee_ppm, PPM), terms.payment_fee_units
    if buys:
        net = principal + commission
        return net * (1 + fee) + fixed if terms.fee_on_top else Fraction(net + fixed, 1 - fee)
    gross = principal - commission
    return Fraction(gross - fixed, 1 + fee) if terms.fee_on_top else gross * (1 - fee) - fixed


def echoes_what_was_given(price: Pricer, case: Case) -> None:
    """Give back the amount the customer fixed, to the unit."""
    for units in case.amounts:
        deal = case.ask(price, units)
        if deal is not None:
            is_fiat = (case.side is Side.BUY) is (case.given is Given.FROM)
            assert (deal.fiat_units if is_fiat else deal.crypto_units) == units


def adds_up(price: Pricer, case: Case) -> None:
    """Make the total of the parts, none negative, and keep the least commission."""
    for units in case.amounts:
        deal = case.ask(price, units)
        if deal is not None:
            taken = deal.commission + deal.payment_fee
            sign = 1 if case.side is Side.BUY else -1
            assert deal.fiat_units == deal.principal + sign * taken
            assert min(deal.principal, deal.payment_fee, deal.network_fee) >= 0
            assert deal.commission >= case.terms.minimum_fee_units
            assert deal.network_fee == (case.terms.network_fee_units if sign == 1 else 0)


def is_exact_to_the_unit_and_never_for_the_customer(price: Pricer, case: Case) -> None:
    """Take no unit more than the definition says, and none less for the house."""
    for units in case.amounts:
        deal = case.ask(price, units)
        if deal is None:
            continue
        fiat, crypto = deal.fiat_units, deal.crypto_units
        match case.side, case.given:
            case Side.BUY, Given.TO:
                assert fiat - 1 < total(case, crypto) <= fiat
            case Side.BUY, _:
                assert total(case, crypto) <= fiat < total(case, crypto + 1)
            case _, Given.FROM:
                assert fiat <= total(case, crypto) < fiat + 1
            case _:
                assert total(case, crypto - 1) < fiat <= total(case, crypto)


def writes_a_rate_with_the_commission_in_it(price: Pricer, case: Case) -> None:
    """Write the raw price with the commission, less its discount, never for the customer."""
    terms = case.terms
    share = Fraction(terms.commission_ppm, PPM) * (1 - Fraction(terms.discount_ppm, PPM))
    sign = 1 if case.side is Side.BUY else -1
    exact = case.raw.mantissa * (1 + sign * share)
    for units in case.amounts:
        deal = case.ask(price, units)
        if deal is not None:
            assert deal.raw == case.raw.mantissa
            assert 0 <= sign * (deal.rate - exact) < 1


def refuses_only_nothing(price: Pricer, case: Case) -> None:
    """Refuse what buys or brings not one unit; what is wanted always has a price."""
    for units in case.amounts:
        if case.ask(price, units) is None:
            assert case.given is Given.FROM
            if case.side is Side.BUY:
                assert units < total(case, 1)
            else:
                assert total(case, units) < 1


def splitting_gains_nothing(price: Pricer, case: Case) -> None:
    """Bring no more, and cost no less, in many small orders than in one of their sum (T29)."""
    parts = [case.ask(price, units) for units in case.amounts]
    whole = case.ask(price, sum(case.amounts))
    if whole is None:
        assert not any(parts)
    elif case.given is Given.FROM:
        gained = [_answer(deal) for deal in parts if deal is not None]
        assert sum(gained) <= _answer(whole)
    elif all(parts):
        assert sum(_answer(deal) for deal in parts if deal is not None) >= _answer(whole)


def going_round_gains_nothing(price: Pricer, case: Case) -> None:
    """Leave who buys and sells again, or the other way, with no more than he had (T29)."""
    back = Side.SELL if case.side is Side.BUY else Side.BUY
    for units in case.amounts:
        there = case.ask(price, units)
        if there is None:
            continue
        if case.side is Side.BUY:
            again = ask(price, back, case, Given.FROM, there.crypto_units)
            assert again is None or again.fiat_units <= there.fiat_units
            needed = ask(price, back, case, Given.TO, there.fiat_units)
            assert needed is None or needed.crypto_units >= there.crypto_units
        else:
            again = ask(price, back, case, Given.FROM, there.fiat_units)
            assert again is None or again.crypto_units <= there.crypto_units
            needed = ask(price, back, case, Given.TO, there.crypto_units)
            assert needed is None or needed.fiat_units >= there.fiat_units


def _answer(deal: Deal) -> int:
    return deal.fiat_units if deal.given_asset == deal.crypto else deal.crypto_units


LAWS: tuple[Callable[[Pricer, Case], None], ...] = (
    echoes_what_was_given,
    adds_up,
    is_exact_to_the_unit_and_never_for_the_customer,
    writes_a_rate_with_the_commission_in_it,
    refuses_only_nothing,
    splitting_gains_nothing,
    going_round_gains_nothing,
)


def judge(price: Pricer, law: Callable[[Pricer, Case], None], examples: int) -> None:
    """Try a version on drawn cases; AssertionError when it breaks the law."""

    @hypothesis.settings(
        max_examples=examples,
        derandomize=True,
        database=None,
        deadline=None,
        report_multiple_bugs=False,
        phases=(hypothesis.Phase.generate,),
    )
    @hypothesis.given(cases())
    def run(case: Case) -> None:
        law(price, case)

    run()


def broken(price: Pricer, examples: int = 80) -> list[str]:
    """Name the laws a version breaks."""
    names = []
    for law in LAWS:
        try:
            judge(price, law, examples)
        except AssertionError:
            names.append(law.__name__)
    return names
