"""Decide that a worker's loop survives its steps, rests when idle and says that it is alive."""

import asyncio
from collections.abc import Iterator

import pytest

from cambist.kernel.errors import DomainError, ErrorCode
from cambist.workers import loop
from cambist.workers.loop import failure_wait_s, name_of, run_forever

NAME = "test"


class Steps:
    """Do what a script says, step by step, then set `stop`."""

    def __init__(self, *script: int | Exception) -> None:
        self.left: Iterator[int | Exception] = iter(script)
        self.stop = asyncio.Event()
        self.beats: list[str] = []
        self.rests: list[float] = []

    async def step(self) -> int:
        given = next(self.left, None)
        if given is None:
            self.stop.set()
            return 1
        if isinstance(given, Exception):
            raise given
        return given

    async def beat(self, name: str) -> None:
        self.beats.append(name)

    async def rest(self, _stop: asyncio.Event, seconds: float) -> None:
        self.rests.append(seconds)


@pytest.fixture
def patched(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    monkeypatch.setattr(loop, "HEARTBEAT_EVERY_S", 0)
    return monkeypatch


async def test_a_step_with_work_is_followed_at_once_and_one_without_by_rest(
    patched: pytest.MonkeyPatch,
) -> None:
    steps = Steps(3, 0, 2)
    patched.setattr(loop, "rest", steps.rest)
    await run_forever(steps.step, steps.stop, 0.25, NAME, steps.beat)
    assert steps.rests == [0.0, 0.25, 0.0, 0.0]


async def test_failures_wait_longer_each_time_and_are_forgotten_after_success(
    patched: pytest.MonkeyPatch,
) -> None:
    fault = ValueError("canary")
    steps = Steps(fault, fault, fault, 1, fault)
    patched.setattr(loop, "rest", steps.rest)
    await run_forever(steps.step, steps.stop, 0.25, NAME, steps.beat, lambda limit: 0)
    assert steps.rests == [0.25, 0.5, 1.0, 0.0, 0.25, 0.0]


async def test_only_a_step_that_succeeded_counts_as_a_sign_of_life(
    patched: pytest.MonkeyPatch,
) -> None:
    steps = Steps(ValueError(), 0, ValueError())
    patched.setattr(loop, "rest", steps.rest)
    await run_forever(steps.step, steps.stop, 0.25, NAME, steps.beat)
    assert steps.beats == [NAME, NAME]


async def test_signs_of_life_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loop, "HEARTBEAT_EVERY_S", 3_600)
    steps = Steps(*([1] * 50))
    await run_forever(steps.step, steps.stop, 0.25, NAME, steps.beat)
    assert steps.beats == [NAME]


async def test_a_failing_heartbeat_does_not_end_the_loop(patched: pytest.MonkeyPatch) -> None:
    steps = Steps(1, 1)
    patched.setattr(loop, "rest", steps.rest)

    async def fail(_name: str) -> None:
        raise OSError

    await run_forever(steps.step, steps.stop, 0.25, NAME, fail)
    assert steps.stop.is_set()


async def test_stopping_ends_a_rest() -> None:
    steps = Steps(0)
    running = asyncio.create_task(run_forever(steps.step, steps.stop, 3_600, NAME, steps.beat))
    await asyncio.sleep(0.01)
    steps.stop.set()
    async with asyncio.timeout(60):
        await running


def test_the_wait_after_failures_is_bounded_and_spread() -> None:
    assert failure_wait_s(10_000, lambda limit: limit - 1) < loop.FAILURE_WAIT_MAX_S
    assert failure_wait_s(10_000, lambda limit: 0) == loop.FAILURE_WAIT_MAX_S / 2


def test_an_error_is_named_without_its_text() -> None:
    assert name_of(ValueError("canary")) == "ValueError"
    assert name_of(DomainError(ErrorCode.FENCED, lease="canary")) == "DomainError:fenced"
