"""Credit a payment that has enough confirmations."""

from dataclasses import dataclass, replace
from datetime import datetime

from cambist.app.receiving import reassess_all
from cambist.domain.custody.custody import Coin, address_key, coin_id
from cambist.domain.ledger.accounts import AccountRef, party_account
from cambist.domain.ledger.journals import Posting
from cambist.domain.ledger.recipes import (
    house_funded,
    pay_in_confirmed,
    pay_in_restored,
    suspense_received,
)
from cambist.domain.market.assets import CHAINS
from cambist.domain.payments.payments import Payment
from cambist.domain.payments.states import PaymentState
from cambist.kernel.errors import DomainError, ErrorCode
from cambist.kernel.events import EventName
from cambist.kernel.ids import OrderId, PaymentId
from cambist.ports.uow import UnitOfWork


@dataclass(frozen=True, slots=True)
class ConfirmPayment:
    """Name a payment the watcher believes final; `order_id` is None for the house's own."""

    payment_id: PaymentId
    order_id: OrderId | None
    chain: str


async def confirm_payment(command: ConfirmPayment, uow: UnitOfWork, now: datetime) -> bool:
    """Book the payment and let its coin be spent; return whether it was due.

    The confirmations are counted here again, against the cursor, under the payment's lock.

    Raises:
        DomainError: NOT_FOUND.
    """
    cursor = await uow.cursors.peek(command.chain)
    orders = await uow.orders.lock([command.order_id] if command.order_id else [])
    payment = await uow.payments.get(command.payment_id)
    order = orders.get(payment.order_id)
    required = order.required_confirmations if order else CHAINS[command.chain].confirmations
    counted = payment.confirmations(cursor.height) if cursor else 0
    if payment.state is not PaymentState.PENDING or counted < required:
        return False
    await _make_spendable(uow, payment)
    if payment.matched:
        await uow.ledger.lock([_party(payment)])
    reference = f"credit:{payment.id}:{payment.credits + 1}"
    uow.ledger.post(_posting(payment), reference, payment.order_id)
    credited = payment.step(PaymentState.CONFIRMED, now)
    uow.payments.save(replace(credited, credits=payment.credits + 1, loss=0))
    if order is not None:
        fee = order.fee + (payment.fee if payment.credits == 0 else 0)
        noticed = uow.emit(
            replace(order, fee=fee), EventName.ORDER_PAYMENT_CONFIRMED, payment=str(payment.id)
        )
        await reassess_all(uow, [noticed], now)
    return True


def _posting(payment: Payment) -> Posting:
    asset, chain, units = payment.asset, payment.chain, payment.units
    if payment.order_id is None:
        return house_funded(chain, asset, units)
    if not payment.matched:
        return suspense_received(chain, asset, units)
    if payment.loss:
        return pay_in_restored(_party(payment), chain, units, payment.fee, payment.loss)
    return pay_in_confirmed(_party(payment), chain, units, payment.fee)


def _party(payment: Payment) -> AccountRef:
    return party_account(payment.partner_id, payment.customer_id, payment.asset)


async def _make_spendable(uow: UnitOfWork, payment: Payment) -> None:
    address = await uow.addresses.peek(address_key(payment.chain, payment.address))
    if payment.txid is None or address is None:
        raise DomainError(ErrorCode.NOT_FOUND)
    key = coin_id(payment.chain, payment.txid, payment.index)
    known = await uow.coins.peek(key)
    if known is not None:
        uow.coins.save(replace(known, ready=True))
        return
    uow.coins.add(
        Coin(
            id=key,
            chain=payment.chain,
            asset=payment.asset,
            address=payment.address,
            place=address.place,
            number=address.number,
            txid=payment.txid,
            vout=payment.index,
            units=payment.units,
            ready=True,
            spent_by=None,
        )
    )
