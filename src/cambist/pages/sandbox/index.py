"""Decide what the sandbox's own page shows: what is here, latest orders and payouts, sinks."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from cambist.domain.orders.orders import Order
from cambist.pages.look.files import LOOK_STATIC, LOOK_TEMPLATES, StaticFile, static_files
from cambist.pages.sandbox.services import SandboxServices
from cambist.pages.sandbox.shown import amount, text_of
from cambist.ports.sandbox import ReceivedRequest
from cambist.ports.trades import QueuedPayout

ORDERS_SHOWN = 25
SINKS_SHOWN = 10
PER_SINK_SHOWN = 5
PAYOUTS_SHOWN = 10
BODY_SHOWN = 2_000
LANGUAGE = "en"

DIALECTS: Sequence[tuple[str, str]] = (
    ("cryptopayments: merchants are paid", "/cryptopayments/api/v1"),
    ("cryptoexchange: clients' customers buy and sell", "/cryptoexchange/v1"),
    ("btcex: affiliates' visitors buy and sell", "/btcex"),
)
"""What each dialect is for, and where it is; its operations are described at `/docs` below."""

OPERATIONS: Sequence[tuple[str, str]] = (
    ("POST /chains/{chain}/pay", '{"address", "amount", "asset", "confirmations"?}'),
    ("POST /chains/{chain}/mine", '{"blocks"}'),
    ("POST /chains/{chain}/replace", '{"hash"}'),
    ("POST /chains/{chain}/reorg", '{"depth"}'),
    ("GET /chains/{chain}/transactions/{hash}", ""),
    ("POST /bank/transfer", '{"amount", "currency", "reference", "from_name", "from_account"}'),
    ("GET /bank/payouts", "newest first, each with its pain.001"),
    ("POST /bank/payouts/{id}/return", '{"reason"?}'),
    ("GET /bank/batches/{id}", "a pain.001 by itself"),
    ("POST /kyc/{customer or order}/{identity, aml or edd}", '{"decision", "reason"?}'),
    ("POST /prices/{pair}", '{"mid"} or {"down": true}; {"down": false} releases'),
    ("POST /clock/advance", '{"seconds"}'),
    ("ANY /sink/{name}", "open to everybody"),
    ("GET /sink/{name}/received", ""),
    ("POST /sink/{name}/behave", '{"status", "times"}'),
    ("GET /mail?to=", "newest first, with the links in it"),
    ("GET /sms?to=", "newest first"),
    ("GET /ledger/check", ""),
    ("GET /orders/{id}", ""),
)

_HERE = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class OrderLine:
    """Show an order in a line; `link` is its page, None for outgoing ones."""

    id: str
    kind: str
    state: str
    labels: str
    asked: str
    received: str
    link: str | None


@dataclass(frozen=True, slots=True)
class PayoutLine:
    """Show a payout over a bank in a line; the payee is nobody's business here."""

    id: str
    order: str
    what: str
    state: str


@dataclass(frozen=True, slots=True)
class SinkLine:
    """Show a request a sink received."""

    sink: str
    number: int
    at: str
    method: str
    status: int
    body: str


class IndexPage:
    """Render the pages people look at; everything foreign is escaped."""

    def __init__(self, services: SandboxServices, base: str) -> None:
        self._services = services
        self.files: Mapping[str, StaticFile] = static_files(LOOK_STATIC, _HERE / "static")
        self.environment = Environment(
            loader=FileSystemLoader([_HERE / "templates", LOOK_TEMPLATES]),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self.static = {n: f"{base}/static/{n}?v={f.version}" for n, f in self.files.items()}
        self.environment.globals.update(base=base, language=LANGUAGE, static=self.static)

    async def index(self) -> str:
        """Render the front page."""
        services = self._services
        orders = await services.world.recent_orders(ORDERS_SHOWN)
        pages = await services.world.order_pages([order.id for order in orders])
        payouts = await services.desk.latest_payouts(PAYOUTS_SHOWN)
        return self.environment.get_template("index.html").render(
            public_url=services.public_url,
            shop=services.shop,
            dialects=DIALECTS,
            chains=sorted(services.controls),
            pairs=sorted(services.pairs),
            operations=OPERATIONS,
            now=(await services.work.now()).isoformat(timespec="seconds"),
            orders=[self._order(order, pages.get(order.id)) for order in orders],
            payouts=[_payout(one) for one in payouts],
            sinks=await self._sinks(),
        )

    async def _sinks(self) -> list[SinkLine]:
        lines: list[SinkLine] = []
        for name in list(await self._services.world.sinks())[:SINKS_SHOWN]:
            received = await self._services.world.received(name)
            lines += [_sink(name, item) for item in reversed(received[-PER_SINK_SHOWN:])]
        return lines

    def _order(self, order: Order, page: str | None) -> OrderLine:
        return OrderLine(
            id=str(order.id),
            kind=order.kind.value,
            state=order.state.value,
            labels=" ".join(sorted(order.labels)),
            asked=_amount(order.amount, order),
            received=_amount(order.received, order),
            link=self._link(order, page),
        )

    def _link(self, order: Order, page: str | None) -> str | None:
        public_url = self._services.public_url
        if page is not None:
            return f"{public_url}/order/{page}"
        if not order.is_incoming:
            return None
        query = urlencode({"integrationId": str(order.integration_id), "orderId": str(order.id)})
        return f"{public_url}/payment-page?{query}"


def _amount(units: int | None, order: Order) -> str:
    text = amount(units, order.asset)
    return "" if text is None else f"{text} {order.asset}"


def _payout(one: QueuedPayout) -> PayoutLine:
    payout = one.payout
    written = f"{amount(payout.units, payout.currency)} {payout.currency}"
    return PayoutLine(str(payout.id), str(payout.owner), written, payout.state.value)


def _sink(name: str, item: ReceivedRequest) -> SinkLine:
    body = text_of(item.request.body)
    shown = f"{len(item.request.body)} bytes" if body is None else body[:BODY_SHOWN]
    at = item.at.isoformat(timespec="seconds")
    return SinkLine(name, item.number, at, item.request.method, item.status, shown)
