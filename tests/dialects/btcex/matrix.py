"""Decide what the authorization matrix of affiliates is made of: what is signed, and by whom."""

from collections.abc import Generator, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import httpx2

from cambist.app.partners.revoke_key import RevokeKey
from cambist.bootstrap.onboarding import issue_secret, issue_signing_key, new_halves
from cambist.dialects.btcex import DIALECT
from cambist.dialects.btcex.desk import Rehearsing
from cambist.dialects.btcex.signing import read_signed
from cambist.dialects.btcex.wire import NUMBER_PATTERN
from cambist.domain.partners.partners import KeyMode, PartnerKind
from cambist.http.dialect import describe
from cambist.ports.trades import TradeQueries
from tests.dialects import matrix
from tests.dialects.btcex.live import (
    AML,
    BTC,
    CANARY,
    IDENTITY,
    OUTSIDE,
    Client,
    Seat,
    Signer,
    Stage,
    mailbox,
    seat,
)
from tests.dialects.matrix import BROKERED, HEADER, Fixture, Plan, Victim
from tests.dialects.talking import pricing

EXTRA = ("partner_id", "integration_id", "state", "seq", "sandbox", "commission", "level", "raw")
LARGE = 3_100_000

_FILLED = ("orders", "trades", "quotes", "customers", "cases", "codes", "payments", "addresses")


@dataclass(frozen=True)
class Held:
    """Hold an affiliate's orders by what each waits for, and the code sent for one of them."""

    orders: Mapping[str, int]
    code: str


async def hold(me: Client, name: str) -> Held:
    """Bring an order into every state there is an operation for."""
    orders: dict[str, int] = {}

    async def keep(state: str, order: Mapping[str, Any]) -> Mapping[str, Any]:
        orders[state] = order["id"]
        return order

    def own() -> dict[str, Any]:
        return {"email": mailbox().replace("shop", name), "cookie": name}

    await keep("new", await me.buy(**own()))
    await keep("cancellable", await me.buy(**own()))
    for state in ("phone", "sms"):
        await me.pass_identity(await keep(state, await me.buy(**own())))
    code = await me.code({"id": orders["phone"]})
    await me.pass_identity(await keep("aml", await me.buy(pennies=LARGE, **own())))
    email, phone = await me.known()
    for state in ("deposit", "deposit-sms"):
        await keep(state, await me.buy(email=email, deposit_phone=phone, pennies=20_000))
    await me.code({"id": orders["deposit"]}, "deposit")
    for state in ("change", "return"):
        sale = await keep(state, await me.sell(**own()))
        await me.pay(await me.pass_checks(sale), BTC // 100)
    path = f"/order/{orders['return']}/change"
    await me.ask("POST", path, {"decision": "reject"}, 200)
    return Held(orders, code)


STATES = {
    "getOrder": "new",
    "cancelOrder": "cancellable",
    "getVerifyIdentity": "new",
    "verifyIdentity": "new",
    "getAmlCz": "aml",
    "declareFundsCz": "aml",
    "getVerifyPhone": "phone",
    "verifyPhone": "phone",
    "getVerifyPhoneSms": "sms",
    "sendVerifyPhoneSms": "sms",
    "getDeposit": "deposit",
    "useDeposit": "deposit",
    "getDepositSms": "deposit-sms",
    "sendDepositSms": "deposit-sms",
    "getChange": "change",
    "decideChange": "change",
    "getReturn": "return",
    "nameReturn": "return",
}
"""Which of its orders an operation is tried on."""


def fixtures(mine: Held) -> dict[str, Fixture]:
    """Give one good request for each signed operation; one without fails the matrix."""
    bodies: dict[str, Mapping[str, Any]] = {
        "verifyIdentity": IDENTITY,
        "declareFundsCz": AML,
        "verifyPhone": {"code": mine.code},
        "useDeposit": {"refused": True},
        "decideChange": {"decision": "accept"},
        "nameReturn": {"btc_address": OUTSIDE},
    }
    of_orders = {
        operation: Fixture({"order_id": str(mine.orders[state])}, body=bodies.get(operation))
        for operation, state in STATES.items()
    }
    buying = {"pennies": 200_000, "email": mailbox(), "btc_address": OUTSIDE}
    selling = {"satoshi": 500_000, "email": mailbox(), "bank_account": "19-2000145399/0800"}
    return {
        **of_orders,
        "whoAmI": Fixture(),
        "buy": Fixture(body=buying),
        "sell": Fixture(body=selling),
        "listOrders": Fixture(query={"limit": "10"}),
    }


class Signing(httpx2.Auth):
    """Sign for the key the matrix names; whose private string is not known is guessed."""

    requires_request_body = True

    def __init__(self, seats: Mapping[str, str], guess: str) -> None:
        self._seats, self._guess = seats, guess

    def auth_flow(
        self, request: httpx2.Request
    ) -> Generator[httpx2.Request, httpx2.Response, None]:
        """Turn the key into the three headers of its signature."""
        key = request.headers.get(HEADER)
        if key is not None:
            signer = Signer(key, self._seats.get(key, self._guess))
            request.headers.update(signer.over(read_signed(request.content)))
        yield request


@dataclass(frozen=True)
class Table:
    """Hold everything the matrix is played with."""

    stage: Stage
    mine: Held
    theirs: Held
    revoked: Seat
    client: Seat
    secret: str

    @property
    def plan(self) -> Plan:
        """Make the matrix."""
        schemas = describe(DIALECT)["components"]["schemas"]
        foreign = {
            f"{operation}.order_id": str(self.theirs.orders[state])
            for operation, state in STATES.items()
        }
        return Plan(
            dialect=DIALECT,
            fixtures=fixtures(self.mine),
            foreign=foreign,
            shapes={NUMBER_PATTERN},
            ours=(set(schemas["Order"]["properties"]) | set(EXTRA)) - {"email"},
            revoked=self.revoked.key,
            other_keys={
                "of an API client": self.secret,
                "signing for an API client": self.client.key,
            },
            stranger=str(self.stage.theirs.partner),
        )

    def talk(self, **app: Any) -> httpx2.AsyncClient:
        """Talk as the caller, as the matrix names keys."""
        mine = self.stage.mine
        known = {one.key: one.private for one in (mine, self.revoked, self.client)}
        return httpx2.AsyncClient(
            transport=httpx2.ASGITransport(self.stage.app(**app)),  # type: ignore[arg-type]  # ASGI
            base_url=f"http://broker.example{DIALECT.prefix}",
            headers={HEADER: mine.key},
            auth=Signing(known, mine.private),
            event_hooks=pricing(self.stage.world),
        )


async def prepare(stage: Stage) -> Table:
    """Bring both affiliates' orders into every state, and make keys that open nothing here."""
    core, held = stage.world.core, []
    for who, name in ((stage.mine, "mine"), (stage.theirs, CANARY.partition(".")[0])):
        async with stage.client(who) as client:
            held.append(await hold(client, name))
    halves = new_halves(core)
    owner = stage.mine
    key_id = await issue_signing_key(core, owner.partner, halves, KeyMode.SANDBOX)
    await core.bus.execute(RevokeKey(key_id))
    outsider = await seat(stage.world, "client.example", PartnerKind.API_CLIENT)
    _, secret = await issue_secret(core, outsider.partner, KeyMode.SANDBOX)
    revoked = Seat(owner.partner, owner.channel, owner.name, *halves)
    return Table(stage, held[0], held[1], revoked, outsider, secret)


async def findings(
    table: Table, bus: Rehearsing | None = None, trades: TradeQueries | None = None
) -> tuple[int, list[str]]:
    """Make every bad call; count them and say which were not refused, told, or changed anything."""
    stage = table.stage
    pages = await stage.world.core.pool.fetch(
        "select page from trades where partner_id = $1", UUID(str(stage.theirs.partner))
    )
    numbers = [str(number) for number in table.theirs.orders.values()]
    secrets = [CANARY, stage.theirs.key, *numbers, *(row[0] for row in pages)]
    victim = Victim(stage.world.core.pool, stage.theirs.partner, BROKERED, _FILLED, secrets)
    async with table.talk(bus=bus, trades=trades) as client:
        return await matrix.findings(table.plan, client, victim)
