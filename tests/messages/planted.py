"""Decide which wrong checks of codes the tests have to catch; nothing of this is shipped."""

import hmac
from dataclasses import replace
from datetime import datetime

from cambist.domain.messaging.codes import OneTimeCode, Outcome, Purpose, check
from cambist.kernel.ids import OrderId


def check_without_counting(
    code: OneTimeCode, given: str, order_id: OrderId | None, purpose: Purpose, now: datetime
) -> tuple[OneTimeCode, Outcome]:
    """Compare as often as anybody likes."""
    checked, outcome = check(code, given, order_id, purpose, now)
    return (code if outcome is Outcome.WRONG else checked), outcome


def check_without_binding(
    code: OneTimeCode, given: str, _order_id: OrderId | None, _purpose: Purpose, now: datetime
) -> tuple[OneTimeCode, Outcome]:
    """Take a code for whatever order and purpose."""
    return check(code, given, code.order_id, code.purpose, now)


def check_of_typed_integers(
    code: OneTimeCode, given: str, order_id: OrderId | None, purpose: Purpose, now: datetime
) -> tuple[OneTimeCode, Outcome]:
    """Lose leading zeros."""
    typed = str(int(given)) if hmac.compare_digest(given, given.strip()) else given
    unpadded = f"x{typed}" if len(typed) < 6 else typed
    return check(code, unpadded, order_id, purpose, now)


def check_that_lets_use_again(
    code: OneTimeCode, given: str, order_id: OrderId | None, purpose: Purpose, now: datetime
) -> tuple[OneTimeCode, Outcome]:
    """Forget that a code was used."""
    checked, outcome = check(code, given, order_id, purpose, now)
    return replace(checked, used_at=None), outcome
