"""Decide what live tests of the affiliates' API stand on: a real core, two who sign."""

import hashlib
import itertools
import json
import os
import time
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast
from uuid import uuid4

import httpx2
from litestar.types import ASGIApp

from cambist.adapters.db.affiliates import PostgresAffiliates
from cambist.adapters.db.nonces import PostgresNonces
from cambist.adapters.db.store import PostgresStore
from cambist.adapters.db.usage import KeyUsage
from cambist.app.cases.decide_case import Decision
from cambist.app.trades.admit_visitor import AdmitVisitor, admit_visitor
from cambist.app.trades.open_trade import OpenedTrade
from cambist.bootstrap.applications import uploads_of
from cambist.bootstrap.core import Core
from cambist.bootstrap.onboarding import issue_signing_key, new_halves
from cambist.bus.answers import register
from cambist.bus.bus import Bus, Gate, Rehearsal
from cambist.bus.scope import Tools
from cambist.dialects.btcex import DIALECT, BtcexServices, Signers, build
from cambist.dialects.btcex.desk import Rehearsing
from cambist.dialects.btcex.signing import read_signed, shapes, sign
from cambist.domain.messaging.codes import Purpose
from cambist.domain.partners.partners import KeyMode, PartnerKind
from cambist.http.dispatch import Dispatcher, Mount
from cambist.http.limits import Limits, RateLimit
from cambist.kernel.ids import IntegrationId, PartnerId
from cambist.ports.trades import TradeQueries
from tests.dialects.talking import pricing
from tests.documents.pictures import png
from tests.partners_made import put_terms, take_on
from tests.trades.desk import Desk
from tests.world import World, open_world

BTC = 100_000_000
OUTSIDE = "bc1qcr8te4kr609gcawutmrza0j4xv80jy8z306fyu"
IBAN = "CZ6508000000192000145399"
PHONE = "+420601123456"
PUBLIC_URL = "https://pay.example"
MINE, CANARY = "mine.example", "canary.example"
MANY = RateLimit(100_000, 1_000_000)
_phones = itertools.count()
IDENTITY: dict[str, Any] = {
    "first_name": "Jana",
    "last_name": "Nováková",
    "birth_date": "1971-03-19",
    "nationality": "CZ",
    "address": {"street": "Dlouhá 1", "city": "Praha", "postal_code": "110 00", "country": "CZ"},
    "document": {
        "kind": "id-card",
        "number": "123456789",
        "valid_until": "2099-12-31",
        "issuer": "Praha",
    },
    "phone": PHONE,
}
AML: dict[str, Any] = {
    "funds_origin": "employment",
    "purpose": "investment",
    "occupation": "teacher",
    "pep": False,
    "tax_country": "CZ",
    "declaration": True,
}


class Visiting:
    """Run commands on a core's bus, and count visitors beside it."""

    def __init__(self, core: Core) -> None:
        self._bus = core.bus
        tools = Tools(core.entropy, core.book, core.privacy)
        self._door = Bus(PostgresStore(core.pool, {}), register((admit_visitor,)), tools)

    async def execute(self, command: object, gate: Gate | None = None) -> Any:
        """Run a command."""
        bus = self._door if isinstance(command, AdmitVisitor) else self._bus
        return await bus.execute(command, gate)

    async def rehearse(self, command: object, gate: Gate | None = None) -> Rehearsal:
        """Rehearse a command."""
        return await self._bus.rehearse(command, gate)


@dataclass(frozen=True)
class Seat:
    """Hold an affiliate with the halves of its signing key."""

    partner: PartnerId
    channel: IntegrationId
    name: str
    key: str
    private: str


@dataclass
class Signer:
    """Sign requests with one key, a fresh nonce each."""

    key: str
    private: str
    nonces: Iterator[int] = field(default_factory=lambda: itertools.count(time.time_ns()))

    def headers(self, sent: bytes = b"", shape: int = 0) -> dict[str, str]:
        """Write the headers that sign a JSON body."""
        return self.over(read_signed(sent), shape)

    def over(self, body: Any, shape: int = 0) -> dict[str, str]:
        """Write the headers that sign a body."""
        nonce = next(self.nonces)
        signature = sign(self.private.encode(), self.key, nonce, shapes(body)[shape])
        return {"btcex-key": self.key, "btcex-nonce": str(nonce), "btcex-signature": signature}


@dataclass
class Client:
    """Ask as one affiliate, signing everything."""

    http: httpx2.AsyncClient
    signer: Signer
    desk: Desk

    async def ask(
        self,
        method: str,
        path: str,
        body: Any = None,
        status: int | None = None,
        **headers: str,
    ) -> Any:
        """Send a signed request, expect a status if one is named, and give the answer's JSON."""
        response = await self.send(method, path, body, headers)
        if status is not None:
            assert response.status_code == status, response.text
        await self.desk.carry()
        return response.json()

    async def send(
        self, method: str, path: str, body: Any = None, headers: Mapping[str, str] | None = None
    ) -> httpx2.Response:
        """Send a signed request."""
        sent = b"" if body is None else json.dumps(body).encode()
        signed = self.signer.headers(sent)
        if sent:
            signed["content-type"] = "application/json"
        more = {name.replace("_", "-"): value for name, value in (headers or {}).items()}
        return await self.http.request(method, path, content=sent, headers={**signed, **more})

    async def upload(
        self,
        order: int,
        content: bytes | None = None,
        name: str = "front.png",
        headers: Mapping[str, str] | None = None,
        fields: Mapping[str, str] | None = None,
    ) -> httpx2.Response:
        """Send a signed form with a picture."""
        picture = png() if content is None else content
        told = {"kind": "id-front", "sha256": hashlib.sha256(picture).hexdigest()}
        told.update(fields or {})
        return await self.http.post(
            f"/order/{order}/verify-identity",
            data=told,
            files={"file": (name, picture)},
            headers={**self.signer.over(told), **(headers or {})},
        )

    async def buy(self, status: int = 201, **changes: Any) -> dict[str, Any]:
        """Order 2000 CZK worth of bitcoin for a new customer."""
        asked = {"pennies": 200_000, "email": mailbox(), "btc_address": OUTSIDE}
        order: dict[str, Any] = await self.ask("POST", "/order/buy", {**asked, **changes}, status)
        return order

    async def sell(self, status: int = 201, **changes: Any) -> dict[str, Any]:
        """Sell half a hundredth of a bitcoin of a new customer's."""
        asked = {"satoshi": BTC // 200, "email": mailbox(), "bank_account": "19-2000145399/0800"}
        order: dict[str, Any] = await self.ask("POST", "/order/sell", {**asked, **changes}, status)
        return order

    async def show(self, order: Mapping[str, Any]) -> dict[str, Any]:
        """Show an order."""
        shown: dict[str, Any] = await self.ask("GET", f"/order/{order['id']}", status=200)
        return shown

    async def opened(self, order: Mapping[str, Any]) -> OpenedTrade:
        """Find an order in the core."""
        view = await self.desk.world.core.trades.trade_by_number(self.desk.partner, order["id"])
        assert view is not None
        return OpenedTrade(view.order.id, view.trade.number, view.trade.page)

    async def code(self, order: Mapping[str, Any], case: str = "verify-phone") -> str:
        """Have a code sent and read it."""
        await self.ask("POST", f"/order/{order['id']}/{case}-sms", status=202)
        purpose = Purpose.PHONE if case == "verify-phone" else Purpose.DEPOSIT
        return await self.desk.code(purpose, await self.opened(order))

    async def pass_identity(self, order: Mapping[str, Any], phone: str | None = None) -> None:
        """Tell who the customer is; the reviewer accepts it."""
        path, told = f"/order/{order['id']}/verify-identity", phone or new_phone()
        await self.ask("POST", path, {**IDENTITY, "phone": told}, 200)
        await self.desk.decide(await self.opened(order), Decision.ACCEPT)

    async def pass_checks(
        self, order: Mapping[str, Any], phone: str | None = None
    ) -> dict[str, Any]:
        """Take a new order through identity and phone."""
        await self.pass_identity(order, phone)
        answer = {"code": await self.code(order)}
        shown: dict[str, Any] = await self.ask(
            "POST", f"/order/{order['id']}/verify-phone", answer, 200
        )
        return shown

    async def known(self) -> tuple[str, str]:
        """Make a customer who passed every check; give his e-mail and phone."""
        email, phone = mailbox(), new_phone()
        order = await self.buy(email=email)
        await self.pass_checks(order, phone)
        await self.ask("POST", f"/order/{order['id']}/cancel", status=200)
        return email, phone

    async def pay(self, order: Mapping[str, Any], satoshi: int) -> dict[str, Any]:
        """Send bitcoin to a sale's address and let it be confirmed."""
        world = self.desk.world
        await world.pay(order["payment"]["btc_address"], satoshi, "BTC")
        await world.confirm("BTC")
        await self.desk.carry()
        return await self.show(order)


@dataclass(frozen=True)
class Stage:
    """Hold a core with two affiliates; `mine` calls, `theirs` must not be touched."""

    world: World
    mine: Seat
    theirs: Seat
    uploads: Any

    def app(
        self,
        bus: Rehearsing | None = None,
        trades: TradeQueries | None = None,
        *,
        sandbox: bool = True,
    ) -> ASGIApp:
        """Build the dialect, on another bus or other queries if they are given."""
        core = self.world.core
        now = core.clock.now
        limits = Limits.build(time.monotonic_ns, MANY, MANY, MANY)
        usage, nonces = KeyUsage(core.pool), PostgresNonces(core.pool)
        broker = build(
            BtcexServices(
                bus=bus or Visiting(core),
                now=now,
                new_id=core.entropy.new_id,
                public_url=PUBLIC_URL,
                signers=Signers(core.secrets, core.vault, nonces, limits, usage, now),
                affiliates=PostgresAffiliates(core.pool, time.monotonic),
                trades=trades or core.trades,
                market=core.market,
                addresses=core.book,
                uploads=self.uploads,
                sandbox=sandbox,
            )
        )
        return Dispatcher([Mount(DIALECT.prefix, broker)], fallback=broker)

    @asynccontextmanager
    async def client(self, seat: Seat | None = None, **app: Any) -> AsyncIterator[Client]:
        """Talk as an affiliate, the caller unless another is named."""
        who = seat or self.mine
        transport = httpx2.ASGITransport(cast("Any", self.app(**app)))
        address = f"http://broker.example{DIALECT.prefix}"
        async with httpx2.AsyncClient(
            transport=transport, base_url=address, event_hooks=pricing(self.world)
        ) as http:
            desk = Desk(self.world, who.partner, who.channel, lines=int(time.time_ns()))
            yield Client(http, Signer(who.key, who.private), desk)


def new_phone() -> str:
    """Make a Czech mobile number nobody has."""
    return f"+420603{next(_phones):06}"


def mailbox() -> str:
    """Make an e-mail address nobody has."""
    return f"{uuid4().hex}@shop.example"


@asynccontextmanager
async def open_stage(url: str, folder: Path) -> AsyncIterator[Stage]:
    """Open a core with two affiliates and 5 % commission."""
    async with open_world(url, folder, documents_dir=folder / "documents") as world:
        await world.fund_hot("BTC", 100 * BTC)
        await put_terms(world.core, dialect=DIALECT.name)
        mine, theirs = await seat(world, MINE), await seat(world, CANARY)
        yield Stage(world, mine, theirs, uploads_of(world.core))


async def seat(world: World, name: str, kind: PartnerKind = PartnerKind.AFFILIATE) -> Seat:
    """Take on a partner with a channel and a signing key; names are told apart by a number."""
    core = world.core
    unique = f"{os.urandom(8).hex()}.{name}"
    url = f"https://{name}"
    partner, channel = await take_on(core, kind, unique, url=url, fiat="CZK")
    halves = new_halves(core)
    await issue_signing_key(core, partner, halves, KeyMode.SANDBOX)
    return Seat(partner, channel, unique, *halves)
