"""Decide how orders are placed, shown, listed and cancelled."""

from typing import Annotated

from litestar import get, post
from litestar.params import JSONBody, PathParameter

from cambist.dialects.cryptoexchange import answers, mapping, reading, showing, wire
from cambist.dialects.cryptoexchange.auth import ExchangeRequest
from cambist.http.idempotency import IdempotencyKey
from cambist.http.openapi import query_of
from cambist.http.problem_json import refused

OrderPathId = Annotated[
    str, PathParameter(description="Id of the order", schema_extra={"pattern": wire.ID_PATTERN})
]
CustomerPathId = Annotated[
    str,
    PathParameter(
        description="The client's own id of the customer, percent-encoded",
        schema_extra={"pattern": wire.CUSTOMER_PATTERN, "examples": [wire.CUSTOMER_EXAMPLE]},
    ),
]


@post(
    "/orders",
    operation_id="placeOrder",
    summary="Place an order",
    response_description="The new order",
    responses=refused(404, 409, 413, 415, 422, with_code=True),
)
async def place_order(
    request: ExchangeRequest,
    data: JSONBody[wire.PlaceOrder],
    idempotency_key: IdempotencyKey = None,
) -> answers.Order:
    """Buy or sell for a customer, at the price of the moment or at that of a quote."""
    view = await reading.placed_order(request, data, idempotency_key)
    return showing.order_out(view, request.services.public_url)


@get(
    "/orders/{order_id:str}",
    operation_id="getOrder",
    summary="Show an order",
    response_description="The order",
    responses=refused(404, with_code=True),
)
async def get_order(request: ExchangeRequest, order_id: OrderPathId) -> answers.Order:
    """Show an order: its status, how it is to be paid, its transfer."""
    view = await reading.own_order(request, mapping.order_id_of(order_id))
    return showing.order_out(view, request.services.public_url)


@post(
    "/orders/{order_id:str}/cancel",
    status_code=200,
    operation_id="cancelOrder",
    summary="Cancel an order",
    response_description="The order",
    responses=refused(404, 409, with_code=True),
)
async def cancel_order(
    request: ExchangeRequest, order_id: OrderPathId, idempotency_key: IdempotencyKey = None
) -> answers.Order:
    """Cancel an order that is not paid; money on its way to us goes back."""
    view = await reading.cancelled_order(request, order_id, idempotency_key)
    return showing.order_out(view, request.services.public_url)


@post(
    "/orders/{order_id:str}/link",
    operation_id="createOrderLink",
    summary="Make a link to an order's page",
    response_description="The link",
    responses=refused(404, 409, with_code=True),
)
async def create_order_link(
    request: ExchangeRequest, order_id: OrderPathId, idempotency_key: IdempotencyKey = None
) -> answers.OrderLink:
    """Make a link by which a customer without e-mail address answers what is asked of him.

    It opens the order's page once, for an hour.
    """
    return showing.link_out(await reading.handed_link(request, order_id, idempotency_key))


@get(
    "/customers/{customer_id:str}/orders",
    operation_id="listOrders",
    summary="List a customer's orders",
    response_description="A page of orders",
    responses=refused(404, 422, with_code=True),
    operation_class=query_of(wire.OrdersQuery),
)
async def list_orders(request: ExchangeRequest, customer_id: CustomerPathId) -> answers.Orders:
    """List the orders of one of the client's customers, newest first."""
    found = await reading.orders_of(request, customer_id)
    return showing.orders_out(found, request.services.public_url)
