"""Prove that states change along their tables only, and that the tables themselves are sound."""

from enum import StrEnum
from itertools import pairwise
from typing import Any

import pytest

from cambist.domain.custody.states import WITHDRAWAL
from cambist.domain.orders.orders import Order
from cambist.domain.orders.states import (
    INCOMING,
    OUTGOING,
    PAY_IN,
    PAY_OUT,
    TRADE,
    TRADES,
    OrderKind,
    OrderState,
)
from cambist.domain.payments.states import PAYMENT
from cambist.domain.webhooks.states import CALLBACK
from cambist.kernel.errors import DomainError, ErrorCode
from cambist.kernel.statemachine import StateMachine
from tests.domain.orders_made import NOW, make_order


class Light(StrEnum):
    """Have few states."""

    OFF = "off"
    ON = "on"
    BROKEN = "broken"


def _machine(**transitions: set[Light]) -> StateMachine[Light]:
    rows = {Light(name): frozenset(after) for name, after in transitions.items()}
    return StateMachine("light", frozenset({Light.OFF}), rows)


MACHINES: list[StateMachine[Any]] = [PAY_IN, PAY_OUT, PAYMENT, WITHDRAWAL, CALLBACK]


def test_a_listed_transition_passes_and_any_other_is_refused() -> None:
    light = _machine(off={Light.ON}, on={Light.OFF, Light.BROKEN}, broken=set())
    assert light.step(Light.OFF, Light.ON) is Light.ON
    assert light.terminal == {Light.BROKEN}
    for state, target in (
        (Light.OFF, Light.BROKEN),
        (Light.BROKEN, Light.ON),
        (Light.ON, Light.ON),
    ):
        with pytest.raises(DomainError) as refused:
            light.step(state, target)
        assert refused.value.code is ErrorCode.INVALID_STATE
        assert refused.value.facts == {"machine": "light", "state": state.value}


def test_a_table_with_a_state_nobody_reaches_is_refused() -> None:
    with pytest.raises(ValueError, match="unreachable"):
        _machine(off={Light.ON}, on=set(), broken=set())


def test_a_table_that_leads_to_a_state_without_a_row_is_refused() -> None:
    with pytest.raises(ValueError, match="without a row"):
        _machine(off={Light.ON, Light.BROKEN}, on=set())


@pytest.mark.parametrize("machine", MACHINES, ids=lambda machine: machine.name)
def test_every_pair_of_states_is_allowed_or_refused_by_the_table_alone(
    machine: StateMachine[Any],
) -> None:
    for state, after in machine.transitions.items():
        for target in machine.transitions:
            if target in after:
                assert machine.step(state, target) is target
            else:
                with pytest.raises(DomainError):
                    machine.step(state, target)


def test_every_kind_of_order_goes_in_or_out() -> None:
    assert set(OrderKind) == INCOMING | OUTGOING | TRADES
    assert not INCOMING & OUTGOING
    states = [set(machine.transitions) for machine in (PAY_IN, PAY_OUT, TRADE)]
    assert set().union(*states) == set(OrderState)


def test_what_is_on_its_way_out_is_never_given_up() -> None:
    assert PAY_OUT.terminal == {OrderState.COMPLETED, OrderState.REJECTED}
    assert OrderState.REJECTED not in PAY_OUT.transitions[OrderState.SENDING]
    assert OrderState.REJECTED not in PAY_OUT.transitions[OrderState.SENT]


def test_an_order_steps_by_the_machine_of_its_kind() -> None:
    way = [OrderState.CREATED, OrderState.SENDING, OrderState.SENT, OrderState.COMPLETED]
    order: Order = make_order(kind=OrderKind.WITHDRAWAL, state=OrderState.CREATED)
    for _, after in pairwise(way):
        order = order.step(after, NOW)
    assert order.state is OrderState.COMPLETED
    incoming = make_order(kind=OrderKind.PAYMENT, state=OrderState.AWAITING_PAYMENT)
    with pytest.raises(DomainError):
        incoming.step(OrderState.SENDING, NOW)
