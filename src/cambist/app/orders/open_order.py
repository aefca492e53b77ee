"""Open an incoming order: a fixed amount to pay, or a deposit whose amount the payer chooses."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from cambist.app.steps import own_integration, watched_chain
from cambist.domain.custody.custody import Address
from cambist.domain.market.assets import asset_of
from cambist.domain.orders.orders import Order
from cambist.domain.orders.states import OrderKind, OrderState
from cambist.domain.partners.partners import Integration
from cambist.domain.partners.rules import check_limits, check_open_orders
from cambist.kernel.errors import DomainError, ErrorCode
from cambist.kernel.events import EventName
from cambist.kernel.ids import IntegrationId, OrderId, PartnerId
from cambist.kernel.money import Asset, Money
from cambist.kernel.rates import Rate, Rounding
from cambist.ports.uow import UnitOfWork


@dataclass(frozen=True, slots=True)
class OpenOrder:
    """Ask for an incoming order; `amount` counts units of `asset`, None leaves it to the payer."""

    partner_id: PartnerId
    integration_id: IntegrationId
    kind: OrderKind
    asset: str | None
    amount: int | None
    external_id: str | None
    customer: str | None


@dataclass(frozen=True, slots=True)
class OpenedOrder:
    """Answer with the order and the address to pay to, None while the asset is not chosen."""

    order_id: OrderId
    address: str | None


async def open_order(command: OpenOrder, uow: UnitOfWork, now: datetime) -> OpenedOrder:
    """Fix rate, fee and lifetime, allot a fresh address, and open the order.

    Raises:
        DomainError: NOT_FOUND for an integration of somebody else, ASSET_NOT_SUPPORTED,
            CHAIN_UNAVAILABLE, RATE_UNAVAILABLE, AMOUNT_TOO_SMALL, AMOUNT_TOO_LARGE,
            LIMIT_EXCEEDED when too many orders are open.
    """
    integration = await own_integration(uow, command.integration_id, command.partner_id)
    if command.kind is OrderKind.PAYMENT and not (command.asset and command.amount):
        raise DomainError(ErrorCode.AMOUNT_INVALID)
    check_open_orders(integration, await uow.open_orders(integration.id))
    order = _draft(command, integration, OrderId(uow.new_id()), now)
    if command.asset is not None:
        asset = asset_of(command.asset)
        chain = await watched_chain(uow, asset, now)
        rate = await uow.rate(asset, asset_of(integration.fiat))
        if command.amount is not None:
            _check_amount(command.amount, asset, rate, integration)
        number, address = await uow.next_address(chain.id)
        order = order.accept(asset.code, address, rate.mantissa, chain.confirmations)
        owner = (order.partner_id, order.integration_id, order.id)
        uow.addresses.add(Address.issued(chain.id, address, number, owner, now))
    uow.orders.add(order)
    uow.emit(order, EventName.ORDER_CREATED)
    return OpenedOrder(order.id, order.address)


def _draft(command: OpenOrder, integration: Integration, order_id: OrderId, now: datetime) -> Order:
    return Order(
        id=order_id,
        kind=command.kind,
        state=OrderState.CREATED,
        labels=frozenset(),
        partner_id=command.partner_id,
        integration_id=command.integration_id,
        asset=None,
        amount=command.amount,
        fiat=integration.fiat,
        rate=None,
        fee_ppm=integration.fee_ppm,
        address=None,
        source_address=None,
        parent_id=None,
        received=0,
        confirmed=0,
        fee=0,
        refunded=0,
        returned=0,
        required_confirmations=0,
        external_id=command.external_id,
        customer=command.customer,
        expires_at=now + timedelta(seconds=integration.order_lifetime_s),
        created_at=now,
        updated_at=now,
        seq=0,
    )


def _check_amount(units: int, asset: Asset, rate: Rate, integration: Integration) -> None:
    if units <= 0:
        raise DomainError(ErrorCode.AMOUNT_TOO_SMALL)
    check_limits(integration, rate.convert(Money(units, asset), Rounding.HALF_UP).units)
