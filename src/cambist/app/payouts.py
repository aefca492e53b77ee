"""Steps that send a trade's outcome out: crypto through custody, fiat through the bank."""

from dataclasses import dataclass
from datetime import datetime

from cambist.app.steps import next_numbers
from cambist.domain.custody.custody import Place, Withdrawal, address_key
from cambist.domain.custody.spending import DUST_UNITS
from cambist.domain.custody.states import WithdrawalState
from cambist.domain.ledger.accounts import customer_account
from cambist.domain.market.assets import Chain, ChainModel, asset_of, chain_of
from cambist.domain.orders.orders import Order
from cambist.domain.orders.trades import Trade
from cambist.domain.payments.bank import BankPayout, BankPayoutState, payout_id
from cambist.domain.payments.payments import Payment, outgoing_payment_id, withdrawal_id
from cambist.domain.payments.states import Direction, PaymentState
from cambist.kernel.errors import DomainError, ErrorCode
from cambist.kernel.money import Money
from cambist.kernel.rates import Rate, Rounding
from cambist.ports.uow import UnitOfWork


@dataclass(frozen=True, slots=True)
class Sending:
    """Say where how many units of a trade's crypto go; `number` is the payment's, allotted.

    `earlier` counts what the order has sent before.
    """

    destination: str
    units: int
    number: int
    earlier: int = 0


def least_sent(chain: Chain) -> int:
    """Tell the fewest units a chain carries."""
    return DUST_UNITS if chain.model is ChainModel.UTXO else 1


async def check_destination(uow: UnitOfWork, chain: str, address: str, field: str) -> None:
    """Accept an address of the chain's network that is not our own purse's.

    What goes to our purse would be taken for change, and miss in the books.

    Raises:
        DomainError: ADDRESS_INVALID with the field.
    """
    standard = uow.standard_address(chain, address)
    if standard is None or await is_our_purse(uow, chain, standard):
        raise DomainError(ErrorCode.ADDRESS_INVALID, field=field)


async def is_our_purse(uow: UnitOfWork, chain: str, address: str) -> bool:
    """Tell whether an address, written the one way, is the one we pay from."""
    known = await uow.addresses.peek(address_key(chain, address))
    return known is not None and known.place is Place.HOT


async def next_number(uow: UnitOfWork, order: Order) -> int:
    """Allot the number of a payment; before accounts are locked."""
    return (await next_numbers(uow, [order.partner_id]))[order.partner_id]


def send_crypto_of(
    uow: UnitOfWork, order: Order, trade: Trade, sending: Sending, now: datetime
) -> None:
    """Hold a customer's crypto for a transfer out, and hand the transfer to custody.

    The crypto account must be locked already; a trade sends crypto once at a time.

    Raises:
        DomainError: INSUFFICIENT_BALANCE.
    """
    uow.ledger.hold(customer_account(trade.customer_id, trade.crypto), sending.units, order.id)
    uow.payments.add(_payment(order, trade, sending, now))
    uow.withdrawals.add(_withdrawal(order, trade, sending, now))


def _payment(order: Order, trade: Trade, sending: Sending, now: datetime) -> Payment:
    crypto = asset_of(trade.crypto)
    rate = Rate(crypto, asset_of(trade.fiat), trade.rate)
    return Payment(
        id=outgoing_payment_id(withdrawal_id(order.id, sending.earlier)),
        number=sending.number,
        partner_id=order.partner_id,
        order_id=order.id,
        direction=Direction.OUT,
        state=PaymentState.PENDING,
        chain=chain_of(crypto).id,
        asset=crypto.code,
        txid=None,
        index=0,
        address=sending.destination,
        sender=None,
        units=sending.units,
        fee=0,
        fiat_units=rate.convert(Money(sending.units, crypto), Rounding.HALF_UP).units,
        matched=True,
        loss=0,
        credits=0,
        height=None,
        block_hash=None,
        created_at=now,
        updated_at=now,
        customer_id=trade.customer_id,
    )


def _withdrawal(order: Order, trade: Trade, sending: Sending, now: datetime) -> Withdrawal:
    return Withdrawal(
        id=withdrawal_id(order.id, sending.earlier),
        order_id=order.id,
        partner_id=order.partner_id,
        state=WithdrawalState.ACCEPTED,
        chain=chain_of(asset_of(trade.crypto)).id,
        asset=trade.crypto,
        destination=sending.destination,
        source=None,
        units=sending.units,
        fee=0,
        network_fee=0,
        nonce=None,
        change_units=0,
        raw=None,
        txid=None,
        attempts=0,
        reason=None,
        created_at=now,
        updated_at=now,
        customer_id=trade.customer_id,
    )


async def queue_payout(
    uow: UnitOfWork,
    order: Order,
    trade: Trade,
    units: int,
    payee: dict[str, str],
    now: datetime,
    *,
    returning: bool,
) -> None:
    """Hold a customer's fiat for a transfer by the bank, and put the transfer on its list.

    `payee` has `account` and `name`. The fiat account must be locked already.

    Raises:
        DomainError: INSUFFICIENT_BALANCE.
    """
    earlier = await uow.bank_payouts.where("order_id", order.id)
    customer = await uow.customers.peek(trade.customer_id)
    if customer is None:
        raise LookupError("a trade without customer")
    number = len(earlier) + 1
    uow.ledger.hold(customer_account(trade.customer_id, trade.fiat), units, order.id)
    uow.bank_payouts.add(
        BankPayout(
            id=payout_id(order.id, number),
            order_id=order.id,
            line_id=None,
            partner_id=order.partner_id,
            customer_id=trade.customer_id,
            number=number,
            method=trade.method,
            currency=trade.fiat,
            units=units,
            returning=returning,
            state=BankPayoutState.QUEUED,
            batch_id=None,
            reason="",
            sealed=uow.privacy.seal(customer.sealing_key, customer.id, payee),
            created_at=now,
            updated_at=now,
        )
    )


async def recall_payout(uow: UnitOfWork, order: Order, now: datetime) -> bool:
    """Take a locked order's payout off the bank's list; False when no payout is on it.

    Its money stays set aside until it is paid again.
    """
    queued = [
        payout
        for payout in await uow.bank_payouts.where("order_id", order.id)
        if payout.state is BankPayoutState.QUEUED
    ]
    if not queued:
        return False
    for payout in queued:
        uow.bank_payouts.save(payout.step(BankPayoutState.CANCELLED, now))
    return True


async def payee_of(uow: UnitOfWork, trade: Trade) -> dict[str, str]:
    """Read the account a seller named and the name he goes by."""
    customer = await uow.customers.peek(trade.customer_id)
    if customer is None:
        raise LookupError("a trade without customer")
    privacy, key = uow.privacy, customer.sealing_key
    details = privacy.open(key, customer.id, trade.sealed)
    identity = privacy.open(key, customer.id, customer.identity or "")
    return {"account": details.get("bank_account", ""), "name": name_of(identity)}


def name_of(identity: dict[str, str]) -> str:
    """Write a person's name as banks have it."""
    return f"{identity.get('first_name', '')} {identity.get('last_name', '')}".strip()
