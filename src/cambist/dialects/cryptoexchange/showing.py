"""Decide how what is read becomes answers; pure."""

from datetime import UTC, datetime

from cambist.app.customers.issue_address import IssuedAddress
from cambist.app.notices.hand_out_link import HandedLink
from cambist.app.trades.place_quote import PlacedQuote
from cambist.dialects.cryptoexchange import answers, wire
from cambist.dialects.cryptoexchange.tables import ORDER_STATUS, PAYABLE
from cambist.domain.market.assets import ASSETS, CHAINS, chain_of
from cambist.domain.orders.states import OrderKind
from cambist.domain.payments.states import Direction, PaymentState
from cambist.http.paging import cursor_of
from cambist.kernel.money import Asset, format_units
from cambist.kernel.rates import RATE_SCALE
from cambist.ports.addresses import AddressFacts
from cambist.ports.rails import Instructions
from cambist.ports.trades import HeldBalance, Slice, TradeView

WALLET_CHAINS = frozenset({"bitcoin", "litecoin"})
"""The chains whose wallets read BIP 21."""


def time_text(moment: datetime) -> str:
    """Write a moment as RFC 3339 in UTC, whole seconds."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def rate_text(mantissa: int) -> str:
    """Write a rate without zeros at its end."""
    return format_units(mantissa, RATE_SCALE).rstrip("0").rstrip(".")


def money_text(units: int, asset: Asset) -> str:
    """Write an amount with all the decimals of its asset."""
    return format_units(units, asset.scale)


def quote_out(placed: PlacedQuote, data: wire.PlaceQuote) -> answers.Quote:
    """Show a firm price."""
    crypto, fiat = ASSETS[data.crypto], ASSETS[data.fiat]
    return answers.Quote(
        id=str(placed.quote_id),
        rate=rate_text(placed.rate),
        crypto_amount=money_text(placed.crypto_units, crypto),
        fiat_amount=money_text(placed.fiat_units, fiat),
        fee=money_text(placed.commission + placed.payment_fee, fiat),
        network_fee=money_text(placed.network_fee, crypto),
        expires_at=time_text(placed.expires_at),
        side=data.side,
        crypto=crypto.code,
        fiat=fiat.code,
    )


def address_out(issued: IssuedAddress, crypto: str) -> answers.CustodyAddress:
    """Show a customer's address; of its key nothing is known here."""
    return answers.CustodyAddress(
        issued.address, crypto, issued.chain, "operator", time_text(issued.created_at)
    )


def validation_out(facts: AddressFacts) -> answers.AddressValidation:
    """Show what a text is as an address."""
    return answers.AddressValidation(
        facts.valid, facts.type, facts.network, facts.normalized, facts.reason
    )


def balance_out(
    held: HeldBalance, address_: str, crypto: Asset, as_of: datetime
) -> answers.Balance:
    """Show the balance of an address."""
    return answers.Balance(
        address=address_,
        crypto=crypto.code,
        confirmed=money_text(held.confirmed, crypto),
        unconfirmed=money_text(held.unconfirmed, crypto),
        as_of=time_text(as_of),
    )


def order_out(view: TradeView, public_url: str) -> answers.Order:
    """Show an order."""
    order_, trade = view.order, view.trade
    crypto, fiat = ASSETS[trade.crypto], ASSETS[trade.fiat]
    return answers.Order(
        id=str(order_.id),
        status=ORDER_STATUS[order_.state],
        side=order_.kind,
        crypto=crypto.code,
        crypto_amount=money_text(trade.crypto_units, crypto),
        fiat=fiat.code,
        fiat_amount=money_text(trade.fiat_units, fiat),
        rate=rate_text(trade.rate),
        fee=money_text(trade.commission + trade.payment_fee, fiat),
        network_fee=money_text(trade.network_fee, crypto),
        address=order_.address,
        payment=_payment(view, crypto),
        transaction=_transaction(view),
        labels=sorted(order_.labels),
        customer_id=view.external_customer,
        external_id=order_.external_id,
        created_at=time_text(order_.created_at),
        updated_at=time_text(order_.updated_at),
        expires_at=None if order_.expires_at is None else time_text(order_.expires_at),
        rate_valid_until=time_text(trade.valid_until),
        url=f"{public_url}/order/{trade.page}",
    )


def orders_out(found: Slice[TradeView], public_url: str) -> answers.Orders:
    """Show a page of orders."""
    after = None if found.next is None else cursor_of(found.next)
    return answers.Orders([order_out(view, public_url) for view in found.items], after)


def link_out(handed: HandedLink) -> answers.OrderLink:
    """Show a link to an order's page."""
    return answers.OrderLink(handed.url, time_text(handed.expires_at))


def _payment(view: TradeView, crypto: Asset) -> answers.BankPayment | answers.ChainPayment | None:
    """Tell how to pay, as long as the order waits for it."""
    if view.order.state not in PAYABLE:
        return None
    if view.order.kind is OrderKind.BUY:
        return None if view.pay is None else _by_bank(view.pay)
    address_, due = view.order.address, view.trade.crypto_units - view.order.received
    if address_ is None or due <= 0:
        return None
    amount = money_text(due, crypto)
    chain = chain_of(crypto)
    uri = f"{chain.uri_scheme}:{address_}?amount={amount}" if chain.id in WALLET_CHAINS else None
    return answers.ChainPayment(address_, uri, amount, crypto.code)


def _by_bank(pay: Instructions) -> answers.BankPayment:
    return answers.BankPayment(
        method=pay.method,
        account=pay.account,
        iban=pay.iban,
        bic=pay.bic,
        holder=pay.holder,
        reference=pay.reference,
        message=pay.message,
        amount=money_text(pay.units, ASSETS[pay.currency]),
        currency=pay.currency,
        qr_payload=pay.qr_payload,
        qr_kind=pay.qr_kind,
    )


def _transaction(view: TradeView) -> answers.Transaction | None:
    """Show the newest transfer that brings a buyer his crypto, or brought us a seller's."""
    way = Direction.OUT if view.order.kind is OrderKind.BUY else Direction.IN
    shown = [
        one
        for one in view.payments
        if one.payment.direction is way and one.payment.state is not PaymentState.DROPPED
    ]
    if not shown or shown[-1].payment.txid is None:
        return None
    payment = shown[-1].payment
    required = CHAINS[payment.chain].confirmations
    return answers.Transaction(payment.txid or "", shown[-1].reached(required), required)
