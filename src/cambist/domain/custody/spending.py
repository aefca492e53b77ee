"""Decide which coins pay for a withdrawal, its fee and its change."""

from collections.abc import Sequence
from dataclasses import dataclass

from cambist.domain.custody.custody import Coin, select_account, select_coins

DUST_UNITS = 5_460
"""The least an output of a UTXO chain may hold: what some node would not pass on is never signed.

Change below it is left to the network. Source: the dust of a p2pkh output of Litecoin Core, the
highest of our chains' (policy.h, DUST_RELAY_TX_FEE).
"""


@dataclass(frozen=True, slots=True)
class FeeRate:
    """Hold what the network asks for a transfer of one input, and for each input more."""

    first: int
    more: int

    def of(self, inputs: int) -> int:
        """Compute the fee of so many inputs."""
        return self.first + self.more * max(0, inputs - 1)


@dataclass(frozen=True, slots=True)
class Spend:
    """Hold a plan: the coins used up, the network's fee, and what is left over.

    On account chains the coins are of the asset and of the fee's coin; `gas_change` is what is
    left over of the latter.
    """

    coins: tuple[Coin, ...]
    fee: int
    change: int
    gas_change: int = 0


def plan_utxo(coins: Sequence[Coin], units: int, fee: FeeRate, source: str | None) -> Spend | None:
    """Choose outputs for units and fee, those on `source` first when it is given; None if short.

    What a given source lacks for the fee alone is taken from the other coins.
    """
    own = [coin for coin in coins if source is None or coin.address == source]
    rest = [coin for coin in coins if coin not in own]
    chosen = select_coins(own, units)
    if not chosen:
        return None
    spare = sorted((c for c in [*own, *rest] if c not in chosen), key=lambda c: c in rest)
    while sum(coin.units for coin in chosen) < units + fee.of(len(chosen)):
        if not spare:
            return None
        chosen = (*chosen, spare.pop(0))
    paid = fee.of(len(chosen))
    change = sum(coin.units for coin in chosen) - units - paid
    if change < DUST_UNITS:
        return Spend(chosen, paid + change, 0)
    return Spend(chosen, paid, change)


def plan_account(
    coins: Sequence[Coin], units: int, fee: int, source: str | None, gas: Sequence[Coin] | None
) -> Spend | None:
    """Choose one account for the units, or None when none holds enough.

    The fee comes from the coins `gas` when the asset is a token, and from the same account
    (gas None) when it is the chain's own coin.
    """
    own = [coin for coin in coins if source is None or coin.address == source]
    needed = units + fee if gas is None else units
    chosen = select_account(own, needed)
    if not chosen:
        return None
    left = sum(coin.units for coin in chosen) - needed
    if gas is None:
        return Spend(chosen, fee, left)
    burnt = select_coins(gas, fee)
    if not burnt:
        return None
    return Spend((*chosen, *burnt), fee, left, sum(coin.units for coin in burnt) - fee)
