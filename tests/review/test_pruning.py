"""What is of no more use goes, a bounded piece at a time; what still counts stays."""

from collections.abc import AsyncIterator
from uuid import uuid4

import pytest

from cambist.adapters.db import pruning
from cambist.adapters.db.pool import Pool, close_pool, open_pool
from cambist.adapters.db.pruning import PIECE_MAX, prune

BUDGET = "insert into budgets values ($1, 'w', 1, now() + $2::text::interval)"
CODE = """insert into codes (id, order_id, purpose, target_index, salt, code_hash, tries,
    expires_at, superseded, created_at)
  values ($1, $1, 'phone', '', '', '', 0, now() + $2::text::interval, false, now())"""
LINK = """insert into page_links (token_hash, order_id, customer_id, expires_at, used_at,
    created_at)
  values ($1, $4, $4, now() + $2::text::interval, now() + $3::text::interval,
    now() + $2::text::interval - interval '7 days')"""


@pytest.fixture
async def pool(database_url: str) -> AsyncIterator[Pool]:
    opened = await open_pool(database_url)
    await opened.execute("delete from budgets; delete from codes; delete from page_links")
    yield opened
    await close_pool(opened)


async def test_only_what_nobody_can_use_any_more_is_deleted(pool: Pool) -> None:
    for key, ends in (("over", "-1 second"), ("running", "1 hour")):
        await pool.execute(BUDGET, key, ends)
    old, young = uuid4(), uuid4()
    for code, ends in ((old, "-25 hours"), (young, "-23 hours")):
        await pool.execute(CODE, code, ends)
    for token, expires, used in (
        ("used long ago", "-24 days", "-30 days"),
        ("expired long ago", "-24 days", None),
        ("made 29 days ago", "-22 days", "-29 days"),
        ("fresh", "7 days", None),
        ("odd, still good", "1 hour", None),
    ):
        await pool.execute(LINK, token, expires, used, uuid4())
    statement = (
        "update page_links set created_at = now() - interval '40 days' where token_hash = $1"
    )
    await pool.execute(statement, "odd, still good")
    assert await prune(pool) == 4
    assert [row[0] for row in await pool.fetch("select key from budgets")] == ["running"]
    assert [row[0] for row in await pool.fetch("select id from codes")] == [young]
    left = await pool.fetch("select token_hash from page_links order by 1")
    assert [row[0] for row in left] == ["fresh", "made 29 days ago", "odd, still good"]
    assert await prune(pool) == 0


async def test_a_round_deletes_a_bounded_piece(pool: Pool, monkeypatch: pytest.MonkeyPatch) -> None:
    more = PIECE_MAX + 10
    await pool.execute(
        "insert into budgets select i::text, 'w', 1, now() - interval '1 day'"
        " from generate_series(1, $1::int) i",
        more,
    )
    assert await prune(pool) == PIECE_MAX
    assert await prune(pool) == more - PIECE_MAX
    assert pruning.PIECE_MAX == PIECE_MAX


async def test_what_a_command_holds_is_left_for_the_next_round(pool: Pool) -> None:
    await pool.execute(BUDGET, "held", "-1 second")
    async with pool.acquire() as connection, connection.transaction():
        await connection.execute("select from budgets for update")
        assert await prune(pool) == 0
    assert await prune(pool) == 1


async def test_the_cores_clock_decides(pool: Pool) -> None:
    await pool.execute(BUDGET, "later", "1 hour")
    await pool.execute(
        "insert into sandbox_clock values (1, 7200) on conflict (id) do update set seconds = 7200"
    )
    assert await prune(pool) == 1
    await pool.execute("delete from sandbox_clock")
