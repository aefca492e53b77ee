"""Decide constant prices, so that a test or a demo can pin every number."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta

from cambist.domain.pricing.samples import PriceSample, parse_price

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

# TRX_EUR is the seed's 0.27. EUR_USD and USDT_EUR give the vendor's rates sample for one dollar
# to its six decimals: TRX 3.538946, USDT 1.000460. The rest is plausible and round.
DEMO_MIDS: Mapping[str, int] = {
    pair: parse_price(text)
    for pair, text in {
        "TRX_EUR": "0.27",
        "USDT_EUR": "0.955076",
        "USDC_EUR": "0.9555",
        "BTC_EUR": "60000",
        "LTC_EUR": "80",
        "ETH_EUR": "2500",
        "EUR_USD": "1.0465556",
        "EUR_CZK": "25",
        "EUR_SEK": "11.2",
        "EUR_RON": "4.975",
    }.items()
}


def unix_us(moment: datetime) -> int:
    """Count whole microseconds since 1970."""
    return (moment - EPOCH) // timedelta(microseconds=1)


class SampleCounter:
    """Number samples upwards, by the clock where it moves and by one where it stands."""

    def __init__(self) -> None:
        """Start below every clock."""
        self._last = 0

    def next(self, now: datetime) -> int:
        """Give a number above all before."""
        self._last = max(self._last + 1, unix_us(now))
        return self._last


class FixedFeed:
    """Quote the same mids for ever."""

    def __init__(
        self,
        name: str,
        clock: Callable[[], datetime],
        mids: Mapping[str, int] = DEMO_MIDS,
    ) -> None:
        """Take the feed's name, the clock that dates samples, and mantissas by pair."""
        self.name = name
        self.pairs = frozenset(mids)
        self._clock = clock
        self._mids = dict(mids)
        self._counter = SampleCounter()

    async def poll(self) -> tuple[PriceSample, ...]:
        """Quote every pair as of now."""
        now = self._clock()
        seq = self._counter.next(now)
        return tuple(
            PriceSample(self.name, pair, mid, seq, now) for pair, mid in sorted(self._mids.items())
        )

    async def close(self) -> None:
        """Hold nothing."""
