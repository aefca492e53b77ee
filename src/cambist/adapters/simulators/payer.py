"""Decide how the pay page's panel plays payer and network: by the hand that moves a chain."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

from cambist.domain.market.assets import asset_of
from cambist.domain.orders.orders import Order
from cambist.kernel.errors import DomainError, ErrorCode
from cambist.ports.chain import ChainControl, ChainPort, ChainUnavailableError

_UNTOUCHED = frozenset({ErrorCode.NOT_FOUND, ErrorCode.INVALID_STATE})


class SimulatedPayer:
    """Implement PaymentSimulator for the chains that belong to us alone."""

    def __init__(
        self, controls: Mapping[str, ChainControl], chains: Mapping[str, ChainPort]
    ) -> None:
        self._controls, self._chains = controls, chains

    async def pay(self, order: Order, units: int) -> None:
        """Send units of the order's asset to its address; the transaction waits for a block.

        Raises:
            DomainError: CHAIN_UNAVAILABLE.
        """
        async with self._moving(order) as chain:
            await self._controls[chain].pay(order.address or "", order.asset or "", units)

    async def replace(self, order: Order) -> None:
        """Replace the order's newest unconfirmed transaction; without one nothing happens.

        Raises:
            DomainError: CHAIN_UNAVAILABLE.
        """
        async with self._moving(order) as chain:
            waiting = await self._chains[chain].mempool()
            ours = [t for t in waiting if t.address == order.address]
            if not ours:
                return
            try:
                await self._controls[chain].replace(ours[-1].txid)
            except DomainError as refusal:
                # It was mined meanwhile, or nobody here holds its payer's keys.
                if refusal.code not in _UNTOUCHED:
                    raise

    async def mine(self, order: Order, blocks: int) -> None:
        """Mine blocks on the chain of the order's asset.

        Raises:
            DomainError: CHAIN_UNAVAILABLE.
        """
        async with self._moving(order) as chain:
            await self._controls[chain].mine(blocks)

    @asynccontextmanager
    async def _moving(self, order: Order) -> AsyncIterator[str]:
        chain = asset_of(order.asset or "").chain or ""
        if chain not in self._controls:
            raise DomainError(ErrorCode.CHAIN_UNAVAILABLE, chain=chain)
        try:
            yield chain
        except ChainUnavailableError as error:
            raise DomainError(ErrorCode.CHAIN_UNAVAILABLE, chain=chain) from error
