"""Decide who may enter: the holder of a live key in `X-API-Key`, and what handlers know of it."""

from dataclasses import dataclass
from typing import Any

from litestar.openapi.spec import SecurityScheme

from cambist.dialects.cryptopayments.mapping import Terms
from cambist.http.amounts import AmountCodec
from cambist.http.callers import Callers
from cambist.http.idempotency import Asked, gate_for
from cambist.http.json_body import StrictRequest
from cambist.http.services import Services
from cambist.ports.principals import PartnerPrincipal
from cambist.ports.queries import AssetQueries, PartnerQueries, RateQueries

HEADER = "X-API-Key"
CHALLENGE = 'ApiKey realm="cryptopayments", header="X-API-Key"'
SECURITY = {
    "apiKey": SecurityScheme(
        type="apiKey",
        name=HEADER,
        security_scheme_in="header",
        description="A live API key of the merchant",
    )
}


@dataclass(frozen=True, slots=True)
class GatewayServices(Services):
    """Hold what this dialect needs beside the kit's services."""

    callers: Callers
    queries: PartnerQueries
    assets: AssetQueries
    rates: RateQueries


class GatewayRequest(StrictRequest[PartnerPrincipal]):
    """Be a request of an identified merchant."""

    @property
    def services(self) -> GatewayServices:
        """Give what bootstrap put in."""
        services: GatewayServices = self.app.state.services
        return services

    @property
    def terms(self) -> Terms:
        """Say how this caller's amounts are read: with rounding while its key's switch lasts."""
        principal, services = self.user, self.services
        until = principal.rounding_until
        rounds = until is not None and services.now().date() <= until
        codec = AmountCodec(rounds, lambda: services.callers.note_rounding(principal))
        return Terms(principal.partner_id, codec)

    async def run(self, asked: Asked, key: str | None) -> Any:
        """Run a command once for its idempotency key or, without one, for its own reference.

        Raises:
            DomainError: what the bus or the use case refused.
        """
        gate = gate_for(self.user.partner_id, asked, key)
        return await self.services.bus.execute(asked.command, gate)


async def enter(request: GatewayRequest) -> None:
    """Let a request in when its key is live and within its limits.

    Raises:
        RefusedError: CREDENTIAL_INVALID, RATE_LIMITED.
    """
    client = request.scope["client"]
    address = client[0] if client else ""
    secret = request.headers.get(HEADER)
    callers = request.services.callers
    request.scope["user"] = await callers.identify(secret, address, CHALLENGE)
