"""Decide how callback tests go about: queue, deliver what is due, look at what became of it."""

from typing import Any
from uuid import UUID

from cambist.kernel.events import EventName
from cambist.kernel.ids import CallbackId
from cambist.ports.egress import EgressAnswer
from tests.workers.messaging import Merchant, World, drain, make_relay, make_worker
from tests.workers.receivers import Received, Receiver

SEEN = EventName.ORDER_PAYMENT_SEEN


def answering(*answers: EgressAnswer | Exception) -> Receiver:
    """Make an endpoint that gives these answers one after the other, the last for ever."""
    left = list(answers)

    async def answer(_request: Received) -> EgressAnswer:
        given = left.pop(0) if len(left) > 1 else left[0]
        if isinstance(given, Exception):
            raise given
        return given

    return Receiver(answer)


async def queued(world: World, merchant: Merchant, events: int = 1) -> list[CallbackId]:
    """Have so many events of one order queued for a merchant; list the callbacks by seq."""
    order_id = await world.emit(merchant, [SEEN] * events)
    await drain((await make_relay(world)).run_once)
    query = "select id from callbacks where order_id = $1 order by event_seq, form"
    return [CallbackId(row[0]) for row in await world.admin.fetch(query, order_id)]


async def deliver(world: World, receiver: Receiver) -> int:
    """Deliver everything due now, and what that lets pass; return how many attempts began."""
    worker = await make_worker(world, receiver)
    done = 0
    while begun := await drain(worker.run_once):
        await worker.finish()
        done += begun
    return done


async def row_of(world: World, callback_id: UUID) -> dict[str, Any]:
    row = await world.admin.fetchrow("select * from callbacks where id = $1", callback_id)
    assert row is not None
    return dict(row)


async def log_of(world: World, callback_id: UUID) -> list[tuple[int, int | None, str | None]]:
    query = "select number, status, error from callback_attempts where callback_id = $1 order by 1"
    return [tuple(row) for row in await world.admin.fetch(query, callback_id)]


async def move_to_next_attempt(world: World, callback_id: UUID) -> float:
    """Move the core's clock to when a callback is due again; return by how many seconds."""
    query = """select extract(epoch from next_attempt_at - clock_timestamp())
        - coalesce((select seconds from sandbox_clock), 0) from callbacks where id = $1"""
    seconds = float(await world.admin.fetchval(query, callback_id))
    await world.advance(seconds + 1)
    return seconds
