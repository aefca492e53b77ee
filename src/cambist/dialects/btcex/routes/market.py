"""Decide how partner, prices and addresses are told."""

from typing import Annotated

from litestar import get
from litestar.params import PathParameter

from cambist.dialects.btcex import answers, finding, wire
from cambist.dialects.btcex.desk import BtcexRequest
from cambist.dialects.btcex.routes.described import OPEN
from cambist.http.openapi import query_of
from cambist.http.problem_json import refused

AddressText = Annotated[
    str,
    PathParameter(description="Any text", schema_extra={"examples": [wire.ADDRESS_EXAMPLE]}),
]


@get(
    "/",
    operation_id="whoAmI",
    summary="Show the partner",
    response_description="The partner who signed",
    responses=refused(with_code=False),
)
async def who_am_i(request: BtcexRequest) -> answers.Partner:
    """Tell whose signature it is, and whether the request is a test."""
    return await finding.partner(request)


@get(
    "/price",
    operation_id="getPrice",
    summary="Show a price",
    response_description="What such an order would cost or bring",
    responses=refused(422, with_code=False),
    operation_class=query_of(wire.PriceQuery),
    opt=OPEN,
)
async def get_price(request: BtcexRequest) -> answers.Price:
    """Tell what an order of this size would cost or bring now; give satoshi or pennies."""
    return await finding.priced(request)


@get(
    "/btc-address-validation/{address:str}",
    operation_id="validateAddress",
    summary="Judge an address",
    response_description="What the text is as an address",
    responses=refused(404, with_code=False),
    opt=OPEN,
)
async def validate_address(
    request: BtcexRequest, address: AddressText
) -> answers.AddressValidation:
    """Tell whether bitcoin can be sent to an address; one that is none is an answer, too."""
    return finding.validated(request, address)
