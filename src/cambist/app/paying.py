"""Steps the outgoing use cases share: promise a payout, hold its money, hand it to custody."""

from dataclasses import dataclass
from datetime import datetime

from cambist.app.payouts import check_destination, least_sent
from cambist.app.steps import next_numbers
from cambist.domain.custody.custody import Withdrawal
from cambist.domain.custody.states import WithdrawalState
from cambist.domain.ledger.accounts import partner_account
from cambist.domain.ledger.recipes import fee_returned
from cambist.domain.market.assets import asset_of, chain_of
from cambist.domain.orders.orders import Order
from cambist.domain.orders.states import OrderKind, OrderState
from cambist.domain.partners.partners import Integration
from cambist.domain.payments.payments import Payment, outgoing_payment_id
from cambist.domain.payments.states import Direction, PaymentState
from cambist.kernel.errors import DomainError, ErrorCode
from cambist.kernel.events import EventName
from cambist.kernel.ids import OrderId
from cambist.kernel.money import Asset, Money, share_half_up
from cambist.kernel.rates import Rate, Rounding
from cambist.ports.uow import UnitOfWork


@dataclass(frozen=True, slots=True)
class PromisedOrder:
    """Answer with the outgoing order and the number of its transaction."""

    order_id: OrderId
    payment_number: int


@dataclass(frozen=True, slots=True)
class Payout:
    """Describe what is to be promised: units of an asset to a destination."""

    kind: OrderKind
    asset: Asset
    units: int
    destination: str
    source: str | None = None
    parent: Order | None = None
    external_id: str | None = None
    free: bool = False


async def check_payout(uow: UnitOfWork, asset: Asset, units: int, destination: str) -> None:
    """Refuse a payout of next to nothing, to no valid address or to our own purse.

    Raises:
        DomainError: ASSET_NOT_SUPPORTED, AMOUNT_TOO_SMALL, ADDRESS_INVALID.
    """
    chain = chain_of(asset)
    if units < least_sent(chain):
        raise DomainError(ErrorCode.AMOUNT_TOO_SMALL, field="amount")
    await check_destination(uow, chain.id, destination, "destinationAddress")


async def promise(
    uow: UnitOfWork,
    integration: Integration,
    payout: Payout,
    now: datetime,
    *,
    giving_back: int = 0,
) -> PromisedOrder:
    """Hold the money, open the outgoing order with its payment, and queue the withdrawal.

    `giving_back` units of our fee are given back first.

    Raises:
        DomainError: INSUFFICIENT_BALANCE, RATE_UNAVAILABLE.
    """
    fee = 0 if payout.free else share_half_up(payout.units, integration.payout_fee_ppm)
    rate = await uow.rate(payout.asset, asset_of(integration.fiat))
    numbers = await next_numbers(uow, [integration.partner_id])
    account = partner_account(integration.partner_id, payout.asset.code)
    await uow.ledger.lock([account])
    order = _order(uow, integration, payout, fee, rate, now)
    if giving_back:
        posting = fee_returned(account, giving_back)
        uow.ledger.post(posting, f"fee-returned:{order.id}", order.id)
    uow.ledger.hold(account, payout.units + fee, order.id)
    uow.orders.add(order)
    uow.emit(order, EventName.ORDER_CREATED)
    payment = _payment(order, payout, rate, numbers[integration.partner_id], now)
    uow.payments.add(payment)
    uow.withdrawals.add(_withdrawal(order, payout, now))
    return PromisedOrder(order.id, payment.number)


def _order(
    uow: UnitOfWork, integration: Integration, payout: Payout, fee: int, rate: Rate, now: datetime
) -> Order:
    return Order(
        id=OrderId(uow.new_id()),
        kind=payout.kind,
        state=OrderState.CREATED,
        labels=frozenset(),
        partner_id=integration.partner_id,
        integration_id=integration.id,
        asset=payout.asset.code,
        amount=payout.units,
        fiat=integration.fiat,
        rate=rate.mantissa,
        fee_ppm=0 if payout.free else integration.payout_fee_ppm,
        address=payout.destination,
        source_address=payout.source,
        parent_id=payout.parent.id if payout.parent else None,
        received=0,
        confirmed=0,
        fee=fee,
        refunded=0,
        returned=0,
        required_confirmations=chain_of(payout.asset).confirmations,
        external_id=payout.external_id,
        customer=None,
        expires_at=None,
        created_at=now,
        updated_at=now,
        seq=0,
    )


def _payment(order: Order, payout: Payout, rate: Rate, number: int, now: datetime) -> Payment:
    chain = chain_of(payout.asset)
    return Payment(
        id=outgoing_payment_id(order.id),
        number=number,
        partner_id=order.partner_id,
        order_id=order.id,
        direction=Direction.OUT,
        state=PaymentState.PENDING,
        chain=chain.id,
        asset=payout.asset.code,
        txid=None,
        index=0,
        address=payout.destination,
        sender=payout.source,
        units=payout.units,
        fee=order.fee,
        fiat_units=rate.convert(Money(payout.units, payout.asset), Rounding.HALF_UP).units,
        matched=True,
        loss=0,
        credits=0,
        height=None,
        block_hash=None,
        created_at=now,
        updated_at=now,
    )


def _withdrawal(order: Order, payout: Payout, now: datetime) -> Withdrawal:
    return Withdrawal(
        id=order.id,
        order_id=order.id,
        partner_id=order.partner_id,
        state=WithdrawalState.ACCEPTED,
        chain=chain_of(payout.asset).id,
        asset=payout.asset.code,
        destination=payout.destination,
        source=payout.source,
        units=payout.units,
        fee=order.fee,
        network_fee=0,
        nonce=None,
        change_units=0,
        raw=None,
        txid=None,
        attempts=0,
        reason=None,
        created_at=now,
        updated_at=now,
    )
