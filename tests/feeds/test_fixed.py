"""Prove that the fixed feed says the seed's numbers, for ever, under growing numbers."""

from datetime import UTC, datetime

from cambist.adapters.feeds.fixed import DEMO_MIDS, FixedFeed, SampleCounter, unix_us
from cambist.domain.market.assets import asset_of
from cambist.domain.pricing.crosses import complete
from cambist.domain.pricing.quotes import PriceQuote
from cambist.domain.pricing.samples import pair_of, parse_price
from cambist.kernel.money import Money, format_units
from cambist.kernel.rates import Rate, Rounding
from cambist.workers.prices import WANTED_PAIRS

NOW = datetime(2026, 11, 1, tzinfo=UTC)


def all_quotes() -> dict[str, PriceQuote]:
    direct = {pair: PriceQuote(pair, mid, NOW, ("fixed",)) for pair, mid in DEMO_MIDS.items()}
    return complete(direct, WANTED_PAIRS, frozenset(direct))


async def test_every_pair_is_quoted_at_its_mid_as_of_now() -> None:
    feed = FixedFeed("fixed", lambda: NOW)
    found = {sample.pair: sample for sample in await feed.poll()}
    assert {pair: sample.mantissa for pair, sample in found.items()} == DEMO_MIDS
    assert {sample.taken_at for sample in found.values()} == {NOW}
    assert feed.pairs == set(DEMO_MIDS)


async def test_seq_grows_while_the_clock_stands() -> None:
    feed = FixedFeed("fixed", lambda: NOW)
    first, second = [(await feed.poll())[0].seq for _ in range(2)]
    assert (first, second) == (unix_us(NOW), unix_us(NOW) + 1)


def test_counter_never_goes_back_with_the_clock() -> None:
    counter = SampleCounter()
    high = counter.next(NOW)
    assert counter.next(NOW.replace(year=2020)) == high + 1


def test_one_trx_is_twenty_seven_cents() -> None:
    trx, eur = asset_of("TRX"), asset_of("EUR")
    rate = all_quotes()[pair_of(trx, eur)].rate(trx, eur)
    assert str(rate.convert(Money(1_000_000, trx), Rounding.HALF_UP)) == "0.27"


def test_one_dollar_buys_what_the_vendors_sample_says() -> None:
    quotes, usd = all_quotes(), asset_of("USD")

    def per_dollar(code: str) -> str:
        asset = asset_of(code)
        rate: Rate = quotes[pair_of(asset, usd)].rate(asset, usd)
        return format_units(rate.invert(Money(100, usd), Rounding.HALF_UP).units, 6)

    assert per_dollar("TRX") == "3.538946"
    assert per_dollar("USDT_TRC20") == "1.000460"


def test_every_crypto_asset_is_priced_in_every_fiat() -> None:
    assert set(all_quotes()) >= WANTED_PAIRS
    assert len(WANTED_PAIRS) == 30
    assert all_quotes()["TRX_CZK"].mantissa == parse_price("6.75")
