"""Decide what an account is: whose it is, what stands on it, and how far down it may go."""

from dataclasses import dataclass, replace
from enum import StrEnum
from functools import lru_cache
from uuid import NAMESPACE_URL, UUID, uuid5

from cambist.kernel.errors import DomainError, ErrorCode
from cambist.kernel.ids import AccountId, CustomerId, HoldId, OrderId, PartnerId

_NAMESPACE = uuid5(NAMESPACE_URL, "cambist:account")

IDS_KEPT = 16_384


@lru_cache(maxsize=IDS_KEPT)
def _account_id(owner: str, asset: str) -> AccountId:
    return AccountId(uuid5(_NAMESPACE, f"{owner}/{asset}"))


@dataclass(frozen=True, slots=True)
class AccountRef:
    """Name an account by owner and asset; only a party's account is bounded (floor zero)."""

    owner: str
    asset: str

    @property
    def id(self) -> AccountId:
        """Derive the account's id."""
        return _account_id(self.owner, self.asset)

    @property
    def bounded(self) -> bool:
        """Tell whether the account may never go below zero."""
        return self.owner.startswith(("partner:", "customer:"))


def partner_account(partner_id: PartnerId | UUID, asset: str) -> AccountRef:
    """Name what we owe a partner."""
    return AccountRef(f"partner:{partner_id}", asset)


def customer_account(customer_id: CustomerId | UUID, asset: str) -> AccountRef:
    """Name what we owe a customer."""
    return AccountRef(f"customer:{customer_id}", asset)


def party_account(
    partner_id: PartnerId | UUID, customer_id: CustomerId | UUID | None, asset: str
) -> AccountRef:
    """Name what we owe a customer, or the partner when there is none."""
    if customer_id is None:
        return partner_account(partner_id, asset)
    return customer_account(customer_id, asset)


def rail_account(method: str, asset: str) -> AccountRef:
    """Name the mirror of what stands on our account of a fiat rail."""
    return AccountRef(f"rail:{method}", asset)


def custody_account(chain: str, place: str, asset: str) -> AccountRef:
    """Name the mirror of what stands on our addresses; place is `deposit` or `hot`."""
    return AccountRef(f"custody:{chain}:{place}", asset)


def house_account(purpose: str, asset: str) -> AccountRef:
    """Name an account of ours: fees, network-fees, spread, inventory, loss, capital, suspense."""
    return AccountRef(f"house:{purpose}", asset)


@dataclass(frozen=True, slots=True)
class Account:
    """Hold a bounded account's balance: units posted, units held back, number of postings."""

    id: AccountId
    owner: str
    asset: str
    bounded: bool
    posted: int
    held: int
    version: int

    @property
    def available(self) -> int:
        """Count the units neither spent nor held."""
        return self.posted - self.held

    def book(self, units: int) -> "Account":
        """Post units.

        Raises:
            DomainError: INSUFFICIENT_BALANCE when the account would fall below what is held.
        """
        after = replace(self, posted=self.posted + units, version=self.version + 1)
        if units < 0 and after.available < 0:
            raise DomainError(ErrorCode.INSUFFICIENT_BALANCE, asset=self.asset)
        return after

    def hold(self, units: int) -> "Account":
        """Set units aside.

        Raises:
            DomainError: INSUFFICIENT_BALANCE when less is available.
        """
        if units <= 0 or units > self.available:
            raise DomainError(ErrorCode.INSUFFICIENT_BALANCE, asset=self.asset)
        return replace(self, held=self.held + units)

    def unhold(self, units: int) -> "Account":
        """Give back units set aside before.

        Raises:
            DomainError: INVALID_STATE when less is held.
        """
        if units > self.held:
            raise DomainError(ErrorCode.INVALID_STATE, machine="hold")
        return replace(self, held=self.held - units)


class HoldState(StrEnum):
    """Name where a hold stands."""

    ACTIVE = "active"
    CAPTURED = "captured"
    RELEASED = "released"


@dataclass(frozen=True, slots=True)
class Hold:
    """Set units of one account aside for one order."""

    id: HoldId
    account_id: AccountId
    order_id: OrderId
    units: int
    state: HoldState

    def close(self, state: HoldState) -> "Hold":
        """Capture or release an active hold, once.

        Raises:
            DomainError: INVALID_STATE when it is closed already.
        """
        if self.state is not HoldState.ACTIVE or state is HoldState.ACTIVE:
            raise DomainError(ErrorCode.INVALID_STATE, machine="hold", state=self.state.value)
        return replace(self, state=state)
