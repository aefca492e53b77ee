"""Decide how orders that bring money in are made."""

from litestar import post
from litestar.params import JSONBody

from cambist.app.orders.open_order import OpenedOrder
from cambist.dialects.cryptopayments import mapping, wire
from cambist.dialects.cryptopayments.auth import GatewayRequest
from cambist.http.idempotency import IdempotencyKey
from cambist.http.openapi import refused

REFUSED = refused(404, 409, 413, 415, 422)


@post(
    "/order/deposit",
    operation_id="createDeposit",
    summary="Make a deposit order",
    response_description="The new order",
    responses=REFUSED,
)
async def open_deposit(
    request: GatewayRequest, data: JSONBody[wire.Deposit], idempotency_key: IdempotencyKey = None
) -> wire.Opened:
    """Make a deposit order: the first confirmed transaction completes it, whatever its amount."""
    order: OpenedOrder = await request.run(mapping.deposit(data, request.terms), idempotency_key)
    return mapping.opened(order, data.integration_id, request.services.public_url)


@post(
    "/order/payment",
    operation_id="createPayment",
    summary="Make a payment order",
    response_description="The new order",
    responses=REFUSED,
)
async def open_payment(
    request: GatewayRequest, data: JSONBody[wire.Payment], idempotency_key: IdempotencyKey = None
) -> wire.Opened:
    """Make a payment order over a fixed amount; several transactions may add up to it."""
    order: OpenedOrder = await request.run(mapping.payment(data, request.terms), idempotency_key)
    return mapping.opened(order, data.integration_id, request.services.public_url)
