"""Decide how orders and transactions are shown."""

from typing import Annotated

from litestar import get
from litestar.params import PathParameter, QueryParameter

from cambist.dialects.cryptopayments import mapping, wire
from cambist.dialects.cryptopayments.auth import GatewayRequest
from cambist.dialects.cryptopayments.reading import own_order, own_orders, own_transaction
from cambist.http.openapi import refused
from cambist.http.paging import QUANTITY_DEFAULT, PageNumber, PageQuantity
from cambist.http.patterns import whole

OrderPathId = Annotated[
    str, PathParameter(description="Id of the order", schema_extra={"pattern": wire.ID_PATTERN})
]
TransactionPathId = Annotated[
    str,
    PathParameter(
        description="Id of the transaction", schema_extra={"pattern": wire.NUMBER_PATTERN}
    ),
]
OfIntegration = Annotated[
    str | None,
    QueryParameter(
        name="integrationId",
        pattern=whole(wire.ID_PATTERN),
        description="Only orders of this integration",
        required=False,
        schema_extra={"pattern": wire.ID_PATTERN},
    ),
]


@get(
    "/orders",
    operation_id="listOrders",
    summary="List orders",
    response_description="A page of orders",
    responses=refused(404),
)
async def list_orders(
    request: GatewayRequest,
    page: PageNumber = 1,
    quantity: PageQuantity = QUANTITY_DEFAULT,
    integration_id: OfIntegration = None,
) -> wire.Orders:
    """List orders of every kind, newest first."""
    found = await own_orders(request, page, quantity, integration_id)
    return mapping.orders_out(found, page, quantity)


@get(
    "/orders/{order_id:str}",
    operation_id="getOrder",
    summary="Show an order",
    response_description="The order",
    responses=refused(404),
)
async def get_order(request: GatewayRequest, order_id: OrderPathId) -> wire.Order:
    """Show an order with its transactions."""
    return mapping.order_out(await own_order(request, order_id))


@get(
    "/transactions/{number:str}",
    operation_id="getTransaction",
    summary="Show a transaction",
    response_description="The transaction",
    responses=refused(404),
)
async def get_transaction(
    request: GatewayRequest, number: TransactionPathId
) -> wire.SingleTransaction:
    """Show a single transaction."""
    return mapping.transaction_out(await own_transaction(request, number))
