"""Decide how a merchant's own set-up is listed."""

from litestar import get

from cambist.dialects.cryptopayments import mapping, wire
from cambist.dialects.cryptopayments.auth import GatewayRequest
from cambist.http.openapi import refused
from cambist.http.paging import QUANTITY_DEFAULT, PageNumber, PageQuantity


@get(
    "/integrations",
    operation_id="listIntegrations",
    summary="List integrations",
    response_description="A page of integrations",
    responses=refused(),
)
async def list_integrations(
    request: GatewayRequest, page: PageNumber = 1, quantity: PageQuantity = QUANTITY_DEFAULT
) -> wire.Integrations:
    """List the integrations, oldest first; orders are made for one of them."""
    found = await request.services.queries.integrations(request.user, page, quantity)
    return mapping.integrations_out(found, page, quantity)
