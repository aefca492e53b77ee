"""Play the ledger against plain integers (H1), and show that wrong ledgers do not survive it."""

import os
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import asyncpg
import hypothesis
import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from cambist.bus import batch, ledger
from cambist.bus.requests import Load
from cambist.domain.ledger.accounts import Account, AccountRef, Hold, HoldState
from cambist.domain.orders.orders import Order
from cambist.kernel.errors import DomainError, ErrorCode
from cambist.ports.store import IdempotencyKey, Kind, StoredAnswer
from tests.ledger.model import LedgerMachine
from tests.ledger.stage import Stage

CAMPAIGN = bool(os.environ.get("CAMBIST_CAMPAIGN"))
QUIET = (HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much)
USUAL = settings(
    max_examples=3000 if CAMPAIGN else 45, stateful_step_count=30, suppress_health_check=QUIET
)
HUNT = settings(USUAL, max_examples=120, phases=[Phase.generate], derandomize=True)


@pytest.fixture
def stage(database_url: str) -> Iterator[Stage]:
    """Give a stage on the module's database."""
    opened = Stage(database_url)
    yield opened
    opened.close()


def _play(stage: Stage, chosen: settings) -> None:
    class Machine(LedgerMachine):
        pass

    Machine.stage = stage
    run_state_machine_as_test(Machine, settings=chosen)


def test_the_ledger_does_what_plain_integers_do(stage: Stage) -> None:
    _play(stage, USUAL)


@pytest.mark.campaign
def test_the_ledger_does_what_plain_integers_do_for_long(stage: Stage) -> None:
    _play(stage, settings(hypothesis.settings(), stateful_step_count=60, max_examples=3000))


def _ignore_fingerprint(
    self: batch.Batch, job: batch.Job, key: IdempotencyKey, stored: StoredAnswer
) -> None:
    job.finish(job.decode(stored.result), failed=False)


def _forget_answers(self: batch.Batch, job: batch.Job, key: IdempotencyKey, stored: object) -> None:
    job.finish(None, failed=False)


def _book_unchecked(self: Account, units: int) -> Account:
    return replace(self, posted=self.posted + units, version=self.version + 1)


def _book_past_holds(self: Account, units: int) -> Account:
    after = _book_unchecked(self, units)
    if units < 0 and after.posted < 0:
        raise DomainError(ErrorCode.INSUFFICIENT_BALANCE)
    return after


def _hold_past_holds(self: Account, units: int) -> Account:
    if units <= 0 or units > self.posted:
        raise DomainError(ErrorCode.INSUFFICIENT_BALANCE)
    return replace(self, held=self.held + units)


async def _release_twice(
    self: ledger.ScopedLedger, account: AccountRef, order_id: Any, state: HoldState
) -> None:
    await Load(Kind.HOLD, "order_id", (order_id,), lock=False)
    for hold in self._changes.where(Kind.HOLD, "order_id", order_id):
        self._changes.put(Kind.HOLD, replace(hold, state=state), added=False)
        freed = self.balance(account).unhold(min(hold.units, self.balance(account).held))
        self._changes.put(Kind.ACCOUNT, freed, added=False)
        return
    raise DomainError(ErrorCode.INVALID_STATE)


def _close_keeps_active(self: Hold, state: HoldState) -> Hold:
    return self


def _refund_one_more(self: Order, units: int, now: Any) -> Order:
    if self.refunded + units > self.confirmed + 1:
        raise DomainError(ErrorCode.REFUND_EXCEEDS_RECEIVED)
    return replace(self, refunded=self.refunded + units)


def _refund_uncounted(self: Order, units: int, now: Any) -> Order:
    if units > self.confirmed:
        raise DomainError(ErrorCode.REFUND_EXCEEDS_RECEIVED)
    return replace(self, updated_at=now)


PLANTED: dict[str, tuple[type, str, Callable[..., Any]]] = {
    "ignore fingerprint": (batch.Batch, "_replay", _ignore_fingerprint),
    "forget the answer": (batch.Batch, "_replay", _forget_answers),
    "no availability check": (Account, "book", _book_unchecked),
    "holds not counted when booking": (Account, "book", _book_past_holds),
    "holds not counted when holding": (Account, "hold", _hold_past_holds),
    "release twice": (ledger.ScopedLedger, "close_hold", _release_twice),
    "hold never closed": (Hold, "close", _close_keeps_active),
    "refund cap off by one": (Order, "refund", _refund_one_more),
    "refunds not added up": (Order, "refund", _refund_uncounted),
}


@pytest.mark.parametrize("fault", PLANTED)
def test_a_wrong_ledger_is_caught(
    stage: Stage, fault: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    owner, name, wrong = PLANTED[fault]
    monkeypatch.setattr(owner, name, wrong)
    with pytest.raises((AssertionError, asyncpg.CheckViolationError)):
        _play(stage, HUNT)
