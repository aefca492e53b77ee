"""Prove what the test fixtures promise: a module's own database, an empty one for each test."""

import asyncpg


async def count_of_tables(url: str) -> int:
    """Count the tables of the public schema."""
    connection = await asyncpg.connect(url)
    try:
        query = "select count(*) from pg_tables where schemaname = 'public'"
        count: int = await connection.fetchval(query)
    finally:
        await connection.close()
    return count


async def test_empty_database_is_empty(empty_database_url: str, database_url: str) -> None:
    assert empty_database_url != database_url
    assert await count_of_tables(empty_database_url) == 0


async def test_empty_database_is_empty_again_for_the_next_test(empty_database_url: str) -> None:
    assert await count_of_tables(empty_database_url) == 0
    connection = await asyncpg.connect(empty_database_url)
    await connection.execute("create table left_behind (n int)")
    await connection.close()
    assert await count_of_tables(empty_database_url) == 1
