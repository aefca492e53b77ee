"""Steps that charge budgets: what anybody may cause us to send, how often anybody may guess."""

from collections.abc import Mapping
from datetime import datetime

from cambist.domain.messaging.budgets import Scope, Spending, needed, spend_all
from cambist.ports.uow import UnitOfWork


async def charge(
    uow: UnitOfWork, spending: Spending, names: Mapping[Scope, str], now: datetime
) -> None:
    """Charge every budget concerned, or none.

    Raises:
        DomainError: LIMIT_EXCEEDED.
    """
    wanted = needed(spending, names, now)
    known = await uow.budgets.lock([(one.key, one.window) for one in wanted])
    for budget in spend_all(wanted, list(known.values())):
        if (budget.key, budget.window) in known:
            uow.budgets.save(budget)
        else:
            uow.budgets.add(budget)
