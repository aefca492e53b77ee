"""Say what a price feed is: polled, named, honest about what it undertakes to quote."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from cambist.domain.pricing.samples import PriceSample


class FeedUnavailableError(Exception):
    """The feed gave no usable answer: down, too slow, too large, or nonsense."""


@dataclass(frozen=True, slots=True)
class PriceOverrides:
    """Hold what the sandbox's operator set: mids (mantissas) by pair, and what is down.

    An entry of `down` is a pair (`TRX_EUR`) or the name of a feed.
    """

    mids: Mapping[str, int] = field(default_factory=dict)
    down: frozenset[str] = frozenset()


class FeedPort(Protocol):
    """Ask one feed for prices.

    A sample's source is the feed's name, or `name:part` when the feed speaks for several.
    """

    @property
    def name(self) -> str:
        """Name the feed (lower case)."""

    @property
    def pairs(self) -> frozenset[str]:
        """List the pairs the feed undertakes to quote; a sample of another pair is dropped."""

    async def poll(self) -> tuple[PriceSample, ...]:
        """Fetch the newest samples; pairs without a price right now are left out.

        Raises:
            FeedUnavailableError: nothing is known this time.
        """

    async def close(self) -> None:
        """Release what the feed holds."""
