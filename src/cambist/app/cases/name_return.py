"""Take the address a cancelled sell's crypto goes back to, and send it there."""

from dataclasses import dataclass, replace
from datetime import datetime

from cambist.app.payouts import Sending, check_destination, next_number, send_crypto_of
from cambist.app.trading import open_case_of, own_trade
from cambist.domain.compliance.cases import CaseKind, CaseState
from cambist.domain.ledger.accounts import customer_account
from cambist.domain.market.assets import asset_of, chain_of
from cambist.domain.orders.states import OrderState
from cambist.kernel.errors import DomainError, ErrorCode
from cambist.kernel.events import EventName
from cambist.kernel.ids import OrderId, PartnerId
from cambist.ports.uow import UnitOfWork


@dataclass(frozen=True, slots=True)
class NameReturn:
    """Carry where the crypto goes back to."""

    order_id: OrderId
    partner_id: PartnerId | None
    address: str


async def name_return(command: NameReturn, uow: UnitOfWork, now: datetime) -> None:
    """Send back all that came, once it is final; the network's fee is the house's.

    Raises:
        DomainError: NOT_FOUND, CASE_NOT_OPEN, ADDRESS_INVALID, INVALID_STATE while some of it is
            not final, INSUFFICIENT_BALANCE.
    """
    order, trade = await own_trade(uow, command.order_id, command.partner_id)
    case = await open_case_of(uow, order, CaseKind.RETURN)
    chain = chain_of(asset_of(trade.crypto))
    if command.address == order.address:
        raise DomainError(ErrorCode.ADDRESS_INVALID, field="btc_address")
    await check_destination(uow, chain.id, command.address, "btc_address")
    if order.received != order.confirmed:
        raise DomainError(ErrorCode.INVALID_STATE, machine="payment", state="pending")
    number = await next_number(uow, order)
    await uow.ledger.lock([customer_account(trade.customer_id, trade.crypto)])
    uow.cases.save(case.step(CaseState.ACCEPTED, now))
    sending = Sending(command.address, order.confirmed, number)
    send_crypto_of(uow, order, trade, sending, now)
    returning = replace(order.step(OrderState.RETURNING, now), expires_at=None)
    uow.emit(returning, EventName.ORDER_RETURNING)
