"""Steps the watching use cases share: record transfers to our addresses against their orders."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from cambist.app.selling import settle_sell
from cambist.app.steps import next_numbers, payments_of, reassess, terms_of
from cambist.domain.custody.custody import Address, Place, address_key
from cambist.domain.market.assets import ASSETS
from cambist.domain.orders.orders import Order
from cambist.domain.orders.states import OrderKind
from cambist.domain.payments.payments import Payment, payment_id
from cambist.domain.payments.states import Direction, PaymentState
from cambist.kernel.events import EventName
from cambist.kernel.ids import PartnerId
from cambist.kernel.money import Money, share_half_up
from cambist.kernel.rates import Rate, Rounding
from cambist.ports.uow import UnitOfWork

HOUSE = PartnerId(UUID(int=0))
"""The partner our own money belongs to."""


@dataclass(frozen=True, slots=True)
class SeenTransfer:
    """Carry one transfer as the watcher saw it."""

    txid: str
    index: int
    asset: str
    address: str
    units: int
    sender: str | None


@dataclass(frozen=True, slots=True)
class SeenIn:
    """Name the block a transfer stands in."""

    height: int
    hash: str


async def record_transfers(
    uow: UnitOfWork,
    chain: str,
    transfers: Sequence[SeenTransfer],
    block: SeenIn | None,
    now: datetime,
) -> None:
    """Record transfers to addresses of ours, once each, and bring their orders up to date.

    Locks the orders, then the payments; transfers to other addresses are passed over, and so is
    what our own withdrawals bring back to a hot address.
    """
    found = await uow.addresses.read({address_key(chain, t.address) for t in transfers})
    ours = [t for t in transfers if address_key(chain, t.address) in found]
    ours = await _without_own_change(uow, chain, ours, found)
    targets = {t: found[address_key(chain, t.address)] for t in ours}
    order_ids = {a.order_id for a in targets.values() if a.order_id is not None}
    orders = await uow.orders.lock(sorted(order_ids))
    ids = {t: payment_id(chain, t.txid, t.index) for t in ours}
    known = await uow.payments.lock(sorted(ids.values()))
    fresh = [t for t in ours if ids[t] not in known]
    numbers = await next_numbers(uow, [targets[t].partner_id or HOUSE for t in fresh])
    touched: set[UUID] = set()
    for transfer in ours:
        address = targets[transfer]
        payment = known.get(ids[transfer])
        if payment is None:
            owner = address.partner_id or HOUSE
            order = orders.get(address.order_id)
            payment = _payment(chain, transfer, order, owner, numbers[owner], block, now)
            numbers[owner] += 1
            uow.payments.add(payment)
            if order is not None:
                orders[order.id] = _noticed(uow, order, payment)
        else:
            after = _placed(payment, block, now)
            if after == payment:
                continue
            uow.payments.save(after)
        if address.order_id is not None:
            touched.add(address.order_id)
    await reassess_all(uow, [orders[order_id] for order_id in touched], now)


async def reassess_all(uow: UnitOfWork, orders: Iterable[Order], now: datetime) -> None:
    """Bring locked incoming orders and sells up to date with their payments."""
    for order in orders:
        if order.kind is OrderKind.SELL:
            await settle_sell(uow, order, now)
            continue
        integration = await terms_of(uow, order)
        reassess(uow, order, integration, await payments_of(uow, order.id), now)


async def _without_own_change(
    uow: UnitOfWork, chain: str, transfers: list[SeenTransfer], found: dict[str, Address]
) -> list[SeenTransfer]:
    """Pass over what comes back to a hot address from a withdrawal of ours."""
    kept: list[SeenTransfer] = []
    for transfer in transfers:
        address = found[address_key(chain, transfer.address)]
        own = address.place is Place.HOT and await uow.withdrawals.where("txid", transfer.txid)
        if not own:
            kept.append(transfer)
    return kept


def _payment(
    chain: str,
    transfer: SeenTransfer,
    order: Order | None,
    owner: PartnerId,
    number: int,
    block: SeenIn | None,
    now: datetime,
) -> Payment:
    matched = order is not None and order.asset == transfer.asset
    fee, fiat_units = _worth(order, transfer) if order is not None and matched else (0, 0)
    return Payment(
        id=payment_id(chain, transfer.txid, transfer.index),
        number=number,
        partner_id=owner,
        order_id=order.id if order else None,
        direction=Direction.IN,
        state=PaymentState.PENDING,
        chain=chain,
        asset=transfer.asset,
        txid=transfer.txid,
        index=transfer.index,
        address=transfer.address,
        sender=transfer.sender,
        units=transfer.units,
        fee=fee,
        fiat_units=fiat_units,
        matched=matched,
        loss=0,
        credits=0,
        height=block.height if block else None,
        block_hash=block.hash if block else None,
        created_at=now,
        updated_at=now,
        customer_id=order.customer_id if order else None,
    )


def _worth(order: Order, transfer: SeenTransfer) -> tuple[int, int]:
    """Compute our fee and the fiat worth of a payment at the order's rate."""
    fee = share_half_up(transfer.units, order.fee_ppm)
    if order.rate is None:
        return fee, 0
    asset = ASSETS[transfer.asset]
    rate = Rate(asset, ASSETS[order.fiat], order.rate)
    return fee, rate.convert(Money(transfer.units, asset), Rounding.HALF_UP).units


def _placed(payment: Payment, block: SeenIn | None, now: datetime) -> Payment:
    """Follow a known payment to where it stands now; a credited one is left alone."""
    if payment.state is PaymentState.CONFIRMED:
        return payment
    if payment.state is PaymentState.DROPPED:
        payment = payment.step(PaymentState.PENDING, now)
    height, block_hash = (block.height, block.hash) if block else (None, None)
    if (payment.height, payment.block_hash) == (height, block_hash):
        return payment
    return replace(payment, height=height, block_hash=block_hash, updated_at=now)


def _noticed(uow: UnitOfWork, order: Order, payment: Payment) -> Order:
    return uow.emit(order, EventName.ORDER_PAYMENT_SEEN, payment=str(payment.id))
