"""Decide how the bus's questions are answered: fresh deposit addresses, guarded prices."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from cambist.adapters.db.pool import Connection
from cambist.adapters.db.prices import CachedPrices
from cambist.adapters.db.store import Answerer
from cambist.domain.market.assets import CHAINS
from cambist.kernel.errors import DomainError, ErrorCode
from cambist.ports.addresses import AddressBook
from cambist.ports.signer import Branch, KeyPath
from cambist.ports.store import Question

_NUMBERS = {
    chain: f"select nextval('address_number_{chain}') from generate_series(1, $1::int)"
    for chain in CHAINS
}


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


def answerers(book: AddressBook, prices: CachedPrices) -> Mapping[Question, Answerer]:
    """Say who answers which question."""
    return {Question.NEXT_ADDRESS: NextAddresses(book).answer, Question.RATE: prices.answer}
