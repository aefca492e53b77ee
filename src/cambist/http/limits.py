"""Decide how often one caller may ask: a token bucket a key, kept in bounded memory."""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import IPv6Address

BUCKETS_MAX = 20_000
NS = 1_000_000_000
IPV6_SITE_BYTES = 8


@dataclass(frozen=True, slots=True)
class RateLimit:
    """Allow `per_second` requests in the long run and `burst` at once."""

    per_second: int
    burst: int


class TokenBuckets:
    """Keep one bucket a key as the time at which it is full again (generic cell rate algorithm)."""

    def __init__(
        self, limit: RateLimit, monotonic_ns: Callable[[], int], buckets_max: int = BUCKETS_MAX
    ) -> None:
        self._interval = NS // limit.per_second
        self._room = self._interval * (limit.burst - 1)
        self._monotonic_ns, self._buckets_max = monotonic_ns, buckets_max
        self._full_at: OrderedDict[Hashable, int] = OrderedDict()

    def __len__(self) -> int:
        return len(self._full_at)

    def take(self, key: Hashable) -> int:
        """Take a token and return 0, or return the whole seconds until there is one."""
        now = self._monotonic_ns()
        full_at = max(self._full_at.get(key, now), now)
        ahead = full_at - now - self._room
        if ahead > 0:
            return -(-ahead // NS)
        self._full_at[key] = full_at + self._interval
        self._full_at.move_to_end(key)
        if len(self._full_at) > self._buckets_max:
            self._full_at.popitem(last=False)
        return 0

    def delay(self, key: Hashable) -> int:
        """Return the whole seconds until a token can be taken, 0 when now; takes none."""
        now = self._monotonic_ns()
        return max(0, -(-(self._full_at.get(key, now) - now - self._room) // NS))


@dataclass(frozen=True, slots=True)
class Limits:
    """Hold the buckets of a dialect: requests by address and by key, failed sign-ins by address."""

    by_address: TokenBuckets
    by_key: TokenBuckets
    failures: TokenBuckets

    @classmethod
    def build(
        cls,
        monotonic_ns: Callable[[], int],
        by_address: RateLimit = RateLimit(2_000, 4_000),
        by_key: RateLimit = RateLimit(1_000, 2_000),
        failures: RateLimit = RateLimit(2, 60),
    ) -> "Limits":
        """Make the buckets with generous defaults."""
        return cls(
            TokenBuckets(by_address, monotonic_ns),
            TokenBuckets(by_key, monotonic_ns),
            TokenBuckets(failures, monotonic_ns),
        )


def seconds_of_hour(now: datetime) -> int:
    """Count the seconds until budgets of an hour are whole again."""
    begun = now.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
    return (begun + timedelta(hours=1) - now) // timedelta(seconds=1) + 1


def site_of(address: str) -> str:
    """Name whom an address belongs to: IPv4 as it is, IPv6 by its /64, which one caller holds."""
    if ":" not in address:
        return address
    try:
        return IPv6Address(address.partition("%")[0]).packed[:IPV6_SITE_BYTES].hex()
    except ValueError:
        return address
