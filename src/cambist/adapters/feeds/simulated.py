"""Decide sandbox prices: a seeded walk anybody can recompute, unless somebody pinned the mid."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from hashlib import blake2b

from cambist.adapters.feeds.fixed import DEMO_MIDS, SampleCounter, unix_us
from cambist.domain.pricing.crosses import complete
from cambist.domain.pricing.quotes import PriceQuote
from cambist.domain.pricing.samples import PriceSample
from cambist.kernel.rates import Rounding, divide
from cambist.ports.feed import FeedUnavailableError, PriceOverrides

PPM = 1_000_000
# Knots lie a period apart, straight lines between; slow periods weigh more, as in a walk.
PERIODS_AND_WEIGHTS = ((8, 1), (64, 3), (512, 6))

Overrides = Callable[[], Awaitable[PriceOverrides]]


def walk_ppm(seed: int, pair: str, tick: int, amplitude_ppm: int) -> int:
    """Tell how far from its start a price is at a tick, in ppm within ±`amplitude_ppm`.

    A pure function: no state, so any tick can be recomputed alone.
    """
    total = 0
    for period, weight in PERIODS_AND_WEIGHTS:
        knot, along = divmod(tick, period)
        start, end = (_knot(seed, pair, period, at) for at in (knot, knot + 1))
        total += weight * (start * (period - along) + end * along) // period
    weights = sum(weight for _, weight in PERIODS_AND_WEIGHTS)
    swing = divide(abs(total) * amplitude_ppm, PPM * weights, Rounding.DOWN)
    return swing if total >= 0 else -swing


def _knot(seed: int, pair: str, period: int, at: int) -> int:
    """Draw a number in ±PPM from the hash of its place."""
    digest = blake2b(f"{seed}:{pair}:{period}:{at}".encode(), digest_size=8).digest()
    return int.from_bytes(digest) % (2 * PPM + 1) - PPM


class SimulatedFeed:
    """Quote every wanted pair from start mids, a walk and what the sandbox has pinned.

    Pairs without a start mid follow from the others, so pinning TRX_EUR moves TRX_CZK too.
    Two feeds of one seed agree; amplitude 0, the default, keeps every start mid exactly.
    """

    def __init__(
        self,
        name: str,
        clock: Callable[[], datetime],
        overrides: Overrides,
        wanted: frozenset[str],
        *,
        seed: int = 0,
        amplitude_ppm: Mapping[str, int] | None = None,
        tick_s: int = 2,
        mids: Mapping[str, int] = DEMO_MIDS,
    ) -> None:
        """Take amplitudes by pair (ppm below one million) and the length of a tick."""
        self.name = name
        self.pairs = wanted | frozenset(mids)
        self._clock = clock
        self._overrides = overrides
        self._seed = seed
        self._amplitude_ppm = dict(amplitude_ppm or {})
        if any(not 0 <= ppm < PPM for ppm in self._amplitude_ppm.values()):
            raise ValueError("an amplitude is a share of the price, in ppm below one million")
        self._tick_us = tick_s * PPM
        self._mids = dict(mids)
        self._counter = SampleCounter()

    async def poll(self) -> tuple[PriceSample, ...]:
        """Quote every pair that is not down.

        Raises:
            FeedUnavailableError: the sandbox took this feed down.
        """
        overrides = await self._overrides()
        if self.name in overrides.down:
            raise FeedUnavailableError(f"{self.name} was taken down")
        now = self._clock()
        seq = self._counter.next(now)
        return tuple(
            PriceSample(self.name, pair, mid, seq, now)
            for pair, mid in sorted(self._all_mids(now, overrides.mids).items())
            if pair not in overrides.down
        )

    async def close(self) -> None:
        """Hold nothing."""

    def _all_mids(self, now: datetime, pinned: Mapping[str, int]) -> dict[str, int]:
        tick = unix_us(now) // self._tick_us
        known = {pair: self._walked(pair, mid, tick) for pair, mid in self._mids.items()}
        known.update((pair, mid) for pair, mid in pinned.items() if pair in self.pairs)
        quotes = {pair: PriceQuote(pair, mid, now, (self.name,)) for pair, mid in known.items()}
        full = complete(quotes, self.pairs, frozenset(known))
        return {pair: quote.mantissa for pair, quote in full.items()}

    def _walked(self, pair: str, mid: int, tick: int) -> int:
        moved = walk_ppm(self._seed, pair, tick, self._amplitude_ppm.get(pair, 0))
        return divide(mid * (PPM + moved), PPM, Rounding.HALF_UP)
