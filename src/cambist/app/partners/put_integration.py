"""Add an integration to a partner, or replace its terms."""

from dataclasses import dataclass
from datetime import datetime

from cambist.domain.partners.partners import Integration
from cambist.kernel.errors import DomainError, ErrorCode
from cambist.kernel.ids import IntegrationId
from cambist.ports.uow import UnitOfWork


@dataclass(frozen=True, slots=True)
class PutIntegration:
    """Carry the whole integration; its owner never changes."""

    integration: Integration


async def put_integration(command: PutIntegration, uow: UnitOfWork, now: datetime) -> IntegrationId:
    """Store the integration and return its id.

    Raises:
        DomainError: NOT_FOUND when the partner does not exist, or the integration is another's.
    """
    integration = command.integration
    partner = await uow.partners.peek(integration.partner_id)
    known = await uow.integrations.lock([integration.id])
    before = known.get(integration.id)
    if partner is None or (before and before.partner_id != integration.partner_id):
        raise DomainError(ErrorCode.NOT_FOUND)
    if before is None:
        uow.integrations.add(integration)
    else:
        uow.integrations.save(integration)
    return integration.id
