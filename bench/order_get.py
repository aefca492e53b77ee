"""Decide how reading an order is measured, against a bare Litestar answer of the same content."""

import asyncio
from typing import Any

from bench.house import House, open_house
from bench.reads import Read, measure_reads
from bench.report import Line, Target
from bench.stand import Stand
from cambist.app.orders.open_order import OpenOrder
from cambist.domain.orders.states import OrderKind

NAME = "order_get"
ORDERS = 1_000
TARGET = Target(0.5, at_least=True)
PATH = "/cryptopayments/api/v1/orders"
UNITS = 25_000_000


async def measure(stand: Stand) -> list[Line]:
    """Measure reads of many orders in turn, one api process."""
    async with open_house(stand, NAME) as house, house.kept_fresh():
        paths = tuple(f"{PATH}/{key}" for key in await _make_orders(house))
        reads = {"1 process each": Read(paths, house.secret)}
        return await measure_reads(house, stand, NAME, TARGET, reads)


async def _make_orders(house: House) -> list[Any]:
    kind = OrderKind.PAYMENT
    commands = [
        OpenOrder(house.partner, house.shop, kind, "TRX", UNITS, f"order-{number}", None)
        for number in range(ORDERS)
    ]
    opened = await asyncio.gather(*(house.core.bus.execute(command) for command in commands))
    return [order.order_id for order in opened]
