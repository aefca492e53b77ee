"""Decide what the sandbox's panel plays: which action pays how much, and mines how much."""

from enum import StrEnum
from typing import assert_never

from cambist.domain.market.assets import asset_of
from cambist.domain.orders.orders import Order
from cambist.kernel.money import parse_units
from cambist.pages.pay.shown import PayModel
from cambist.ports.sandbox import PaymentSimulator


class SimulatedAction(StrEnum):
    """Name the panel's buttons."""

    EXACT = "exact"
    LESS = "less"
    MORE = "more"
    REPLACE = "replace"
    MINE = "mine"
    MINE_MANY = "mine-many"


async def play(
    action: SimulatedAction, model: PayModel, order: Order, simulator: PaymentSimulator
) -> None:
    """Do what a button of the panel says.

    Raises:
        DomainError: CHAIN_UNAVAILABLE.
    """
    base = base_units(model, order)
    match action:
        case SimulatedAction.EXACT:
            await simulator.pay(order, base)
        case SimulatedAction.LESS:
            await simulator.pay(order, max(1, base // 2))
        case SimulatedAction.MORE:
            await simulator.pay(order, base + base // 2 + 1)
        case SimulatedAction.REPLACE:
            await simulator.replace(order)
        case SimulatedAction.MINE:
            await simulator.mine(order, 1)
        case SimulatedAction.MINE_MANY:
            await simulator.mine(order, order.required_confirmations)
        case _ as unreachable:
            assert_never(unreachable)


def base_units(model: PayModel, order: Order) -> int:
    """Count what "exact" pays: what is missing, else what was asked, else one whole coin."""
    missing = model.due.units if model.due else 0
    if missing or order.amount:
        return missing or order.amount or 0
    return parse_units("1", asset_of(order.asset or "").scale)
