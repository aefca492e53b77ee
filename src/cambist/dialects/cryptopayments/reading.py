"""Decide what is found: the caller's own orders, transactions and integrations, fresh prices."""

from uuid import UUID

from cambist.dialects.cryptopayments.auth import GatewayRequest
from cambist.dialects.cryptopayments.mapping import number_of, order_id_of
from cambist.dialects.cryptopayments.tables import ASSET_ROWS
from cambist.domain.market.assets import ASSETS
from cambist.kernel.errors import DomainError, ErrorCode
from cambist.kernel.ids import IntegrationId
from cambist.kernel.rates import Rate
from cambist.ports.queries import OrderView, Page, PaymentView


async def own_order(request: GatewayRequest, order_id: str) -> OrderView:
    """Find an order of the caller's.

    Raises:
        DomainError: NOT_FOUND.
    """
    view = await request.services.queries.order(request.user, order_id_of(order_id))
    if view is None:
        raise DomainError(ErrorCode.NOT_FOUND)
    return view


async def own_transaction(request: GatewayRequest, number: str) -> PaymentView:
    """Find a transaction of the caller's.

    Raises:
        DomainError: NOT_FOUND.
    """
    view = await request.services.queries.payment(request.user, number_of(number))
    if view is None:
        raise DomainError(ErrorCode.NOT_FOUND)
    return view


async def own_orders(
    request: GatewayRequest, page: int, quantity: int, integration_id: str | None
) -> Page[OrderView]:
    """List the caller's orders, of one integration when it is named.

    Raises:
        DomainError: NOT_FOUND for an integration that is not the caller's.
    """
    queries, caller = request.services.queries, request.user
    if integration_id is None:
        return await queries.orders(caller, page, quantity, None)
    wanted = IntegrationId(UUID(integration_id))
    if await queries.integration(caller, wanted) is None:
        raise DomainError(ErrorCode.NOT_FOUND, field="integrationId")
    return await queries.orders(caller, page, quantity, wanted)


async def fresh_rates(request: GatewayRequest, currency: str) -> list[Rate]:
    """Collect the prices of enabled assets; one without a trustworthy price is left out."""
    services, fiat = request.services, ASSETS[currency]
    enabled = await services.assets.enabled_assets()
    found: list[Rate] = []
    for code in ASSET_ROWS:
        if code in enabled:
            try:
                found.append(await services.rates.rate(ASSETS[code], fiat))
            except DomainError as refusal:
                if refusal.code is not ErrorCode.RATE_UNAVAILABLE:
                    raise
    return found
