"""Prove that health tells what is wrong and since when, on a real database and on a told one."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from alembic.script import ScriptDirectory
from litestar.testing import AsyncTestClient
from prometheus_client import CollectorRegistry

from cambist.adapters.db.health import PostgresHealth, newest_revision
from cambist.adapters.db.migrate import _config
from cambist.adapters.db.pool import Pool, open_pool
from cambist.pages.operate import Readiness, operate_app, readiness
from cambist.ports.health import Backlog, Vitals
from cambist.ports.store import StoreUnavailableError

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
PAIRS = frozenset({"TRX_EUR", "TRX_USD"})
WELL = Vitals(
    at=NOW,
    now=NOW + timedelta(hours=9),
    lacking=None,
    beats={"relay": NOW, "somebody else": NOW - timedelta(days=9)},
    chains={"tron": NOW + timedelta(hours=9)},
    prices=dict.fromkeys(PAIRS, NOW + timedelta(hours=9)),
)
BACKLOG = Backlog(
    outbox_waiting=3,
    outbox_parked=1,
    outbox_age_s=7,
    callbacks_pending=2,
    callbacks_dead=1,
    callbacks_overdue_s=5,
    unfolded_entries=40,
    unsealed_journals=4,
    withdrawals_open={"tron": 2},
    withdrawals_stuck={"tron": 1},
    orders_open={"created": 6},
    messages_queued={"mail": 8},
    messages_dead={"sms": 9},
    messages_overdue_s=11,
    bank_lines_waiting=12,
    bank_payouts_queued=13,
    cases_submitted=14,
)


class ToldReader:
    """Tell what a test says; None is a database that does not answer."""

    def __init__(self, vitals: Vitals | None) -> None:
        self.told = vitals
        self.looks = 0

    async def vitals(self) -> Vitals:
        """Tell the vitals."""
        self.looks += 1
        if self.told is None:
            raise StoreUnavailableError
        return self.told

    async def backlog(self) -> Backlog:
        """Tell the backlog."""
        if self.told is None:
            raise StoreUnavailableError
        return BACKLOG


def readiness_of(reader: ToldReader) -> Readiness:
    return Readiness(reader, ["relay"], ["tron"], lambda: NOW, PAIRS)


async def faults(vitals: Vitals | None) -> dict[str, tuple[str | None, datetime | None]]:
    report = await readiness_of(ToldReader(vitals)).look()
    return {check.name: (check.what, check.since) for check in report.checks if check.what}


async def test_a_house_where_all_is_well_is_ready() -> None:
    report = await readiness_of(ToldReader(WELL)).look()
    assert report.ready
    names = [check.name for check in report.checks]
    assert names == ["database", "migrations", "worker:relay", "chain:tron", "price:TRX"]


@pytest.mark.parametrize(
    ("vitals", "name", "since"),
    [
        (None, "database", NOW),
        (replace(WELL, lacking="0002"), "migrations", NOW),
        (replace(WELL, beats={}), "worker:relay", NOW),
        (replace(WELL, chains={}), "chain:tron", NOW),
        (replace(WELL, prices={"TRX_EUR": WELL.now}), "price:TRX", NOW),
    ],
)
async def test_a_missing_sign_is_named_with_the_moment_it_was_first_missed(
    vitals: Vitals | None, name: str, since: datetime
) -> None:
    found = await faults(vitals)
    assert list(found) == [name]
    assert found[name][1] == since


async def test_an_old_sign_is_dated_by_itself() -> None:
    beat, seen, taken = (NOW - timedelta(seconds=n) for n in (61, 0, 0))
    heard = WELL.now - timedelta(seconds=121)
    sample = WELL.now - timedelta(seconds=31)
    aged = replace(
        WELL,
        beats={"relay": beat},
        chains={"tron": heard},
        prices={"TRX_EUR": sample, "TRX_USD": WELL.now},
    )
    assert seen == taken
    assert await faults(aged) == {
        "worker:relay": ("not heard of for more than 60 s", beat),
        "chain:tron": ("not heard of for more than 120 s", heard),
        "price:TRX": ("no price of the last 30 s: TRX_EUR", sample),
    }


async def test_signs_at_their_limit_are_still_well() -> None:
    limits = replace(
        WELL,
        beats={"relay": NOW - timedelta(seconds=60)},
        chains={"tron": WELL.now - timedelta(seconds=120)},
        prices=dict.fromkeys(PAIRS, WELL.now - timedelta(seconds=30)),
    )
    assert await faults(limits) == {}


async def test_many_questions_at_once_are_one_look(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(readiness, "KEPT_S", 3_600.0)
    reader = ToldReader(WELL)
    ready = readiness_of(reader)
    for _ in range(5):
        await ready.look()
    assert reader.looks == 1


async def test_not_ready_is_answered_503_with_what_and_since() -> None:
    reader = ToldReader(replace(WELL, beats={}))
    app = operate_app(readiness_of(reader), reader, CollectorRegistry())
    async with AsyncTestClient(app) as client:
        answer = await client.get("/health/ready")
        alive = await client.get("/health/live")
        unknown = await client.get("/health/other")
    assert answer.status_code == 503
    assert answer.json()["ready"] is False
    assert {
        "name": "worker:relay",
        "ready": False,
        "what": "never heard of",
        "since": "2026-01-02T03:04:05Z",
    } in answer.json()["checks"]
    assert (alive.status_code, unknown.status_code) == (200, 404)
    assert answer.headers["cache-control"] == "no-store"


async def test_metrics_show_the_house() -> None:
    reader = ToldReader(WELL)
    app = operate_app(readiness_of(reader), reader, CollectorRegistry())
    async with AsyncTestClient(app) as client:
        text = (await client.get("/metrics")).text
    for line in (
        "cambist_ready 1.0",
        'cambist_check_failed{check="worker:relay"} 0.0',
        'cambist_worker_age_seconds{worker="relay"} 0.0',
        'cambist_price_age_seconds{pair="TRX_EUR"} 0.0',
        'cambist_chain_lag_seconds{chain="tron"} 0.0',
        "cambist_outbox_waiting 3.0",
        "cambist_callbacks_dead 1.0",
        'cambist_withdrawals_stuck{chain="tron"} 1.0',
        "cambist_unfolded_entries 40.0",
        'cambist_orders_open{state="created"} 6.0',
        'cambist_messages_queued{channel="mail"} 8.0',
        'cambist_messages_dead{channel="mail"} 0.0',
        'cambist_messages_dead{channel="sms"} 9.0',
        "cambist_messages_overdue_seconds 11.0",
        "cambist_bank_lines_waiting 12.0",
        "cambist_bank_payouts_queued 13.0",
        "cambist_cases_submitted 14.0",
    ):
        assert line in text.splitlines()
    assert "somebody else" not in text


async def test_metrics_without_a_database_say_so_and_show_no_ages() -> None:
    reader = ToldReader(None)
    app = operate_app(readiness_of(reader), reader, CollectorRegistry())
    async with AsyncTestClient(app) as client:
        text = (await client.get("/metrics")).text
    assert "cambist_ready 0.0" in text
    assert "cambist_worker_age_seconds{" not in text


@pytest.fixture
async def pool(database_url: str) -> AsyncIterator[Pool]:
    opened = await open_pool(database_url)
    yield opened
    await opened.close()


def test_the_newest_revision_is_the_one_migrations_end_at() -> None:
    assert newest_revision() == ScriptDirectory.from_config(_config()).get_current_head()


async def test_a_beat_is_read_back_and_replaced_by_the_next(pool: Pool) -> None:
    health = PostgresHealth(pool)
    await health.beat("relay", "x" * 900)
    first = (await health.vitals()).beats["relay"]
    await health.beat("relay")
    vitals = await health.vitals()
    assert first < vitals.beats["relay"] <= vitals.at
    assert vitals.lacking is None
    detail = await pool.fetchval("select detail from heartbeats where name = 'relay'")
    assert detail == ""


async def test_the_sandbox_clock_does_not_age_workers(pool: Pool) -> None:
    health = PostgresHealth(pool)
    await health.beat("books")
    await pool.execute("insert into sandbox_clock (id, seconds) values (1, 86400)")
    vitals = await health.vitals()
    assert vitals.at - vitals.beats["books"] < timedelta(hours=1)
    assert vitals.now - vitals.at >= timedelta(hours=23)


async def test_the_backlog_of_an_empty_house_is_nothing(pool: Pool) -> None:
    backlog = await PostgresHealth(pool).backlog()
    assert backlog == Backlog(0, 0, 0, 0, 0, 0, 0, 0, {}, {}, {}, {}, {}, 0, 0, 0, 0)


async def test_a_closed_pool_is_an_unavailable_store(database_url: str) -> None:
    opened = await open_pool(database_url)
    await opened.close()
    with pytest.raises(StoreUnavailableError):
        await PostgresHealth(opened).vitals()
