"""Show on the real database that a nonce is used up once, and that public keys are no secrets."""

import asyncio
import os
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from uuid import UUID

import asyncpg
import pytest

from cambist.adapters.db.nonces import PostgresNonces
from cambist.adapters.db.pool import Pool, close_pool, open_pool
from cambist.adapters.db.prices import CachedPrices, PostgresPrices
from cambist.adapters.db.queries import PostgresQueries
from cambist.adapters.db.secrets import PostgresSecrets
from cambist.adapters.vault.sealing import AesGcmVault
from cambist.domain.partners.rules import key_hash, public_key_hash
from cambist.kernel.ids import ApiKeyId, PartnerId
from cambist.ports.nonces import NONCE_MAX
from cambist.ports.secrets import BTCEX_PRIVATE_PURPOSE
from cambist.ports.store import StoreUnavailableError
from tests.dialects.btcex.door import KEY, NOW, PRIVATE, World

KEYS = [ApiKeyId(UUID(int=n)) for n in (1, 2)]
OWNER = PartnerId(UUID(int=101))
SIGNING_KEY = ApiKeyId(UUID(int=201))


@pytest.fixture
async def pool(database_url: str) -> AsyncIterator[Pool]:
    """Give a pool of the application's role on a database without keys and used nonces."""
    owner = await asyncpg.connect(database_url)
    await owner.execute("truncate nonces; delete from api_keys; delete from partners")
    await owner.close()
    opened = await open_pool(database_url, size=12)
    yield opened
    await close_pool(opened)


@pytest.fixture
async def vault(pool: Pool) -> AesGcmVault:
    """Give a vault that sealed the private string of the one signing key there is."""
    vault = AesGcmVault({"k": os.urandom(32)}, "k")
    await pool.execute(
        "insert into partners (id, kind, name, status) values ($1, 'affiliate', 'x', 'active')",
        OWNER,
    )
    await pool.execute(
        "insert into api_keys (id, partner_id, prefix, key_hash, sealed, mode, created_at)"
        " values ($1, $2, 'syoihu', $3, $4, 'sandbox', $5)",
        SIGNING_KEY,
        OWNER,
        public_key_hash(KEY),
        vault.seal(PRIVATE.encode(), BTCEX_PRIVATE_PURPOSE, OWNER),
        NOW,
    )
    return vault


async def test_a_nonce_is_used_up_once_for_ever_and_for_its_key_only(pool: Pool) -> None:
    log = PostgresNonces(pool)
    for nonce in (1, NONCE_MAX):
        assert [await log.consume(key, nonce) for key in (*KEYS, *KEYS)] == [
            True,
            True,
            False,
            False,
        ]
    assert not await PostgresNonces(pool).consume(KEYS[0], 1)
    assert await pool.fetchval("select count(*) from nonces") == 4
    since = datetime(2020, 1, 1, tzinfo=UTC)
    assert await pool.fetchval("select min(used_at) > $1 from nonces", since)


async def test_of_twenty_at_once_one_wins(pool: Pool) -> None:
    log = PostgresNonces(pool)
    won = await asyncio.gather(*(log.consume(KEYS[0], 77) for _ in range(20)))
    assert sorted(won) == [False] * 19 + [True]


async def test_a_lost_database_is_not_taken_for_a_new_nonce(pool: Pool) -> None:
    await pool.close()
    with pytest.raises(StoreUnavailableError):
        await PostgresNonces(pool).consume(KEYS[0], 6)
    with pytest.raises(StoreUnavailableError):
        await PostgresSecrets(pool).partner_with_secret(KEY)


async def test_a_signing_key_is_found_while_it_is_live(pool: Pool, vault: AesGcmVault) -> None:
    secrets = PostgresSecrets(pool)
    found = await secrets.partner_with_secret(KEY)
    assert found is not None
    principal, sealed = found
    assert (principal.partner_id, principal.key_id) == (OWNER, SIGNING_KEY)
    assert (principal.sandbox, principal.rounding_until) == (True, None)
    assert vault.open(sealed.sealed, sealed.purpose, sealed.owner) == PRIVATE.encode()
    assert await secrets.partner_with_secret(KEY + "x") is None
    await pool.execute("update partners set status = 'suspended'")
    assert await secrets.partner_with_secret(KEY) is None
    await pool.execute("update partners set status = 'active'")
    await pool.execute("update api_keys set revoked_at = $1", NOW)
    assert await secrets.partner_with_secret(KEY) is None


async def test_a_public_key_opens_no_door_that_asks_for_a_secret(
    pool: Pool, vault: AesGcmVault
) -> None:
    queries = PostgresQueries(pool, CachedPrices(PostgresPrices(pool), lambda: 0.0))
    assert vault.is_current(await _sealed(pool))
    for presented in (KEY, f"\u00ffpublic-key\u00ff{KEY}", f"public-key{KEY}"):
        assert key_hash(presented) != public_key_hash(KEY)
        assert await queries.partner_of_key(presented) is None
    await pool.execute("update api_keys set key_hash = $1", key_hash(KEY))
    assert await queries.partner_of_key(KEY) is not None
    assert await PostgresSecrets(pool).partner_with_secret(KEY) is None


async def _sealed(pool: Pool) -> str:
    sealed: str = await pool.fetchval("select sealed from api_keys")
    return sealed


async def test_of_twenty_requests_with_one_nonce_one_gets_through_the_whole_door(
    pool: Pool, vault: AesGcmVault
) -> None:
    world = World(nonces=PostgresNonces(pool), secrets=PostgresSecrets(pool), vault=vault)
    headers = world.signed(nonce=4835119959885924862, shape=1)
    assert headers["btcex-signature"].startswith("cb11e4c0411ced01")
    asked = [world.client.get("/", headers=headers) for _ in range(20)]
    statuses = sorted(response.status_code for response in await asyncio.gather(*asked))
    assert statuses == [200] + [401] * 19
    assert world.recorder.used == [SIGNING_KEY]


def test_hashes_of_the_two_kinds_never_meet() -> None:
    assert public_key_hash("a") != key_hash("a")
    assert public_key_hash("a") != public_key_hash("b")
