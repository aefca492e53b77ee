"""Decide what the transcripts talk to: an affiliate, its orders, a bus that nods."""

import os
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, cast
from uuid import UUID

import httpx2

from cambist.adapters.chain_families.inspection import inspect_address
from cambist.adapters.chain_families.networks import Network
from cambist.adapters.vault.sealing import AesGcmVault
from cambist.app.cases.confirm_code import ConfirmCode, Tried
from cambist.app.cases.decide_change import ChangeOutcome, DecideChange
from cambist.app.trades.open_trade import OpenedTrade, OpenTrade
from cambist.bus.bus import Gate, Rehearsal
from cambist.dialects.btcex import DIALECT, BtcexServices, Signers, build
from cambist.domain.messaging.codes import Outcome
from cambist.domain.pricing.terms import Side, Terms
from cambist.http.dispatch import Dispatcher, Mount
from cambist.http.limits import Limits
from cambist.http.uploading import Uploads
from cambist.kernel.errors import DomainError, ErrorCode
from cambist.kernel.ids import OrderId, PartnerId
from cambist.ports.addresses import AddressFacts
from cambist.ports.affiliates import Affiliate
from cambist.ports.store import Kind, Writes
from cambist.ports.trades import MarketTerms, PriceAsk, Slice, TradeFilter, TradeView
from tests.dialects.btcex.door import KEY, PRIVATE, FakeNonces, FakeSecrets, Recorder
from tests.dialects.btcex.live import Signer
from tests.dialects.btcex.views import CHANNEL, IDENTITY, NOW, PARTNER, SELL, sample_views

PUBLIC_URL = "https://pay.example"
NAME = "example.com"
AFFILIATE = Affiliate(PARTNER, NAME, CHANNEL)
RIGHT = "123456"
TERMS = Terms(commission_ppm=50_000, minimum_units=10_000, rate_validity_s=900)


class FakeAffiliates:
    """Know one affiliate."""

    async def named(self, name: str) -> Affiliate | None:
        return AFFILIATE if name == NAME else None

    async def only(self) -> Affiliate | None:
        return AFFILIATE

    async def of(self, partner_id: PartnerId) -> Affiliate | None:
        return AFFILIATE if partner_id == PARTNER else None


@dataclass
class FakeTrades:
    """Answer like the database, bounded by the owner."""

    views: list[TradeView] = field(default_factory=sample_views)

    async def trade(self, partner_id: PartnerId | None, order_id: OrderId) -> TradeView | None:
        return next((one for one in self._own(partner_id) if one.order.id == order_id), None)

    async def trade_by_number(self, partner_id: PartnerId, number: int) -> TradeView | None:
        return next((one for one in self._own(partner_id) if one.trade.number == number), None)

    async def trades(
        self, partner_id: PartnerId, chosen: TradeFilter, limit: int
    ) -> Slice[TradeView]:
        own = [
            one
            for one in reversed(self._own(partner_id))
            if (chosen.states is None or one.order.state in chosen.states)
            and (chosen.before is None or one.order.id < chosen.before)
        ]
        after = own[limit - 1].order.id if len(own) > limit else None
        return Slice(tuple(own[:limit]), after)

    def _own(self, partner_id: PartnerId | None) -> list[TradeView]:
        return [one for one in self.views if partner_id in (None, one.order.partner_id)]


@dataclass
class FakeMarket:
    """Price a bitcoin at so many koruna."""

    koruna: int | None = 1_500_000
    terms: Terms = TERMS
    until: datetime = NOW + timedelta(seconds=900)

    async def market(self, ask: PriceAsk) -> MarketTerms:
        if self.koruna is None:
            raise DomainError(ErrorCode.RATE_UNAVAILABLE)
        return MarketTerms(self.koruna * 10**18, self.terms, self.until)


class Addresses:
    """Judge addresses as the real book does."""

    def inspect(self, chain: str, address: str) -> AddressFacts:
        return inspect_address(chain, Network.MAIN, address)


@dataclass
class NoddingBus:
    """Record commands and answer as if all went well; a wrong code is wrong."""

    trades: FakeTrades
    commands: list[tuple[Any, Gate | None]] = field(default_factory=list)
    rehearsed: list[Any] = field(default_factory=list)

    async def execute(self, command: object, gate: Gate | None = None) -> Any:
        self.commands.append((command, gate))
        return self._result(command)

    async def rehearse(self, command: object, gate: Gate | None = None) -> Rehearsal:
        self.rehearsed.append(command)
        writes = Writes()
        if isinstance(command, OpenTrade):
            view = self._view(command)
            writes.added = {
                Kind.ORDER: [view.order],
                Kind.TRADE: [view.trade],
                Kind.CASE: list(view.cases),
            }
        return Rehearsal(self._result(command), writes)

    def _result(self, command: object) -> Any:
        match command:
            case OpenTrade():
                view = self._view(command)
                return OpenedTrade(view.order.id, view.trade.number, view.trade.page)
            case ConfirmCode(code=code) if code is not None:
                return Tried(Outcome.RIGHT, 0) if code == RIGHT else Tried(Outcome.WRONG, 3)
            case ConfirmCode():
                return Tried(Outcome.OTHER, 0)
            case DecideChange(accept=accept):
                return ChangeOutcome.RESTATED if accept else ChangeOutcome.REJECTED
            case _:
                return None

    def _view(self, command: OpenTrade) -> TradeView:
        number = IDENTITY if command.side is Side.BUY else SELL
        return next(one for one in self.trades.views if one.trade.number == number)


class TakingUploads:
    """Take every document."""

    async def take(self, upload: object) -> UUID:
        return UUID(int=9)


class Broker:
    """Hold the fakes and a client that signs."""

    def __init__(self, limits: Limits | None = None) -> None:
        vault = AesGcmVault({"k": os.urandom(32)}, "k")
        self.trades, self.market = FakeTrades(), FakeMarket()
        self.bus = NoddingBus(self.trades)
        limits = limits or Limits.build(lambda: 0)
        signers = Signers(FakeSecrets(vault), vault, FakeNonces(), limits, Recorder(), _now)
        services = BtcexServices(
            bus=self.bus,
            now=_now,
            new_id=lambda: UUID(int=7),
            public_url=PUBLIC_URL,
            signers=signers,
            affiliates=FakeAffiliates(),
            trades=cast("Any", self.trades),
            market=cast("Any", self.market),
            addresses=cast("Any", Addresses()),
            uploads=cast("Uploads", TakingUploads()),
            sandbox=True,
        )
        application = build(services)
        self.asgi: Any = Dispatcher([Mount(DIALECT.prefix, application)], application)
        self.signer = Signer(KEY, PRIVATE)
        self.http = httpx2.AsyncClient(
            transport=httpx2.ASGITransport(cast("Any", self.asgi)),
            base_url=f"http://broker.example{DIALECT.prefix}",
        )

    async def ask(
        self, method: str, path: str, sent: bytes = b"", **headers: str
    ) -> httpx2.Response:
        """Send a signed request."""
        signed = self.signer.headers(sent)
        if sent:
            signed["content-type"] = "application/json"
        return await self.http.request(method, path, content=sent, headers={**signed, **headers})


def _now() -> datetime:
    return NOW
