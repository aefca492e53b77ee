"""Prove that what is asked again and again reads what waits, not what ever was."""

from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from typing import Any
from uuid import UUID

import msgspec
import pytest

from cambist.adapters.db import (
    audit_world,
    bank_queries,
    desk_queries,
    health,
    people,
    trade_queries,
)
from cambist.adapters.db.pool import Connection, close_pool, open_pool
from cambist.domain.orders.states import OrderState
from cambist.kernel.ids import PartnerId
from cambist.ports.trades import TradeFilter

PARTNER = PartnerId(UUID(int=1))
HISTORY = 5_000
WAITING = 5
READ_MAX = 60
"""Rows of tables and indexes one look may touch."""

_SPECIAL = {
    "customers": {
        "identity": "'sealed'",
        "screened_with": "'now'",
        "hits": f"case when g <= {WAITING} then 'eu:1' else '' end",
        "identity_state": "'none'",
        "declaration_state": "'none'",
    },
    "bank_payouts": {
        "order_id": "md5('o' || g)::uuid",
        "partner_id": "md5('p' || g)::uuid",
        "customer_id": "md5('c' || g)::uuid",
        "state": f"case when g <= {WAITING} then 'exported' when g <= 2 * {WAITING} then 'queued'"
        " else 'settled' end",
        "method": "'sepa'",
        "currency": "'EUR'",
        "batch_id": "md5('b' || g)::uuid",
    },
    "messages": {
        "channel": "'mail'",
        "template": "'order-created'",
        "state": f"case when g <= {WAITING} then 'queued' when g <= 2 * {WAITING} then 'dead'"
        " else 'sent' end",
    },
    "orders": {
        "id": "md5('t' || g)::uuid",
        "kind": "'buy'",
        "state": f"case when g <= {WAITING} then 'returned' else 'completed' end",
        "partner_id": f"'{PARTNER}'",
        "customer_id": "md5('c' || g)::uuid",
    },
    "trades": {
        "id": "md5('t' || g)::uuid",
        "partner_id": f"'{PARTNER}'",
        "customer_id": "md5('id' || g)::uuid",
        "payout": "'send'",
        "page": "g",
    },
    "payments": {
        "order_id": "md5('t' || g)::uuid",
        "loss": f"case when g <= {WAITING} then 1 else 0 end",
        "direction": "'in'",
        "state": "'confirmed'",
    },
    "bank_lines": {"state": f"case when g <= {WAITING} then 'waiting' else 'matched' end"},
    "cases": {
        "kind": "'aml'",
        "state": f"case when g <= {WAITING} then 'submitted' else 'accepted' end",
    },
}

_PLAIN = {
    "uuid": "md5('{}' || g)::uuid",
    "text": "''",
    "numeric": "1",
    "int4": "0",
    "int8": "g",
    "bool": "false",
    "date": "current_date",
    "timestamptz": "now()",
}

_COLUMNS = """select column_name, udt_name from information_schema.columns
  where table_name = $1 and is_nullable = 'NO'"""

LOOKS: Mapping[str, tuple[str, Sequence[Any]]] = {
    "who is not screened yet": (desk_queries.UNSCREENED, ("now", [], 50)),
    "who is flagged": (people._FLAGGED, (50,)),
    "files under way": (bank_queries._UNDER_WAY, ([], 20)),
    "payouts in no file": (
        f"select id from bank_payouts where {desk_queries.QUEUED}",
        ("sepa", "EUR", 1_000),
    ),
    "orders given back": trade_queries.listing(
        PARTNER, TradeFilter(states=frozenset({OrderState.RETURNED})), 20
    ),
    "the newest orders": trade_queries.listing(PARTNER, TradeFilter(), 10),
    "sells whose crypto is gone": (desk_queries._LOST, (50,)),
    "the backlog": (health._BACKLOG, ()),
}


async def fill(connection: Connection, table: str, special: Mapping[str, str]) -> None:
    """Write HISTORY rows into a table; `special` are the columns of which something depends."""
    columns = await connection.fetch(_COLUMNS, table)
    values = {row[0]: _PLAIN[row[1]].format(row[0]) for row in columns} | dict(special)
    names = ", ".join(f'"{name}"' for name in values)
    await connection.execute(
        f"insert into {table} ({names})"
        f" select {', '.join(values.values())} from generate_series(1, {HISTORY}) g"
    )
    await connection.execute(f"analyze {table}")


@pytest.fixture
async def connection(fresh_database_url: str) -> AsyncIterator[Connection]:
    pool = await open_pool(fresh_database_url, role=None)
    async with pool.acquire() as opened:
        for table, special in _SPECIAL.items():
            await fill(opened, table, special)
        yield opened
    await close_pool(pool)


def touched(plan: Mapping[str, Any]) -> Iterator[int]:
    """Count the rows every scan of a plan read, those it threw away too."""
    if "Scan" in plan["Node Type"]:
        thrown = plan.get("Rows Removed by Filter", 0) + plan.get(
            "Rows Removed by Index Recheck", 0
        )
        yield round((plan["Actual Rows"] + thrown) * plan["Actual Loops"])
    for below in plan.get("Plans", ()):
        yield from touched(below)


def nodes(plan: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Walk a plan."""
    yield plan
    for below in plan.get("Plans", ()):
        yield from nodes(below)


async def test_the_audit_of_holds_reads_no_table_once_for_each_row_of_another(
    fresh_database_url: str,
) -> None:
    pool = await open_pool(fresh_database_url, role=None)
    async with pool.acquire() as connection:
        await fill(connection, "trades", {"payout": "'send'", "page": "g"})
        await connection.execute("set work_mem = '64kB'")
        query = f"explain (format json) {audit_world._HOLDS}"
        plan = msgspec.json.decode(await connection.fetchval(query, []))[0]["Plan"]
    await close_pool(pool)
    repeated = [node for node in nodes(plan) if node.get("Parent Relationship") == "SubPlan"]
    assert [node["Node Type"] for node in repeated] == []


@pytest.mark.parametrize("look", LOOKS)
async def test_a_look_reads_what_waits_and_no_history(connection: Connection, look: str) -> None:
    query, arguments = LOOKS[look]
    text = await connection.fetchval(f"explain (analyze, format json) {query}", *arguments)
    assert sum(touched(msgspec.json.decode(text)[0]["Plan"])) <= READ_MAX


async def test_reading_all_history_would_be_noticed(connection: Connection) -> None:
    query = "select id from customers where identity is not null and screened_with <> 'now'"
    text = await connection.fetchval(f"explain (analyze, format json) {query}")
    assert sum(touched(msgspec.json.decode(text)[0]["Plan"])) >= HISTORY
