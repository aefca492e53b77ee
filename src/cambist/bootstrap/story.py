"""Decide which orders a fresh sandbox tells of, and play payer and network for them."""

import asyncio
from dataclasses import dataclass, field, replace
from datetime import datetime

from cambist.app.orders.open_order import OpenedOrder, OpenOrder
from cambist.app.orders.refund_order import RefundOrder
from cambist.app.partners.put_integration import PutIntegration
from cambist.bootstrap.core import Core
from cambist.bootstrap.prices import price_worker
from cambist.bus.bus import Gate
from cambist.domain.market.assets import ASSETS, CHAINS, CRYPTO, ChainModel
from cambist.domain.orders.states import OrderKind
from cambist.domain.partners.partners import Integration
from cambist.kernel.ids import OrderId, PartnerId
from cambist.kernel.money import parse_units
from cambist.ports.queries import OrderView
from cambist.ports.signer import SignerPort
from cambist.workers.chainwatch import ChainWatch
from cambist.workers.clockwork import Clockwork
from cambist.workers.payouts import PayoutWorker

HOLDER = "seed"
"""Always the same, so that a seeding killed in the middle does not lock out the next."""
LIFETIME_S = 1_200
SHORT_LIFETIME_S = 1
EXPIRY_SLACK_S = 0.05
WATCH_ROUNDS_MAX = 100
HOT_COINS = 4
"""How many outputs the hot address of a UTXO chain gets, so that payouts need not queue."""

HOT_MONEY = {
    "TRX": "250000",
    "USDT_TRC20": "50000",
    "BTC": "2.5",
    "LTC": "250",
    "ETH": "50",
    "USDT_ERC20": "50000",
    "USDC_ERC20": "50000",
}


@dataclass(frozen=True, slots=True)
class Told:
    """Describe a demo order: what is asked, and what is paid of it."""

    name: str
    asset: str
    asked: str
    paid: str | None


FAILED = (Told("demo-expired", "TRX", "12", None), Told("demo-underpaid", "TRX", "20", "8"))
PAID = (
    Told("demo-paid", "TRX", "1", "1"),
    Told("demo-paid-large", "TRX", "1500", "1500"),
    Told("demo-overpaid", "TRX", "30", "33"),
    Told("demo-paid-usdt", "USDT_TRC20", "250", "250"),
    Told("demo-paid-ltc", "LTC", "2", "2"),
    Told("demo-paid-btc", "BTC", "0.02", "0.02"),
    Told("demo-paid-eth", "ETH", "0.5", "0.5"),
    Told("demo-refunded", "TRX", "75", "75"),
)
REFUNDED = "demo-refunded"


@dataclass
class Story:
    """Tell the demo orders of one shop; whatever moment it dies at, it can be told again."""

    core: Core
    signer: SignerPort
    partner: PartnerId
    shop: Integration
    watches: dict[str, ChainWatch] = field(default_factory=dict)

    async def tell(self) -> None:
        """Fund the chains that are ours to move, open and pay orders, refund one, expire two."""
        for chain in self.core.controls:
            self.watches[chain] = ChainWatch(
                CHAINS[chain],
                self.core.chains[chain],
                self.core.bus,
                self.core.work,
                HOLDER,
                self.core.hot_address(chain),
            )
        prices = price_worker(self.core)
        try:
            await asyncio.gather(prices.run_round(), *(self._watch(c) for c in self.watches))
            over_at = await self._fail()
            opened = await asyncio.gather(*(self._open(told) for told in self._possible(PAID)))
            orders = dict(opened)
            await asyncio.gather(*(self._fund(chain) for chain in self.watches))
            await asyncio.gather(*(self._confirm(chain) for chain in self.watches))
            await self._refund(orders.get(REFUNDED))
            await self._expire(over_at)
        finally:
            for watch in self.watches.values():
                await watch.release()
            await prices.close()

    def _possible(self, told: tuple[Told, ...]) -> list[Told]:
        return [one for one in told if ASSETS[one.asset].chain in self.watches]

    async def _fail(self) -> datetime | None:
        """Open orders that are over in a moment, pay too little, and say when they are over."""
        short = replace(self.shop, order_lifetime_s=SHORT_LIFETIME_S)
        await self.core.bus.execute(PutIntegration(short))
        try:
            opened = [await self._open(told) for told in self._possible(FAILED)]
        finally:
            usual = replace(self.shop, order_lifetime_s=LIFETIME_S)
            await self.core.bus.execute(PutIntegration(usual))
        await asyncio.gather(*(self._watch(ASSETS[t.asset].chain) for t in self._possible(FAILED)))
        views = [await self._view(order_id) for _, order_id in opened]
        return max((view.order.expires_at for view in views if view.order.expires_at), default=None)

    async def _open(self, told: Told) -> tuple[str, OrderId]:
        """Open an order and pay what it tells, once."""
        asset = ASSETS[told.asset]
        command = OpenOrder(
            self.partner,
            self.shop.id,
            OrderKind.PAYMENT,
            asset.code,
            parse_units(told.asked, asset.scale),
            told.name,
            None,
        )
        gate = Gate("sandbox", "seed", told.name)
        opened: OpenedOrder = await self.core.bus.execute(command, gate)
        view = await self._view(opened.order_id)
        if told.paid is not None and opened.address and not view.payments:
            units = parse_units(told.paid, asset.scale)
            await self.core.controls[asset.chain or ""].pay(opened.address, asset.code, units)
        return told.name, opened.order_id

    async def _fund(self, chain: str) -> None:
        """Give our hot address money of every asset, unless it has some."""
        hot, control = self.core.hot_address(chain), self.core.controls[chain]
        parts = HOT_COINS if CHAINS[chain].model is ChainModel.UTXO else 1
        for asset in CRYPTO:
            is_ours = asset.chain == chain and asset.code in HOT_MONEY
            if is_ours and not await self.core.chains[chain].balance(asset.code, hot):
                units = parse_units(HOT_MONEY[asset.code], asset.scale)
                for _ in range(parts):
                    await control.pay(hot, asset.code, units // parts)

    async def _confirm(self, chain: str) -> None:
        """Mine until money is real, and let the core see it."""
        await self.core.controls[chain].mine(CHAINS[chain].confirmations)
        await self._watch(chain)

    async def _refund(self, order_id: OrderId | None) -> None:
        """Refund an order to its payer, from the promise to the settled withdrawal."""
        if order_id is None:
            return
        view = await self._view(order_id)
        payer = next((p.payment.sender for p in view.payments if p.payment.sender), None)
        asset = ASSETS[view.order.asset or ""]
        if payer is None or asset.chain is None:
            return
        refund = RefundOrder(self.partner, order_id, asset.code, view.order.confirmed, payer)
        await self.core.bus.execute(refund, Gate("sandbox", "seed", "demo-refund"))
        payouts = PayoutWorker(
            CHAINS[asset.chain],
            self.core.chains[asset.chain],
            self.signer,
            self.core.bus,
            self.core.work,
            HOLDER,
            self.core.hot_address(asset.chain),
        )
        try:
            await payouts.run_once()
            await self._confirm(asset.chain)
            await payouts.run_once()
        finally:
            await payouts.release()

    async def _expire(self, over_at: datetime | None) -> None:
        """Wait out what little is left of the short lives, and expire them."""
        if over_at is None:
            return
        left_s = (over_at - await self.core.work.now()).total_seconds()
        await asyncio.sleep(max(0, left_s) + EXPIRY_SLACK_S)
        await Clockwork(self.core.bus, self.core.work).run_once()

    async def _watch(self, chain: str | None) -> None:
        watch = self.watches[chain or ""]
        for _ in range(WATCH_ROUNDS_MAX):
            if not await watch.run_once():
                return

    async def _view(self, order_id: OrderId) -> OrderView:
        found = await self.core.queries.order_of_event(order_id)
        if found is None:
            raise LookupError("a demo order is gone")
        return found[0]
