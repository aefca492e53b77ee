"""Take the address a sell's crypto goes back to, as far as it is not exchanged, and send it."""

from dataclasses import dataclass
from datetime import datetime

from cambist.app.giving_back import return_crypto
from cambist.app.trading import open_case_of, own_trade
from cambist.domain.compliance.cases import CaseKind, CaseState
from cambist.kernel.ids import OrderId, PartnerId
from cambist.ports.uow import UnitOfWork


@dataclass(frozen=True, slots=True)
class NameReturn:
    """Carry where the crypto goes back to."""

    order_id: OrderId
    partner_id: PartnerId | None
    address: str


async def name_return(command: NameReturn, uow: UnitOfWork, now: datetime) -> None:
    """Send back all that came and is not exchanged, once it is final.

    Raises:
        DomainError: NOT_FOUND, CASE_NOT_OPEN, ADDRESS_INVALID, INVALID_STATE while some of it is
            not final, INSUFFICIENT_BALANCE.
    """
    order, trade = await own_trade(uow, command.order_id, command.partner_id)
    case = await open_case_of(uow, order, CaseKind.RETURN)
    uow.cases.save(case.step(CaseState.ACCEPTED, now))
    await return_crypto(uow, order, trade, command.address, now)
