"""Say what a use case may touch: aggregates, the ledger, events; all within one unit of work."""

from collections.abc import Iterable
from typing import Any, Protocol, TypeVar
from uuid import UUID

from cambist.domain.compliance.cases import Case
from cambist.domain.compliance.limits import Turnover
from cambist.domain.custody.custody import Address, Coin, Cursor, SeenBlock, Withdrawal
from cambist.domain.identity.customers import Customer
from cambist.domain.identity.documents import Document
from cambist.domain.identity.links import PageLink
from cambist.domain.ledger.accounts import Account, AccountRef, HoldState
from cambist.domain.ledger.journals import Posting
from cambist.domain.messaging.budgets import Budget
from cambist.domain.messaging.codes import OneTimeCode
from cambist.domain.messaging.messages import Message
from cambist.domain.orders.orders import Order
from cambist.domain.orders.trades import Trade
from cambist.domain.partners.partners import ApiKey, Integration, Partner
from cambist.domain.payments.bank import BankLine, BankPayout, PayoutBatch
from cambist.domain.payments.payments import Payment
from cambist.domain.pricing.firm import FirmQuote
from cambist.domain.pricing.quotes import PriceQuote
from cambist.domain.webhooks.callbacks import Callback, CallbackAttempt
from cambist.kernel.events import EventName
from cambist.kernel.ids import IntegrationId, OrderId, PartnerId
from cambist.kernel.money import Asset
from cambist.kernel.rates import Rate
from cambist.ports.privacy import Privacy
from cambist.ports.rails import Rail
from cambist.ports.rows import Counter, Lease, Wallet
from cambist.ports.rulebook import Rulebook

K = TypeVar("K", contravariant=True)
T = TypeVar("T")


class Aggregates(Protocol[K, T]):
    """Load and store one kind of aggregate.

    Locked kinds must be asked for in the order of `ports.store.Kind`, several of a kind in one
    call; a second call for keys not yet locked restarts the command in a later batch.
    """

    async def get(self, key: K) -> T:
        """Load one and lock it.

        Raises:
            DomainError: NOT_FOUND.
        """

    async def lock(self, keys: Iterable[K]) -> dict[Any, T]:
        """Load several and lock them; missing ones are left out."""

    async def peek(self, key: K) -> T | None:
        """Load one without a lock, to be read only."""

    async def read(self, keys: Iterable[K]) -> dict[Any, T]:
        """Load several without a lock; missing ones are left out."""

    async def where(self, field: str, value: object) -> list[T]:
        """Load those with a field's value without a lock; the caller holds their parent's."""

    def add(self, item: T) -> None:
        """Store a new one."""

    def save(self, item: T) -> None:
        """Store a changed one."""


class Ledger(Protocol):
    """Book money. Lock all bounded accounts in one call, then post and hold."""

    async def lock(self, accounts: Iterable[AccountRef]) -> None:
        """Load and lock bounded accounts, opening those that do not exist."""

    def balance(self, account: AccountRef) -> Account:
        """Read a locked account."""

    def post(self, posting: Posting, reference: str, order_id: OrderId | None) -> None:
        """Book a posting once for ever under a reference; its bounded accounts are locked.

        Raises:
            DomainError: INSUFFICIENT_BALANCE.
        """

    def hold(self, account: AccountRef, units: int, order_id: OrderId) -> None:
        """Set units of a locked account aside.

        Raises:
            DomainError: INSUFFICIENT_BALANCE.
        """

    async def close_hold(self, account: AccountRef, order_id: OrderId, state: HoldState) -> None:
        """Capture or release an order's hold on a locked account.

        Raises:
            DomainError: INVALID_STATE when there is no active hold.
        """


class UnitOfWork(Protocol):
    """Give a use case everything it may read and write, committed or dropped as a whole."""

    partners: Aggregates[PartnerId, Partner]
    integrations: Aggregates[UUID, Integration]
    api_keys: Aggregates[UUID, ApiKey]
    leases: Aggregates[str, Lease]
    cursors: Aggregates[str, Cursor]
    blocks: Aggregates[tuple[str, int], SeenBlock]
    quotes: Aggregates[UUID, FirmQuote]
    customers: Aggregates[UUID, Customer]
    turnovers: Aggregates[str, Turnover]
    links: Aggregates[str, PageLink]
    bank_lines: Aggregates[UUID, BankLine]
    payout_batches: Aggregates[UUID, PayoutBatch]
    orders: Aggregates[UUID, Order]
    trades: Aggregates[UUID, Trade]
    cases: Aggregates[UUID, Case]
    documents: Aggregates[UUID, Document]
    codes: Aggregates[UUID, OneTimeCode]
    budgets: Aggregates[tuple[str, str], Budget]
    messages: Aggregates[UUID, Message]
    bank_payouts: Aggregates[UUID, BankPayout]
    payments: Aggregates[UUID, Payment]
    withdrawals: Aggregates[UUID, Withdrawal]
    counters: Aggregates[UUID, Counter]
    wallets: Aggregates[str, Wallet]
    addresses: Aggregates[str, Address]
    coins: Aggregates[UUID, Coin]
    callbacks: Aggregates[UUID, Callback]
    callback_attempts: Aggregates[object, CallbackAttempt]
    ledger: Ledger

    @property
    def privacy(self) -> Privacy:
        """Give what seals personal data."""

    def rail(self, method: str) -> Rail:
        """Find the rail of a method.

        Raises:
            DomainError: FIELD_INVALID when there is none.
        """

    def new_id(self) -> UUID:
        """Make a UUID of version 7."""

    def standard_address(self, chain: str, address: str) -> str | None:
        """Write an address the one way, None when no money of the chain's network can go there."""

    async def next_address(self, chain: str) -> tuple[int, str]:
        """Allot a deposit index that was never used, and derive its address.

        Raises:
            DomainError: ASSET_NOT_SUPPORTED when the chain is not enabled.
        """

    async def rate(self, base: Asset, quote: Asset) -> Rate:
        """Read the current guarded price.

        Raises:
            DomainError: RATE_UNAVAILABLE.
        """

    async def priced(self, base: Asset, quote: Asset) -> PriceQuote:
        """Read the current guarded price with the samples it rests on.

        Raises:
            DomainError: RATE_UNAVAILABLE.
        """

    async def rules(self) -> Rulebook:
        """Read the operator's rules, as of a moment ago."""

    async def open_orders(self, integration_id: IntegrationId) -> int:
        """Count an integration's undecided incoming orders, as of a few seconds ago."""

    def emit(self, order: Order, name: EventName, **facts: str | int) -> Order:
        """Record an event of an order, store the order with the next seq and return it."""
