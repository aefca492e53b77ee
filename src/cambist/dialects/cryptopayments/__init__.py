"""The merchant gateway: orders with a payment page, refunds, withdrawals, sends, callbacks."""

from litestar.types import ASGIApp

from cambist.dialects.cryptopayments.auth import (
    SECURITY,
    GatewayRequest,
    GatewayServices,
    enter,
)
from cambist.dialects.cryptopayments.routes import HANDLERS
from cambist.dialects.cryptopayments.tables import refuse
from cambist.dialects.cryptopayments.webhooks import DESCRIPTION, STATUS_EVENTS, render_order
from cambist.http.dialect import Dialect, Envelope, build_application
from cambist.http.problems import MEDIA_TYPE, render_problem

__all__ = ["DIALECT", "STATUS_EVENTS", "GatewayServices", "build", "render_order"]

DIALECT = Dialect(
    name="cryptopayments",
    prefix="/cryptopayments",
    base="/api/v1",
    title="Cryptopayments gateway",
    version="1",
    description="Incoming and outgoing crypto orders of merchants",
    handlers=HANDLERS,
    request_class=GatewayRequest,
    door=enter,
    refuse=refuse,
    envelope=Envelope(MEDIA_TYPE, render_problem),
    security=SECURITY,
    openapi_extra={"webhooks": DESCRIPTION},
)


def build(services: GatewayServices) -> ASGIApp:
    """Make the dialect's application."""
    return build_application(DIALECT, services)
