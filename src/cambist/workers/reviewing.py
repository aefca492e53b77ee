"""Decide what follows when a customer has answered: his name is screened, the plain cases pass."""

from collections.abc import Mapping
from typing import Any, Protocol
from uuid import UUID

from cambist.app.cases.decide_case import DecideCase, Decision
from cambist.bus.bus import Gate
from cambist.domain.compliance.cases import CaseKind, CaseState
from cambist.domain.messaging.templates import Reason
from cambist.kernel.errors import DomainError, ErrorCode
from cambist.kernel.ids import CustomerId
from cambist.ports.outbox import OutboxRow
from cambist.ports.trades import DeskQueries, Review
from cambist.workers.relay import PASSING
from cambist.workers.screening import ListsUnreadableError

AUTOMATIC = "automatic"
AUTOMATED = frozenset({CaseKind.IDENTITY, CaseKind.AML})
"""What may pass without a person's look; enhanced due diligence is such a look."""

ASKED: Mapping[str, tuple[Decision, str] | None] = {
    "reject": (Decision.AGAIN, Reason.DATA_MISMATCH.value),
    "refuse": (Decision.REJECT, Reason.OTHER.value),
    "wait": None,
}
"""The sandbox's last names that ask for another decision than the usual one, None for a person."""


class Holder(Protocol):
    """Hold customers against the lists."""

    async def hold(self, customer_id: CustomerId) -> bool:
        """Screen a customer who told his name; return whether a hit stands."""


class Executor(Protocol):
    """Run commands, as the bus does."""

    async def execute(self, command: object, gate: Gate | None = None) -> Any:
        """Run a command and return its result once it is durable."""


class Reviewer:
    """Screen whoever submitted something, and decide it where `decides` says so.

    It may be called again with the same event. Nothing is locked between its steps: a decision is
    only taken when it is about what was looked at.
    """

    def __init__(
        self, desk: DeskQueries, screener: Holder, bus: Executor, *, decides: bool
    ) -> None:
        self._desk, self._screener, self._bus, self._decides = desk, screener, bus, decides

    async def __call__(self, row: OutboxRow) -> str | None:
        """Act on a submitted case; return a note of what had to be left to people, if anything.

        Raises:
            DomainError: one of PASSING; the event comes again.
        """
        case_id = UUID(str(row.facts["case_id"]))
        review = await self._desk.review(case_id)
        if review is None or review.customer.key is None:
            return None
        try:
            await self._screener.hold(review.customer.id)
        except ListsUnreadableError:
            return "review: the lists cannot be read"
        if not self._decides or review.case.kind not in AUTOMATED:
            return None
        looked_at = await self._desk.review(case_id)
        decided = None if looked_at is None else judge(looked_at)
        if looked_at is None or decided is None:
            return None
        return await self._decide(row, looked_at, *decided)

    async def _decide(
        self, row: OutboxRow, review: Review, decision: Decision, reason: str
    ) -> str | None:
        command = DecideCase(
            order_id=review.order.id,
            case_id=review.case.id,
            decision=decision,
            reviewer=AUTOMATIC,
            reason=reason,
            told=review.customer.identity,
        )
        try:
            await self._bus.execute(command, Gate(consumer="review", event=row.id))
        except DomainError as refusal:
            if refusal.code in PASSING:
                raise
            if refusal.code is ErrorCode.CASE_NOT_OPEN:
                return None
            return f"review: {refusal.code.value}"
        return None


def judge(review: Review) -> tuple[Decision, str] | None:
    """Decide a case without a person, None to leave it to one.

    Left is whatever is not plain: enhanced due diligence, somebody a list hit stands against,
    a name told and not yet held against the lists.
    """
    customer = review.customer
    if review.case.kind not in AUTOMATED or review.case.state is not CaseState.SUBMITTED:
        return None
    if customer.is_flagged or (customer.identity is not None and not customer.screened_with):
        return None
    last_name = review.identity.get("last_name", "").strip().casefold()
    return ASKED.get(last_name, (Decision.ACCEPT, ""))
