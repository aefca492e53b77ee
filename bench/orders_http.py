"""Decide how durable order creation through HTTP is measured, against pgbench."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from statistics import median
from typing import Any, Protocol

from bench.children import BenchError, Child, child
from bench.house import Api, House, open_house
from bench.load import Order, question
from bench.report import Line, Target
from bench.stand import Measure, Round, Stand, interleave

NAME = "orders_http"
CONNECTIONS = 64
TARGET = Target(0.8, at_least=True)
PATH = "/cryptopayments/api/v1/order/payment"
WARM_UP_S = 1.0

Waits = list[tuple[float, float]]


class Counting(Protocol):
    """Count rows."""

    async def count(self, query: str) -> int:
        """Ask for a number."""


class Customers:
    """Send payment orders with a fresh Idempotency-Key each, and remember what was promised."""

    def __init__(self, house: House, load: Child) -> None:
        self._house, self._load = house, load
        self._runs = 0
        self.promised = 0
        self.waits: dict[int, Waits] = {}

    async def order(self, api: Api, seconds: float) -> float:
        """Order for some seconds; returns how many orders a second were answered.

        Raises:
            BenchError: any answer was not 201, or there was none.
        """
        self._runs += 1
        body = {
            "integrationId": str(self._house.shop),
            "amount": "25",
            "assetId": "TRX",
            "externalId": "{key}",
        }
        asked = Order(
            port=api.port,
            connections=CONNECTIONS,
            seconds=seconds,
            paths=(PATH,),
            api_key=self._house.secret,
            key_prefix=f"{api.port}-{self._runs}",
            body=json.dumps(body),
        )
        answer = await self._load.ask(question(asked))
        self.promised += only(answer, 201)
        self.waits.setdefault(api.port, []).append((answer["p50_ms"], answer["p99_ms"]))
        return float(answer["rate"])


def only(answer: dict[str, Any], status: int) -> int:
    """Count the answers, all of which must have one status.

    Raises:
        BenchError: some have another, or a request had none.
    """
    count = int(answer["answers"].pop(str(status), 0))
    if answer["answers"] or answer["broken"] or not count:
        others, broken = answer["answers"], answer["broken"]
        raise BenchError(f"not only {status}: {others}, {broken} broken; {answer['odd']}")
    return count


async def require_stored(house: Counting, promised: int) -> None:
    """Compare the promises with the table.

    Raises:
        BenchError: an order was promised that is not there, or is there unpromised.
    """
    stored = await house.count("select count(*) from orders")
    if stored != promised:
        raise BenchError(f"{promised} orders were answered, {stored} are in the table")


async def measure(stand: Stand) -> list[Line]:
    """Measure one api process, two, and two with the whole house at work beside them."""
    lines: list[Line] = []
    async with open_house(stand, NAME) as house, child("bench.load") as load:
        customers = Customers(house, load)
        async with house.kept_fresh(), house.api(1) as one, house.api(2) as two:
            named = {"1 api process": one, "2 api processes": two}
            figures = {name: _ordering(customers, api, stand) for name, api in named.items()}
            for api in named.values():
                await customers.order(api, WARM_UP_S)
            measured = await interleave(stand.pgbench, figures, stand.effort.rounds)
            lines += [
                _line(what, rounds, TARGET, customers.waits[named[what].port])
                for what, rounds in measured.items()
            ]
        async with _whole(house), house.kept_fresh(), house.api(2) as two:
            what = "2 api processes, worker busy with their events"
            figures = {what: _ordering(customers, two, stand)}
            await customers.order(two, WARM_UP_S)
            measured = await interleave(stand.pgbench, figures, stand.effort.rounds)
            lines.append(_line(what, measured[what], None, customers.waits[two.port]))
        await require_stored(house, customers.promised)
    return lines


@asynccontextmanager
async def _whole(house: House) -> AsyncIterator[None]:
    async with house.part("signer"), house.part("worker"), house.part("chainwatch"):
        yield


def _ordering(customers: Customers, api: Api, stand: Stand) -> Measure:
    async def order() -> float:
        return await customers.order(api, stand.effort.seconds)

    return order


def _line(what: str, rounds: list[Round], target: Target | None, waits: Waits) -> Line:
    rate, tps = median(r.value for r in rounds), median(r.yardstick for r in rounds)
    p50, p99 = (median(wait[n] for wait in waits) for n in (0, 1))
    absolute = f"{rate:.0f} orders/s to {tps:.0f} tps; {p50:.0f} ms, p99 {p99:.0f} ms"
    return Line(NAME, what, [r.ratio for r in rounds], target, absolute)
