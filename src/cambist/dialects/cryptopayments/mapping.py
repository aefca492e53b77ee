"""Decide how the dialect's words become commands and how views become its words; pure."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from cambist.app.orders.open_order import OpenedOrder, OpenOrder
from cambist.app.orders.refund_order import RefundOrder
from cambist.app.orders.send_crypto import SendCrypto
from cambist.app.orders.withdraw import Withdraw
from cambist.app.paying import PromisedOrder
from cambist.dialects.cryptopayments import wire
from cambist.dialects.cryptopayments.tables import (
    ASSET_ROWS,
    BLOCKCHAINS,
    INTEGRATION_STATUS,
    ORDER_STATUS,
    PAYMENT_STATUS,
)
from cambist.domain.market.assets import ASSETS, CHAINS, asset_of
from cambist.domain.orders.states import OrderKind
from cambist.domain.partners.partners import Integration
from cambist.domain.payments.states import PaymentState
from cambist.http.amounts import AmountCodec
from cambist.http.idempotency import Asked
from cambist.http.paging import mapped, pagination
from cambist.kernel.errors import DomainError, ErrorCode
from cambist.kernel.ids import IntegrationId, OrderId, PartnerId
from cambist.kernel.money import Asset, format_units, parse_units
from cambist.kernel.rates import RATE_SCALE, Rate, Rounding, divide
from cambist.ports.queries import OrderView, Page, PaymentView

NAME = "cryptopayments"
NUMBER_LIMIT = 2**63

_ID = re.compile(wire.ID_PATTERN, re.ASCII)
_NUMBER = re.compile(wire.NUMBER_PATTERN, re.ASCII)


@dataclass(frozen=True, slots=True)
class Terms:
    """Hold what a caller's requests are read with."""

    partner_id: PartnerId
    amounts: AmountCodec


def order_id_of(text: str) -> OrderId:
    """Read an order id of a path; what cannot be one is not found.

    Raises:
        DomainError: NOT_FOUND.
    """
    if not _ID.fullmatch(text):
        raise DomainError(ErrorCode.NOT_FOUND)
    return OrderId(UUID(text))


def number_of(text: str) -> int:
    """Read a transaction id of a path; what cannot be one is not found.

    Raises:
        DomainError: NOT_FOUND.
    """
    if not _NUMBER.fullmatch(text) or int(text) >= NUMBER_LIMIT:
        raise DomainError(ErrorCode.NOT_FOUND)
    return int(text)


def deposit(data: wire.Deposit, terms: Terms) -> Asked:
    """Read a request for a deposit order.

    Raises:
        DomainError: ASSET_NOT_SUPPORTED, AMOUNT_TOO_PRECISE, AMOUNT_TOO_SMALL.
    """
    asset = None if data.asset_id is None else _crypto(data.asset_id)
    units = None
    if asset is not None and data.amount is not None:
        units = terms.amounts.units(data.amount, asset)
    return _open(data, OrderKind.DEPOSIT, asset, units, terms)


def payment(data: wire.Payment, terms: Terms) -> Asked:
    """Read a request for a payment order.

    Raises:
        DomainError: ASSET_NOT_SUPPORTED, AMOUNT_TOO_PRECISE, AMOUNT_TOO_SMALL.
    """
    asset = _crypto(data.asset_id)
    units = terms.amounts.units(data.amount, asset)
    return _open(data, OrderKind.PAYMENT, asset, units, terms)


def refund(data: wire.Refund, terms: Terms) -> Asked:
    """Read a request for a refund.

    Raises:
        DomainError: ASSET_NOT_SUPPORTED, AMOUNT_TOO_PRECISE, AMOUNT_TOO_SMALL.
    """
    asset = _crypto(data.asset_id)
    command = RefundOrder(
        partner_id=terms.partner_id,
        order_id=OrderId(UUID(data.refund_order_id)),
        asset=asset.code,
        amount=terms.amounts.units(data.amount, asset),
        destination=data.destination_address,
    )
    return Asked(command, f"{NAME}:refund")


def withdrawal(data: wire.Withdrawal, terms: Terms) -> Asked:
    """Read a request for a withdrawal.

    Raises:
        DomainError: ASSET_NOT_SUPPORTED, AMOUNT_TOO_PRECISE, AMOUNT_TOO_SMALL.
    """
    asset = _crypto(data.asset_id)
    command = Withdraw(
        partner_id=terms.partner_id,
        integration_id=IntegrationId(UUID(data.integration_id)),
        asset=asset.code,
        amount=terms.amounts.units(data.amount, asset),
        destination=data.destination_address,
    )
    return Asked(command, f"{NAME}:withdrawal")


def transfer(data: wire.Transfer, terms: Terms) -> Asked:
    """Read a request for a transfer from a managed address.

    Raises:
        DomainError: ASSET_NOT_SUPPORTED, AMOUNT_TOO_PRECISE, AMOUNT_TOO_SMALL.
    """
    asset = _crypto(data.asset_id)
    command = SendCrypto(
        partner_id=terms.partner_id,
        integration_id=IntegrationId(UUID(data.integration_id)),
        asset=asset.code,
        amount=terms.amounts.units(data.amount, asset),
        source=data.transfer_address,
        destination=data.destination_address,
        external_id=data.external_id,
    )
    scope = f"{data.integration_id}:{asset.code}"
    return Asked(command, f"{NAME}:transfer", scope, data.external_id)


def _open(
    data: wire.Deposit | wire.Payment,
    kind: OrderKind,
    asset: Asset | None,
    units: int | None,
    terms: Terms,
) -> Asked:
    code = None if asset is None else asset.code
    command = OpenOrder(
        partner_id=terms.partner_id,
        integration_id=IntegrationId(UUID(data.integration_id)),
        kind=kind,
        asset=code,
        amount=units,
        external_id=data.external_id,
        customer=data.customer,
    )
    scope = f"{data.integration_id}:{code or ''}"
    return Asked(command, f"{NAME}:{kind.value}", scope, data.external_id)


def _crypto(code: str) -> Asset:
    """Find an asset orders can be made in.

    Raises:
        DomainError: ASSET_NOT_SUPPORTED, for fiat and unknown codes alike.
    """
    if code not in ASSET_ROWS:
        raise DomainError(ErrorCode.ASSET_NOT_SUPPORTED, field="assetId")
    return asset_of(code)


def opened(order: OpenedOrder, integration_id: str, public_url: str) -> wire.Opened:
    """Show a new incoming order with the addresses of its hosted pages."""
    query = f"integrationId={integration_id}&orderId={order.order_id}"
    widget = (
        f'<iframe src={public_url}/iframe?{query} width="100%" height="800px" '
        'allow="clipboard-write *" ></iframe>'
    )
    link = f"{public_url}/payment-page?{query}"
    return wire.Opened(str(order.order_id), link, widget, order.address)


def promised(order: PromisedOrder) -> wire.Promised:
    """Show a new outgoing order."""
    return wire.Promised(str(order.order_id))


def sent(order: PromisedOrder) -> wire.Sent:
    """Show a new transfer."""
    return wire.Sent(str(order.order_id), str(order.payment_number))


def time_text(moment: datetime) -> str:
    """Write a moment as the vendor does: UTC, whole seconds, numeric offset."""
    return moment.astimezone(UTC).isoformat(timespec="seconds")


def order_out(view: OrderView) -> wire.Order:
    """Show an order; its amounts sum its payments that did not fail."""
    order = view.order
    asset = None if order.asset is None else ASSETS[order.asset]
    counted = [
        shown
        for shown in view.payments
        if shown.payment.asset == order.asset and shown.payment.state is not PaymentState.DROPPED
    ]
    primary = sum(shown.payment.units for shown in counted)
    fee = sum(shown.payment.fee for shown in counted)
    worth = sum(shown.payment.fiat_units for shown in counted)
    return wire.Order(
        id=str(order.id),
        status=ORDER_STATUS[order.state],
        created_at=time_text(order.created_at),
        updated_at=time_text(order.updated_at),
        transactions=[_transaction(shown, order.fiat) for shown in view.payments],
        primary_amount=_amount(primary, asset),
        secondary_amount=_amount(worth, ASSETS[order.fiat]),
        service_fee_amount=_amount(fee, asset),
        total_amount=_amount(primary - fee, asset),
        external_id=order.external_id,
        labels=sorted(order.labels),
        confirmations=min((shown.confirmations for shown in counted), default=0),
        required_confirmations=order.required_confirmations,
        expires_at=None if order.expires_at is None else time_text(order.expires_at),
    )


def _transaction(view: PaymentView, fiat: str) -> wire.Transaction:
    payment = view.payment
    asset = ASSETS[payment.asset]
    return wire.Transaction(
        id=str(payment.number),
        hash=payment.txid,
        status=PAYMENT_STATUS[payment.state],
        created_at=time_text(payment.created_at),
        updated_at=time_text(payment.updated_at),
        receiver_address=payment.address,
        primary_amount=_money(payment.units, asset),
        secondary_amount=_money(payment.fiat_units, ASSETS[fiat]),
        service_fee_amount=_money(payment.fee, asset),
        total_amount=_money(payment.units - payment.fee, asset),
        confirmations=view.confirmations,
        required_confirmations=CHAINS[payment.chain].confirmations,
    )


def transaction_out(view: PaymentView) -> wire.SingleTransaction:
    """Show a transaction by itself, with the order it belongs to."""
    shown = _transaction(view, view.fiat)
    order_id = view.payment.order_id
    return wire.SingleTransaction(
        id=shown.id,
        order_id=None if order_id is None else str(order_id),
        status=shown.status,
        created_at=shown.created_at,
        updated_at=shown.updated_at,
        receiver_address=shown.receiver_address,
        primary_amount=shown.primary_amount,
        secondary_amount=shown.secondary_amount,
        service_fee_amount=shown.service_fee_amount,
        total_amount=shown.total_amount,
        hash=shown.hash,
        external_id=view.external_id,
        confirmations=shown.confirmations,
        required_confirmations=shown.required_confirmations,
    )


def orders_out(page: Page[OrderView], number: int, quantity: int) -> wire.Orders:
    """Show a page of orders."""
    return wire.Orders(mapped(page, order_out), pagination(page, number, quantity))


def integrations_out(page: Page[Integration], number: int, quantity: int) -> wire.Integrations:
    """Show a page of integrations."""
    return wire.Integrations(mapped(page, _integration), pagination(page, number, quantity))


def _integration(integration: Integration) -> wire.Integration:
    status = INTEGRATION_STATUS[integration.status]
    return wire.Integration(integration.name, str(integration.id), integration.url, status)


def assets_out(enabled: Sequence[str]) -> wire.Assets:
    """Show the enabled assets, in the dialect's order."""
    return wire.Assets([_asset(code) for code in ASSET_ROWS if code in enabled])


def _asset(code: str) -> wire.Asset:
    asset, row = ASSETS[code], ASSET_ROWS[code]
    chain = asset.chain or ""
    return wire.Asset(code, asset.symbol, row.display_name, chain, BLOCKCHAINS[chain], row.name)


def rates_out(rates: Iterable[Rate], amount: str) -> wire.ExchangeRates:
    """Show what an amount of fiat buys of each asset, at the rate as it is shown.

    Raises:
        DomainError: RATE_UNAVAILABLE when no asset has a price, AMOUNT_INVALID,
            AMOUNT_TOO_PRECISE.
    """
    shown = [_rate(rate, amount) for rate in rates]
    if not shown:
        raise DomainError(ErrorCode.RATE_UNAVAILABLE)
    return wire.ExchangeRates(shown)


def _rate(rate: Rate, amount: str) -> wire.ExchangeRate:
    asset, fiat = rate.base, rate.quote
    decimals = ASSET_ROWS[asset.code].rate_decimals
    price = divide(10 ** (RATE_SCALE + decimals), rate.mantissa, Rounding.HALF_UP)
    product = parse_units(amount, fiat.scale) * price
    surplus = fiat.scale + decimals - asset.scale
    bought = divide(product, 10**surplus, Rounding.HALF_UP)
    return wire.ExchangeRate(asset.code, format_units(price, decimals), _money(bought, asset))


def _money(units: int, asset: Asset) -> wire.Amount:
    return wire.Amount(format_units(units, asset.scale), asset.symbol)


def _amount(units: int, asset: Asset | None) -> wire.Amount | None:
    return None if asset is None else _money(units, asset)
