"""Book what a statement shows of the house's own out of suspense, once."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from cambist.domain.ledger.trading import fiat_own_in, fiat_own_out
from cambist.domain.payments.bank import LineState
from cambist.ports.uow import UnitOfWork


@dataclass(frozen=True, slots=True)
class OwnLine:
    """Name a line on the work list, or one left in suspense, and who decides, with his words."""

    line_id: UUID
    by: str
    note: str


async def own_line(command: OwnLine, uow: UnitOfWork, now: datetime) -> None:
    """Book the line to the house's capital, whichever way the money went; decided so, it stays.

    Raises:
        DomainError: NOT_FOUND, INVALID_STATE when the line was decided otherwise.
    """
    line = await uow.bank_lines.get(command.line_id)
    if line.state is LineState.OWN:
        return
    uow.bank_lines.save(line.make_own(command.by, command.note))
    recipe = fiat_own_in if line.credit else fiat_own_out
    uow.ledger.post(recipe(line.currency, line.units), f"own:{line.id}", None)
