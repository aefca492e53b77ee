"""Decide what one command sees and changes: its own scope, merged or dropped as a whole."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Generic, TypeVar, cast
from uuid import UUID

from cambist.bus.changes import Changes
from cambist.bus.identity import IdentityMap
from cambist.bus.ledger import ScopedLedger
from cambist.bus.requests import Ask, Load
from cambist.domain.orders.orders import Order
from cambist.domain.pricing.quotes import PriceQuote
from cambist.kernel.errors import DomainError, ErrorCode
from cambist.kernel.events import Event, EventName
from cambist.kernel.ids import IntegrationId
from cambist.kernel.money import Asset
from cambist.kernel.rates import Rate
from cambist.kernel.replacing import replace
from cambist.ports.addresses import AddressBook
from cambist.ports.ids import IdSource
from cambist.ports.privacy import Privacy
from cambist.ports.rails import Rail
from cambist.ports.rulebook import Rulebook
from cambist.ports.store import Kind, Question

K = TypeVar("K", contravariant=True)
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Tools:
    """Hold what use cases reach through their unit of work beside the store; all of it pure."""

    ids: IdSource
    book: AddressBook
    privacy: Privacy | None = None
    rails: Mapping[str, Rail] = field(default_factory=dict)


class ScopedAggregates(Generic[K, T]):
    """Load and store one kind within a command's scope."""

    def __init__(self, kind: Kind, changes: Changes) -> None:
        self._kind = kind
        self._changes = changes

    async def get(self, key: K) -> T:
        """Load one and lock it, or raise NOT_FOUND."""
        found = await self.lock((key,))
        if not found:
            raise DomainError(ErrorCode.NOT_FOUND, kind=self._kind.value)
        return found[key]

    async def lock(self, keys: Iterable[K]) -> dict[Any, T]:
        """Load several and lock them."""
        return await self._load(keys, lock=True)

    async def read(self, keys: Iterable[K]) -> dict[Any, T]:
        """Load several without a lock."""
        return await self._load(keys, lock=False)

    async def _load(self, keys: Iterable[K], *, lock: bool) -> dict[Any, T]:
        wanted = tuple(dict.fromkeys(keys))
        if wanted:
            await Load(self._kind, None, wanted, lock=lock)
        found = ((key, self._changes.get(self._kind, key)) for key in wanted)
        return {key: item for key, item in found if item is not None}

    async def peek(self, key: K) -> T | None:
        """Load one without a lock."""
        return (await self.read((key,))).get(key)

    async def where(self, field: str, value: object) -> list[T]:
        """Load by a field without a lock."""
        await Load(self._kind, field, (value,), lock=False)
        return self._changes.where(self._kind, field, value)

    def add(self, item: T) -> None:
        """Store a new one."""
        self._changes.put(self._kind, item, added=True)

    def save(self, item: T) -> None:
        """Store a changed one."""
        self._changes.put(self._kind, item, added=False)


class _OnDemand:
    """Make a kind's aggregates when a command first asks for them; most ask for two or three."""

    def __init__(self, kind: Kind) -> None:
        self._kind = kind

    def __set_name__(self, owner: type, name: str) -> None:
        self._name = name

    def __get__(self, scope: "Scope", owner: type) -> ScopedAggregates[Any, Any]:
        made: ScopedAggregates[Any, Any] = ScopedAggregates(self._kind, scope.changes)
        scope.__dict__[self._name] = made
        return made


class Scope:
    """Be the unit of work of one command."""

    partners = _OnDemand(Kind.PARTNER)
    integrations = _OnDemand(Kind.INTEGRATION)
    api_keys = _OnDemand(Kind.API_KEY)
    leases = _OnDemand(Kind.LEASE)
    cursors = _OnDemand(Kind.CURSOR)
    blocks = _OnDemand(Kind.BLOCK)
    quotes = _OnDemand(Kind.QUOTE)
    customers = _OnDemand(Kind.CUSTOMER)
    turnovers = _OnDemand(Kind.TURNOVER)
    links = _OnDemand(Kind.LINK)
    bank_lines = _OnDemand(Kind.BANK_LINE)
    payout_batches = _OnDemand(Kind.PAYOUT_BATCH)
    orders = _OnDemand(Kind.ORDER)
    trades = _OnDemand(Kind.TRADE)
    cases = _OnDemand(Kind.CASE)
    documents = _OnDemand(Kind.DOCUMENT)
    codes = _OnDemand(Kind.CODE)
    budgets = _OnDemand(Kind.BUDGET)
    messages = _OnDemand(Kind.MESSAGE)
    bank_payouts = _OnDemand(Kind.BANK_PAYOUT)
    payments = _OnDemand(Kind.PAYMENT)
    withdrawals = _OnDemand(Kind.WITHDRAWAL)
    counters = _OnDemand(Kind.COUNTER)
    wallets = _OnDemand(Kind.WALLET)
    addresses = _OnDemand(Kind.ADDRESS)
    coins = _OnDemand(Kind.COIN)
    callbacks = _OnDemand(Kind.CALLBACK)
    callback_attempts = _OnDemand(Kind.CALLBACK_ATTEMPT)

    def __init__(self, known: IdentityMap, now: datetime, tools: Tools) -> None:
        self.changes = Changes(known)
        self._now, self._ids, self._book = now, tools.ids, tools.book
        self._privacy, self._rails = tools.privacy, tools.rails
        self.ledger = ScopedLedger(self.changes, now, tools.ids)

    @property
    def privacy(self) -> Privacy:
        """Give what seals personal data."""
        if self._privacy is None:
            raise LookupError("this bus was built without a vault")
        return self._privacy

    def rail(self, method: str) -> Rail:
        """Find the rail of a method."""
        rail = self._rails.get(method)
        if rail is None:
            raise DomainError(ErrorCode.FIELD_INVALID, field="method")
        return rail

    def new_id(self) -> UUID:
        """Make a UUID of version 7."""
        return self._ids.new_id()

    def standard_address(self, chain: str, address: str) -> str | None:
        """Write an address the one way, None when no money of the chain's network can go there."""
        return self._book.inspect(chain, address).normalized

    async def next_address(self, chain: str) -> tuple[int, str]:
        """Allot a deposit index and derive its address."""
        return cast("tuple[int, str]", await Ask(Question.NEXT_ADDRESS, chain))

    async def rate(self, base: Asset, quote: Asset) -> Rate:
        """Read the current guarded price."""
        return cast("Rate", await Ask(Question.RATE, (base, quote)))

    async def priced(self, base: Asset, quote: Asset) -> PriceQuote:
        """Read the current guarded price with the samples it rests on."""
        return cast("PriceQuote", await Ask(Question.PRICED, (base, quote)))

    async def rules(self) -> Rulebook:
        """Read the operator's rules, as of a moment ago."""
        return cast("Rulebook", await Ask(Question.RULES, None))

    async def open_orders(self, integration_id: IntegrationId) -> int:
        """Count an integration's undecided incoming orders, as of a few seconds ago."""
        return cast("int", await Ask(Question.OPEN_ORDERS, integration_id))

    def emit(self, order: Order, name: EventName, **facts: str | int) -> Order:
        """Record an event of an order and store the order with the next seq."""
        after = replace(order, seq=order.seq + 1, updated_at=self._now)
        self.orders.save(after)
        told = {"kind": order.kind.value, **facts}
        event = Event(order.id, after.seq, name, self._now, told)
        self.changes.writes.events.append(event)
        return after
