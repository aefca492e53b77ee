"""Steps that give a customer's money back: fiat to where it came from, crypto to where he says."""

from dataclasses import replace
from datetime import datetime

from cambist.app.payouts import (
    Sending,
    check_destination,
    least_sent,
    next_number,
    queue_payout,
    send_crypto_of,
)
from cambist.app.selling import sent_of
from cambist.app.steps import payments_of
from cambist.app.trading import ask_for_return, hold_for
from cambist.domain.compliance.cases import CaseKind
from cambist.domain.ledger.accounts import HoldState, customer_account
from cambist.domain.market.assets import asset_of, chain_of
from cambist.domain.orders.orders import Order
from cambist.domain.orders.states import OrderKind, OrderState
from cambist.domain.orders.trades import Trade, due_back
from cambist.domain.payments.bank import BankPayoutState
from cambist.domain.payments.states import Direction
from cambist.kernel.errors import DomainError, ErrorCode
from cambist.kernel.events import EventName
from cambist.ports.uow import UnitOfWork

PAYER_UNKNOWN = "payer-unknown"
PAYABLE_AGAIN = frozenset({BankPayoutState.RETURNED, BankPayoutState.CANCELLED})


async def give_back(uow: UnitOfWork, order: Order, trade: Trade, now: datetime) -> Order:
    """Begin to give back what a locked order received; no case may hold it any more.

    A seller is asked where his crypto goes, but for dust, which stays his; a buyer's fiat returns
    to the account it came from, or waits for the staff when the bank named none that can be paid
    to, or it came from several.
    """
    if order.kind is OrderKind.SELL:
        due = due_back(order, trade, sent_of(await payments_of(uow, order.id)))
        if due < least_sent(chain_of(asset_of(trade.crypto))):
            return uow.emit(order.step(OrderState.CANCELLED, now), EventName.ORDER_CANCELLED)
        return await ask_for_return(uow, order, trade, due, now)
    customer = await uow.customers.peek(trade.customer_id)
    if customer is None:
        raise LookupError("a trade without customer")
    payer = uow.privacy.open(customer.sealing_key, customer.id, trade.sealed)
    try:
        known = uow.rail(trade.method).parse_account(payer.get("payer_account", ""))
    except DomainError:
        return await hold_for(uow, order, CaseKind.EDD, now, reasons=(PAYER_UNKNOWN,))
    payee = {"account": known.number, "name": payer.get("payer_name", "")}
    return await _return_fiat(uow, order, trade, payee, now)


async def return_crypto(
    uow: UnitOfWork, order: Order, trade: Trade, address: str, now: datetime
) -> Order:
    """Send what came and is not exchanged to an address; the network's fee is the house's.

    The case that asked where to is decided already, in the same command.

    Raises:
        DomainError: ADDRESS_INVALID, INVALID_STATE while some of it is not final or nothing is
            left to send, INSUFFICIENT_BALANCE.
    """
    chain = chain_of(asset_of(trade.crypto))
    await check_destination(uow, chain.id, address, "btc_address")
    if uow.standard_address(chain.id, address) == order.address:
        raise DomainError(ErrorCode.ADDRESS_INVALID, field="btc_address")
    if order.received != order.confirmed:
        raise DomainError(ErrorCode.INVALID_STATE, machine="payment", state="pending")
    payments = await payments_of(uow, order.id)
    due = due_back(order, trade, sent_of(payments))
    if due <= 0:
        raise DomainError(ErrorCode.INVALID_STATE, machine="payment", state="returned")
    earlier = sum(payment.direction is Direction.OUT for payment in payments)
    number = await next_number(uow, order)
    await uow.ledger.lock([customer_account(trade.customer_id, trade.crypto)])
    send_crypto_of(uow, order, trade, Sending(address, due, number, earlier), now)
    returning = replace(order.step(OrderState.RETURNING, now), expires_at=None)
    return uow.emit(returning, EventName.ORDER_RETURNING)


async def give_back_to(
    uow: UnitOfWork, order: Order, trade: Trade, account: str, now: datetime
) -> Order:
    """Give a buyer's fiat back to an account a person found.

    Raises:
        DomainError: FIELD_INVALID for an account that is none.
    """
    customer = await uow.customers.peek(trade.customer_id)
    if customer is None:
        raise LookupError("a trade without customer")
    payer = uow.privacy.open(customer.sealing_key, customer.id, trade.sealed)
    found = uow.rail(trade.method).parse_account(account)
    payee = {"account": found.number, "name": payer.get("payer_name", "")}
    return await _return_fiat(uow, order, trade, payee, now)


async def _return_fiat(
    uow: UnitOfWork, order: Order, trade: Trade, payee: dict[str, str], now: datetime
) -> Order:
    account = customer_account(trade.customer_id, trade.fiat)
    await uow.ledger.lock([account])
    await uow.ledger.close_hold(account, order.id, HoldState.RELEASED)
    await queue_payout(uow, order, trade, trade.fiat_received, payee, now, returning=True)
    on_its_way = order if order.state is OrderState.ON_CASE else order.step(OrderState.ON_CASE, now)
    returning = replace(on_its_way.step(OrderState.RETURNING, now), expires_at=None)
    return uow.emit(returning, EventName.ORDER_RETURNING)


async def pay_again(
    uow: UnitOfWork, order: Order, trade: Trade, account: str, now: datetime
) -> Order:
    """Queue a payout the bank sent back, or we recalled, anew; to another account if one is named.

    Raises:
        DomainError: FIELD_INVALID for an account that is none, INVALID_STATE when there is nothing
            to pay again, or the crypto sold is not here.
    """
    sent = await uow.bank_payouts.where("order_id", order.id)
    failed = max(sent, key=lambda payout: payout.number, default=None)
    customer = await uow.customers.peek(trade.customer_id)
    is_covered = order.kind is OrderKind.BUY or order.confirmed >= trade.crypto_units
    if failed is None or failed.state not in PAYABLE_AGAIN or customer is None or not is_covered:
        raise DomainError(ErrorCode.INVALID_STATE, machine="bank_payout")
    payee = uow.privacy.open(customer.sealing_key, customer.id, failed.sealed)
    if account:
        payee["account"] = uow.rail(trade.method).parse_account(account).number
    held = customer_account(trade.customer_id, trade.fiat)
    await uow.ledger.lock([held])
    await uow.ledger.close_hold(held, order.id, HoldState.RELEASED)
    again = failed.returning
    await queue_payout(uow, order, trade, failed.units, payee, now, returning=again)
    after = order.step(OrderState.RETURNING if again else OrderState.SENDING, now)
    uow.orders.save(after)
    return after
