"""Pin the bound and the breaker of one endpoint on a clock that is told what time it is."""

import pytest

from cambist.adapters.egress.lanes import LaneLimits, Lanes
from cambist.ports.egress import EgressBusyError, EgressFailedError, FailureReason

LIMITS = LaneLimits(requests_max=2, circuit_failures=3, circuit_open_s=30, lanes_max=2)
SHOP, OTHER, THIRD = ("a", "shop.example"), ("b", "shop.example"), ("a", "other.example")


class Clock:
    """Stand still until moved."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


def wear_out(lanes: Lanes) -> None:
    """Fail a lane until its circuit opens."""
    for _ in range(LIMITS.circuit_failures):
        lanes.leave(lanes.enter(SHOP), failed=True)


def test_a_lane_takes_two_at_a_time() -> None:
    lanes = Lanes(LIMITS, Clock())
    first = lanes.enter(SHOP)
    lanes.enter(SHOP)
    with pytest.raises(EgressBusyError):
        lanes.enter(SHOP)
    lanes.enter(OTHER)
    lanes.leave(first, failed=False)
    lanes.enter(SHOP)


def test_failures_in_a_row_open_the_circuit() -> None:
    lanes = Lanes(LIMITS, Clock())
    wear_out(lanes)
    with pytest.raises(EgressFailedError) as failed:
        lanes.enter(SHOP)
    assert failed.value.reason is FailureReason.CIRCUIT_OPEN
    lanes.enter(OTHER)


def test_a_success_between_failures_keeps_it_closed() -> None:
    lanes = Lanes(LIMITS, Clock())
    for failed in (True, True, False, True, True, None):
        lanes.leave(lanes.enter(SHOP), failed)
    lanes.enter(SHOP)


def test_after_a_while_one_request_probes_and_the_others_wait() -> None:
    clock = Clock()
    lanes = Lanes(LIMITS, clock)
    wear_out(lanes)
    clock.now = 30
    probe = lanes.enter(SHOP)
    with pytest.raises(EgressBusyError):
        lanes.enter(SHOP)
    lanes.leave(probe, failed=False)
    lanes.enter(SHOP)
    lanes.enter(SHOP)


def test_a_failed_probe_opens_the_circuit_again() -> None:
    clock = Clock()
    lanes = Lanes(LIMITS, clock)
    wear_out(lanes)
    clock.now = 30
    lanes.leave(lanes.enter(SHOP), failed=True)
    clock.now = 59
    with pytest.raises(EgressFailedError):
        lanes.enter(SHOP)
    clock.now = 60
    lanes.enter(SHOP)


def test_the_longest_idle_lane_is_forgotten_first_and_a_busy_one_never() -> None:
    lanes = Lanes(LIMITS, Clock())
    busy = lanes.enter(SHOP)
    lanes.leave(lanes.enter(OTHER), failed=True)
    third = lanes.enter(THIRD)
    with pytest.raises(EgressBusyError):
        lanes.enter(OTHER)
    assert (busy.running, third.running) == (1, 1)
    lanes.leave(third, failed=False)
    assert lanes.enter(OTHER).failures == 0
