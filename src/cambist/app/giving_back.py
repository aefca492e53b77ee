"""Steps that give a customer's money back: fiat to where it came from, crypto to where he says."""

from dataclasses import replace
from datetime import datetime

from cambist.app.payouts import queue_payout
from cambist.app.trading import hold_for
from cambist.domain.compliance.cases import CaseKind
from cambist.domain.ledger.accounts import customer_account
from cambist.domain.orders.orders import Order
from cambist.domain.orders.states import OrderKind, OrderState
from cambist.domain.orders.trades import Trade
from cambist.domain.payments.bank import BankPayoutState
from cambist.kernel.errors import DomainError, ErrorCode
from cambist.kernel.events import EventName
from cambist.ports.uow import UnitOfWork

CAME_BACK = "payout-returned"


async def give_back(uow: UnitOfWork, order: Order, trade: Trade, now: datetime) -> Order:
    """Begin to give back what a locked order received; no case may hold it any more.

    A seller is asked where his crypto goes; a buyer's fiat returns to the account it came from,
    or waits for the staff when the bank did not name one.
    """
    if order.kind is OrderKind.SELL:
        return await hold_for(uow, order, CaseKind.RETURN, now)
    customer = await uow.customers.peek(trade.customer_id)
    if customer is None:
        raise LookupError("a trade without customer")
    payer = uow.privacy.open(customer.sealing_key, customer.id, trade.sealed)
    account = payer.get("payer_account", "")
    if not account:
        return await hold_for(uow, order, CaseKind.EDD, now, reasons=("payer-unknown",))
    await uow.ledger.lock([customer_account(trade.customer_id, trade.fiat)])
    payee = {"account": account, "name": payer.get("payer_name", "")}
    await queue_payout(uow, order, trade, trade.fiat_received, payee, now, returning=True)
    on_its_way = order if order.state is OrderState.ON_CASE else order.step(OrderState.ON_CASE, now)
    returning = replace(on_its_way.step(OrderState.RETURNING, now), expires_at=None)
    return uow.emit(returning, EventName.ORDER_RETURNING)


async def pay_again(
    uow: UnitOfWork, order: Order, trade: Trade, account: str, now: datetime
) -> Order:
    """Queue a payout the bank sent back anew, to another account when one is named.

    Raises:
        DomainError: FIELD_INVALID for an account that is none, INVALID_STATE when none came back.
    """
    sent = await uow.bank_payouts.where("order_id", order.id)
    failed = max(sent, key=lambda payout: payout.number, default=None)
    customer = await uow.customers.peek(trade.customer_id)
    if failed is None or failed.state is not BankPayoutState.RETURNED or customer is None:
        raise DomainError(ErrorCode.INVALID_STATE, machine="bank_payout")
    payee = uow.privacy.open(customer.sealing_key, customer.id, failed.sealed)
    if account:
        payee["account"] = uow.rail(trade.method).parse_account(account).number
    await uow.ledger.lock([customer_account(trade.customer_id, trade.fiat)])
    again = failed.returning
    await queue_payout(uow, order, trade, failed.units, payee, now, returning=again)
    after = order.step(OrderState.RETURNING if again else OrderState.SENDING, now)
    uow.orders.save(after)
    return after
