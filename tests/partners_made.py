"""Decide how tests take partners on: a name, a channel or shop, and terms to trade at."""

from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from cambist.adapters.db.mappers import SCHEDULE
from cambist.app.partners.put_integration import PutIntegration
from cambist.app.partners.register_partner import RegisterPartner
from cambist.bootstrap.core import Core
from cambist.domain.partners.partners import Integration, PartnerKind
from cambist.domain.partners.states import IntegrationStatus
from cambist.domain.pricing.schedules import Schedule
from cambist.kernel.ids import IntegrationId, PartnerId

FREELY: dict[str, Any] = {
    "partner_id": None,
    "dialect": None,
    "pair": None,
    "side": None,
    "level": None,
    "method": None,
    "commission_ppm": 50_000,
    "discount_ppm": 0,
    "payment_fee_ppm": 0,
    "payment_fee_units": 0,
    "fee_on_top": True,
    "minimum_fee_units": 0,
    "network_fee_units": 0,
    "minimum_units": 10_000,
    "maximum_units": None,
    "rate_validity_s": 900,
    "payment_window_s": 86_400,
    "valid_from": datetime(2026, 1, 1, tzinfo=UTC),
}
"""5 % of whatever is traded, for everybody, from 100 of a currency with two decimals."""


async def put_terms(core: Core, **terms: Any) -> None:
    """Let a core trade at terms, `FREELY` but for what is named, unless there are such already."""
    schedule = Schedule(**{"id": uuid4(), **FREELY, **terms})
    statement = f"{SCHEDULE.insert} on conflict do nothing"
    await core.pool.execute(statement, *SCHEDULE.arrays([schedule]))
    core.rules.forget()


async def take_on(
    core: Core, kind: PartnerKind, name: str, **channel: Any
) -> tuple[PartnerId, IntegrationId]:
    """Register a partner with one active channel that costs nothing, but for what is named."""
    partner: PartnerId = await core.bus.execute(RegisterPartner(kind, name))
    return partner, await open_channel(core, partner, **{"name": name, **channel})


async def open_channel(core: Core, partner: PartnerId, name: str, **channel: Any) -> IntegrationId:
    """Open a channel of a partner's."""
    told: dict[str, Any] = {
        "url": f"https://{name.lower()}.example",
        "status": IntegrationStatus.ACTIVE,
        "fee_ppm": 0,
    }
    opened = IntegrationId(core.entropy.new_id())
    made = Integration(id=opened, partner_id=partner, name=name, **{**told, **channel})
    await core.bus.execute(PutIntegration(made))
    return opened
