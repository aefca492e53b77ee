"""Steps that charge budgets: what anybody may cause us to send, how often anybody may guess."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from cambist.domain.messaging.budgets import (
    Budget,
    Needed,
    Scope,
    Spending,
    has_room,
    needed,
    spend_all,
)
from cambist.ports.uow import UnitOfWork


@dataclass(frozen=True, slots=True)
class Purse:
    """Hold the locked budgets something is charged to: those needed, and those that exist."""

    wanted: tuple[Needed, ...]
    known: Mapping[tuple[str, str], Budget]

    @property
    def has_room(self) -> bool:
        """Tell whether one more could be charged."""
        return has_room(self.wanted, list(self.known.values()))


async def open_purse(
    uow: UnitOfWork, spending: Spending, names: Mapping[Scope, str], now: datetime
) -> Purse:
    """Lock every budget concerned."""
    wanted = needed(spending, names, now)
    return Purse(wanted, await uow.budgets.lock([(one.key, one.window) for one in wanted]))


def spend(uow: UnitOfWork, purse: Purse) -> None:
    """Charge every budget concerned, or none.

    Raises:
        DomainError: LIMIT_EXCEEDED.
    """
    for budget in spend_all(purse.wanted, list(purse.known.values())):
        if (budget.key, budget.window) in purse.known:
            uow.budgets.save(budget)
        else:
            uow.budgets.add(budget)


async def charge(
    uow: UnitOfWork, spending: Spending, names: Mapping[Scope, str], now: datetime
) -> None:
    """Lock every budget concerned and charge it, or none.

    Raises:
        DomainError: LIMIT_EXCEEDED.
    """
    spend(uow, await open_purse(uow, spending, names, now))
