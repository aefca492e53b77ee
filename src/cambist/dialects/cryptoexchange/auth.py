"""Decide who may enter: an API client with a live key in `X-API-Key`; what handlers know of it."""

from dataclasses import dataclass
from typing import Any, Protocol

from litestar.openapi.spec import SecurityScheme

from cambist.dialects.cryptoexchange.remembering import HEADER, entered
from cambist.domain.partners.partners import Partner
from cambist.http.callers import Callers
from cambist.http.idempotency import Asked, gate_for
from cambist.http.json_body import StrictRequest
from cambist.http.price_memory import PriceMemory
from cambist.http.services import Services
from cambist.kernel.ids import PartnerId
from cambist.ports.addresses import AddressBook
from cambist.ports.principals import PartnerPrincipal
from cambist.ports.queries import AssetQueries
from cambist.ports.trades import MarketQueries, TradeQueries, VaultQueries

CHALLENGE = 'ApiKey realm="cryptoexchange", header="X-API-Key"'
SECURITY = {
    "apiKey": SecurityScheme(
        type="apiKey",
        name=HEADER,
        security_scheme_in="header",
        description="A live API key of the client",
    )
}


class ClientQueries(Protocol):
    """Read what a client is called."""

    async def partner(self, partner_id: PartnerId) -> Partner | None:
        """Find a partner."""


@dataclass(frozen=True, slots=True)
class ExchangeServices(Services):
    """Hold what this dialect needs beside the kit's services.

    `callers` must know keys of API clients only; `sandbox_key` is shown on the OpenAPI page of a
    sandbox, None everywhere else. `memory` is the dialect's own.
    """

    callers: Callers
    clients: ClientQueries
    trades: TradeQueries
    market: MarketQueries
    vault: VaultQueries
    addresses: AddressBook
    assets: AssetQueries
    sandbox_key: str | None = None
    memory: PriceMemory | None = None


class ExchangeRequest(StrictRequest[PartnerPrincipal]):
    """Be a request of an identified client."""

    @property
    def services(self) -> ExchangeServices:
        """Give what bootstrap put in."""
        services: ExchangeServices = self.app.state.services
        return services

    @property
    def client_id(self) -> PartnerId:
        """Name the client, who bounds everything that is read and done."""
        return self.user.partner_id

    async def run(self, asked: Asked, key: str | None) -> Any:
        """Run a command, once for its idempotency key or its own reference if it has one.

        Raises:
            DomainError: what the bus or the use case refused.
        """
        gate = gate_for(self.client_id, asked, key)
        return await self.services.bus.execute(asked.command, gate)


async def enter(request: ExchangeRequest) -> None:
    """Let a request in when its key is live and within its limits.

    Raises:
        RefusedError: CREDENTIAL_INVALID, RATE_LIMITED.
    """
    known = entered(request.scope)
    if known is not None:
        request.scope["user"] = known
        return
    client = request.scope["client"]
    address = client[0] if client else ""
    secret = request.headers.get(HEADER)
    callers = request.services.callers
    request.scope["user"] = await callers.identify(secret, address, CHALLENGE)
