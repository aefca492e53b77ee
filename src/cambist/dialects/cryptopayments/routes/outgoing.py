"""Decide how orders that send money out are made."""

from litestar import post
from litestar.params import JSONBody

from cambist.app.paying import PromisedOrder
from cambist.dialects.cryptopayments import mapping, wire
from cambist.dialects.cryptopayments.auth import GatewayRequest
from cambist.http.idempotency import IdempotencyKey
from cambist.http.openapi import refused

REFUSED = refused(404, 409, 413, 415, 422)


@post(
    "/order/refund",
    status_code=200,
    operation_id="createRefund",
    summary="Refund an order",
    response_description="The new outgoing order",
    responses=REFUSED,
)
async def refund(
    request: GatewayRequest, data: JSONBody[wire.Refund], idempotency_key: IdempotencyKey = None
) -> wire.Promised:
    """Send money of a completed incoming order back, wholly or in parts."""
    order: PromisedOrder = await request.run(mapping.refund(data, request.terms), idempotency_key)
    return mapping.promised(order)


@post(
    "/order/withdrawal",
    status_code=200,
    operation_id="createWithdrawal",
    summary="Withdraw from the balance",
    response_description="The new outgoing order",
    responses=REFUSED,
)
async def withdraw(
    request: GatewayRequest, data: JSONBody[wire.Withdrawal], idempotency_key: IdempotencyKey = None
) -> wire.Promised:
    """Send money of the balance out."""
    asked = mapping.withdrawal(data, request.terms)
    order: PromisedOrder = await request.run(asked, idempotency_key)
    return mapping.promised(order)


@post(
    "/order/transfer",
    status_code=200,
    operation_id="createTransfer",
    summary="Send from a managed address",
    response_description="The new outgoing order and its transaction",
    responses=REFUSED,
)
async def transfer(
    request: GatewayRequest, data: JSONBody[wire.Transfer], idempotency_key: IdempotencyKey = None
) -> wire.Sent:
    """Send money standing on one managed address of the integration to another address."""
    asked = mapping.transfer(data, request.terms)
    order: PromisedOrder = await request.run(asked, idempotency_key)
    return mapping.sent(order)
