"""Count a visitor who wants to order without anybody's signature."""

from dataclasses import dataclass
from datetime import datetime

from cambist.app.charging import charge
from cambist.domain.messaging.budgets import Scope, Spending
from cambist.ports.uow import UnitOfWork

HOUSE = "house"


@dataclass(frozen=True, slots=True)
class AdmitVisitor:
    """Carry the e-mail somebody typed and the site (address, or IPv6 network) he came from."""

    email: str
    site: str


async def admit_visitor(command: AdmitVisitor, uow: UnitOfWork, now: datetime) -> None:
    """Charge the visit to the mailbox, the site and the house, whatever becomes of the order.

    Raises:
        DomainError: LIMIT_EXCEEDED.
    """
    names = {
        Scope.TARGET: uow.privacy.index("mail-target", command.email.lower()),
        Scope.ADDRESS: uow.privacy.index("address", command.site),
        Scope.HOUSE: HOUSE,
    }
    await charge(uow, Spending.VISIT, names, now)
