"""Register a partner."""

from dataclasses import dataclass
from datetime import datetime

from cambist.domain.partners.partners import Partner, PartnerKind
from cambist.domain.partners.states import PartnerStatus
from cambist.kernel.ids import PartnerId
from cambist.ports.uow import UnitOfWork


@dataclass(frozen=True, slots=True)
class RegisterPartner:
    """Name a new partner."""

    kind: PartnerKind
    name: str


async def register_partner(command: RegisterPartner, uow: UnitOfWork, now: datetime) -> PartnerId:
    """Store the partner and return its id."""
    partner_id = PartnerId(uow.new_id())
    uow.partners.add(Partner(partner_id, command.kind, command.name, PartnerStatus.ACTIVE))
    return partner_id
