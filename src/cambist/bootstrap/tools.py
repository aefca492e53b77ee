"""Decide what an operator's tools print: the books proven, dead letters, a callback sent again."""

from uuid import UUID

from cambist.adapters.db.audit import verify
from cambist.adapters.db.outbox import PostgresOutbox
from cambist.app.webhooks.redeliver_callback import RedeliverCallback
from cambist.bootstrap.core import open_core
from cambist.kernel.ids import CallbackId, PartnerId
from cambist.settings import Settings

LIST_MAX = 200


async def verify_ledger(settings: Settings) -> int:
    """Prove the books and print what was checked; status 1 when something is wrong."""
    async with open_core(settings) as core:
        report = await verify(core.pool)
    for line in report.lines():
        print(line)
    return 0 if report.ok else 1


async def list_dead_letters(settings: Settings) -> int:
    """Print the events set aside, oldest first."""
    async with open_core(settings) as core:
        parked = await PostgresOutbox(core.pool).parked(LIST_MAX)
    for event in parked:
        print(event)
    print(f"{len(parked)} events set aside")
    return 0


async def requeue_dead_letter(settings: Settings, event: int) -> int:
    """Put one event back; status 1 when it is not set aside."""
    async with open_core(settings) as core:
        requeued = await PostgresOutbox(core.pool).requeue([event])
    print(f"{requeued} requeued")
    return 0 if requeued else 1


async def redeliver(settings: Settings, partner: UUID, callback: UUID) -> int:
    """Make a callback due at once."""
    command = RedeliverCallback(PartnerId(partner), CallbackId(callback))
    async with open_core(settings) as core:
        await core.bus.execute(command)
    return 0
