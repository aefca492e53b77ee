"""Say how a sandbox page plays the payer: money out of nowhere, on simulated chains only."""

from typing import Protocol

from cambist.domain.orders.orders import Order


class PaymentSimulator(Protocol):
    """Play payer and network for one incoming order whose asset and address are fixed."""

    async def pay(self, order: Order, units: int) -> None:
        """Send units of the order's asset to its address; the transaction waits for a block.

        Raises:
            DomainError: CHAIN_UNAVAILABLE.
        """

    async def replace(self, order: Order) -> None:
        """Replace the order's newest unconfirmed transaction; without one nothing happens.

        Raises:
            DomainError: CHAIN_UNAVAILABLE.
        """

    async def mine(self, order: Order, blocks: int) -> None:
        """Mine blocks on the chain of the order's asset.

        Raises:
            DomainError: CHAIN_UNAVAILABLE.
        """
