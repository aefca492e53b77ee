"""Steps that book fiat: find whose it is, credit it, settle or take back a payout."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from uuid import UUID

from cambist.app.giving_back import give_back
from cambist.app.payouts import name_of
from cambist.app.selling import make_way, rest
from cambist.app.trading import CAME_BACK, STRANGER, go_on, hold_for, make_good, trade_of
from cambist.app.writing import identity_of
from cambist.domain.compliance.cases import Case, CaseKind, CaseState, undecided
from cambist.domain.compliance.payers import is_same_person
from cambist.domain.identity.customers import Customer
from cambist.domain.identity.states import CheckState
from cambist.domain.ledger.accounts import HoldState, customer_account, rail_account
from cambist.domain.ledger.trading import (
    fiat_assigned,
    fiat_gone_back,
    fiat_paid_out,
    fiat_received,
    payout_returned,
)
from cambist.domain.orders.orders import Order
from cambist.domain.orders.states import OrderKind, OrderState
from cambist.domain.orders.trades import Trade, Verdict, counts_from, judge_buy
from cambist.domain.payments.bank import BankLine, BankPayout, BankPayoutState
from cambist.kernel.events import EventName
from cambist.kernel.ids import OrderId
from cambist.ports.uow import UnitOfWork

REFERENCES_MAX = 16
SEAL_PURPOSE = "bank-line"
PAYOUT_PURPOSE = "bank-payout"
PAYOUT_ID_LENGTH = 32
UNSEEN = "unseen"
"""Why a payout that came back still holds what it is to book: no statement has shown it yet."""


async def payout_of(uow: UnitOfWork, texts: Iterable[str]) -> BankPayout | None:
    """Find the payout whose end-to-end id one of the texts holds."""
    for text in list(texts)[:REFERENCES_MAX]:
        word = text.strip()
        if len(word) != PAYOUT_ID_LENGTH or not word.isalnum() or not word.isascii():
            continue
        try:
            found = await uow.bank_payouts.peek(UUID(hex=word))
        except ValueError:
            continue
        if found is not None:
            return found
    return None


async def find_order(
    uow: UnitOfWork, references: Sequence[str], fiat: tuple[str, str, int], name: str
) -> tuple[OrderId | None, str]:
    """Find the buy some fiat (method, currency, units) is for, and by what it was recognised.

    A reference decides. Without one the order must be the only one that waits for that amount
    from a person of that name.
    """
    method, currency, units = fiat
    for reference in references[:REFERENCES_MAX]:
        for trade in await uow.trades.where("reference", reference):
            if (trade.method, trade.fiat) == (method, currency):
                return trade.id, reference
    if references or not name:
        return None, ""
    asked = await uow.trades.where("asked", f"{method}:{currency}:{units}")
    orders = await uow.orders.read([trade.id for trade in asked])
    customers = await uow.customers.read([trade.customer_id for trade in asked])
    fitting = [
        trade
        for trade in asked
        if _waits(orders.get(trade.id)) and _is_named(uow, customers[trade.customer_id], name)
    ]
    return (fitting[0].id, "amount-and-name") if len(fitting) == 1 else (None, "")


def _waits(order: Order | None) -> bool:
    return (
        order is not None
        and order.kind is OrderKind.BUY
        and order.state is OrderState.AWAITING_PAYMENT
    )


def _is_named(uow: UnitOfWork, customer: Customer, name: str) -> bool:
    known = name_of(identity_of(uow.privacy, customer))
    return bool(known) and is_same_person(known, name)


@dataclass(frozen=True, slots=True)
class Receipt:
    """Hold fiat that is some order's: the line it came by, and who paid, as the bank tells it.

    `suspended` tells that it waited in suspense for a person to find its order.
    """

    line_id: UUID
    units: int
    booked_on: date
    payer_name: str
    payer_account: str
    suspended: bool = False


async def receive_assigned(
    uow: UnitOfWork, order_id: OrderId, line: BankLine, now: datetime
) -> bool:
    """Credit a line that waited in suspense to a buyer; False when his order is past paying."""
    told = uow.privacy.open_own(SEAL_PURPOSE, line.id, line.sealed)
    receipt = Receipt(
        line.id, line.units, line.booked_on, told["name"], told["account"], suspended=True
    )
    return await receive_fiat(uow, order_id, receipt, now)


async def receive_fiat(uow: UnitOfWork, order_id: OrderId, receipt: Receipt, now: datetime) -> bool:
    """Credit fiat to a buyer and take his order on; False when it is past paying.

    Raises:
        DomainError: NOT_FOUND, RATE_UNAVAILABLE.
    """
    order = await uow.orders.get(order_id)
    trade = await trade_of(uow, order)
    customer = await uow.customers.peek(trade.customer_id)
    if order.kind is not OrderKind.BUY or customer is None or customer.key is None:
        return False
    before, at = trade, counts_from(receipt.booked_on, now)
    trade = replace(trade, fiat_received=trade.fiat_received + receipt.units)
    verdict = judge_buy(order, trade, at)
    held = undecided(await uow.cases.where("order_id", order.id))
    if verdict is Verdict.NOTE and not _is_change(held):
        return False
    trade = replace(trade, sealed=_with_payer(uow, customer, before, receipt))
    uow.trades.save(trade)
    await _credit(uow, before, trade, receipt)
    match verdict:
        case Verdict.RETURN:
            await give_back(uow, order, trade, now)
        case Verdict.NOTE:
            await make_good(uow, order, trade, now, at)
        case _:
            await go_on(uow, order, trade, now, counts_from=at)
    return True


async def _credit(uow: UnitOfWork, before: Trade, after: Trade, receipt: Receipt) -> None:
    """Book money that came for an order, and set it aside so that nothing else is paid with it."""
    account = customer_account(after.customer_id, after.fiat)
    await uow.ledger.lock([account])
    if receipt.suspended:
        posting = fiat_assigned(account, receipt.units)
        uow.ledger.post(posting, f"assigned:{receipt.line_id}", after.id)
    else:
        posting = fiat_received(rail_account(after.method, after.fiat), account, receipt.units)
        uow.ledger.post(posting, f"bank:{receipt.line_id}", after.id)
    if before.fiat_received:
        await uow.ledger.close_hold(account, after.id, HoldState.RELEASED)
    uow.ledger.hold(account, after.fiat_received, after.id)


def _is_change(held: Case | None) -> bool:
    return held is not None and held.kind is CaseKind.CHANGE and held.state is CaseState.OPEN


def _with_payer(uow: UnitOfWork, customer: Customer, trade: Trade, receipt: Receipt) -> str:
    """Remember where the money came from, so that it can go back there, and whether from others.

    An identity nobody has accepted yet proves no name.
    """
    details = uow.privacy.open(customer.sealing_key, customer.id, trade.sealed)
    account, name = receipt.payer_account, receipt.payer_name
    if trade.fiat_received and details.get("payer_account", "") != account:
        account = ""
    details |= {"payer_name": name, "payer_account": account}
    known = name_of(identity_of(uow.privacy, customer))
    proved = known if customer.identity_state is CheckState.ACCEPTED else ""
    if known and name and not is_same_person(proved, name):
        details[STRANGER] = "yes"
    return uow.privacy.seal(customer.sealing_key, customer.id, details)


async def close_payout(
    uow: UnitOfWork, payout: BankPayout, came_back: bool, line_id: UUID, now: datetime
) -> OrderId | None:
    """Settle an order's payout the bank made, or take back one it returned; None when not due."""
    if payout.order_id is None or payout.customer_id is None:
        return None
    order = await uow.orders.get(payout.order_id)
    current = await uow.bank_payouts.peek(payout.id)
    if current is None:
        return None
    account = customer_account(payout.customer_id, payout.currency)
    rail = rail_account(payout.method, payout.currency)
    reference = f"bank:{line_id}"
    if came_back:
        if current.state not in (BankPayoutState.EXPORTED, BankPayoutState.SETTLED):
            return None
        await _take_back(uow, order, current, reference, now)
        return payout.order_id
    if current.state is not BankPayoutState.EXPORTED and current.reason != UNSEEN:
        return None
    await uow.ledger.lock([account])
    await uow.ledger.close_hold(account, payout.order_id, HoldState.CAPTURED)
    uow.ledger.post(fiat_paid_out(rail, account, payout.units), reference, payout.order_id)
    if current.reason == UNSEEN:
        uow.bank_payouts.save(replace(current, reason=""))
        return payout.order_id
    uow.bank_payouts.save(current.step(BankPayoutState.SETTLED, now))
    ended = OrderState.RETURNED if current.returning else OrderState.COMPLETED
    event = EventName.ORDER_RETURNED if current.returning else EventName.ORDER_COMPLETED
    after = uow.emit(order.step(ended, now), event)
    if order.kind is OrderKind.SELL:
        await rest(uow, after, await trade_of(uow, order), now)
    return payout.order_id


async def _take_back(
    uow: UnitOfWork, order: Order, payout: BankPayout, reference: str, now: datetime
) -> None:
    """Give a customer back what the bank could not deliver; a person finds another way.

    Until then it is set aside. A return may be told before the payment it returns; what the
    payment is to book stays held for it. While crypto is on its way back the person is asked
    after that.
    """
    trade = await trade_of(uow, order)
    account = customer_account(trade.customer_id, payout.currency)
    rail = rail_account(payout.method, payout.currency)
    await uow.ledger.lock([account])
    uow.ledger.post(payout_returned(rail, account, payout.units), reference, order.id)
    uow.ledger.hold(account, payout.units, order.id)
    uow.bank_payouts.save(_returned(payout, now))
    if trade.filled and order.state is OrderState.RETURNING:
        return
    order = await make_way(uow, order, now)
    await hold_for(uow, order, CaseKind.EDD, now, reasons=(CAME_BACK,))


def _returned(payout: BankPayout, now: datetime) -> BankPayout:
    """Note that the bank sent a payout back, maybe before any statement has shown it."""
    unseen = payout.state is BankPayoutState.EXPORTED
    after = payout.step(BankPayoutState.RETURNED, now)
    return replace(after, reason=UNSEEN) if unseen else after


async def close_return(
    uow: UnitOfWork, payout: BankPayout, came_back: bool, line_id: UUID, now: datetime
) -> bool:
    """Follow a payout to somebody unknown, the line it came by being locked; False when not due.

    What the bank sends back is new money in suspense, which the caller books with its line.
    """
    current = await uow.bank_payouts.peek(payout.id)
    if current is None:
        return False
    if came_back:
        if current.state not in (BankPayoutState.EXPORTED, BankPayoutState.SETTLED):
            return False
        uow.bank_payouts.save(_returned(current, now))
        return True
    if current.state is not BankPayoutState.EXPORTED and current.reason != UNSEEN:
        return False
    rail = rail_account(payout.method, payout.currency)
    uow.ledger.post(fiat_gone_back(rail, payout.units), f"bank:{line_id}", None)
    if current.reason == UNSEEN:
        uow.bank_payouts.save(replace(current, reason=""))
    else:
        uow.bank_payouts.save(current.step(BankPayoutState.SETTLED, now))
    return True
