"""Decide what a broker's desk looks like to a test: a partner, its terms, and everybody's moves."""

import itertools
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date
from typing import Any
from uuid import UUID, uuid4

from cambist.adapters.db.mappers import LIMIT_RULE
from cambist.adapters.db.outbox import PostgresOutbox
from cambist.app.banking.book_line import BookedLine, BookLine
from cambist.app.banking.export_payouts import ExportPayouts
from cambist.app.cases.confirm_code import ConfirmCode
from cambist.app.cases.decide_case import DecideCase, Decision
from cambist.app.cases.decide_change import ChangeOutcome, DecideChange
from cambist.app.cases.send_code import SendCode
from cambist.app.cases.submit_identity import SubmitIdentity
from cambist.app.knowing import Client
from cambist.app.trades.cancel_trade import CancelTrade
from cambist.app.trades.open_trade import OpenedTrade, OpenTrade
from cambist.bootstrap.rendering import Rendering
from cambist.domain.compliance.cases import CaseKind
from cambist.domain.messaging.codes import Purpose
from cambist.domain.orders.states import OrderState
from cambist.domain.partners.partners import PartnerKind
from cambist.domain.payments.bank import BankPayout, batch_id, end_to_end
from cambist.domain.pricing.terms import Given, Side
from cambist.kernel.ids import IntegrationId, OrderId, PartnerId, QuoteId
from cambist.ports.rulebook import CUSTOMER_SCOPE, LimitRule
from cambist.ports.trades import TradeView
from cambist.workers.relay import Relay
from cambist.workers.subscriptions import Services
from tests.partners_made import put_terms, take_on
from tests.world import World

LTC = 100_000_000
OUTSIDE = "LUWPbpM43E2p7ZSh8cyTBEkvpHmr3cB8Ez"
ACCOUNT = "19-2000145399/0800"
IBAN = "CZ6508000000192000145399"
PERSON = {"first_name": "Jana", "last_name": "Nováková", "phone": "+420601123456"}
ROUNDS_MAX = 50

_numbers = itertools.count(1)


@dataclass
class Desk:
    """Hold a world with a broker's partner in it."""

    world: World
    partner: PartnerId
    channel: IntegrationId
    lines: int = 0
    sent: list[Any] = field(default_factory=list)

    async def do(self, command: object, key: str = "") -> Any:
        """Run a command, once for a key."""
        return await self.world.do(command, key)

    async def order(self, side: Side = Side.BUY, **changes: Any) -> OpenedTrade:
        """Open an order of 1000 CZK, or of 0.5 LTC to sell, for a new customer."""
        opened: OpenedTrade = await self.do(self.wish(side, **changes))
        await self.carry()
        return opened

    def wish(self, side: Side = Side.BUY, **changes: Any) -> OpenTrade:
        """Write what opens such an order."""
        asked: dict[str, Any] = {
            "partner_id": self.partner,
            "integration_id": self.channel,
            "dialect": "btcex",
            "side": side,
            "crypto": "LTC",
            "fiat": "CZK",
            "method": "cz-bank",
            "given": Given.FROM,
            "units": 100_000 if side is Side.BUY else LTC // 2,
            "client": Client(email=f"{uuid4().hex}@example.com", phone=PERSON["phone"]),
            "destination": OUTSIDE if side is Side.BUY else None,
            "bank_account": ACCOUNT if side is Side.SELL else None,
        }
        return OpenTrade(**{**asked, **changes})

    async def view(self, opened: OpenedTrade | OrderId) -> TradeView:
        """Show an order."""
        order_id = opened if isinstance(opened, UUID) else opened.order_id
        found = await self.world.core.trades.trade(None, OrderId(order_id))
        assert found is not None
        return found

    async def carry(self) -> None:
        """Let every event have its consequences."""
        core = self.world.core
        render = Rendering(core.trades, "https://cambist.example")
        services = Services(core.bus, core.queries, render, "https://cambist.example")

        async def beat(name: str) -> None:
            return None

        relay = Relay(PostgresOutbox(core.pool), services, beat, lambda limit: 0)
        for _ in range(ROUNDS_MAX):
            if not await relay.run_once():
                return
        raise AssertionError("events never end")

    async def known(self, external_id: str | None = None) -> Client:
        """Make a customer who passed every check: known by an e-mail, or the partner's own id."""
        phone = self.next_phone()
        email = None if external_id else f"{uuid4().hex}@example.com"
        client = Client(external_id, email, phone)
        opened = await self.order(client=client)
        await self.identify(opened, phone=phone)
        await self.do(SendCode(opened.order_id, self.partner, CaseKind.PHONE, self.next_address()))
        code = await self.code(Purpose.PHONE, opened)
        await self.do(ConfirmCode(opened.order_id, self.partner, CaseKind.PHONE, code))
        await self.do(CancelTrade(opened.order_id, self.partner))
        await self.carry()
        return client

    async def ready(self, side: Side = Side.BUY, **changes: Any) -> OpenedTrade:
        """Open an order that waits for its money."""
        client = changes.pop("client", None) or await self.known()
        opened = await self.order(side, client=client, **changes)
        assert await self.state(opened) is OrderState.AWAITING_PAYMENT
        return opened

    async def state(self, opened: OpenedTrade) -> OrderState:
        """Tell where an order stands."""
        return (await self.view(opened)).order.state

    async def cancel(self, opened: OpenedTrade) -> None:
        """Let the customer cancel."""
        await self.do(CancelTrade(opened.order_id, self.partner))
        await self.carry()

    async def pay(self, opened: OpenedTrade, units: int, *, confirm: bool = True) -> str:
        """Let the seller send crypto; return the transaction."""
        address = (await self.view(opened)).order.address
        txid = await self.world.pay(address, units, "LTC")
        if confirm:
            await self.world.confirm("LTC")
        await self.carry()
        return txid

    async def offered(self, opened: OpenedTrade) -> QuoteId:
        """Name the terms a change case offers."""
        held = (await self.view(opened)).held_by
        assert held is not None
        return QuoteId(UUID(json.loads(held.facts)["quote"]))

    async def change(
        self, opened: OpenedTrade, accept: bool, seen: QuoteId | None = None
    ) -> ChangeOutcome:
        """Let the customer decide on changed terms."""
        command = DecideChange(opened.order_id, self.partner, accept, seen)
        outcome: ChangeOutcome = await self.do(command)
        await self.carry()
        return outcome

    async def export(self, opened: OpenedTrade) -> BankPayout:
        """Hand an order's payout to the bank, in a file of its own."""
        queued = await self.payout(opened)
        batch = batch_id([queued.id])
        await self.do(
            ExportPayouts(batch, queued.method, queued.currency, ((queued.id, queued.owner),), b"")
        )
        await self.carry()
        return await self.payout(opened)

    async def payout(self, opened: OpenedTrade) -> BankPayout:
        """Show an order's newest payout."""
        return (await self.view(opened)).payouts[-1]

    async def payee(self, payout: BankPayout) -> dict[str, str]:
        """Open who is paid."""
        core = self.world.core
        assert payout.customer_id is not None
        key = await core.pool.fetchval(
            "select key from customers where id = $1", payout.customer_id
        )
        return core.privacy.open(key, payout.customer_id, payout.sealed)

    async def debit(self, payout: BankPayout, **changes: Any) -> BookedLine:
        """Let the bank report that it made a payout."""
        told = {"credit": False, "end_to_end": end_to_end(payout.id), "name": None}
        return await self.transfer(payout.units, (), **{**told, **changes})

    async def send_back(self, payout: BankPayout, **changes: Any) -> BookedLine:
        """Let the bank report that a payout came back."""
        told = {"end_to_end": end_to_end(payout.id), "is_return": True}
        return await self.transfer(payout.units, (), **{**told, **changes})

    async def balance(self, opened: OpenedTrade, asset: str = "CZK") -> tuple[int, int]:
        """Give what an order's customer has: posted, held."""
        customer = (await self.view(opened)).trade.customer_id
        row = await self.world.core.pool.fetchrow(
            "select posted, held from accounts where owner = $1 and asset = $2",
            f"customer:{customer}",
            asset,
        )
        return (0, 0) if row is None else (int(row[0]), int(row[1]))

    async def counted(self, opened: OpenedTrade) -> int:
        """Sum what stands against the limits of an order's customer."""
        trade = (await self.view(opened)).trade
        query = "select buckets from turnovers where subject = $1"
        subject = f"customer:{trade.customer_id}:{trade.fiat}"
        buckets = await self.world.core.pool.fetchval(query, subject) or ""
        words = [word for word in buckets.split(",") if word]
        return sum(int(word.split("=")[1].split("/")[0]) for word in words)

    def next_address(self) -> str:
        """Give an IP address nobody has used."""
        return f"2001:db8::{next(_numbers):x}"

    def next_phone(self) -> str:
        """Give a phone number nobody has."""
        return f"+42060{next(_numbers):07}"

    async def identify(self, opened: OpenedTrade, **changes: str) -> None:
        """Let the customer tell who he is, and the reviewer accept it."""
        await self.identify_only(opened, **changes)
        await self.decide(opened, Decision.ACCEPT)

    async def identify_only(self, opened: OpenedTrade, country: str = "CZ", **changes: str) -> None:
        """Let the customer tell who he is."""
        told = tuple(sorted({**PERSON, **changes}.items()))
        await self.do(SubmitIdentity(opened.order_id, self.partner, country, told))
        await self.carry()

    async def decide(self, opened: OpenedTrade, decision: Decision, **more: str) -> None:
        """Let a reviewer decide the case that waits."""
        held = (await self.view(opened)).held_by
        assert held is not None
        await self.do(DecideCase(opened.order_id, held.id, decision, "tester", **more))
        await self.carry()

    async def open_case(self, opened: OpenedTrade) -> CaseKind | None:
        """Tell which case holds an order."""
        held = (await self.view(opened)).held_by
        return None if held is None else held.kind

    async def transfer(
        self, units: int, references: Sequence[str] = (), **changes: Any
    ) -> BookedLine:
        """Let the bank report money on our account."""
        booked: BookedLine = await self.do(await self.line(units, references, **changes))
        await self.carry()
        return booked

    async def line(self, units: int, references: Sequence[str] = (), **changes: Any) -> BookLine:
        """Write a line of a statement, another one each time."""
        self.lines += 1
        asked: dict[str, Any] = {
            "account": IBAN,
            "identity": f"{self.partner}-{self.lines}",
            "method": "cz-bank",
            "credit": True,
            "currency": "CZK",
            "units": units,
            "booked_on": await self.today(),
            "references": tuple(references),
            "end_to_end": None,
            "name": "JANA NOVAKOVA",
            "counter_account": "CZ5508000000001234567899",
            "is_return": False,
            "text": "",
        }
        return BookLine(**{**asked, **changes})

    async def today(self) -> date:
        """Tell the core's day."""
        return (await self.world.core.queries.now()).astimezone(UTC).date()

    async def code(self, purpose: Purpose, opened: OpenedTrade) -> str:
        """Read the code in the newest SMS of an order."""
        core = self.world.core
        row = await core.pool.fetchrow(
            "select m.sealed, c.key, c.id from messages m join customers c on c.id = m.customer_id"
            " where m.order_id = $1 and m.template = $2 order by m.created_at desc, m.id desc",
            opened.order_id,
            f"{purpose.value}-code",
        )
        assert row is not None
        packed = core.privacy.open(row[1], row[2], row[0])["contents"]
        return packed.split('"code":"')[1][:6]

    async def letters(self, opened: OpenedTrade) -> list[str]:
        """List the templates written about an order, oldest first."""
        rows = await self.world.core.pool.fetch(
            "select template from messages where order_id = $1 order by created_at, id",
            opened.order_id,
        )
        return [row[0] for row in rows]

    async def add_rules(self, *rules: LimitRule) -> None:
        """Set limits."""
        await self.world.core.pool.execute(LIMIT_RULE.insert, *LIMIT_RULE.arrays(rules))
        self.world.core.rules.forget()

    def limit(self, **changes: Any) -> LimitRule:
        """Make a limit for this partner's customers."""
        asked: dict[str, Any] = {
            "id": uuid4(),
            "scope": CUSTOMER_SCOPE,
            "partner_id": self.partner,
            "dialect": None,
            "level": None,
            "fiat": "CZK",
            "per_order_min": 0,
            "per_order_max": None,
            "per_day": None,
            "per_month": None,
        }
        return LimitRule(**{**asked, **changes})


async def open_desk(world: World) -> Desk:
    """Take on a broker's partner with a channel, and 5 % commission for everybody."""
    partner, channel = await take_on(world.core, PartnerKind.AFFILIATE, "Affiliate", fiat="CZK")
    await put_terms(world.core, partner_id=partner)
    return Desk(world, partner, channel)
