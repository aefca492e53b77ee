"""Decide how much may be traded within rolling windows: hourly buckets, one row a subject."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from cambist.kernel.errors import DomainError, ErrorCode

DAY = timedelta(hours=24)
MONTH = timedelta(days=30)
BUCKET_S = 3_600
BUCKETS_MAX = 24 * 31


@dataclass(frozen=True, slots=True)
class TradeLimits:
    """Hold limits in units of one fiat; None is no limit."""

    per_order_min: int
    per_order_max: int | None
    per_day: int | None
    per_month: int | None

    def check_order(self, units: int, currency: str) -> None:
        """Accept one order's size.

        Raises:
            DomainError: AMOUNT_TOO_SMALL or AMOUNT_TOO_LARGE, with the limit.
        """
        if units < self.per_order_min:
            raise DomainError(
                ErrorCode.AMOUNT_TOO_SMALL, limit=self.per_order_min, currency=currency
            )
        if self.per_order_max is not None and units > self.per_order_max:
            raise DomainError(
                ErrorCode.AMOUNT_TOO_LARGE, limit=self.per_order_max, currency=currency
            )


def subject(kind: str, identity: object, fiat: str) -> str:
    """Name whose turnover is counted in which fiat: `customer:<id>:EUR`."""
    return f"{kind}:{identity}:{fiat}"


@dataclass(frozen=True, slots=True)
class Turnover:
    """Count what a subject has ordered by the hour; `buckets` are `hour=units/orders` words.

    An hour is numbered from the epoch. A window takes in every bucket it touches, so a limit is
    never exceeded within any span of its length.
    """

    subject: str
    buckets: tuple[str, ...]

    @property
    def currency(self) -> str:
        """Name the fiat that is counted."""
        return self.subject.rpartition(":")[2]

    def within(self, window: timedelta, now: datetime) -> int:
        """Sum the units ordered within a window that ends now."""
        return sum(units for _, units, _ in self._within(window, now))

    def orders_within(self, window: timedelta, now: datetime) -> int:
        """Count the orders made within a window that ends now."""
        return sum(orders for _, _, orders in self._within(window, now))

    def add(self, units: int, limits: TradeLimits, now: datetime) -> "Turnover":
        """Count an order made now.

        Raises:
            DomainError: LIMIT_EXCEEDED, with the limit, what is left of it, and their currency.
        """
        for window, limit, name in (
            (DAY, limits.per_day, "day"),
            (MONTH, limits.per_month, "month"),
        ):
            used = self.within(window, now)
            if limit is not None and used + units > limit:
                left = max(0, limit - used)
                raise DomainError(
                    ErrorCode.LIMIT_EXCEEDED,
                    limit=limit,
                    left=left,
                    currency=self.currency,
                    window=name,
                )
        return self._changed(now, now, units, 1)

    def take_back(self, units: int, ordered_at: datetime, now: datetime) -> "Turnover":
        """Uncount an order that came to nothing."""
        return self._changed(ordered_at, now, -units, -1)

    def _changed(self, at: datetime, now: datetime, units: int, orders: int) -> "Turnover":
        hour = _hour(at)
        kept = {h: (u, o) for h, u, o in self._within(MONTH, now)}
        known = kept.get(hour, (0, 0))
        kept[hour] = max(0, known[0] + units), max(0, known[1] + orders)
        words = [f"{h}={u}/{o}" for h, (u, o) in sorted(kept.items()) if u or o]
        return replace(self, buckets=tuple(words[-BUCKETS_MAX:]))

    def _within(self, window: timedelta, now: datetime) -> list[tuple[int, int, int]]:
        first = _hour(now - window)
        return [bucket for bucket in map(_parse, self.buckets) if bucket[0] >= first]


def _hour(moment: datetime) -> int:
    return int(moment.timestamp()) // BUCKET_S


def _parse(word: str) -> tuple[int, int, int]:
    hour, _, rest = word.partition("=")
    units, _, orders = rest.partition("/")
    return int(hour), int(units), int(orders)
