"""Decide how orders are made, shown, listed and cancelled."""

from litestar import Response, get, post
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import JSONBody

from cambist.dialects.btcex import answers, finding, placing, wire
from cambist.dialects.btcex.desk import BtcexRequest
from cambist.dialects.btcex.routes.described import FOLLOWED, OrderNumber
from cambist.http.idempotency import IdempotencyKey
from cambist.http.openapi import query_of
from cambist.http.problem_json import refused

PLACED = refused(409, 413, 415, 422, with_code=False)
VISITED = {
    **refused(403, 409, 422, with_code=False),
    303: ResponseSpec(None, description="The order's page, for browsers", generate_examples=False),
}


@post(
    "/order/buy",
    operation_id="buy",
    summary="Buy bitcoin for a customer",
    response_description="The new order",
    responses=PLACED,
)
async def buy(
    request: BtcexRequest, data: JSONBody[wire.Buy], idempotency_key: IdempotencyKey = None
) -> answers.Order:
    """Make an order to buy; with `dry` every check runs and nothing is kept."""
    return await placing.bought(request, data, idempotency_key)


@post(
    "/order/sell",
    operation_id="sell",
    summary="Sell bitcoin for a customer",
    response_description="The new order",
    responses=PLACED,
)
async def sell(
    request: BtcexRequest, data: JSONBody[wire.Sell], idempotency_key: IdempotencyKey = None
) -> answers.Order:
    """Make an order to sell; with `dry` every check runs and nothing is kept."""
    return await placing.sold(request, data, idempotency_key)


@get(
    "/order/buy",
    status_code=201,
    operation_id="followToBuy",
    summary="Buy bitcoin in a browser",
    response_description="The new order",
    responses=VISITED,
    operation_class=query_of(wire.BuyQuery),
    opt=FOLLOWED,
)
async def follow_to_buy(request: BtcexRequest) -> Response[answers.Order]:
    """Make an order to buy for whoever follows the link; what only looks at links is refused."""
    return await placing.buy_followed(request)


@get(
    "/order/sell",
    status_code=201,
    operation_id="followToSell",
    summary="Sell bitcoin in a browser",
    response_description="The new order",
    responses=VISITED,
    operation_class=query_of(wire.SellQuery),
    opt=FOLLOWED,
)
async def follow_to_sell(request: BtcexRequest) -> Response[answers.Order]:
    """Make an order to sell for whoever follows the link; what only looks at links is refused."""
    return await placing.sell_followed(request)


@get(
    "/order/{order_id:str}",
    operation_id="getOrder",
    summary="Show an order",
    response_description="The order",
    responses=refused(404, with_code=False),
)
async def get_order(request: BtcexRequest, order_id: OrderNumber) -> answers.Order:
    """Show an order: its status, its open case, how it is to be paid."""
    return await finding.own_order(request, order_id)


@get(
    "/orders",
    operation_id="listOrders",
    summary="List orders",
    response_description="A page of orders",
    responses=refused(with_code=False),
    operation_class=query_of(wire.OrdersQuery),
)
async def list_orders(request: BtcexRequest) -> answers.Orders:
    """List orders, newest first."""
    return await finding.own_orders(request)


@post(
    "/order/{order_id:str}/cancel",
    status_code=200,
    operation_id="cancelOrder",
    summary="Cancel an order",
    response_description="The order",
    responses=refused(404, 409, with_code=False),
)
async def cancel_order(
    request: BtcexRequest, order_id: OrderNumber, idempotency_key: IdempotencyKey = None
) -> answers.Order:
    """Cancel an order that is not paid; a seller is then asked where his bitcoin goes back to."""
    return await placing.cancelled(request, order_id, idempotency_key)
