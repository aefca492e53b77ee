"""Decide how configuration, prices and quotes are told."""

from litestar import get, post
from litestar.params import JSONBody

from cambist.dialects.cryptoexchange import answers, mapping, reading, showing, wire
from cambist.dialects.cryptoexchange.auth import ExchangeRequest
from cambist.http.idempotency import IdempotencyKey
from cambist.http.openapi import query_of
from cambist.http.problem_json import refused


@get(
    "/configuration",
    operation_id="getConfiguration",
    summary="Show the configuration",
    response_description="What the operator set up for the client",
    responses=refused(404, with_code=True),
)
async def get_configuration(request: ExchangeRequest) -> answers.Configuration:
    """Show currencies, limits and fees; only the operator changes them."""
    return await reading.configuration(request)


@get(
    "/rates",
    operation_id="listRates",
    summary="List rates",
    response_description="The currencies that have a price",
    responses=refused(422, with_code=True),
    operation_class=query_of(wire.RatesQuery),
)
async def list_rates(request: ExchangeRequest) -> answers.Rates:
    """List prices, commission within; with an amount, what it would exchange for."""
    return await reading.rates(request)


@post(
    "/quotes",
    operation_id="placeQuote",
    summary="Get a firm price",
    response_description="The price and until when it holds",
    responses=refused(409, 413, 415, 422, with_code=True),
)
async def place_quote(
    request: ExchangeRequest,
    data: JSONBody[wire.PlaceQuote],
    idempotency_key: IdempotencyKey = None,
) -> answers.Quote:
    """Fix a price for a while; an order may take it once, by `quoteId`."""
    placed = await request.run(mapping.quote(data, request.client_id), idempotency_key)
    return showing.quote_out(placed, data)
