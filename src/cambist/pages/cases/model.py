"""Decide where an order to buy or sell stands in everybody's eyes, from a view alone."""

from datetime import datetime
from typing import assert_never

from cambist.domain.compliance.cases import Case, CaseKind, CaseState
from cambist.domain.market.assets import asset_of, chain_of
from cambist.domain.orders.states import OrderKind, OrderState
from cambist.domain.payments.rails import Method
from cambist.domain.payments.states import Direction
from cambist.kernel.money import Asset, Money
from cambist.kernel.rates import Rate, Rounding
from cambist.pages.cases.shown import (
    BankBox,
    CoinBox,
    OrderModel,
    PageStatus,
    Side,
    Step,
    StepKind,
    StepState,
    Sum,
    Tone,
    Transaction,
)
from cambist.pages.look.payload import exact_text, groups_of, qr_payload, wallet_uri
from cambist.ports.trades import TradeView

TRANSACTIONS_MAX = 10
"""Anybody can send dust to an address; a page stays short all the same."""

TONES: dict[PageStatus, Tone] = {
    PageStatus.CHECKS: Tone.WARN,
    PageStatus.REVIEW: Tone.BUSY,
    PageStatus.CHANGE: Tone.WARN,
    PageStatus.WHERE_BACK: Tone.WARN,
    PageStatus.WAITING: Tone.CALM,
    PageStatus.PRICE_OVER: Tone.WARN,
    PageStatus.SEEN: Tone.BUSY,
    PageStatus.EXCHANGING: Tone.BUSY,
    PageStatus.SENDING: Tone.BUSY,
    PageStatus.SENT: Tone.BUSY,
    PageStatus.COMPLETED: Tone.GOOD,
    PageStatus.RETURNING: Tone.BUSY,
    PageStatus.RETURNED: Tone.OVER,
    PageStatus.CANCELLED: Tone.OVER,
    PageStatus.EXPIRED: Tone.OVER,
    PageStatus.REJECTED: Tone.OVER,
}

_PAYABLE = frozenset({PageStatus.WAITING, PageStatus.PRICE_OVER})
_ENDED = frozenset(
    {
        PageStatus.RETURNING,
        PageStatus.RETURNED,
        PageStatus.CANCELLED,
        PageStatus.EXPIRED,
        PageStatus.REJECTED,
    }
)
_STEPS = tuple(StepKind)
_PLAIN = {
    OrderState.CREATED: PageStatus.REVIEW,
    OrderState.PAYMENT_SEEN: PageStatus.SEEN,
    OrderState.PAID: PageStatus.EXCHANGING,
    OrderState.SENDING: PageStatus.SENDING,
    OrderState.SENT: PageStatus.SENT,
    OrderState.COMPLETED: PageStatus.COMPLETED,
    OrderState.RETURNING: PageStatus.RETURNING,
    OrderState.RETURNED: PageStatus.RETURNED,
    OrderState.CANCELLED: PageStatus.CANCELLED,
    OrderState.EXPIRED: PageStatus.EXPIRED,
    OrderState.REJECTED: PageStatus.REJECTED,
}
"""What states say that need no second look."""


def order_model(view: TradeView, now: datetime) -> OrderModel:
    """Work out what everybody may see who knows the page's name."""
    order, trade = view.order, view.trade
    crypto, fiat = asset_of(trade.crypto), asset_of(trade.fiat)
    side, status = side_of(view), status_of(view, now)
    pays, gets = sums_of(side, trade.crypto_units, trade.fiat_units, crypto, fiat)
    is_payable = status in _PAYABLE
    transactions = _transactions(view)
    return OrderModel(
        page=trade.page,
        number=trade.number,
        side=side,
        status=status,
        tone=TONES[status],
        asset=crypto.symbol,
        network=chain_of(crypto).name,
        pays=pays,
        gets=gets,
        rate=rate_text(trade.rate, crypto, fiat),
        is_counting=status is PageStatus.WAITING,
        created_at=order.created_at,
        price_until=trade.valid_until,
        pay_by=order.expires_at if is_payable else None,
        steps=_steps(view, status),
        bank=_bank(view) if is_payable else None,
        coins=_coins(view, crypto) if is_payable else None,
        transactions=transactions[-TRANSACTIONS_MAX:],
        hidden_transactions=max(0, len(transactions) - TRANSACTIONS_MAX),
        open_case=_open_case(view),
        has_mailbox=bool(view.email),
    )


def side_of(view: TradeView) -> Side:
    """Tell whether a trade is a buy or a sell."""
    return Side.BUY if view.order.kind is OrderKind.BUY else Side.SELL


def sums_of(
    side: Side, crypto_units: int, fiat_units: int, crypto: Asset, fiat: Asset
) -> tuple[Sum, Sum]:
    """Write what a customer pays and what he gets."""
    coins, money = sum_of(crypto_units, crypto), sum_of(fiat_units, fiat)
    return (money, coins) if side is Side.BUY else (coins, money)


def sum_of(units: int, asset: Asset) -> Sum:
    """Write units of an asset."""
    return Sum(exact_text(units, asset.scale), asset.symbol)


def rate_text(mantissa: int, crypto: Asset, fiat: Asset) -> str:
    """Write the price of one whole coin, to the smallest unit of fiat."""
    one = Money(10**crypto.scale, crypto)
    return exact_text(Rate(crypto, fiat, mantissa).convert(one, Rounding.HALF_UP).units, fiat.scale)


def is_customers(case: Case) -> bool:
    """Tell whether a case is the customer's to answer."""
    return case.state is CaseState.OPEN and case.kind is not CaseKind.EDD


def status_of(view: TradeView, now: datetime) -> PageStatus:
    """Name what the page of an order says first."""
    order = view.order
    if order.state is OrderState.ON_CASE:
        return _held_status(view.held_by)
    if order.state is OrderState.AWAITING_PAYMENT:
        if order.expires_at is not None and now >= order.expires_at:
            return PageStatus.EXPIRED
        return PageStatus.PRICE_OVER if now >= view.trade.valid_until else PageStatus.WAITING
    return _PLAIN[order.state]


def _held_status(held: Case | None) -> PageStatus:
    if held is None or not is_customers(held):
        return PageStatus.REVIEW
    match held.kind:
        case CaseKind.CHANGE:
            return PageStatus.CHANGE
        case CaseKind.RETURN:
            return PageStatus.WHERE_BACK
        case CaseKind.IDENTITY | CaseKind.AML | CaseKind.PHONE | CaseKind.DEPOSIT:
            return PageStatus.CHECKS
        case CaseKind.EDD:
            return PageStatus.REVIEW
        case _ as unreachable:
            assert_never(unreachable)


def _open_case(view: TradeView) -> CaseKind | None:
    held = view.held_by
    is_waiting = view.order.state is OrderState.ON_CASE
    return held.kind if held is not None and is_waiting and is_customers(held) else None


def _steps(view: TradeView, status: PageStatus) -> tuple[Step, ...]:
    """Draw how far the order is; one that ended stops at the step it did not pass."""
    if status is PageStatus.COMPLETED:
        return tuple(Step(kind, StepState.DONE) for kind in _STEPS)
    here = _STEPS.index(_step_of(view, status))
    at = StepState.STOPPED if status in _ENDED else StepState.NOW
    states = [StepState.DONE] * here + [at] + [StepState.AHEAD] * (len(_STEPS) - here - 1)
    return tuple(Step(kind, state) for kind, state in zip(_STEPS, states, strict=True))


def _step_of(view: TradeView, status: PageStatus) -> StepKind:
    if status in (PageStatus.SENDING, PageStatus.SENT) or view.trade.filled:
        return StepKind.SENT
    if view.trade.fiat_received or view.order.confirmed or status is PageStatus.EXCHANGING:
        return StepKind.EXCHANGE
    if status in (PageStatus.SEEN, *_PAYABLE) or not view.trade.required:
        return StepKind.PAYMENT
    return StepKind.CHECKS


def _bank(view: TradeView) -> BankBox | None:
    pay = view.pay
    if pay is None or pay.method is Method.BALANCE:
        return None
    return BankBox(
        method=pay.method,
        amount=sum_of(pay.units, asset_of(pay.currency)),
        account=pay.account,
        iban=pay.iban if pay.iban != pay.account else None,
        bic=pay.bic,
        holder=pay.holder,
        reference=pay.reference,
        message=pay.message,
        qr=pay.qr_payload,
    )


def _coins(view: TradeView, crypto: Asset) -> CoinBox | None:
    address = view.order.address
    if side_of(view) is Side.BUY or address is None:
        return None
    units, chain = view.trade.crypto_units, chain_of(crypto)
    return CoinBox(
        amount=sum_of(units, crypto),
        address=address,
        groups=groups_of(address),
        qr=qr_payload(crypto, chain, address, units),
        wallet_uri=wallet_uri(crypto, chain, address, units),
    )


def _transactions(view: TradeView) -> tuple[Transaction, ...]:
    required = view.order.required_confirmations
    return tuple(
        Transaction(
            txid=item.payment.txid,
            is_incoming=item.payment.direction is Direction.IN,
            confirmations=min(item.confirmations, required),
            required=required,
        )
        for item in view.payments
        if item.payment.txid is not None
    )
