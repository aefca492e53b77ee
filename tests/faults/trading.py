"""Decide at which terms the customers of the crash matrix trade."""

from datetime import UTC, datetime

from cambist.adapters.db.mappers import SCHEDULE
from cambist.bootstrap.core import Core
from cambist.domain.pricing.schedules import Schedule
from tests.faults.cases import Case


async def put_terms(core: Core, case: Case) -> None:
    """Take 5 % of whoever trades at a partner's."""
    schedule = Schedule(
        id=core.entropy.new_id(),
        partner_id=case.partner_id,
        dialect=None,
        pair=None,
        side=None,
        level=None,
        method=None,
        commission_ppm=50_000,
        discount_ppm=0,
        payment_fee_ppm=0,
        payment_fee_units=0,
        fee_on_top=True,
        minimum_fee_units=0,
        network_fee_units=0,
        minimum_units=100,
        maximum_units=None,
        rate_validity_s=86_400,
        payment_window_s=86_400,
        valid_from=datetime(2026, 1, 1, tzinfo=UTC),
    )
    await core.pool.execute(SCHEDULE.insert, *SCHEDULE.arrays([schedule]))
