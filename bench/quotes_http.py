"""Decide how a quote and the order that takes it are measured through HTTP, against pgbench."""

import json
from collections.abc import Mapping
from statistics import median

import httpx2

from bench.children import BenchError, Child, child
from bench.house import Api, House, open_house
from bench.load import Order, question
from bench.orders_http import CONNECTIONS, WARM_UP_S, Waits, only
from bench.report import Line, Target
from bench.stand import Measure, Round, Stand, interleave

NAME = "quotes_http"
TARGET = Target(0.4, at_least=True)
BASE = "/cryptoexchange/v1"
PAIR = {"crypto": "LTC", "fiat": "EUR"}
AMOUNT = "100"
ADDRESS = "LUWPbpM43E2p7ZSh8cyTBEkvpHmr3cB8Ez"

STORED: Mapping[str, str] = {
    "quotes": "select count(*) from quotes",
    "orders": "select count(*) from orders",
    "trades of their own quotes": "select count(*) from trades t join quotes q"
    " on q.id = t.quote_id and q.used_by = t.id",
    "customers": "select count(distinct customer_id) from trades",
}
"""What must be there once for each pair that was answered."""


class Buyers:
    """Ask for quotes and take each, every buyer one nobody knew, and remember the promises."""

    def __init__(self, house: House, load: Child) -> None:
        self._house, self._load = house, load
        self._runs = 0
        self.promised = 0
        self.waits: dict[int, Waits] = {}

    async def buy(self, api: Api, seconds: float) -> float:
        """Buy for some seconds; returns how many pairs a second were answered.

        Raises:
            BenchError: any answer was not 201, or a quote was not taken.
        """
        self._runs += 1
        asked = Order(
            port=api.port,
            connections=CONNECTIONS,
            seconds=seconds,
            paths=(f"{BASE}/quotes",),
            api_key=self._house.client_key,
            key_prefix=f"{api.port}-{self._runs}",
            body=json.dumps({**PAIR, "fiatAmount": AMOUNT}),
            then_path=f"{BASE}/orders",
            then_body=json.dumps(
                {**PAIR, "customerId": "{key}", "quoteId": "{id}", "address": ADDRESS}
            ),
        )
        answer = await self._load.ask(question(asked))
        pairs, odd = divmod(only(answer, httpx2.codes.CREATED), 2)
        if odd:
            raise BenchError("a quote was answered that nobody took")
        self.promised += pairs
        self.waits.setdefault(api.port, []).append((answer["p50_ms"], answer["p99_ms"]))
        return float(answer["rate"])


async def require_pairs(house: House, promised: int) -> None:
    """Compare the promises with the tables.

    Raises:
        BenchError: something was promised that is not there, or is there unpromised.
    """
    for what, query in STORED.items():
        stored = await house.count(query)
        if stored != promised:
            raise BenchError(f"{promised} pairs were answered, {stored} {what} are in the tables")


async def measure(stand: Stand) -> list[Line]:
    """Measure one api process and two."""
    async with open_house(stand, NAME) as house, child("bench.load") as load:
        buyers = Buyers(house, load)
        async with house.kept_fresh(), house.api(1) as one, house.api(2) as two:
            named = {"1 api process": one, "2 api processes": two}
            figures = {name: _buying(buyers, api, stand) for name, api in named.items()}
            for api in named.values():
                await buyers.buy(api, WARM_UP_S)
            measured = await interleave(stand.pgbench, figures, stand.effort.rounds)
        await require_pairs(house, buyers.promised)
    return [
        _line(what, rounds, buyers.waits[named[what].port]) for what, rounds in measured.items()
    ]


def _buying(buyers: Buyers, api: Api, stand: Stand) -> Measure:
    async def buy() -> float:
        return await buyers.buy(api, stand.effort.seconds)

    return buy


def _line(what: str, rounds: list[Round], waits: Waits) -> Line:
    rate, tps = median(r.value for r in rounds), median(r.yardstick for r in rounds)
    p50, p99 = (median(wait[n] for wait in waits) for n in (0, 1))
    absolute = f"{rate:.0f} pairs/s to {tps:.0f} tps; {p50:.0f} ms, p99 {p99:.0f} ms a pair"
    return Line(NAME, what, [r.ratio for r in rounds], TARGET, absolute)
