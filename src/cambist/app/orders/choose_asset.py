"""Let the payer choose the asset of a deposit order on the pay page."""

from dataclasses import dataclass
from datetime import datetime

from cambist.app.steps import watched_chain
from cambist.domain.custody.custody import Address
from cambist.domain.market.assets import asset_of
from cambist.domain.orders.states import OrderState
from cambist.kernel.errors import DomainError, ErrorCode
from cambist.kernel.ids import IntegrationId, OrderId
from cambist.ports.uow import UnitOfWork


@dataclass(frozen=True, slots=True)
class ChooseAsset:
    """Name the asset an order of an integration is to be paid in."""

    order_id: OrderId
    integration_id: IntegrationId
    asset: str


async def choose_asset(command: ChooseAsset, uow: UnitOfWork, now: datetime) -> str:
    """Fix the asset once, allot an address and return it; the same choice again is harmless.

    Raises:
        DomainError: NOT_FOUND, INVALID_STATE when another asset was chosen or time is up,
            ASSET_NOT_SUPPORTED, CHAIN_UNAVAILABLE, RATE_UNAVAILABLE.
    """
    asset = asset_of(command.asset)
    chain = await watched_chain(uow, asset, now)
    order = (await uow.orders.lock([command.order_id])).get(command.order_id)
    if order is None or order.integration_id != command.integration_id:
        raise DomainError(ErrorCode.NOT_FOUND)
    if order.asset == asset.code and order.address is not None:
        return order.address
    if order.state is not OrderState.CREATED or (order.expires_at and now >= order.expires_at):
        raise DomainError(ErrorCode.INVALID_STATE, state=order.state.value)
    rate = await uow.rate(asset, asset_of(order.fiat))
    number, address = await uow.next_address(chain.id)
    uow.orders.save(order.accept(asset.code, address, rate.mantissa, chain.confirmations))
    owner = (order.partner_id, order.integration_id, order.id)
    uow.addresses.add(Address.issued(chain.id, address, number, owner, now))
    return address
