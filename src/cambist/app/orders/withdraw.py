"""Withdraw from a merchant's balance to an outside address."""

from dataclasses import dataclass
from datetime import datetime

from cambist.app.paying import Payout, PromisedOrder, check_payout, promise
from cambist.app.steps import own_integration
from cambist.domain.market.assets import asset_of
from cambist.domain.orders.states import OrderKind
from cambist.kernel.ids import IntegrationId, PartnerId
from cambist.ports.uow import UnitOfWork


@dataclass(frozen=True, slots=True)
class Withdraw:
    """Ask for units of the balance to be sent."""

    partner_id: PartnerId
    integration_id: IntegrationId
    asset: str
    amount: int
    destination: str


async def withdraw(command: Withdraw, uow: UnitOfWork, now: datetime) -> PromisedOrder:
    """Hold amount and fee and queue the transfer.

    Raises:
        DomainError: NOT_FOUND, ASSET_NOT_SUPPORTED, AMOUNT_TOO_SMALL, ADDRESS_INVALID,
            INSUFFICIENT_BALANCE, RATE_UNAVAILABLE.
    """
    integration = await own_integration(uow, command.integration_id, command.partner_id)
    asset = asset_of(command.asset)
    await check_payout(uow, asset, command.amount, command.destination)
    payout = Payout(OrderKind.WITHDRAWAL, asset, command.amount, command.destination)
    return await promise(uow, integration, payout, now)
