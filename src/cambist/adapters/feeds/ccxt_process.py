"""Decide what to believe of the exchange child: plain decimals, sane books, pairs asked for."""

import re
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from cambist.adapters.feeds.fixed import EPOCH, SampleCounter
from cambist.adapters.feeds.line_child import ChildFailedError, LineChild
from cambist.domain.pricing.samples import PriceSample, mid_of, parse_price
from cambist.kernel.errors import DomainError
from cambist.ports.feed import FeedUnavailableError

CHILD_COMMAND = (sys.executable, "-m", "cambist.adapters.feeds.ccxt_child")
# What a child may know of our environment: how to find Python and a way out. No secret.
CHILD_ENV_NAMES = ("PATH", "PYTHONPATH", "LANG", "SSL_CERT_FILE", "HTTPS_PROXY")
EXCHANGES_MAX = 8
TICKERS_MAX = 500
AT_MS_MAX = 10**14

_EXCHANGE = re.compile(r"[a-z0-9]{2,20}", re.ASCII)


class CcxtFeed:
    """Speak for several exchanges; the source of a sample is `name:exchange`.

    The mid is the middle of bid and ask. The last trade is not asked for: it can be made by one
    trade of little value (T33).
    """

    def __init__(
        self,
        name: str,
        exchanges: Sequence[str],
        pairs: frozenset[str],
        clock: Callable[[], datetime],
        environ: Mapping[str, str],
        *,
        timeout_s: int = 10,
        command: Sequence[str] = CHILD_COMMAND,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        """Take the exchanges' names as ccxt spells them; starts nothing yet.

        `environ` is our environment, of which the child gets CHILD_ENV_NAMES. ValueError when
        no exchange, too many, or a name that can be no module is given.
        """
        if not 0 < len(exchanges) <= EXCHANGES_MAX or len(set(exchanges)) != len(exchanges):
            raise ValueError(f"name 1 to {EXCHANGES_MAX} exchanges, each once")
        if not all(_EXCHANGE.fullmatch(exchange) for exchange in exchanges):
            raise ValueError("an exchange's name is lower case letters and digits")
        self.name = name
        self.pairs = pairs
        self._exchanges = tuple(exchanges)
        self._clock = clock
        self._counter = SampleCounter()
        self._timeout_s = timeout_s
        env = {key: environ[key] for key in CHILD_ENV_NAMES if key in environ}
        self._child = LineChild(command, env, monotonic, timeout_s)

    async def poll(self) -> tuple[PriceSample, ...]:
        """Ask every exchange once; those that fail or talk nonsense are left out.

        Raises:
            FeedUnavailableError: the child failed, or no exchange gave a single price.
        """
        question = {
            "exchanges": self._exchanges,
            "pairs": sorted(self.pairs),
            # The child gives up first, so that one slow exchange does not cost the others.
            "timeout_ms": self._timeout_s * 750,
        }
        try:
            answer = await self._child.ask(question)
        except ChildFailedError as failed:
            raise FeedUnavailableError(f"the exchange child {failed}") from failed
        tickers = answer.get("tickers")
        if not isinstance(tickers, list) or len(tickers) > TICKERS_MAX:
            raise FeedUnavailableError("the exchange child sent no list of tickers")
        now = self._clock()
        seq = self._counter.next(now)
        samples = tuple(
            sample
            for sample in (self._sample(ticker, seq, now) for ticker in tickers)
            if sample is not None
        )
        if not samples:
            raise FeedUnavailableError("no exchange gave a price")
        return samples

    async def close(self) -> None:
        """End the child."""
        await self._child.close()

    def _sample(self, ticker: Any, seq: int, now: datetime) -> PriceSample | None:
        """Read one ticker, None when anything about it is not as agreed."""
        if not isinstance(ticker, dict):
            return None
        exchange, pair = ticker.get("exchange"), ticker.get("pair")
        bid, ask, at_ms = ticker.get("bid"), ticker.get("ask"), ticker.get("at_ms")
        if exchange not in self._exchanges or not isinstance(pair, str) or pair not in self.pairs:
            return None
        if not isinstance(bid, str) or not isinstance(ask, str):
            return None
        if at_ms is not None and (type(at_ms) is not int or not 0 <= at_ms <= AT_MS_MAX):
            return None
        taken_at = now if at_ms is None else EPOCH + timedelta(milliseconds=at_ms)
        try:
            mid = mid_of(parse_price(bid), parse_price(ask))
            return PriceSample(f"{self.name}:{exchange}", pair, mid, seq, taken_at)
        except DomainError:
            return None
