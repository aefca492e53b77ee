"""Decide how assets and prices are listed."""

from typing import Annotated

from litestar import get
from litestar.params import QueryParameter

from cambist.dialects.cryptopayments import mapping, wire
from cambist.dialects.cryptopayments.auth import GatewayRequest
from cambist.dialects.cryptopayments.reading import fresh_rates
from cambist.domain.market.assets import FIAT
from cambist.http.amounts import amount_pattern
from cambist.http.openapi import refused
from cambist.http.patterns import whole

FIAT_SCALE = max(asset.scale for asset in FIAT)
AMOUNT = amount_pattern(FIAT_SCALE)

FiatAmount = Annotated[
    str,
    QueryParameter(
        pattern=whole(AMOUNT),
        description="Amount of fiat to convert",
        required=False,
        schema_extra={"pattern": AMOUNT},
    ),
]
FiatCurrency = Annotated[
    wire.FiatCode, QueryParameter(description="Code of the fiat currency", required=False)
]


@get(
    "/assets",
    operation_id="listAssets",
    summary="List assets",
    response_description="The enabled assets",
    responses=refused(),
)
async def list_assets(request: GatewayRequest) -> wire.Assets:
    """List the crypto assets orders can be made in."""
    return mapping.assets_out(await request.services.assets.enabled_assets())


@get(
    "/exchange-rates",
    operation_id="listExchangeRates",
    summary="List exchange rates",
    response_description="The assets that have a price",
    responses=refused(422),
)
async def list_exchange_rates(
    request: GatewayRequest, amount: FiatAmount = "1", currency: FiatCurrency = "USD"
) -> wire.ExchangeRates:
    """Tell how much of each asset an amount of fiat buys; assets without a price are left out."""
    return mapping.rates_out(await fresh_rates(request, currency), amount)
