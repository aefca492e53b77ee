"""Decide who may reach what: each operation with each wrong credential and each foreign id."""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import httpx2

from cambist.dialects.cryptopayments import DIALECT
from cambist.dialects.cryptopayments.wire import ADDRESS_PATTERN, ID_PATTERN, NUMBER_PATTERN
from cambist.http.dialect import describe
from cambist.http.services import Commands
from cambist.ports.queries import PartnerQueries
from tests.dialects.cryptopayments.live import CANARY, OUTSIDE, Stage

UNKNOWN_KEY = "000000-111111-222222-333333-444444"
OWNED_SHAPES = {ID_PATTERN, NUMBER_PATTERN, ADDRESS_PATTERN}
FREE = {"destinationAddress"}
"""What has the shape of something owned, and is anybody's."""
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


@dataclass(frozen=True)
class Call:
    """Hold one request and the statuses it may be answered with."""

    operation: str
    about: str
    method: str
    path: str
    allowed: frozenset[int]
    query: Mapping[str, str] = field(default_factory=dict)
    body: Mapping[str, Any] | None = None
    key: str | None = None


@dataclass(frozen=True)
class Fixture:
    """Hold what makes an operation succeed for the caller: path, query, body by name."""

    path: Mapping[str, str] = field(default_factory=dict)
    query: Mapping[str, str] = field(default_factory=dict)
    body: Mapping[str, Any] | None = None


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


def foreign(stage: Stage) -> dict[str, str]:
    """Name what the other merchant owns, by the name of the place it is put in."""
    theirs = stage.theirs
    return {
        "order_id": theirs.order,
        "number": str(theirs.number),
        "integrationId": str(theirs.shop),
        "refundOrderId": theirs.order,
        "transferAddress": theirs.address,
    }


def good_calls(stage: Stage) -> Iterator[Call]:
    """List the calls the caller may make, one an operation."""
    prepared = fixtures(stage)
    for path, item in describe(DIALECT)["paths"].items():
        for method, described in item.items():
            operation = described["operationId"]
            fixture = prepared[operation]
            yield Call(
                operation=operation,
                about="own",
                method=method.upper(),
                path=path.removeprefix(DIALECT.base).format(**fixture.path),
                allowed=frozenset(range(200, 300)),
                query=fixture.query,
                body=fixture.body,
            )


def bad_calls(stage: Stage) -> Iterator[Call]:
    """List the calls that must come to nothing."""
    document = describe(DIALECT)
    described = {
        operation["operationId"]: (path.removeprefix(DIALECT.base), operation)
        for path, item in document["paths"].items()
        for operation in item.values()
    }
    for call in good_calls(stage):
        path, operation = described[call.operation]
        yield from _wrong_credentials(stage, call)
        schema = _body_schema(document, operation)
        yield from _foreign_ids(stage, call, path, operation, schema)
        yield from _over_posted(stage, call, document, schema)


def _wrong_credentials(stage: Stage, call: Call) -> Iterator[Call]:
    shut = frozenset({401})
    keys = {"none": "", "unknown": UNKNOWN_KEY, "garbage": "x" * 5_000, "revoked": stage.revoked}
    for about, key in keys.items():
        yield replace(call, about=f"key {about}", allowed=shut, key=key)


def _foreign_ids(
    stage: Stage, call: Call, path: str, operation: Any, schema: Mapping[str, Any]
) -> Iterator[Call]:
    """Put each thing of the other's where one of the caller's belongs, alone and all together."""
    values, missing = foreign(stage), frozenset({404})
    swapped = call
    for parameter in operation.get("parameters", []):
        name = parameter["name"]
        if not _is_owned(name, parameter["schema"]):
            continue
        theirs = values[name]
        if parameter["in"] == "path":
            one = replace(call, path=path.format(**{name: theirs}))
            swapped = replace(swapped, path=one.path)
        else:
            one = replace(call, query={**call.query, name: theirs})
            swapped = replace(swapped, query={**swapped.query, name: theirs})
        yield replace(one, about=f"foreign {name}", allowed=missing)
    for name, described in schema.get("properties", {}).items():
        if not _is_owned(name, described):
            continue
        yield replace(
            call,
            about=f"foreign {name}",
            allowed=missing,
            body={**(call.body or {}), name: values[name]},
        )
        swapped = replace(swapped, body={**(swapped.body or {}), name: values[name]})
    if swapped is not call:
        yield replace(swapped, about="everything foreign", allowed=missing)


def _over_posted(
    stage: Stage, call: Call, document: Any, schema: Mapping[str, Any]
) -> Iterator[Call]:
    """Add every field that is ours to say, one at a time."""
    answers = (document["components"]["schemas"][name] for name in ("Order", "Transaction"))
    ours = {name for answer in answers for name in answer["properties"]} | set(EXTRA)
    for name in sorted(ours - set(schema.get("properties", {}))):
        value = str(stage.theirs.partner if name.endswith("Id") else 1)
        about = f"over-posted {name}"
        if call.body is None:
            yield replace(
                call,
                about=about,
                allowed=frozenset({200, 400}),
                query={**call.query, name: value},
            )
        else:
            body = {**call.body, name: value}
            yield replace(call, about=about, allowed=frozenset({400}), body=body)


def _is_owned(name: str, described: Mapping[str, Any]) -> bool:
    """Tell by its shape whether a value names something somebody owns."""
    choices = [described, *described.get("anyOf", []), *described.get("oneOf", [])]
    return name not in FREE and any(one.get("pattern") in OWNED_SHAPES for one in choices)


def _body_schema(document: Any, operation: Any) -> Mapping[str, Any]:
    content = operation.get("requestBody", {}).get("content", {}).get("application/json")
    if content is None:
        return {}
    found: Mapping[str, Any] = document["components"]["schemas"][
        content["schema"]["$ref"].rpartition("/")[2]
    ]
    return found


async def send(client: httpx2.AsyncClient, call: Call) -> httpx2.Response:
    """Make a call, with the client's key unless it names one; an empty one is none at all."""
    request = client.build_request(call.method, call.path, params=dict(call.query), json=call.body)
    if call.key is not None:
        del request.headers["X-API-Key"]
        if call.key:
            request.headers["X-API-Key"] = call.key
    return await client.send(request)


async def findings(
    stage: Stage, queries: PartnerQueries | None = None, bus: Commands | None = None
) -> tuple[int, list[str]]:
    """Make every bad call; count them and say which were not refused, told, or changed anything."""
    found: list[str] = []
    count = 0
    secrets = [CANARY, stage.theirs.address, stage.theirs.txid, stage.theirs.key]
    before = await state(stage)
    async with stage.client(queries, bus) as client:
        for call in bad_calls(stage):
            count += 1
            answer = await send(client, call)
            name = f"{call.operation}, {call.about}"
            if answer.status_code not in call.allowed:
                found.append(f"{name}: answered {answer.status_code}")
            sent = f"{call.path} {call.query} {call.body}"
            told = f"{answer.text} {answer.headers}".lower()
            found += [f"{name}: tells {s}" for s in secrets if s not in sent and s.lower() in told]
            after = await state(stage)
            if after != before:
                found.append(f"{name}: changed something")
                before = after
    return count, found


async def state(stage: Stage) -> str:
    """Hash the other merchant's rows and count everybody's."""
    pool, digest = stage.world.core.pool, hashlib.sha256()
    for table, owned in _VICTIM.items():
        # Names and conditions are those of the table above.
        query = f"select t::text from {table} t where {owned} order by 1"
        rows = await pool.fetch(query, stage.theirs.partner)
        if table in ("partners", "orders", "payments", "withdrawals", "holds", "journals"):
            assert rows, f"the other merchant has no {table}"
        count = await pool.fetchval(f"select count(*) from {table}")
        digest.update(repr((table, count, [row[0] for row in rows])).encode())
    return digest.hexdigest()
