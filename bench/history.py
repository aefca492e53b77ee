"""Decide how the cost of an order with a long history is measured, against a short one."""

from contextlib import AsyncExitStack
from statistics import median

import asyncpg

from bench.children import BenchError, Child, child
from bench.house import House, open_house
from bench.report import Line, Target
from bench.stand import Measure, Stand, interleave

NAME = "history"
CALLERS = 64
TARGET = Target(1.2, at_least=False)
WARM_UP_S = 2.0
PAID_IN_100 = 85
"""As `_PAST` has it."""

_PAST = """create temporary table past as
  select i, at, paid, chain_number, 'T' || left(md5(i::text) || md5('t' || i), 33) as address,
    (lpad(to_hex((extract(epoch from at) * 1000)::bigint), 12, '0') || '7'
      || left(md5('a' || i), 3) || '8' || left(md5('b' || i), 15))::uuid as id,
    md5('k' || i) as key
  from (select i, now() - interval '30 days' * (1 - i / $1::float8) as at,
    i % 100 < 85 as paid, nextval('address_number_tron') as chain_number
    from generate_series(1, $1::int) as i) made"""

_FILL = (
    """insert into orders select id, 'payment', case when paid then 'completed' else 'expired' end,
    '', $1::uuid, $2::uuid, 'TRX', 25000000, 'EUR', 100000000000000000, 5000, address, null, null,
    case when paid then 25000000 else 0 end, case when paid then 25000000 else 0 end,
    case when paid then 125000 else 0 end, 0, 0, 20, 'order-' || i, null,
    at + interval '20 minutes', at, at + interval '2 minutes', case when paid then 4 else 2 end
    from past order by i""",
    """insert into addresses select 'tron:' || address, 'tron', address, 'deposit', chain_number,
    $1::uuid, $2::uuid, id, 0, at from past order by i""",
    """insert into idempotency select $1::uuid::text, 'bench:payment', key, sha256(key::bytea),
    convert_to('{"order_id":"' || id || '","address":"' || address || '"}', 'UTF8'), at
    from past where $2::uuid is not null order by i""",
    """insert into payments select gen_random_uuid(), i, $1::uuid, id, 'in', 'confirmed', 'tron',
    'TRX', md5('x' || i) || md5('y' || i), 0, address, null, 25000000, 125000, 575, true, 0, 1, i,
    md5('h' || i) || md5('z' || i), at + interval '1 minute', at + interval '2 minutes'
    from past where paid and $2::uuid is not null order by i""",
    """insert into outbox (aggregate_id, seq, name, facts, happened_at, delivered_at)
    select id, seq, name, '{}', at, at + interval '1 second' from past
      cross join unnest(array['order.created', 'order.payment_seen', 'order.payment_confirmed',
        'order.completed']) with ordinality as e(name, seq)
    where (paid or seq = 1) and $1::uuid is not null and $2::uuid is not null order by i, seq""",
)

_COUNTS = (
    "select count(*) from orders",
    "select count(*) from addresses where place = 'deposit'",
    "select count(*) from idempotency where operation = 'bench:payment'",
    "select count(*) from payments",
    "select count(*) from outbox where delivered_at is not null",
)


async def measure(stand: Stand) -> list[Line]:
    """Measure orders through the bus on a short and a long history, in turns."""
    short, long = stand.effort.history
    async with AsyncExitStack() as stack:
        costs: list[Measure] = []
        for count in (short, long):
            print(f"  making a history of {count} orders", flush=True)
            house = await stack.enter_async_context(open_house(stand, f"{NAME}_{count}"))
            await stack.enter_async_context(house.kept_fresh())
            await fill(house, count)
            arguments = ("orders", str(house.partner), str(house.shop))
            orders = child("bench.commands", *arguments, env=house.settings())
            costs.append(_cost(await stack.enter_async_context(orders), stand))
        cheap, dear = costs
        measured = (await interleave(cheap, {NAME: dear}, stand.effort.rounds))[NAME]
    now, then = median(r.value for r in measured), median(r.yardstick for r in measured)
    absolute = f"{now:.0f} µs an order to {then:.0f} µs"
    what = f"{long} orders to {short}, through the bus"
    return [Line(NAME, what, [r.ratio for r in measured], TARGET, absolute)]


def _cost(orders: Child, stand: Stand) -> Measure:
    async def cost() -> float:
        """Give the microseconds an order takes with CALLERS under way."""
        answer = await orders.ask({"seconds": stand.effort.seconds, "callers": CALLERS})
        return 1_000_000 / float(answer["rate"])

    return cost


async def fill(house: House, count: int) -> None:
    """Write the last month's orders with all that came of them, and let the server know them.

    Raises:
        BenchError: the tables do not hold what was written.
    """
    connection = await asyncpg.connect(house.url)
    try:
        await connection.execute("set synchronous_commit = off")
        await connection.execute(_PAST.replace("$1", str(count)))
        for statement in _FILL:
            await connection.execute(statement, house.partner, house.shop)
        await connection.execute("vacuum analyze")
        await connection.execute("checkpoint")
    finally:
        await connection.close()
    written = [await house.count(query) for query in _COUNTS]
    paid = count * PAID_IN_100 // 100
    if written != [count, count, count, paid, count + 3 * paid]:
        raise BenchError(f"{count} orders were to be written, there are {written}")
