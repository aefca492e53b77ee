"""Decide how reading an order is measured, against a bare Litestar answer of the same content."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from statistics import median
from typing import Any

import httpx2

from bench import bare
from bench.children import Child, child, part
from bench.house import HOST, House, free_port, listening, open_house
from bench.load import Order, question
from bench.orders_http import only
from bench.report import Line, Target
from bench.stand import Stand, interleave
from cambist.app.orders.open_order import OpenOrder
from cambist.domain.orders.states import OrderKind

NAME = "order_get"
CONNECTIONS = 64
ORDERS = 1_000
TARGET = Target(0.5, at_least=True)
PATH = "/cryptopayments/api/v1/orders"
UNITS = 25_000_000
WARM_UP_S = 1.0


async def measure(stand: Stand) -> list[Line]:
    """Measure reads of many orders in turn, one api process."""
    async with open_house(stand, NAME) as house, house.kept_fresh():
        paths = tuple(f"{PATH}/{key}" for key in await _make_orders(house))
        async with child("bench.load") as load, house.api(1) as api:
            content = await _read(f"http://{HOST}:{api.port}{paths[0]}", house)
            async with _bare(house, content) as bare_port:

                async def order() -> float:
                    return await _get(load, api.port, paths, house.secret, stand.effort.seconds)

                async def yardstick() -> float:
                    return await _get(load, bare_port, (bare.PATH,), "", stand.effort.seconds)

                await _get(load, api.port, paths, house.secret, WARM_UP_S)
                await _get(load, bare_port, (bare.PATH,), "", WARM_UP_S)
                measured = await interleave(yardstick, {NAME: order}, stand.effort.rounds)
    rounds = measured[NAME]
    rate, bare_rate = median(r.value for r in rounds), median(r.yardstick for r in rounds)
    absolute = f"{rate:.0f} reads/s to {bare_rate:.0f}/s, {len(content)} bytes"
    return [Line(NAME, "1 process each", [r.ratio for r in rounds], TARGET, absolute)]


async def _make_orders(house: House) -> list[Any]:
    kind = OrderKind.PAYMENT
    commands = [
        OpenOrder(house.partner, house.shop, kind, "TRX", UNITS, f"order-{number}", None)
        for number in range(ORDERS)
    ]
    opened = await asyncio.gather(*(house.core.bus.execute(command) for command in commands))
    return [order.order_id for order in opened]


async def _read(url: str, house: House) -> bytes:
    async with httpx2.AsyncClient(trust_env=False) as client:
        answer = await client.get(url, headers={"X-API-Key": house.secret})
        return answer.raise_for_status().content


@asynccontextmanager
async def _bare(house: House, content: bytes) -> AsyncIterator[int]:
    port, log = free_port(), house.folder / "bare.log"
    given = house.folder / "bare.json"
    given.write_text(json.dumps(json.loads(content)), encoding="utf-8")
    async with part(("bench.bare", str(port), str(given)), {}, log) as process:
        await listening(port, 1, [process], log)
        yield port


async def _get(
    load: Child, port: int, paths: tuple[str, ...], api_key: str, seconds: float
) -> float:
    asked = Order(port, CONNECTIONS, seconds, paths, api_key)
    answer = await load.ask(question(asked))
    only(answer, 200)
    return float(answer["rate"])
