"""Decide what the gateway's authorization matrix is made of: its operations, its two merchants."""

from collections.abc import Iterator, Mapping

from cambist.dialects.cryptopayments import DIALECT
from cambist.dialects.cryptopayments.wire import ADDRESS_PATTERN, ID_PATTERN, NUMBER_PATTERN
from cambist.http.dialect import describe
from cambist.http.services import Commands
from cambist.ports.queries import PartnerQueries
from tests.dialects import matrix
from tests.dialects.cryptopayments.live import CANARY, OUTSIDE, Stage
from tests.dialects.matrix import Call, Fixture, Plan, Victim, send

__all__ = ["findings", "good_calls", "send"]

EXTRA = ("partnerId", "merchantId", "feePpm", "state", "seq", "sandbox", "isActive")

_VICTIM = {
    "partners": "id = $1",
    "integrations": "partner_id = $1",
    "api_keys": "partner_id = $1",
    "counters": "partner_id = $1",
    "orders": "partner_id = $1",
    "payments": "partner_id = $1",
    "withdrawals": "partner_id = $1",
    "addresses": "partner_id = $1",
    "callbacks": "partner_id = $1",
    "accounts": "owner = 'partner:' || $1::uuid::text",
    "idempotency": "tenant = $1::uuid::text",
    "outbox": "aggregate_id in (select id from orders where partner_id = $1)",
    "holds": "order_id in (select id from orders where partner_id = $1)",
    "journals": "order_id in (select id from orders where partner_id = $1)",
}
_FILLED = ("partners", "orders", "payments", "withdrawals", "holds", "journals")


def fixtures(stage: Stage) -> dict[str, Fixture]:
    """Give one good request for each operation; one without fails the matrix."""
    mine = stage.mine
    money = {"amount": "1", "assetId": "TRX"}
    opening = {**money, "integrationId": str(mine.shop)}
    leaving = {**money, "destinationAddress": OUTSIDE}
    return {
        "listIntegrations": Fixture(),
        "listAssets": Fixture(),
        "listExchangeRates": Fixture(),
        "createDeposit": Fixture(body=opening),
        "createPayment": Fixture(body=opening),
        "listOrders": Fixture(query={"integrationId": str(mine.shop)}),
        "getOrder": Fixture(path={"order_id": mine.order}),
        "getTransaction": Fixture(path={"number": str(mine.number)}),
        "createRefund": Fixture(body={**leaving, "refundOrderId": mine.order}),
        "createWithdrawal": Fixture(body={**leaving, "integrationId": str(mine.shop)}),
        "createTransfer": Fixture(
            body={**leaving, "integrationId": str(mine.shop), "transferAddress": mine.address}
        ),
    }


def foreign(stage: Stage) -> Mapping[str, str]:
    """Name what the other merchant owns, by the name of the place it is put in."""
    theirs = stage.theirs
    return {
        "order_id": theirs.order,
        "number": str(theirs.number),
        "integrationId": str(theirs.shop),
        "refundOrderId": theirs.order,
        "transferAddress": theirs.address,
    }


def plan_of(stage: Stage) -> Plan:
    """Make the matrix of a stage."""
    schemas = describe(DIALECT)["components"]["schemas"]
    answered = {name for one in ("Order", "Transaction") for name in schemas[one]["properties"]}
    return Plan(
        dialect=DIALECT,
        fixtures=fixtures(stage),
        foreign=foreign(stage),
        shapes={ID_PATTERN, NUMBER_PATTERN, ADDRESS_PATTERN},
        ours=answered | set(EXTRA),
        revoked=stage.revoked,
        free={("", "destinationAddress")},
        stranger=str(stage.theirs.partner),
    )


def good_calls(stage: Stage) -> Iterator[Call]:
    """List the calls the caller may make, one an operation."""
    return matrix.good_calls(plan_of(stage))


async def findings(
    stage: Stage, queries: PartnerQueries | None = None, bus: Commands | None = None
) -> tuple[int, list[str]]:
    """Make every bad call; count them and say which were not refused, told, or changed anything."""
    theirs = stage.theirs
    secrets = [CANARY, theirs.address, theirs.txid, theirs.key]
    pool = stage.world.core.pool
    victim = Victim(pool, theirs.partner, _VICTIM, _FILLED, secrets)
    async with stage.client(queries, bus) as client:
        return await matrix.findings(plan_of(stage), client, victim)
