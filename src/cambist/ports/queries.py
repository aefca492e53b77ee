"""Say what can be read without the bus; the principal comes first and bounds every answer."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, Protocol, TypeVar

from cambist.domain.orders.orders import Order
from cambist.domain.partners.partners import Integration
from cambist.domain.payments.payments import Payment
from cambist.domain.payments.states import PaymentState
from cambist.kernel.ids import IntegrationId, OrderId
from cambist.kernel.money import Asset
from cambist.kernel.rates import Rate
from cambist.ports.principals import PartnerPrincipal

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class PaymentView:
    """Show a payment with its confirmations so far, its order's external id and fiat."""

    payment: Payment
    confirmations: int
    external_id: str | None
    fiat: str

    def reached(self, required: int) -> int:
        """Count confirmations; what is settled has those required, however far our watcher is."""
        settled = self.payment.state is PaymentState.CONFIRMED
        return max(self.confirmations, required) if settled else self.confirmations


@dataclass(frozen=True, slots=True)
class OrderView:
    """Show an order with its payments, oldest first."""

    order: Order
    payments: tuple[PaymentView, ...]


@dataclass(frozen=True, slots=True)
class PayPageView:
    """Show a payer what a pay page needs and no more."""

    view: OrderView
    integration: Integration
    now: datetime


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """Hold one page of a list and the number of all items of the caller."""

    items: tuple[T, ...]
    total: int


class PartnerQueries(Protocol):
    """Read what belongs to a partner; what is not the partner's is not found."""

    async def partner_of_key(self, secret: str) -> PartnerPrincipal | None:
        """Find whom a live API key belongs to."""

    async def integrations(
        self, principal: PartnerPrincipal, page: int, quantity: int
    ) -> "Page[Integration]":
        """List integrations, oldest first; pages count from 1."""

    async def integration(
        self, principal: PartnerPrincipal, integration_id: IntegrationId
    ) -> Integration | None:
        """Find an integration."""

    async def order(self, principal: PartnerPrincipal, order_id: OrderId) -> OrderView | None:
        """Find an order."""

    async def orders(
        self,
        principal: PartnerPrincipal,
        page: int,
        quantity: int,
        integration_id: IntegrationId | None,
    ) -> "Page[OrderView]":
        """List orders, newest first; pages count from 1."""

    async def payment(self, principal: PartnerPrincipal, number: int) -> PaymentView | None:
        """Find a payment by the partner's own number."""


class AssetQueries(Protocol):
    """Read what the operator enabled."""

    async def enabled_assets(self) -> Sequence[str]:
        """List the codes of assets whose chain is watched."""


class RateQueries(Protocol):
    """Read current guarded prices."""

    async def rate(self, base: Asset, quote: Asset) -> Rate:
        """Find the price of one whole base in quote.

        Raises:
            DomainError: RATE_UNAVAILABLE when there is none, or it is too old.
        """


class PayPageQueries(Protocol):
    """Read what a payer may see, who knows integration and order id."""

    async def pay_page(
        self, integration_id: IntegrationId, order_id: OrderId
    ) -> PayPageView | None:
        """Find an incoming order of an integration."""

    async def enabled_assets(self) -> Sequence[str]:
        """List the codes of assets whose chain is watched."""


class WorkerQueries(Protocol):
    """Read what workers tell others; an event stands for the right to read its order."""

    async def order_of_event(self, order_id: OrderId) -> tuple[OrderView, Integration] | None:
        """Find an order as it is now with its integration, None when either is missing."""
