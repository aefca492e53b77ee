"""Say what can be read of trades and of what surrounds them; owners come first."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, Protocol, TypeVar
from uuid import UUID

from cambist.domain.compliance.cases import Case
from cambist.domain.identity.customers import Customer
from cambist.domain.identity.documents import Document
from cambist.domain.messaging.codes import OneTimeCode
from cambist.domain.orders.orders import Order
from cambist.domain.orders.states import OrderState
from cambist.domain.orders.trades import Trade
from cambist.domain.payments.bank import BankLine, BankPayout
from cambist.domain.pricing.firm import FirmQuote
from cambist.domain.pricing.terms import Side, Terms
from cambist.kernel.ids import CustomerId, IntegrationId, OrderId, PartnerId
from cambist.ports.queries import PaymentView
from cambist.ports.rails import Instructions
from cambist.ports.rulebook import LimitRule

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Slice(Generic[T]):
    """Hold a part of a list and where the next begins, None at its end."""

    items: tuple[T, ...]
    next: OrderId | None


@dataclass(frozen=True, slots=True)
class TradeView:
    """Show a trade with its customer's data opened, for who may see it.

    `cases` and `payments` are oldest first, `codes` newest first; `pay` tells a buyer how to pay.
    `phone` is what the order names, `code_phone` the customer's own, to which codes go.
    """

    order: Order
    trade: Trade
    external_customer: str | None
    language: str
    email: str
    phone: str
    first_name: str
    bank_account: str
    cases: tuple[Case, ...]
    payments: tuple[PaymentView, ...]
    payouts: tuple[BankPayout, ...]
    codes: tuple[OneTimeCode, ...]
    pay: Instructions | None
    code_phone: str = ""

    @property
    def held_by(self) -> Case | None:
        """Find the case that holds the order."""
        return next((case for case in self.cases if case.is_undecided), None)


@dataclass(frozen=True, slots=True)
class TradeFilter:
    """Choose trades of a partner; None does not choose. Newest first, after `before`."""

    states: frozenset[OrderState] | None = None
    customer_id: CustomerId | None = None
    crypto: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    before: OrderId | None = None


class TradeQueries(Protocol):
    """Read trades. A partner None stands for pages and staff, who have proved otherwise."""

    async def trade(self, partner_id: PartnerId | None, order_id: OrderId) -> TradeView | None:
        """Find a trade."""

    async def trade_by_number(self, partner_id: PartnerId, number: int) -> TradeView | None:
        """Find a partner's trade by its number."""

    async def trade_by_page(self, page: str) -> TradeView | None:
        """Find a trade by its page's name."""

    async def trade_of_session(self, session: str) -> TradeView | None:
        """Find the trade a visitor's session may act on, None once it is over."""

    async def trades(
        self, partner_id: PartnerId, chosen: TradeFilter, limit: int
    ) -> Slice[TradeView]:
        """List a partner's trades, newest first."""

    async def customer(self, partner_id: PartnerId, external_id: str) -> Customer | None:
        """Find a partner's customer by the partner's own id."""

    async def channel(self, partner_id: PartnerId) -> IntegrationId | None:
        """Find the one integration a broker's partner orders through."""


@dataclass(frozen=True, slots=True)
class PriceAsk:
    """Ask what a trade would cost; see `pricing.terms` for side and given."""

    partner_id: PartnerId
    dialect: str
    side: Side
    crypto: str
    fiat: str
    method: str


@dataclass(frozen=True, slots=True)
class MarketTerms:
    """Answer with the raw price (mantissa), the terms, and until when such a price would hold."""

    raw: int
    terms: Terms
    valid_until: datetime


class MarketQueries(Protocol):
    """Read prices and rules without making anything firm."""

    async def market(self, ask: PriceAsk) -> MarketTerms:
        """Find price and terms of the moment.

        Raises:
            DomainError: RATE_UNAVAILABLE, ASSET_NOT_SUPPORTED.
        """

    async def limits(self, partner_id: PartnerId, dialect: str) -> Sequence[LimitRule]:
        """List the limits that fit a partner's customers."""


@dataclass(frozen=True, slots=True)
class HeldBalance:
    """Show what stands on a customer's address: confirmed and still waiting, in units."""

    confirmed: int
    unconfirmed: int


class VaultQueries(Protocol):
    """Read the addresses kept for customers."""

    async def held(self, partner_id: PartnerId, crypto: str, address: str) -> HeldBalance | None:
        """Find the balance of an address given to one of the partner's customers."""


@dataclass(frozen=True, slots=True)
class QueuedPayout:
    """Show a payout with the payee opened."""

    payout: BankPayout
    account: str
    name: str


@dataclass(frozen=True, slots=True)
class WaitingLine:
    """Show a line on the work list with the other side and its texts opened."""

    line: BankLine
    name: str
    account: str
    text: str
    references: str


@dataclass(frozen=True, slots=True)
class LostSell:
    """Show a sell that was paid for, the crypto of which a reorganisation took from the house."""

    order: Order
    trade: Trade
    units: int


@dataclass(frozen=True, slots=True)
class Review:
    """Show a submitted case with everything the customer told, opened for the reviewer."""

    case: Case
    order: Order
    trade: Trade
    customer: Customer
    identity: dict[str, str]
    declaration: dict[str, str]
    documents: tuple[Document, ...]


class DeskQueries(Protocol):
    """Read what waits for the staff and for the bank; every list is bounded, oldest first."""

    async def queued_payouts(
        self, method: str, currency: str, limit: int
    ) -> Sequence[QueuedPayout]:
        """List payouts that are in no file yet."""

    async def latest_payouts(self, limit: int) -> Sequence[QueuedPayout]:
        """List payouts of every state, newest first."""

    async def waiting_lines(self, limit: int) -> Sequence[WaitingLine]:
        """List statement lines nobody has decided on."""

    async def left_lines(self, limit: int) -> Sequence[WaitingLine]:
        """List statement lines somebody has left in suspense."""

    async def reviews(self, limit: int) -> Sequence[Review]:
        """List submitted cases."""

    async def lost_sells(self, limit: int) -> Sequence[LostSell]:
        """List sells whose crypto is missing and nobody has written off."""

    async def review(self, case_id: UUID) -> Review | None:
        """Find a case to review."""

    async def quote(self, quote_id: UUID) -> FirmQuote | None:
        """Find a quote."""

    async def unscreened(
        self, digest: str, but_not: Sequence[CustomerId], limit: int
    ) -> Sequence[CustomerId]:
        """List customers whose name was not held against these lists yet, but not those named."""
