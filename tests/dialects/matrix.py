"""Decide who may reach what: each operation with each wrong credential and each foreign thing."""

import hashlib
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

import httpx2

from cambist.adapters.db.pool import Pool
from cambist.http.dialect import Dialect, describe

HEADER = "X-API-Key"
UNKNOWN_KEY = "000000-111111-222222-333333-444444"

_TRADES = "(select id from trades where partner_id = $1)"
_CUSTOMERS = "(select id from customers where partner_id = $1)"
BROKERED = {
    "partners": "id = $1",
    "integrations": "partner_id = $1",
    "api_keys": "partner_id = $1",
    "orders": "partner_id = $1",
    "trades": "partner_id = $1",
    "quotes": "partner_id = $1",
    "customers": "partner_id = $1",
    "cases": f"order_id in {_TRADES}",
    "codes": f"order_id in {_TRADES}",
    "messages": f"customer_id in {_CUSTOMERS}",
    "documents": f"customer_id in {_CUSTOMERS}",
    "page_links": f"customer_id in {_CUSTOMERS}",
    "turnovers": f"split_part(subject, ':', 2) in (select id::text from {_CUSTOMERS} c)",
    "payments": "partner_id = $1",
    "withdrawals": "partner_id = $1",
    "addresses": "partner_id = $1",
    "callbacks": "partner_id = $1",
    "idempotency": "tenant = $1::uuid::text",
    "outbox": f"aggregate_id in {_TRADES}",
    "budgets": "key like '%' || $1::uuid::text || '%'",
}
"""Where a partner who brokers has rows, and whose they are; $1 is the partner."""


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


@dataclass(frozen=True)
class Plan:
    """Say what the matrix of a dialect is made of.

    `fixtures` give one good request for each operation; one without fails the matrix. `shapes`
    are patterns of what somebody owns, `foreign` names the other's by the name of its place (or by
    operation and place, joined by a point), and
    `free` (operation, name) has such a shape and is anybody's. `refusals` are the statuses for a
    foreign name where it is not simply missing. `ours` are fields only we say.
    """

    dialect: Dialect
    fixtures: Mapping[str, Fixture]
    foreign: Mapping[str, str]
    shapes: Collection[str]
    ours: Collection[str]
    revoked: str
    other_keys: Mapping[str, str] = field(default_factory=dict)
    free: Collection[tuple[str, str]] = ()
    refusals: Mapping[str, frozenset[int]] = field(default_factory=dict)
    stranger: str = ""

    def theirs(self, operation: str, name: str) -> str:
        """Give what the other owns, to be put where one of the caller's belongs."""
        return self.foreign.get(f"{operation}.{name}") or self.foreign[name]

    def is_owned(self, operation: str, name: str, described: Mapping[str, Any]) -> bool:
        """Tell by its shape whether a value names something somebody owns."""
        choices = [described, *described.get("anyOf", []), *described.get("oneOf", [])]
        free = {(operation, name), ("", name)} & set(self.free)
        return not free and any(one.get("pattern") in self.shapes for one in choices)


def good_calls(plan: Plan) -> Iterator[Call]:
    """List the calls the caller may make, one an operation that is not open to everybody."""
    dialect = plan.dialect
    for path, item in describe(dialect)["paths"].items():
        for method, described in item.items():
            if described.get("security") == []:
                continue
            operation = described["operationId"]
            fixture = plan.fixtures[operation]
            yield Call(
                operation=operation,
                about="own",
                method=method.upper(),
                path=path.removeprefix(dialect.base).format(**fixture.path),
                allowed=frozenset(range(200, 300)),
                query=fixture.query,
                body=fixture.body,
            )


def bad_calls(plan: Plan) -> Iterator[Call]:
    """List the calls that must come to nothing."""
    document = describe(plan.dialect)
    described = {
        operation["operationId"]: (path.removeprefix(plan.dialect.base), operation)
        for path, item in document["paths"].items()
        for operation in item.values()
    }
    for call in good_calls(plan):
        path, operation = described[call.operation]
        yield from _wrong_credentials(plan, call)
        schema = _body_schema(document, operation)
        yield from _foreign_ids(plan, call, path, operation, schema)
        yield from _over_posted(plan, call, schema)


def _wrong_credentials(plan: Plan, call: Call) -> Iterator[Call]:
    shut = frozenset({401})
    keys = {"none": "", "unknown": UNKNOWN_KEY, "garbage": "x" * 5_000, "revoked": plan.revoked}
    for about, key in {**keys, **plan.other_keys}.items():
        yield replace(call, about=f"key {about}", allowed=shut, key=key)


def _foreign_ids(
    plan: Plan, call: Call, path: str, operation: Any, schema: Mapping[str, Any]
) -> Iterator[Call]:
    """Put each thing of the other's where one of the caller's belongs, alone and all together."""
    missing = frozenset({404})
    swapped = call
    for parameter in operation.get("parameters", []):
        name = parameter["name"]
        if not plan.is_owned(call.operation, name, parameter["schema"]):
            continue
        theirs = plan.theirs(call.operation, name)
        if parameter["in"] == "path":
            one = replace(call, path=path.format(**{name: theirs}))
            swapped = replace(swapped, path=one.path)
        else:
            one = replace(call, query={**call.query, name: theirs})
            swapped = replace(swapped, query={**swapped.query, name: theirs})
        yield replace(one, about=f"foreign {name}", allowed=plan.refusals.get(name, missing))
    for name, described in schema.get("properties", {}).items():
        if not plan.is_owned(call.operation, name, described):
            continue
        theirs = plan.theirs(call.operation, name)
        yield replace(
            call,
            about=f"foreign {name}",
            allowed=plan.refusals.get(name, missing),
            body={**(call.body or {}), name: theirs},
        )
        swapped = replace(swapped, body={**(swapped.body or {}), name: theirs})
    if swapped is not call:
        allowed = missing.union(*plan.refusals.values())
        yield replace(swapped, about="everything foreign", allowed=allowed)


def _over_posted(plan: Plan, call: Call, schema: Mapping[str, Any]) -> Iterator[Call]:
    """Add every field that is ours to say, one at a time; what takes no body takes no field."""
    for name in sorted(set(plan.ours) - set(schema.get("properties", {})) - set(call.query)):
        value = plan.stranger if name.endswith("Id") else "1"
        about = f"over-posted {name}"
        if call.body is not None:
            body = {**call.body, name: value if name.endswith("Id") else 1}
            yield replace(call, about=about, allowed=frozenset({400}), body=body)
        elif call.method == "GET":
            yield replace(
                call,
                about=about,
                allowed=frozenset({200, 400, 422}),
                query={**call.query, name: value},
            )


def _body_schema(document: Any, operation: Any) -> Mapping[str, Any]:
    content = operation.get("requestBody", {}).get("content", {}).get("application/json")
    if content is None:
        return {}
    name = content["schema"]["$ref"].rpartition("/")[2]
    found: Mapping[str, Any] = document["components"]["schemas"][name]
    return found


async def send(client: httpx2.AsyncClient, call: Call) -> httpx2.Response:
    """Make a call, with the client's key unless it names one; an empty one is none at all."""
    request = client.build_request(call.method, call.path, params=dict(call.query), json=call.body)
    if call.key is not None:
        del request.headers[HEADER]
        if call.key:
            request.headers[HEADER] = call.key
    return await client.send(request)


@dataclass(frozen=True)
class Victim:
    """Hold whose rows must not change, by table and condition ($1 is the partner), and secrets.

    `filled` are the tables in which there must be something to lose.
    """

    pool: Pool
    partner: UUID
    tables: Mapping[str, str]
    filled: Collection[str]
    secrets: Collection[str]

    async def state(self) -> str:
        """Hash the other partner's rows and count everybody's."""
        digest = hashlib.sha256()
        for table, owned in self.tables.items():
            # Names and conditions are those of the dialect's own table.
            query = f"select t::text from {table} t where {owned} order by 1"
            rows = await self.pool.fetch(query, self.partner)
            assert rows or table not in self.filled, f"the other partner has no {table}"
            count = await self.pool.fetchval(f"select count(*) from {table}")
            digest.update(repr((table, count, [row[0] for row in rows])).encode())
        return digest.hexdigest()


async def findings(plan: Plan, client: httpx2.AsyncClient, victim: Victim) -> tuple[int, list[str]]:
    """Make every bad call; count them and say which were not refused, told, or changed anything."""
    found: list[str] = []
    count = 0
    before = await victim.state()
    for call in bad_calls(plan):
        count += 1
        answer = await send(client, call)
        name = f"{call.operation}, {call.about}"
        if answer.status_code not in call.allowed:
            found.append(f"{name}: answered {answer.status_code}")
        sent = f"{call.path} {call.query} {call.body}"
        told = f"{answer.text} {answer.headers}".lower()
        found += [
            f"{name}: tells {one}"
            for one in victim.secrets
            if one not in sent and one.lower() in told
        ]
        after = await victim.state()
        if after != before:
            found.append(f"{name}: changed something")
            before = after
    return count, found
