"""Decide how the bus's questions are answered: fresh deposit addresses, guarded prices."""

import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from cambist.adapters.db.mappers import LIMIT_RULE, SCHEDULE
from cambist.adapters.db.pool import Connection
from cambist.adapters.db.prices import CachedPrices
from cambist.adapters.db.reads import Reads
from cambist.adapters.db.store import Answerer
from cambist.domain.compliance.rules import RiskPolicy
from cambist.domain.market.assets import CHAINS
from cambist.kernel.errors import DomainError, ErrorCode
from cambist.ports.addresses import AddressBook
from cambist.ports.rulebook import Rulebook
from cambist.ports.signer import Branch, KeyPath
from cambist.ports.store import Question

_NUMBERS = {
    chain: f"select nextval('address_number_{chain}') from generate_series(1, $1::int)"
    for chain in CHAINS
}

COUNT_KEPT_S = 5.0
RULES_KEPT_S = 2.0
COUNT_MAX = 200_000

_COUNT_OPEN = f"""select count(*) from (select from orders
  where integration_id = $1 and state in ('created', 'awaiting_payment', 'payment_seen')
  limit {COUNT_MAX}) open"""


class NextAddresses:
    """Allot deposit indexes from a sequence (never twice, never back) and derive addresses."""

    def __init__(self, book: AddressBook) -> None:
        self._book = book

    async def answer(
        self, connection: Connection, arguments: Sequence[Any], now: datetime
    ) -> list[tuple[int, str] | DomainError]:
        """Answer with (index, address) for each chain asked for."""
        numbers: dict[str, list[int]] = {}
        for chain, count in Counter(arguments).items():
            if chain in _NUMBERS:
                rows = await connection.fetch(_NUMBERS[chain], count)
                numbers[chain] = [row[0] for row in rows]
        return [self._derive(chain, numbers.get(chain, [])) for chain in arguments]

    def _derive(self, chain: str, numbers: list[int]) -> tuple[int, str] | DomainError:
        if not numbers:
            return DomainError(ErrorCode.ASSET_NOT_SUPPORTED, chain=chain)
        number = numbers.pop()
        try:
            return number, self._book.derive(chain, KeyPath(Branch.DEPOSIT, number))
        except DomainError as refusal:
            return refusal


class OpenOrders:
    """Count undecided orders by integration, at most once in COUNT_KEPT_S and up to COUNT_MAX.

    Orders opened through this process since the last count are added, so a burst is noticed.
    """

    def __init__(self, monotonic: Callable[[], float]) -> None:
        self._monotonic = monotonic
        self._counted: dict[UUID, tuple[float, int]] = {}

    async def answer(
        self, connection: Connection, arguments: Sequence[Any], now: datetime
    ) -> list[int | DomainError]:
        """Answer with one count for each integration asked for."""
        answers: list[int | DomainError] = []
        for integration in arguments:
            at, count = self._counted.get(integration, (0.0, 0))
            if integration not in self._counted or self._monotonic() - at > COUNT_KEPT_S:
                at = self._monotonic()
                count = await connection.fetchval(_COUNT_OPEN, integration)
            self._counted[integration] = (at, count + 1)
            answers.append(count)
        return answers


class Rules:
    """Read the operator's rules, at most once in RULES_KEPT_S."""

    def __init__(self, risk: RiskPolicy, monotonic: Callable[[], float]) -> None:
        self._risk, self._monotonic = risk, monotonic
        self._read: tuple[float, Rulebook] | None = None

    async def answer(
        self, connection: Connection, arguments: Sequence[Any], now: datetime
    ) -> list[Rulebook | DomainError]:
        """Answer everybody with the same book."""
        return [await self.book(connection)] * len(arguments)

    async def book(self, connection: Connection | Reads) -> Rulebook:
        """Give the book, read anew when it is old."""
        if self._read is None or self._monotonic() - self._read[0] > RULES_KEPT_S:
            schedules = await connection.fetch(SCHEDULE.select)
            limits = await connection.fetch(LIMIT_RULE.select)
            book = Rulebook(
                tuple(SCHEDULE.read(row) for row in schedules),
                tuple(LIMIT_RULE.read(row) for row in limits),
                self._risk,
            )
            self._read = (self._monotonic(), book)
        return self._read[1]

    def forget(self) -> None:
        """Read again at the next question."""
        self._read = None


def answerers(book: AddressBook, prices: CachedPrices, rules: Rules) -> Mapping[Question, Answerer]:
    """Say who answers which question."""
    return {
        Question.PRICED: prices.priced_answer,
        Question.RULES: rules.answer,
        Question.NEXT_ADDRESS: NextAddresses(book).answer,
        Question.RATE: prices.answer,
        Question.OPEN_ORDERS: OpenOrders(time.monotonic).answer,
    }
