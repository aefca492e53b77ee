"""Send crypto from one managed address of an integration to another address."""

from dataclasses import dataclass
from datetime import datetime

from cambist.app.paying import Payout, PromisedOrder, check_payout, promise
from cambist.app.steps import own_integration
from cambist.domain.custody.custody import address_key
from cambist.domain.market.assets import asset_of, chain_of
from cambist.domain.orders.states import OrderKind
from cambist.kernel.errors import DomainError, ErrorCode
from cambist.kernel.ids import IntegrationId, PartnerId
from cambist.ports.uow import UnitOfWork


@dataclass(frozen=True, slots=True)
class SendCrypto:
    """Ask for units standing on `source`, an address of the integration, to be sent."""

    partner_id: PartnerId
    integration_id: IntegrationId
    asset: str
    amount: int
    source: str
    destination: str
    external_id: str | None


async def send_crypto(command: SendCrypto, uow: UnitOfWork, now: datetime) -> PromisedOrder:
    """Hold amount and fee and queue the transfer from that one address.

    Raises:
        DomainError: NOT_FOUND for an address that is not the integration's, ASSET_NOT_SUPPORTED,
            AMOUNT_TOO_SMALL, ADDRESS_INVALID, INSUFFICIENT_BALANCE (of the merchant, or of the
            address), RATE_UNAVAILABLE.
    """
    integration = await own_integration(uow, command.integration_id, command.partner_id)
    asset = asset_of(command.asset)
    await check_payout(uow, asset, command.amount, command.destination)
    key = address_key(chain_of(asset).id, command.source)
    address = await uow.addresses.peek(key)
    if address is None or address.integration_id != integration.id:
        raise DomainError(ErrorCode.NOT_FOUND, field="transferAddress")
    coins = await uow.coins.where("holder", key)
    standing = sum(c.units for c in coins if c.asset == asset.code and c.spent_by is None)
    if standing < command.amount:
        raise DomainError(ErrorCode.INSUFFICIENT_BALANCE, field="transferAddress")
    payout = Payout(
        OrderKind.SEND,
        asset,
        command.amount,
        command.destination,
        source=command.source,
        external_id=command.external_id,
    )
    return await promise(uow, integration, payout, now)
