"""Prove that whose data cannot be opened does not keep anybody else from being screened."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from cambist.kernel.ids import CustomerId
from cambist.ports.vault import SealKeyUnknownError
from cambist.workers.screening import BATCH_MAX, Rescreening

ROUNDS = 4


@dataclass
class Books:
    """Be lists, desk and bus at once: some customers' data cannot be opened."""

    people: int
    sealed: int
    digest: str = "lists"
    screened: set[CustomerId] = field(default_factory=set)
    tried: list[CustomerId] = field(default_factory=list)

    async def refresh(self) -> None:
        """Have the lists there are."""

    async def execute(self, command: object) -> Any:
        """Give whatever lease is asked for."""

    async def unscreened(
        self, digest: str, but_not: Sequence[CustomerId], limit: int
    ) -> Sequence[CustomerId]:
        """List who is not screened yet, in the order of their ids."""
        everybody = (CustomerId(UUID(int=number)) for number in range(self.people))
        left = [one for one in everybody if one not in self.screened and one not in but_not]
        return left[:limit]

    async def hold(self, customer_id: CustomerId) -> bool:
        """Screen one, unless his data cannot be opened."""
        self.tried.append(customer_id)
        if customer_id.int < self.sealed:
            raise SealKeyUnknownError("no key")
        self.screened.add(customer_id)
        return False


async def test_a_batch_of_the_unreadable_does_not_hold_up_the_others() -> None:
    books = Books(people=2 * BATCH_MAX, sealed=BATCH_MAX)
    everything: Any = books
    rescreening = Rescreening(everything, everything, everything, "test")
    for _ in range(ROUNDS):
        await rescreening.run_once()
    assert len(books.screened) == BATCH_MAX
    assert len(books.tried) == len(set(books.tried))
