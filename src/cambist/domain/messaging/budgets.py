"""Decide how many codes and mails anybody may cause, and how many wrong tries anybody has."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from cambist.kernel.errors import DomainError, ErrorCode

TARGET_PER_DAY = 5
ORDER_PER_HOUR = 3
ADDRESS_PER_DAY = 20
PARTNER_PER_DAY = 2_000
RESEND_GAP_S = 60

LINKS_PER_ORDER_HOUR = 20
"""Links a partner may hand on itself, to somebody without a mailbox."""

WRONG_PER_TARGET_DAY = 25
WRONG_PER_ADDRESS_DAY = 50
WRONG_PER_HOUSE_HOUR = 1_000
"""A breaker for the whole house: tries spread over many accounts still add up (T64)."""

VISITS_PER_TARGET_DAY = 5
VISITS_PER_ADDRESS_HOUR = 30
VISITS_PER_HOUSE_HOUR = 2_000
"""Orders nobody signed for: each writes to a mailbox that somebody typed (T2, T65)."""

NAME_LENGTH_MAX = 200


class Window(StrEnum):
    """Name how long a budget lasts, by the calendar in UTC."""

    HOUR = "hour"
    DAY = "day"


class Scope(StrEnum):
    """Name who has a budget: a number or mailbox, an order, an IP address, a partner, the house."""

    TARGET = "target"
    ORDER = "order"
    ADDRESS = "address"
    PARTNER = "partner"
    HOUSE = "house"


class Spending(StrEnum):
    """Name what a budget is of."""

    SEND = "send"
    WRONG_TRY = "wrong-try"
    VISIT = "visit"
    LINK = "link"


@dataclass(frozen=True, slots=True)
class Allowance:
    """Grant a scope so many of something in each window."""

    spending: Spending
    scope: Scope
    window: Window
    limit: int


ALLOWANCES: Sequence[Allowance] = (
    Allowance(Spending.SEND, Scope.TARGET, Window.DAY, TARGET_PER_DAY),
    Allowance(Spending.SEND, Scope.ORDER, Window.HOUR, ORDER_PER_HOUR),
    Allowance(Spending.SEND, Scope.ADDRESS, Window.DAY, ADDRESS_PER_DAY),
    Allowance(Spending.SEND, Scope.PARTNER, Window.DAY, PARTNER_PER_DAY),
    Allowance(Spending.WRONG_TRY, Scope.TARGET, Window.DAY, WRONG_PER_TARGET_DAY),
    Allowance(Spending.WRONG_TRY, Scope.ADDRESS, Window.DAY, WRONG_PER_ADDRESS_DAY),
    Allowance(Spending.WRONG_TRY, Scope.HOUSE, Window.HOUR, WRONG_PER_HOUSE_HOUR),
    Allowance(Spending.VISIT, Scope.TARGET, Window.DAY, VISITS_PER_TARGET_DAY),
    Allowance(Spending.VISIT, Scope.ADDRESS, Window.HOUR, VISITS_PER_ADDRESS_HOUR),
    Allowance(Spending.VISIT, Scope.HOUSE, Window.HOUR, VISITS_PER_HOUSE_HOUR),
    Allowance(Spending.LINK, Scope.ORDER, Window.HOUR, LINKS_PER_ORDER_HOUR),
)


@dataclass(frozen=True, slots=True)
class Budget:
    """Count what was spent of one budget in one window; the row is of no use after `ends_at`."""

    key: str
    window: str
    used: int
    ends_at: datetime

    def spend(self, limit: int) -> "Budget":
        """Return the budget with one more spent.

        Raises:
            DomainError: LIMIT_EXCEEDED when nothing is left.
        """
        if self.used >= limit:
            raise DomainError(ErrorCode.LIMIT_EXCEEDED, limit=limit)
        return replace(self, used=self.used + 1)


@dataclass(frozen=True, slots=True)
class Needed:
    """Say which budget must be loaded (by `key` and `window`) and what it may be spent up to."""

    key: str
    window: str
    limit: int
    ends_at: datetime

    def fresh(self) -> Budget:
        """Make the budget for when nothing was spent yet."""
        return Budget(self.key, self.window, 0, self.ends_at)


def needed(spending: Spending, names: Mapping[Scope, str], now: datetime) -> tuple[Needed, ...]:
    """List the budgets something is charged to, in the order in which they are to be locked.

    `names` tells who is concerned in each scope, personal ones as blind index in hex, since keys
    are stored as they are; a scope that is left out is not charged.

    Raises:
        ValueError: a name that is empty or longer than NAME_LENGTH_MAX.
    """
    found = []
    for allowance in ALLOWANCES:
        name = names.get(allowance.scope)
        if allowance.spending is not spending or name is None:
            continue
        if not 0 < len(name) <= NAME_LENGTH_MAX:
            raise ValueError(f"{allowance.scope.value}: whose budget?")
        window, ends_at = _window(allowance.window, now)
        key = f"{spending.value}:{allowance.scope.value}:{name}"
        found.append(Needed(key, window, allowance.limit, ends_at))
    return tuple(sorted(found, key=lambda one: (one.key, one.window)))


def spend_all(wanted: Sequence[Needed], stored: Sequence[Budget]) -> tuple[Budget, ...]:
    """Spend one of each budget or of none; `stored` are those that exist, in any order.

    Raises:
        DomainError: LIMIT_EXCEEDED when any has nothing left.
    """
    by_key = {(budget.key, budget.window): budget for budget in stored}
    return tuple(by_key.get((one.key, one.window), one.fresh()).spend(one.limit) for one in wanted)


def has_room(wanted: Sequence[Needed], stored: Sequence[Budget]) -> bool:
    """Tell whether one of each budget could be spent."""
    used = {(budget.key, budget.window): budget.used for budget in stored}
    return all(used.get((one.key, one.window), 0) < one.limit for one in wanted)


def require_gap(last_sent_at: datetime | None, now: datetime) -> None:
    """Refuse to send again sooner than RESEND_GAP_S after the last time.

    Raises:
        DomainError: LIMIT_EXCEEDED with `retry_after_s`.
    """
    if last_sent_at is None:
        return
    waited = (now - last_sent_at) // timedelta(seconds=1)
    if waited < RESEND_GAP_S:
        left = RESEND_GAP_S - max(0, waited)
        raise DomainError(ErrorCode.LIMIT_EXCEEDED, retry_after_s=left)


def _window(window: Window, now: datetime) -> tuple[str, datetime]:
    at = now.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
    if window is Window.HOUR:
        return at.strftime("%Y-%m-%dT%H"), at + timedelta(hours=1)
    day = at.replace(hour=0)
    return day.strftime("%Y-%m-%d"), day + timedelta(days=1)
