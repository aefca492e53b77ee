"""Decide when the world has followed a leap of the clock, and wait for that within a bound."""

import asyncio
from dataclasses import dataclass
from datetime import datetime

from cambist.domain.market.assets import CHAINS
from cambist.pages.sandbox.services import SandboxServices
from cambist.ports.chain import ChainUnavailableError

MINED_BY_CLOCK_MAX = 30
"""More blocks than any chain needs to make money real, few enough to be followed at once."""
LOOK_EVERY_S = 0.05
STRAGGLER_S = 0.15
"""How long a price round that began before a change may take to be saved after it."""
EXPIRY_ROUNDS_MAX = 20


@dataclass(frozen=True, slots=True)
class Leap:
    """Tell where a leap led; `waiting` names what had not followed when patience ended."""

    now: datetime
    mined: dict[str, int]
    waiting: tuple[str, ...]


class Settling:
    """Let leaps happen one after the other, each into a world that has settled."""

    def __init__(self, services: SandboxServices) -> None:
        self._services = services
        self._lock = asyncio.Lock()

    async def leap(self, seconds: int) -> Leap:
        """Advance the clock, mine as the clock says, and wait until everything has followed.

        What happened before the leap is taken in before it, so that it counts as in time.

        Raises:
            DomainError: LIMIT_EXCEEDED when all leaps together are too many seconds.
        """
        async with self._lock:
            await self._wait(None)
            now = await self._services.world.advance(seconds)
            mined = await self._mine(seconds)
            await self._services.refresh()
            waiting = await self._wait(now)
            await self._expire()
            if not waiting:
                await asyncio.sleep(STRAGGLER_S)
                waiting = await self._wait(now)
            return Leap(now, mined, waiting)

    async def reprice(self) -> None:
        """Make what was said about prices current; a straggling round does not undo it."""
        async with self._lock:
            await self._services.refresh()
            await asyncio.sleep(STRAGGLER_S)
            await self._services.refresh()

    async def _mine(self, seconds: int) -> dict[str, int]:
        mined: dict[str, int] = {}
        for chain in sorted(self._services.mined_by_clock):
            blocks = min(seconds // CHAINS[chain].block_interval_s, MINED_BY_CLOCK_MAX)
            if blocks:
                await self._services.controls[chain].mine(blocks)
            mined[chain] = blocks
        return mined

    async def _expire(self) -> None:
        before = -1
        for _ in range(EXPIRY_ROUNDS_MAX):
            due = await self._services.expire_due()
            if due in (0, before):
                return
            before = due

    async def _wait(self, moment: datetime | None) -> tuple[str, ...]:
        monotonic = asyncio.get_running_loop().time
        deadline = monotonic() + self._services.settle_s_max
        while True:
            waiting = await self._waiting(moment)
            if not waiting or monotonic() >= deadline:
                return waiting
            await asyncio.sleep(LOOK_EVERY_S)

    async def _waiting(self, moment: datetime | None) -> tuple[str, ...]:
        """Name what has not followed; without a moment only what was sent from outside counts."""
        seen_at = await self._services.world.seen_at()
        waiting = [] if await self._services.bank.is_read() else ["bank"]
        for chain in sorted(seen_at.keys() & self._services.chains.keys()):
            late = moment is not None and seen_at[chain] < moment
            if late or not await self._is_followed(chain):
                waiting.append(chain)
        if moment is not None and not await self._has_fresh_prices():
            await self._services.refresh()
            waiting.append("prices")
        return tuple(waiting)

    async def _is_followed(self, chain: str) -> bool:
        """Tell whether the core knows a chain's tip, its mempool, and has credited what is due."""
        services, port = self._services, self._services.chains[chain]
        try:
            tip, mempool = await port.tip(), await port.mempool()
        except ChainUnavailableError:
            return False
        cursor = await services.work.cursor(chain)
        if cursor is None or cursor.hash != tip.hash:
            return False
        if await services.work.payments_at(chain, tip.height - CHAINS[chain].confirmations + 1):
            return False
        ours = await services.work.issued_addresses(chain, {t.address for t in mempool})
        txids = sorted({t.txid for t in mempool if t.address in ours})
        return not await services.world.unrecorded(chain, txids)

    async def _has_fresh_prices(self) -> bool:
        now = await self._services.work.now()
        quotes = await self._services.prices.snapshot()
        return all(quote.is_fresh(now) for quote in quotes.values())
