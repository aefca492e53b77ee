"""Prove that seeding happens once, survives its own death, and opens the doors it says it does."""

import asyncio
import json
import stat
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from cambist.adapters.db.callbacks import PostgresCallbacks
from cambist.app.webhooks.enqueue_callback import EnqueueCallback
from cambist.bootstrap import story
from cambist.bootstrap.access import access_path, read_access
from cambist.bootstrap.core import Core, open_core
from cambist.bootstrap.seed import open_signer, seed_sandbox
from cambist.bootstrap.story import FAILED, LIFETIME_S, PAID, Story
from cambist.domain.market.assets import CHAINS
from cambist.domain.orders.states import OrderState
from cambist.domain.partners.partners import Integration
from cambist.domain.webhooks.callbacks import CallbackForm
from cambist.kernel.ids import OrderId
from cambist.ports.callbacks import CALLBACK_SECRET_PURPOSE
from cambist.ports.principals import PartnerPrincipal
from cambist.settings import NodeSettings, Settings
from cambist.workers.chainwatch import ChainWatch
from cambist.workers.payouts import PayoutWorker
from tests.sandbox.rig import open_rig, settings_for

LOOKS_MAX = 5_000
SHORT_LIFE_S = 300
LEAP = """insert into sandbox_clock values (1, $1) on conflict (id)
  do update set seconds = sandbox_clock.seconds + $1"""
COUNTS = """select (select count(*) from partners) as partners,
  (select count(*) from integrations) as integrations,
  (select count(*) from orders) as orders,
  (select count(*) from payments) as payments,
  (select count(*) from withdrawals) as withdrawals,
  (select count(*) from journals) as journals,
  (select count(*) from outbox) as outbox"""


class DiedError(Exception):
    """Stand for a death in the middle."""


@pytest.fixture(autouse=True)
def unhurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let orders that are to expire live long enough to be paid on a slow machine, then leap."""
    expire = Story._expire

    async def leap(told: Story, over_at: datetime | None) -> None:
        await told.core.pool.execute(LEAP, SHORT_LIFE_S)
        await expire(told, over_at)

    monkeypatch.setattr(story, "SHORT_LIFETIME_S", SHORT_LIFE_S)
    monkeypatch.setattr(Story, "_expire", leap)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("var")


@pytest.fixture
async def settings(database_url: str, folder: Path) -> Settings:
    """Seed the module's database once; every test begins with the sandbox as it stands."""
    made = settings_for(database_url, folder)
    await seed_sandbox(made)
    return made


@asynccontextmanager
async def connected(url: str) -> AsyncIterator["asyncpg.Connection[asyncpg.Record]"]:
    connection = await asyncpg.connect(url)
    try:
        yield connection
    finally:
        await connection.close()


async def counts(url: str) -> dict[str, int]:
    async with connected(url) as connection:
        return dict(await connection.fetchrow(COUNTS) or {})


async def fates(url: str) -> dict[str, tuple[str, str]]:
    query = "select external_id, state, labels from orders where external_id is not null"
    async with connected(url) as connection:
        return {row[0]: (row[1], row[2]) for row in await connection.fetch(query)}


def written(settings: Settings) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(access_path(settings).read_text("utf-8"))
    return document


async def principal_of(core: Core, key: str) -> PartnerPrincipal:
    found = await core.queries.partner_of_key(key)
    assert found is not None
    return found


async def shop_of(core: Core, key: str) -> Integration:
    owner = await principal_of(core, key)
    [shop] = (await core.queries.integrations(owner, 1, 10)).items
    return shop


async def test_seeding_twice_is_seeding_once(settings: Settings) -> None:
    before, document = await counts(settings.database_url), written(settings)
    assert await seed_sandbox(settings) is False
    assert await counts(settings.database_url) == before
    assert written(settings) == document


async def test_the_file_has_the_shape_of_the_contract_and_is_its_owners(settings: Settings) -> None:
    base, document = settings.base_url, written(settings)
    assert stat.S_IMODE(access_path(settings).stat().st_mode) == 0o600
    dialects = ["cryptopayments", "btcex", "cryptoexchange"]
    assert list(document) == ["base_url", "sandbox", *dialects]
    assert list(document["sandbox"]) == ["base_url", "token"]
    assert list(document["cryptopayments"]) == [
        "base_url",
        "api_key",
        "integration_id",
        "other_api_key",
    ]
    halves = ["base_url", "key", "private", "other_key", "other_private"]
    assert list(document["btcex"]) == halves
    assert list(document["cryptoexchange"]) == ["base_url", "api_key", "other_api_key"]
    assert document["btcex"]["base_url"] == f"{base}/btcex"
    assert document["cryptoexchange"]["base_url"] == f"{base}/cryptoexchange/v1"
    assert all(document["btcex"].values())
    assert all(document["cryptoexchange"].values())
    assert document["base_url"] == base
    assert document["sandbox"]["base_url"] == f"{base}/sandbox/v1"
    assert document["cryptopayments"]["base_url"] == f"{base}/cryptopayments/api/v1"
    assert len(document["sandbox"]["token"]) >= 40
    assert [path.name for path in settings.var_dir.iterdir() if path.name.startswith(".")] == []


async def test_the_keys_open_two_different_merchants(settings: Settings) -> None:
    gateway = written(settings)["cryptopayments"]
    async with open_core(settings) as core:
        demo = await principal_of(core, gateway["api_key"])
        other = await principal_of(core, gateway["other_api_key"])
        shop = await shop_of(core, gateway["api_key"])
        foreign = await shop_of(core, gateway["other_api_key"])
    assert demo.partner_id != other.partner_id
    assert demo.sandbox
    assert other.sandbox
    assert str(shop.id) == gateway["integration_id"]
    assert foreign.partner_id == other.partner_id


async def test_the_demo_shop_is_called_back_at_its_sink_in_both_forms(settings: Settings) -> None:
    gateway = written(settings)["cryptopayments"]
    async with open_core(settings) as core:
        shop = await shop_of(core, gateway["api_key"])
        sealed = shop.callback_secret_sealed
        assert sealed is not None
        secret = core.vault.open(sealed, CALLBACK_SECRET_PURPOSE, shop.id)
    assert shop.callback_url == f"{settings.base_url}/sandbox/v1/sink/demo"
    assert shop.standard_webhooks
    assert secret.startswith(b"whsec_")
    assert (shop.fee_ppm, shop.fiat, shop.order_lifetime_s) == (5_000, "EUR", LIFETIME_S)
    assert shop.embed_origins == (settings.base_url,)


async def test_there_are_orders_of_every_fate(settings: Settings) -> None:
    found = await fates(settings.database_url)
    assert set(found) == {told.name for told in (*PAID, *FAILED)}
    assert found["demo-paid"] == ("completed", "")
    assert found["demo-overpaid"] == ("completed", "OVER")
    assert found["demo-expired"] == ("expired", "")
    assert found["demo-underpaid"] == ("expired", "UNDER")
    async with connected(settings.database_url) as connection:
        refund = await connection.fetchrow(
            "select r.state, p.refunded = p.confirmed from orders r join orders p"
            " on p.id = r.parent_id where p.external_id = 'demo-refunded'"
        )
    assert tuple(refund or ()) == ("completed", True)


async def test_callbacks_are_signed_with_the_key_in_the_file(settings: Settings) -> None:
    gateway = written(settings)["cryptopayments"]
    async with open_core(settings) as core:
        shop = await shop_of(core, gateway["api_key"])
        await core.pool.execute("delete from callbacks")
        query = "select id from orders where external_id = 'demo-paid'"
        order_id = OrderId(await core.pool.fetchval(query))
        form, url = CallbackForm.VENDOR, shop.callback_url or ""
        enqueue = EnqueueCallback(order_id, shop.partner_id, shop.id, 1, form, url, "{}")
        await core.bus.execute(enqueue)
        [due] = await PostgresCallbacks(core.pool).claim(8, {}, 30.0)
        assert due.secret is not None
        opened = core.vault.open(due.secret.sealed, due.secret.purpose, due.secret.owner)
    assert opened.decode() == gateway["api_key"]


@pytest.mark.parametrize("content", [None, "", "{", "[]", '{"sandbox": {"token": 1}}'])
async def test_a_lost_file_costs_fresh_keys_and_closes_the_old_ones(
    settings: Settings, content: str | None
) -> None:
    old = written(settings)["cryptopayments"]
    if content is None:
        access_path(settings).unlink()
    else:
        access_path(settings).write_text(content, "utf-8")
    before = await counts(settings.database_url)
    assert await seed_sandbox(settings) is False
    fresh = written(settings)["cryptopayments"]
    assert await counts(settings.database_url) == before
    assert fresh["integration_id"] == old["integration_id"]
    async with open_core(settings) as core:
        for name in ("api_key", "other_api_key"):
            assert await core.queries.partner_of_key(old[name]) is None
            assert await core.queries.partner_of_key(fresh[name]) is not None
    await test_callbacks_are_signed_with_the_key_in_the_file(settings)


async def test_another_address_is_followed_by_callbacks_and_file(settings: Settings) -> None:
    keys = written(settings)["cryptopayments"]
    moved = settings.model_copy(update={"port": 9_123})
    await seed_sandbox(moved)
    assert written(moved)["base_url"] == "http://127.0.0.1:9123"
    assert written(moved)["cryptopayments"]["api_key"] == keys["api_key"]
    async with open_core(moved) as core:
        shop = await shop_of(core, keys["api_key"])
    assert shop.callback_url == "http://127.0.0.1:9123/sandbox/v1/sink/demo"
    assert shop.embed_origins == ("http://127.0.0.1:9123",)
    await seed_sandbox(settings)


async def test_money_can_be_withdrawn_at_once(database_url: str, folder: Path) -> None:
    async with open_rig(database_url, folder) as rig:
        payer = await rig.core.pool.fetchval("select sender from payments where asset = 'LTC'")
        promised = await rig.withdraw(50_000_000, "LTC", payer)
        core, chain = rig.core, "litecoin"
        async with open_signer(core.settings) as signer:
            hot = core.hot_address(chain)
            parts = (CHAINS[chain], core.chains[chain], signer, core.bus, core.work, "test", hot)
            worker = PayoutWorker(*parts)
            await worker.run_once()
            await rig.post(f"/chains/{chain}/mine", blocks=CHAINS[chain].confirmations)
            for _ in range(LOOKS_MAX):
                await worker.run_once()
                if (await rig.order(promised.order_id)).state is OrderState.COMPLETED:
                    break
                await asyncio.sleep(0.02)
        assert (await rig.order(promised.order_id)).state is OrderState.COMPLETED
        assert (await rig.get("/ledger/check"))["balanced"] is True


@pytest.mark.parametrize("at", ["_fail", "_fund", "_refund", "_expire"])
async def test_a_seeding_that_dies_is_taken_up_again(
    database_url: str, tmp_path: Path, cluster_url: str, at: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = await _copy_of_template(cluster_url, f"died{at}")
    settings = settings_for(url, tmp_path)

    async def die(*_: Any) -> None:
        raise DiedError

    async def leave_it(*_: Any) -> None:
        """Keep the lease, as whoever is killed does."""

    with monkeypatch.context() as patched:
        patched.setattr(Story, at, die)
        patched.setattr(ChainWatch, "release", leave_it)
        patched.setattr(PayoutWorker, "release", leave_it)
        with pytest.raises(DiedError):
            await seed_sandbox(settings)
    assert read_access(settings) is None
    assert await seed_sandbox(settings) is True
    found = await fates(url)
    assert set(found) == {told.name for told in (*PAID, *FAILED)}
    assert {found[told.name][0] for told in PAID} == {"completed"}
    assert {found[told.name][0] for told in FAILED} == {"expired"}
    totals = await counts(url)
    assert (totals["partners"], totals["integrations"], totals["withdrawals"]) == (6, 6, 1)
    async with open_core(settings) as core:
        key = written(settings)["cryptopayments"]["api_key"]
        assert (await shop_of(core, key)).order_lifetime_s == LIFETIME_S
    await _drop(cluster_url, url)


async def test_a_sandbox_of_two_chains_tells_what_it_can(cluster_url: str, tmp_path: Path) -> None:
    url = await _copy_of_template(cluster_url, "two_chains")
    nodes = {chain: NodeSettings() for chain in ("bitcoin", "litecoin")}
    settings = settings_for(url, tmp_path, chains=nodes)
    await seed_sandbox(settings)
    assert set(await fates(url)) == {"demo-paid-ltc", "demo-paid-btc"}
    await _drop(cluster_url, url)


async def _copy_of_template(cluster_url: str, name: str) -> str:
    async with connected(cluster_url) as connection:
        await connection.execute(f'create database "{name}" template cambist_template')
    head, _, query = cluster_url.partition("?")
    return f"{head.rpartition('/')[0]}/{name}?{query}"


async def _drop(cluster_url: str, url: str) -> None:
    name = url.partition("?")[0].rpartition("/")[2]
    async with connected(cluster_url) as connection:
        await connection.execute(f'drop database "{name}" with (force)')
