"""Decide what a case is: a question that holds an order until it is answered."""

import json
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from cambist.domain.compliance.states import CASE, CaseState
from cambist.kernel.errors import DomainError, ErrorCode
from cambist.kernel.ids import CaseId, CustomerId, OrderId

__all__ = [
    "CASE_LIFETIME",
    "REMARK_LENGTH_MAX",
    "STAFF_ONLY",
    "UNDECIDED",
    "UNITS",
    "Case",
    "CaseKind",
    "CaseState",
    "open_case",
    "undecided",
]

CASE_LIFETIME = timedelta(days=14)
REMARK_LENGTH_MAX = 500
UNITS = "units"
"""Names in a case's facts how much crypto goes back."""


class CaseKind(StrEnum):
    """Name what is asked; EDD is asked of the staff, everything else of the customer."""

    IDENTITY = "identity"
    AML = "aml"
    PHONE = "phone"
    DEPOSIT = "deposit"
    CHANGE = "change"
    RETURN = "return"
    EDD = "edd"


UNDECIDED = frozenset({CaseState.OPEN, CaseState.SUBMITTED})
STAFF_ONLY = frozenset({CaseKind.EDD})


@dataclass(frozen=True, slots=True)
class Case:
    """Hold one case; `facts` is JSON without personal data (old and new terms, what is wanted).

    `reasons` are codes, `remark` is the reviewer's own words to the customer; `refused` tells that
    the customer declined to answer; `reviewer` who decided.
    """

    id: CaseId
    order_id: OrderId
    customer_id: CustomerId
    kind: CaseKind
    state: CaseState
    reasons: tuple[str, ...]
    remark: str
    facts: str
    refused: bool
    reviewer: str | None
    expires_at: datetime
    opened_at: datetime
    updated_at: datetime

    @property
    def units(self) -> int | None:
        """Tell how much goes back by a case that asks where to; None when it does not say."""
        stated = json.loads(self.facts).get(UNITS)
        return None if stated is None else int(stated)

    @property
    def is_undecided(self) -> bool:
        """Tell whether the case still holds its order."""
        return self.state in UNDECIDED

    def step(self, target: CaseState, now: datetime) -> "Case":
        """Move to a state the machine allows.

        Raises:
            DomainError: CASE_NOT_OPEN when the case was decided before.
        """
        if not self.is_undecided:
            raise DomainError(ErrorCode.CASE_NOT_OPEN, case=self.kind.value)
        return replace(self, state=CASE.step(self.state, target), updated_at=now)

    def submit(self, now: datetime) -> "Case":
        """Hand an answer to the reviewer.

        Raises:
            DomainError: CASE_NOT_OPEN unless it is the customer's turn.
        """
        self.require_open()
        return replace(self.step(CaseState.SUBMITTED, now), reasons=(), remark="")

    def reopen(self, reason: str, remark: str, reviewer: str, now: datetime) -> "Case":
        """Give an unsatisfying answer back with the reason, a code, and words of the reviewer's."""
        return replace(
            self.step(CaseState.OPEN, now),
            reasons=(reason,),
            remark=remark[:REMARK_LENGTH_MAX],
            reviewer=reviewer,
            expires_at=now + CASE_LIFETIME,
        )

    def require_open(self) -> None:
        """Pass only while it is the customer's turn.

        Raises:
            DomainError: CASE_NOT_OPEN.
        """
        if self.state is not CaseState.OPEN:
            raise DomainError(ErrorCode.CASE_NOT_OPEN, case=self.kind.value)


def open_case(
    case_id: CaseId,
    order_id: OrderId,
    customer_id: CustomerId,
    kind: CaseKind,
    now: datetime,
    facts: str = "{}",
    reasons: tuple[str, ...] = (),
) -> Case:
    """Open a case; one for the staff begins as if answered."""
    state = CaseState.SUBMITTED if kind in STAFF_ONLY else CaseState.OPEN
    return Case(
        id=case_id,
        order_id=order_id,
        customer_id=customer_id,
        kind=kind,
        state=state,
        reasons=reasons,
        remark="",
        facts=facts,
        refused=False,
        reviewer=None,
        expires_at=now + CASE_LIFETIME,
        opened_at=now,
        updated_at=now,
    )


def undecided(cases: list[Case]) -> Case | None:
    """Find the one case that holds the order, None when none does."""
    return next((case for case in cases if case.is_undecided), None)
