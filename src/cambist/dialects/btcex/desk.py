"""Decide what handlers are given, whose requests reach them, and that a test keeps nothing."""

from dataclasses import dataclass
from typing import Any, Protocol

from litestar.enums import ScopeType
from litestar.types import ASGIApp, Message, Receive, Scope, Send

from cambist.bus.bus import Gate, Rehearsal
from cambist.dialects.btcex.auth import (
    PUBLIC,
    TEST,
    BrokerRequest,
    BrokerServices,
    test_refused,
)
from cambist.dialects.btcex.auth import enter as enter_signed
from cambist.dialects.btcex.tables import CHALLENGE
from cambist.http.idempotency import Asked, gate_for
from cambist.http.price_memory import PriceMemory
from cambist.http.refusals import Fault, refuse
from cambist.http.services import Commands
from cambist.http.uploading import Uploads
from cambist.kernel.ids import PartnerId
from cambist.ports.addresses import AddressBook
from cambist.ports.affiliates import Affiliate, AffiliateQueries
from cambist.ports.store import Writes
from cambist.ports.trades import MarketQueries, TradeQueries

REHEARSED = "btcex-rehearsed"
"""The key in a request's state that says that nothing of it is kept."""


class Rehearsing(Commands, Protocol):
    """Run commands, or only rehearse them; the bus does."""

    async def rehearse(self, command: object, gate: Gate | None = None) -> Rehearsal:
        """Run a command up to its commit and drop all it did.

        Raises:
            DomainError: what the use case or the bus refused.
        """


@dataclass(frozen=True, slots=True)
class BtcexServices(BrokerServices):
    """Hold what this dialect needs beside what its door needs.

    `sandbox` tells that the house plays with money that is none: only there are tests allowed.
    `memory` is the dialect's own.
    """

    bus: Rehearsing
    affiliates: AffiliateQueries
    trades: TradeQueries
    market: MarketQueries
    addresses: AddressBook
    uploads: Uploads
    sandbox: bool
    memory: PriceMemory | None = None


@dataclass(frozen=True, slots=True)
class Done:
    """Hold a command's result; `dropped` is what a rehearsed one would have written."""

    result: Any
    dropped: Writes | None


class BtcexRequest(BrokerRequest):
    """Be a request of an affiliate or, where the handler is public, of anybody."""

    @property
    def services(self) -> BtcexServices:
        """Give what bootstrap put in."""
        services: BtcexServices = self.app.state.services
        return services

    @property
    def partner_id(self) -> PartnerId:
        """Name the affiliate, who bounds everything that is read and done."""
        return self.user.partner_id

    async def affiliate(self) -> Affiliate:
        """Find the affiliate who signed.

        Raises:
            RefusedError: CREDENTIAL_INVALID when the key is of another kind of partner.
            StoreUnavailableError: the database cannot be reached.
        """
        found = await self.services.affiliates.of(self.partner_id)
        if found is None:
            raise refuse(Fault.CREDENTIAL_INVALID, headers={"WWW-Authenticate": CHALLENGE})
        return found

    async def run(
        self, command: object, operation: str = "", key: str | None = None, *, dry: bool = False
    ) -> Done:
        """Run a command, once for its idempotency key; in a test, or `dry`, only rehearse it.

        Raises:
            DomainError: what the bus or the use case refused.
        """
        gate = None if key is None else gate_for(self.partner_id, Asked(command, operation), key)
        if dry or self.is_test:
            self.mark()
            rehearsed = await self.services.bus.rehearse(command, gate)
            return Done(rehearsed.result, rehearsed.writes)
        return Done(await self.services.bus.execute(command, gate), None)

    def mark(self) -> None:
        """Let the answer say that nothing was kept."""
        self.scope["state"][REHEARSED] = True


async def enter(request: BtcexRequest) -> None:
    """Let a request in: tests in a sandbox only, then the door.

    Raises:
        RefusedError: as at the door; BODY_TOO_LARGE.
        DomainError: NONCE_USED, OVERLOADED.
    """
    if TEST in request.headers and not request.services.sandbox:
        raise test_refused()
    await enter_signed(request)
    if request.route_handler.opt.get(PUBLIC):
        return
    await request.affiliate()
    if request.is_test:
        request.mark()


def marked(app: ASGIApp) -> ASGIApp:
    """Wrap an application so that each answer to what was only rehearsed says so."""
    header = (TEST.encode(), b"1")

    async def call(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != ScopeType.HTTP:
            await app(scope, receive, send)
            return

        async def send_marked(message: Message) -> None:
            if message["type"] == "http.response.start" and scope.get("state", {}).get(REHEARSED):
                message["headers"] = [*message["headers"], header]
            await send(message)

        await app(scope, receive, send_marked)

    return call
