"""Decide what we hold on chains (addresses, coins) and which coins a withdrawal spends."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from uuid import NAMESPACE_URL, UUID, uuid5

from cambist.domain.custody.states import WITHDRAWAL, WithdrawalState
from cambist.kernel.ids import CustomerId, IntegrationId, OrderId, PartnerId

_NAMESPACE = uuid5(NAMESPACE_URL, "cambist:coin")

INPUTS_MAX = 100


class Place(StrEnum):
    """Tell which kind of address of ours something stands on."""

    DEPOSIT = "deposit"
    HOT = "hot"


def address_key(chain: str, address: str) -> str:
    """Name an address across chains."""
    return f"{chain}:{address}"


@dataclass(frozen=True, slots=True)
class Address:
    """Hold an address ever issued by us; `number` is its index on the place's branch.

    `nonce` is the next one of an account chain's address. Hot addresses belong to no order.
    """

    key: str
    chain: str
    address: str
    place: Place
    number: int
    partner_id: PartnerId | None
    integration_id: IntegrationId | None
    order_id: OrderId | None
    nonce: int
    issued_at: datetime

    @classmethod
    def issued(
        cls,
        chain: str,
        address: str,
        number: int,
        owner: tuple[PartnerId, IntegrationId, OrderId],
        now: datetime,
    ) -> "Address":
        """Record a deposit address handed out for one order of (partner, integration)."""
        partner, integration, order = owner
        key = address_key(chain, address)
        place = Place.DEPOSIT
        return cls(key, chain, address, place, number, partner, integration, order, 0, now)


def coin_id(chain: str, txid: str, index: int) -> UUID:
    """Derive a coin's id from the transfer that made it."""
    return uuid5(_NAMESPACE, f"{chain}:{txid}:{index}")


def change_coin_id(withdrawal_id: UUID, asset: str) -> UUID:
    """Derive the id of what a withdrawal leaves over, before its txid is known."""
    return uuid5(_NAMESPACE, f"change:{withdrawal_id}:{asset}")


@dataclass(frozen=True, slots=True)
class Coin:
    """Hold spendable units on one address of ours.

    On a UTXO chain this is an output. On an account chain it is a part of the address's balance;
    what a spend leaves over is a new coin on the same address. `ready` turns true when the coin is
    confirmed, or, for change, when its transaction has been broadcast. `spent_by` reserves it.
    """

    id: UUID
    chain: str
    asset: str
    address: str
    place: Place
    number: int
    txid: str
    vout: int
    units: int
    ready: bool
    spent_by: UUID | None

    @property
    def holder(self) -> str:
        """Name the address the coin stands on."""
        return address_key(self.chain, self.address)

    @property
    def pool(self) -> str:
        """Name what the coin can pay in."""
        return f"{self.chain}:{self.asset}"


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """Hold one transfer out of our custody; `order_id` is None for a sweep.

    `source` limits the coins to one address. `raw` are the signed bytes, stored before they are
    broadcast; `change` and `inputs` are fixed when coins are allotted. The money is the customer's
    when there is one, else the partner's.
    """

    id: UUID
    order_id: OrderId | None
    partner_id: PartnerId | None
    state: WithdrawalState
    chain: str
    asset: str
    destination: str
    source: str | None
    units: int
    fee: int
    network_fee: int
    nonce: int | None
    change_units: int
    raw: bytes | None
    txid: str | None
    attempts: int
    reason: str | None
    created_at: datetime
    updated_at: datetime
    customer_id: CustomerId | None = None

    def step(self, target: WithdrawalState, now: datetime) -> "Withdrawal":
        """Move to a state the machine allows.

        Raises:
            DomainError: INVALID_STATE.
        """
        return replace(self, state=WITHDRAWAL.step(self.state, target), updated_at=now)


@dataclass(frozen=True, slots=True)
class Cursor:
    """Hold how far a chain was watched: the newest block taken in, None before the first."""

    chain: str
    height: int
    hash: str
    seen_at: datetime


@dataclass(frozen=True, slots=True)
class SeenBlock:
    """Remember a block taken in, so that a reorg can be walked back."""

    chain: str
    height: int
    hash: str
    parent: str


def select_coins(coins: Iterable[Coin], units: int) -> tuple[Coin, ...]:
    """Choose coins for an amount, largest first, so that few inputs are needed.

    Returns an empty tuple when they do not suffice within INPUTS_MAX.
    """
    chosen: list[Coin] = []
    total = 0
    for coin in sorted(coins, key=lambda coin: (-coin.units, coin.id)):
        if total >= units or len(chosen) == INPUTS_MAX:
            break
        chosen.append(coin)
        total += coin.units
    return tuple(chosen) if total >= units else ()


def select_account(coins: Iterable[Coin], units: int) -> tuple[Coin, ...]:
    """Choose the coins of one account that holds the amount, hot places first.

    Returns an empty tuple when no single account holds enough.
    """
    accounts: dict[str, list[Coin]] = {}
    for coin in coins:
        accounts.setdefault(coin.address, []).append(coin)
    ranked = sorted(
        accounts.values(),
        key=lambda held: (held[0].place is not Place.HOT, -sum(c.units for c in held)),
    )
    for held in ranked:
        if sum(coin.units for coin in held) >= units:
            return select_coins(held, units)
    return ()
