"""Decide how a test plays the reviewer: a customer's or order's waiting case is decided as told."""

import re
from uuid import UUID

from litestar import post
from litestar.params import FromPath, JSONBody

from cambist.app.cases.decide_case import DecideCase, Decision
from cambist.domain.compliance.cases import Case, CaseKind
from cambist.kernel.errors import DomainError, ErrorCode
from cambist.pages.sandbox.door import ControlRequest
from cambist.pages.sandbox.services import SandboxServices
from cambist.pages.sandbox.shown import Shown
from cambist.pages.sandbox.wire import KycBody

REVIEWER = "sandbox"
ITEMS = frozenset({CaseKind.IDENTITY, CaseKind.AML, CaseKind.EDD})
"""What a reviewer decides; the other cases are the customer's own."""

_NUMBER = re.compile(r"[1-9][0-9]{0,15}", re.ASCII)
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.ASCII | re.IGNORECASE)


@post("/kyc/{customer:str}/{item:str}", status_code=200)
async def decide(
    request: ControlRequest,
    customer: FromPath[str],
    item: FromPath[str],
    data: JSONBody[KycBody],
) -> Shown:
    """Decide the case of a kind that waits; `customer` is his id, or an order's id or number."""
    services = request.services
    case = await _waiting(services, customer, item)
    command = DecideCase(
        order_id=case.order_id,
        case_id=case.id,
        decision=Decision(data.decision),
        reviewer=REVIEWER,
        reason=data.reason or "",
    )
    await services.decide(command)
    return {
        "case": case.id,
        "order": case.order_id,
        "customer": case.customer_id,
        "item": case.kind,
        "decision": data.decision,
    }


async def _waiting(services: SandboxServices, customer: str, item: str) -> Case:
    """Find the case.

    Raises:
        DomainError: NOT_FOUND for no such item or nobody of that name, CASE_NOT_OPEN when
            nothing of the kind waits.
    """
    if item not in ITEMS:
        raise DomainError(ErrorCode.NOT_FOUND, field="item")
    subject: UUID | int
    if _UUID.fullmatch(customer):
        subject = UUID(customer)
    elif _NUMBER.fullmatch(customer):
        subject = int(customer)
    else:
        raise DomainError(ErrorCode.NOT_FOUND, field="customer")
    case = await services.people.waiting_case(subject, CaseKind(item))
    if case is not None:
        return case
    if not await services.people.is_known(subject):
        raise DomainError(ErrorCode.NOT_FOUND, field="customer")
    raise DomainError(ErrorCode.CASE_NOT_OPEN, case=item)
