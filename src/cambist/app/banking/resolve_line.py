"""Take a statement's line off the work list: it is an order's money, or it is left in suspense."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from cambist.app.banking_steps import receive_assigned
from cambist.kernel.errors import DomainError, ErrorCode
from cambist.kernel.ids import OrderId
from cambist.ports.uow import UnitOfWork


@dataclass(frozen=True, slots=True)
class ResolveLine:
    """Carry a person's decision; `order_id` None leaves the money where it is, with a note."""

    line_id: UUID
    order_id: OrderId | None
    by: str
    note: str


async def resolve_line(command: ResolveLine, uow: UnitOfWork, now: datetime) -> None:
    """Credit the order's customer out of suspense, or note why not; what was left may be his yet.

    Raises:
        DomainError: NOT_FOUND, INVALID_STATE when the line is decided already, is no credit, or
            the order is past paying.
    """
    line = await uow.bank_lines.get(command.line_id)
    uow.bank_lines.save(line.resolve(command.order_id, command.by, command.note))
    if command.order_id is None:
        return
    if not line.credit or not await receive_assigned(uow, command.order_id, line, now):
        raise DomainError(ErrorCode.INVALID_STATE, machine="bank_line")
