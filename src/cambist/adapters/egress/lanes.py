"""Decide how much one endpoint may take: a bound on concurrency, a breaker when it is down."""

from collections.abc import Callable
from dataclasses import dataclass

from cambist.ports.egress import EgressBusyError, EgressFailedError, FailureReason


@dataclass(frozen=True, slots=True)
class LaneLimits:
    """Bound one lane and their number.

    After `circuit_failures` failures in a row nothing is sent for `circuit_open_s` seconds, then
    one request probes the endpoint while others are busy; its success closes the circuit.
    """

    requests_max: int = 2
    circuit_failures: int = 5
    circuit_open_s: float = 30.0
    lanes_max: int = 10_000


@dataclass(slots=True)
class Lane:
    """Count what is under way to one endpoint and how it fares."""

    running: int = 0
    failures: int = 0
    open_until: float | None = None


class Lanes:
    """Keep the lanes of one process, the longest idle forgotten first."""

    def __init__(self, limits: LaneLimits, monotonic: Callable[[], float]) -> None:
        self._limits = limits
        self._monotonic = monotonic
        self._lanes: dict[tuple[str, str], Lane] = {}

    def enter(self, key: tuple[str, str]) -> Lane:
        """Take a place in a lane; each `enter` is followed by one `leave`.

        Raises:
            EgressBusyError: the lane is full, or its one probe is under way.
            EgressFailedError: CIRCUIT_OPEN.
        """
        lane = self._lanes.pop(key, None) or self._new()
        self._lanes[key] = lane
        if lane.open_until is not None and self._monotonic() < lane.open_until:
            raise EgressFailedError(FailureReason.CIRCUIT_OPEN)
        places = self._limits.requests_max if lane.open_until is None else 1
        if lane.running >= places:
            raise EgressBusyError
        lane.running += 1
        return lane

    def leave(self, lane: Lane, failed: bool | None) -> None:
        """Give a place back; `failed` is None when the endpoint was not put to the test."""
        lane.running -= 1
        if failed is None:
            return
        if not failed:
            lane.failures, lane.open_until = 0, None
            return
        lane.failures += 1
        if lane.failures >= self._limits.circuit_failures:
            lane.open_until = self._monotonic() + self._limits.circuit_open_s

    def _new(self) -> Lane:
        if len(self._lanes) >= self._limits.lanes_max:
            idle = next((key for key, lane in self._lanes.items() if not lane.running), None)
            if idle is None:
                raise EgressBusyError
            del self._lanes[idle]
        return Lane()
