"""Decide how addresses are made, judged and counted."""

from typing import Annotated

from litestar import get, post
from litestar.params import JSONBody, PathParameter

from cambist.dialects.cryptoexchange import answers, reading, showing, wire
from cambist.dialects.cryptoexchange.auth import ExchangeRequest
from cambist.http.idempotency import IdempotencyKey
from cambist.http.openapi import query_of
from cambist.http.problem_json import refused

OwnAddress = Annotated[
    str,
    PathParameter(
        description="An address made for one of the client's customers",
        schema_extra={"pattern": wire.ADDRESS_PATTERN, "examples": [wire.ADDRESS_EXAMPLE]},
    ),
]


@post(
    "/addresses",
    operation_id="createAddress",
    summary="Make an address for a customer",
    response_description="The customer's address",
    responses=refused(409, 413, 415, 422, with_code=True),
)
async def create_address(
    request: ExchangeRequest,
    data: JSONBody[wire.CreateAddress],
    idempotency_key: IdempotencyKey = None,
) -> answers.CustodyAddress:
    """Give a customer an address in our custody, the same one every time he is asked for."""
    issued = await request.run(await reading.address_asked(request, data), idempotency_key)
    return showing.address_out(issued, data.crypto)


@post(
    "/addresses/validate",
    status_code=200,
    operation_id="validateAddress",
    summary="Validate an address",
    response_description="What the text is as an address",
    responses=refused(413, 415, 422, with_code=True),
)
async def validate_address(
    request: ExchangeRequest,
    data: JSONBody[wire.ValidateAddress],
    idempotency_key: IdempotencyKey = None,
) -> answers.AddressValidation:
    """Tell whether money can be sent to an address, and why not; nothing is kept of it."""
    return reading.inspected(request, data)


@get(
    "/addresses/{address:str}/balance",
    operation_id="getBalance",
    summary="Show the balance of an address",
    response_description="The balance",
    responses=refused(404, 422, with_code=True),
    operation_class=query_of(wire.BalanceQuery),
)
async def get_balance(request: ExchangeRequest, address: OwnAddress) -> answers.Balance:
    """Show what stands on an address made here; any other address is not found."""
    return await reading.own_balance(request, address)
