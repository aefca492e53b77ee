"""Give a customer an address of his own in our custody, the same one every time."""

from dataclasses import dataclass
from datetime import datetime
from uuid import NAMESPACE_URL, uuid5

from cambist.app.knowing import known_or_new
from cambist.app.steps import own_integration, watched_chain
from cambist.domain.custody.custody import Address
from cambist.domain.market.assets import asset_of
from cambist.domain.orders.orders import Order
from cambist.domain.orders.states import OrderKind, OrderState
from cambist.kernel.events import EventName
from cambist.kernel.ids import CustomerId, IntegrationId, OrderId, PartnerId
from cambist.ports.uow import UnitOfWork

_NAMESPACE = uuid5(NAMESPACE_URL, "cambist:vault")


def vault_id(customer_id: CustomerId, crypto: str) -> OrderId:
    """Derive the id of the standing deposit order behind a customer's address."""
    return OrderId(uuid5(_NAMESPACE, f"{customer_id}/{crypto}"))


@dataclass(frozen=True, slots=True)
class IssueAddress:
    """Ask for a customer's address of an asset; `external_id` is the partner's own id for him."""

    partner_id: PartnerId
    integration_id: IntegrationId
    crypto: str
    external_id: str


@dataclass(frozen=True, slots=True)
class IssuedAddress:
    """Answer with the address and since when it is the customer's."""

    address: str
    chain: str
    created_at: datetime


async def issue_address(command: IssueAddress, uow: UnitOfWork, now: datetime) -> IssuedAddress:
    """Find or allot the address; what is paid to it is credited to the customer.

    Raises:
        DomainError: NOT_FOUND, ASSET_NOT_SUPPORTED, CHAIN_UNAVAILABLE.
    """
    integration = await own_integration(uow, command.integration_id, command.partner_id)
    asset = asset_of(command.crypto)
    chain = await watched_chain(uow, asset, now)
    customer = await known_or_new(uow, command.partner_id, command.external_id, None, now)
    order_id = vault_id(customer.id, asset.code)
    known = (await uow.orders.lock([order_id])).get(order_id)
    if known is not None and known.address is not None:
        return IssuedAddress(known.address, chain.id, known.created_at)
    rate = await uow.rate(asset, asset_of(integration.fiat))
    number, address = await uow.next_address(chain.id)
    order = _standing(command, order_id, customer.id, integration.fiat, now)
    order = order.accept(asset.code, address, rate.mantissa, chain.confirmations)
    owner = (order.partner_id, order.integration_id, order.id)
    uow.addresses.add(Address.issued(chain.id, address, number, owner, now))
    uow.orders.add(order)
    uow.emit(order, EventName.ORDER_CREATED)
    return IssuedAddress(address, chain.id, now)


def _standing(
    command: IssueAddress,
    order_id: OrderId,
    customer_id: CustomerId,
    fiat: str,
    now: datetime,
) -> Order:
    return Order(
        id=order_id,
        kind=OrderKind.DEPOSIT,
        state=OrderState.CREATED,
        labels=frozenset(),
        partner_id=command.partner_id,
        integration_id=command.integration_id,
        asset=None,
        amount=None,
        fiat=fiat,
        rate=None,
        fee_ppm=0,
        address=None,
        source_address=None,
        parent_id=None,
        received=0,
        confirmed=0,
        fee=0,
        refunded=0,
        returned=0,
        required_confirmations=0,
        external_id=None,
        customer=command.external_id,
        expires_at=None,
        created_at=now,
        updated_at=now,
        seq=0,
        customer_id=customer_id,
    )
