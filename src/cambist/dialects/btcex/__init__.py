"""The affiliate's broker: price, orders to buy and sell, and the eight cases that hold them."""

from dataclasses import replace

from litestar.types import ASGIApp

from cambist.dialects.btcex.auth import SECURITY, Signers
from cambist.dialects.btcex.desk import BtcexRequest, BtcexServices, enter, marked
from cambist.dialects.btcex.remembering import with_memory
from cambist.dialects.btcex.routes import HANDLERS
from cambist.dialects.btcex.tables import PROBLEMS, refuse
from cambist.dialects.btcex.webhooks import DESCRIPTION, told
from cambist.http.dialect import Dialect, build_application
from cambist.http.flow import echoed
from cambist.http.price_memory import PriceMemory

__all__ = ["DIALECT", "BtcexServices", "Signers", "build", "told"]

DIALECT = Dialect(
    name="btcex",
    prefix="/btcex",
    base="/",
    title="BTCex broker",
    version="1",
    description="Bitcoin against Czech koruna for customers of affiliates",
    handlers=HANDLERS,
    request_class=BtcexRequest,
    door=enter,
    refuse=refuse,
    envelope=PROBLEMS.envelope,
    security=SECURITY,
    openapi_extra={
        # All three headers together: a list of three would let any one of them do.
        "security": [{name: [] for name in SECURITY}],
        "webhooks": DESCRIPTION,
    },
)


def build(services: BtcexServices) -> ASGIApp:
    """Make the dialect's application."""
    memory = PriceMemory(services.market, https=services.public_url.startswith("https:"))
    app = marked(build_application(DIALECT, replace(services, memory=memory)))
    return echoed(with_memory(app, services.signers, memory))
