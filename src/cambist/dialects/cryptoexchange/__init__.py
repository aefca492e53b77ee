"""The exchange for API clients: rates, addresses, orders to buy and sell for their customers."""

from dataclasses import replace

from litestar.types import ASGIApp

from cambist.dialects.cryptoexchange.auth import (
    SECURITY,
    ClientQueries,
    ExchangeRequest,
    ExchangeServices,
    enter,
)
from cambist.dialects.cryptoexchange.paths import with_written_ids
from cambist.dialects.cryptoexchange.reading import KeptAssets
from cambist.dialects.cryptoexchange.remembering import HEADER, with_memory
from cambist.dialects.cryptoexchange.routes import HANDLERS
from cambist.dialects.cryptoexchange.tables import PROBLEMS
from cambist.dialects.cryptoexchange.webhooks import (
    DESCRIPTION,
    TOLD_EVENTS,
    render_event,
    render_order,
)
from cambist.http.dialect import Dialect, build_application
from cambist.http.openapi_page import TryOut
from cambist.http.price_memory import PriceMemory

__all__ = [
    "DIALECT",
    "TOLD_EVENTS",
    "ClientQueries",
    "ExchangeServices",
    "build",
    "render_event",
    "render_order",
]

DIALECT = Dialect(
    name="cryptoexchange",
    prefix="/cryptoexchange",
    base="/v1",
    title="CryptoExchange API",
    version="1",
    description="Exchange between fiat and crypto currencies for the customers of API clients",
    handlers=HANDLERS,
    request_class=ExchangeRequest,
    door=enter,
    refuse=PROBLEMS.refuse,
    envelope=PROBLEMS.envelope,
    security=SECURITY,
    openapi_extra={"webhooks": DESCRIPTION},
)


def build(services: ExchangeServices) -> ASGIApp:
    """Make the dialect's application; with a `sandbox_key` its page can make calls."""
    memory = PriceMemory(services.market, https=services.public_url.startswith("https:"))
    assets = KeptAssets(services.assets, services.now)
    own = replace(services, assets=assets, memory=memory)
    key = services.sandbox_key
    try_out = None if key is None else TryOut(HEADER, key)
    app = with_written_ids(build_application(DIALECT, own, try_out), DIALECT.base)
    return with_memory(app, f"{DIALECT.base}/rates", services.callers, memory)
