"""Show that affiliates are found by name from memory, and that no doubt is resolved by chance."""

from collections.abc import AsyncIterator
from uuid import UUID, uuid4

import asyncpg
import pytest

from cambist.adapters.db.affiliates import KEPT_S, PostgresAffiliates
from cambist.adapters.db.pool import Pool, close_pool, open_pool
from cambist.kernel.ids import PartnerId
from cambist.ports.store import StoreUnavailableError

INSERT = "insert into partners (id, kind, name, status) values ($1, $2, $3, $4)"


class Clock:
    """Stand still until told."""

    def __init__(self) -> None:
        self.at = 0.0

    def __call__(self) -> float:
        return self.at


@pytest.fixture
async def pool(database_url: str) -> AsyncIterator[Pool]:
    """Give a pool on a database without partners."""
    owner = await asyncpg.connect(database_url)
    await owner.execute("delete from integrations; delete from partners")
    await owner.close()
    opened = await open_pool(database_url, size=2)
    yield opened
    await close_pool(opened)


async def take_on(pool: Pool, name: str, kind: str = "affiliate", status: str = "active") -> UUID:
    """Take on a partner."""
    partner = uuid4()
    await pool.execute(INSERT, partner, kind, name, status)
    return partner


async def test_an_affiliate_is_found_by_its_name_and_id(pool: Pool) -> None:
    known = PostgresAffiliates(pool, Clock())
    assert await known.only() is None
    known.forget()
    partner = await take_on(pool, "one.example")
    found = await known.named("one.example")
    assert found is not None
    assert (found.partner_id, found.channel) == (partner, None)
    assert await known.only() == found
    assert await known.of(PartnerId(partner)) == found
    assert await known.named("One.example") is None


async def test_neither_other_kinds_nor_the_suspended_are_found(pool: Pool) -> None:
    client = await take_on(pool, "client.example", kind="api-client")
    gone = await take_on(pool, "gone.example", status="suspended")
    known = PostgresAffiliates(pool, Clock())
    for partner, name in ((client, "client.example"), (gone, "gone.example")):
        assert await known.of(PartnerId(partner)) is None
        assert await known.named(name) is None


async def test_a_name_of_two_leads_to_neither(pool: Pool) -> None:
    twins = [await take_on(pool, "twin.example") for _ in range(2)]
    known = PostgresAffiliates(pool, Clock())
    assert await known.named("twin.example") is None
    assert await known.only() is None
    assert [(await known.of(PartnerId(one))) is None for one in twins] == [False, False]


async def test_names_come_from_memory_for_a_while_and_ids_are_looked_up_anew(pool: Pool) -> None:
    clock = Clock()
    known = PostgresAffiliates(pool, clock)
    assert await known.named("late.example") is None
    partner = PartnerId(await take_on(pool, "late.example"))
    assert await known.named("late.example") is None
    assert await known.of(partner) is not None
    assert await known.named("late.example") is not None
    await pool.execute("update partners set status = 'suspended'")
    assert await known.named("late.example") is not None
    clock.at = KEPT_S + 1
    assert await known.named("late.example") is None


async def test_a_lost_database_is_said_to_be_lost(pool: Pool) -> None:
    await pool.close()
    with pytest.raises(StoreUnavailableError):
        await PostgresAffiliates(pool, Clock()).named("x")
