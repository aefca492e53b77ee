"""Decide what the exchange's authorization matrix is made of: its operations, its two clients."""

from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import quote
from uuid import UUID

from cambist.dialects.cryptoexchange import DIALECT
from cambist.dialects.cryptoexchange.wire import ADDRESS_PATTERN, CUSTOMER_PATTERN, ID_PATTERN
from cambist.http.dialect import describe
from cambist.http.services import Commands
from cambist.kernel.ids import OrderId
from cambist.ports.trades import TradeQueries, VaultQueries
from tests.dialects import matrix
from tests.dialects.cryptoexchange.live import CANARY, Stage, buy, talk
from tests.dialects.matrix import BROKERED, Call, Fixture, Plan, Victim, send

__all__ = ["findings", "good_calls", "prepare", "send"]

EXTRA = ("partnerId", "integrationId", "state", "seq", "sandbox", "commission", "level", "raw")
FREE = {
    ("placeOrder", "address"),
    ("placeOrder", "customerId"),
    ("createAddress", "customerId"),
    ("validateAddress", "address"),
}
"""Anybody may be sent to, and each client calls its customers what it likes."""

_FILLED = ("partners", "orders", "trades", "quotes", "customers", "cases", "addresses", "turnovers")


@dataclass(frozen=True)
class Offers:
    """Hold a quote of each client's, not used yet, and an order of somebody without mailbox."""

    mine: str
    theirs: str
    unmailed: str


async def prepare(stage: Stage) -> Offers:
    """Let both clients ask for a quote, and the caller for an order to be linked to."""
    asked = {"crypto": "LTC", "fiat": "EUR", "fiatAmount": "100"}
    offered: list[str] = []
    for key in (stage.mine.key, stage.theirs.key):
        async with talk(stage.app(), key) as client:
            offered.append((await client.post("/quotes", json=asked)).json()["id"])
    async with talk(stage.app(), stage.mine.key) as client:
        order = await client.post("/orders", json=buy(customerId=f"unmailed-{offered[0]}"))
    return Offers(offered[0], offered[1], order.json()["id"])


def fixtures(stage: Stage, offers: Offers) -> dict[str, Fixture]:
    """Give one good request for each operation; one without fails the matrix."""
    mine = stage.mine
    return {
        "getConfiguration": Fixture(),
        "listRates": Fixture(query={"fiat": "EUR"}),
        "placeQuote": Fixture(body={"crypto": "LTC", "fiat": "EUR", "cryptoAmount": "1"}),
        "createAddress": Fixture(body={"crypto": "LTC", "customerId": mine.customer}),
        "validateAddress": Fixture(body={"crypto": "LTC", "address": mine.address}),
        "getBalance": Fixture(path={"address": mine.address}, query={"crypto": "LTC"}),
        "placeOrder": Fixture(
            body={**buy(customerId=mine.customer, quoteId=offers.mine), "fiatAmount": None}
        ),
        "getOrder": Fixture(path={"order_id": mine.order}),
        "cancelOrder": Fixture(path={"order_id": mine.order}),
        "createOrderLink": Fixture(path={"order_id": offers.unmailed}),
        "listOrders": Fixture(path={"customer_id": quote(mine.customer, safe="")}),
    }


def plan_of(stage: Stage, offers: Offers) -> Plan:
    """Make the matrix of a stage."""
    schemas = describe(DIALECT)["components"]["schemas"]
    theirs = stage.theirs
    return Plan(
        dialect=DIALECT,
        fixtures=fixtures(stage, offers),
        foreign={
            "order_id": theirs.order,
            "address": theirs.address,
            "customer_id": quote(theirs.customer, safe=""),
            "quoteId": offers.theirs,
        },
        shapes={ID_PATTERN, ADDRESS_PATTERN, CUSTOMER_PATTERN},
        ours=set(schemas["Order"]["properties"]) | set(EXTRA),
        revoked=stage.revoked,
        other_keys={"of a merchant": stage.merchant_key},
        free=FREE,
        # A customer not known yet has no orders, whoever else knows one by that name.
        refusals={"customer_id": frozenset({200})},
        stranger=str(theirs.partner),
    )


def good_calls(stage: Stage, offers: Offers) -> Iterator[Call]:
    """List the calls the caller may make, one an operation."""
    return matrix.good_calls(plan_of(stage, offers))


async def findings(
    stage: Stage,
    trades: TradeQueries | None = None,
    bus: Commands | None = None,
    vault: VaultQueries | None = None,
) -> tuple[int, list[str]]:
    """Make every bad call; count them and say which were not refused, told, or changed anything."""
    theirs, core = stage.theirs, stage.world.core
    view = await theirs.desk.view(OrderId(UUID(theirs.order)))
    secrets = [CANARY, theirs.address, theirs.order, theirs.key, view.trade.page]
    victim = Victim(core.pool, theirs.partner, BROKERED, _FILLED, secrets)
    offers = await prepare(stage)
    async with stage.client(trades, bus, vault) as client:
        return await matrix.findings(plan_of(stage, offers), client, victim)
