"""Prove that the doctor finds what is wrong, says what to do, and shows no secret."""

import asyncio
import io
from collections.abc import AsyncIterator
from pathlib import Path
from uuid import UUID

import asyncpg
import pytest
from pydantic import SecretStr, ValidationError
from pydantic_settings import SettingsError

from cambist.adapters.chain_families.networks import Network
from cambist.adapters.db.examining import Server
from cambist.adapters.keys import (
    PUBLIC_FILE,
    SEED_FILE,
    VAULT_FILE,
    open_vault,
    prepare_signing_keys,
)
from cambist.adapters.signing.keystore import KeyStore
from cambist.adapters.signing.once_log import OnceLog
from cambist.adapters.signing.server import serve
from cambist.adapters.vault.sealing import generate_key
from cambist.bootstrap.doctor import Check, Verdict, examine, report, settings_faults
from cambist.bootstrap.doctor_database import examine_server
from cambist.pages.operate.readiness import pairs_of
from cambist.settings import NodeKind, NodeSettings, Settings

OWNER = UUID(int=7)
CHAINS = {"tron": NodeSettings()}
SOUND = {
    "fsync": "on",
    "full_page_writes": "on",
    "synchronous_commit": "on",
    "log_statement": "none",
    "log_min_duration_statement": "-1",
    "log_parameter_max_length": "-1",
}


class ToldResolver:
    """Resolve everything, or nothing."""

    def __init__(self, works: bool = True) -> None:
        self._works = works

    async def resolve(self, host: str) -> tuple[str, ...]:
        """Answer, or fail as without DNS."""
        if not self._works:
            raise OSError(host)
        return ("192.0.2.1",)

    def close(self) -> None:
        """Do nothing."""


@pytest.fixture
def settings(tmp_path: Path, database_url: str) -> Settings:
    sound = Settings(var_dir=tmp_path, database_url=database_url, chains=CHAINS)
    prepare_signing_keys(sound.keys_dir, [CHAINS["tron"].setup("tron")])
    open_vault("", sound.keys_dir)
    return sound


@pytest.fixture
async def database(database_url: str) -> AsyncIterator["asyncpg.Connection[asyncpg.Record]"]:
    connection = await asyncpg.connect(database_url)
    await connection.execute("delete from price_current")
    await connection.execute("delete from api_keys")
    await connection.executemany(
        "insert into price_current values ($1, 1, clock_timestamp(), 'a,b')",
        [(pair,) for pair in pairs_of(CHAINS)],
    )
    yield connection
    await connection.close()


async def found(settings: Settings, name: str, *, dns: bool = True) -> Check:
    """Examine and pick the worst finding of a name."""
    checks = [c for c in await examine(settings, ToldResolver(dns)) if c.name == name]
    return max(checks, key=lambda check: list(Verdict).index(check.verdict))


async def test_a_sound_sandbox_has_no_failure(
    settings: Settings, database: "asyncpg.Connection[asyncpg.Record]"
) -> None:
    stop, ready = asyncio.Event(), asyncio.Event()
    keystore = KeyStore.load(settings.keys_dir / SEED_FILE, [CHAINS["tron"].setup("tron")])
    log = OnceLog(settings.keys_dir / "signer.log")
    serving = asyncio.ensure_future(
        serve(settings.signer_socket, keystore, log, stop=stop, ready=ready)
    )
    await ready.wait()
    checks = await examine(settings, ToldResolver())
    stop.set()
    await serving
    log.close()
    assert [check for check in checks if check.verdict is Verdict.FAIL] == []
    names = {check.name for check in checks}
    assert names >= {"settings", "database", "clock", "migrations", "role", "ledger guards"}
    assert names >= {"prices", "keys", "seed", "public keys", "vault", "signer", "disk", "egress"}
    assert report(checks, io.StringIO()) == 0


@pytest.mark.parametrize(
    ("file", "mode", "name"),
    [("", 0o755, "keys"), (SEED_FILE, 0o640, "seed"), (VAULT_FILE, 0o604, "vault key")],
)
async def test_a_key_open_to_others_is_a_failure(
    settings: Settings, file: str, mode: int, name: str
) -> None:
    path = settings.keys_dir / file if file else settings.keys_dir
    path.chmod(mode)
    check = await found(settings, name)
    assert check.verdict is Verdict.FAIL
    assert check.advice == f"chmod {'600' if file else '700'} {path}"


@pytest.mark.parametrize(
    ("content", "told"), [("{}", "not such a file"), ("not json", "not such a file")]
)
async def test_broken_public_keys_are_a_failure(
    settings: Settings, content: str, told: str
) -> None:
    (settings.keys_dir / PUBLIC_FILE).write_text(content)
    check = await found(settings, "public keys")
    assert check.verdict is Verdict.FAIL
    assert told in check.found


async def test_public_keys_of_another_network_are_a_failure(settings: Settings) -> None:
    chains = {"tron": NodeSettings(), "litecoin": NodeSettings(network=Network.REGTEST)}
    check = await found(settings.model_copy(update={"chains": chains}), "public keys")
    assert (check.verdict, check.found) == (
        Verdict.FAIL,
        "missing or for another network: litecoin",
    )


@pytest.mark.parametrize("file", [SEED_FILE, PUBLIC_FILE, VAULT_FILE])
async def test_a_missing_key_file_is_a_failure(settings: Settings, file: str) -> None:
    (settings.keys_dir / file).unlink()
    name = {SEED_FILE: "seed", PUBLIC_FILE: "public keys", VAULT_FILE: "vault"}[file]
    assert (await found(settings, name)).verdict is Verdict.FAIL


async def test_a_stored_secret_must_open(
    settings: Settings, database: "asyncpg.Connection[asyncpg.Record]"
) -> None:
    sealed = open_vault("", settings.keys_dir).seal(b"key", "api-key", OWNER)
    await database.execute(
        """insert into api_keys (id, partner_id, prefix, key_hash, sealed, mode, created_at)
           values ($1, $1, 'abc', '\\x00', $2, 'sandbox', clock_timestamp())""",
        OWNER,
        sealed,
    )
    assert (await found(settings, "vault")).found == "opens what is stored (1 tried)"
    for key_id, told in (("other", "is not set"), ("sandbox", "does not open")):
        keys = SecretStr(f"{key_id}:{generate_key()}")
        check = await found(settings.model_copy(update={"vault_keys": keys}), "vault")
        assert check.verdict is Verdict.FAIL
        assert told in check.found


async def test_a_wrong_database_is_a_failure_that_shows_no_password(settings: Settings) -> None:
    url = "postgresql://ann:c4n4ry@127.0.0.1:1/none"
    checks = await examine(settings.model_copy(update={"database_url": url}), ToldResolver())
    out = io.StringIO()
    assert report(checks, out) == 1
    assert "no answer" in out.getvalue()
    assert "c4n4ry" not in out.getvalue()


async def test_an_empty_database_wants_migrations(
    settings: Settings, empty_database_url: str
) -> None:
    check = await found(
        settings.model_copy(update={"database_url": empty_database_url}), "migrations"
    )
    assert (check.verdict, check.advice) == (Verdict.FAIL, "run `cambist migrate`")


async def test_an_old_schema_wants_migrations(
    settings: Settings, database: "asyncpg.Connection[asyncpg.Record]"
) -> None:
    await database.execute("update alembic_version set version_num = '0000'")
    check = await found(settings, "migrations")
    await database.execute("update alembic_version set version_num = '0002'")
    assert (check.verdict, check.found) == (Verdict.FAIL, "0002 is missing")


async def test_a_role_that_may_change_the_ledger_is_a_failure(
    settings: Settings, database: "asyncpg.Connection[asyncpg.Record]"
) -> None:
    assert (await found(settings, "role")).verdict is Verdict.OK
    await database.execute("grant update on entries to cambist_app")
    check = await found(settings, "role")
    await database.execute("revoke update on entries from cambist_app")
    assert (check.verdict, check.found) == (Verdict.FAIL, "too many rights: entries update")


async def test_a_guard_switched_off_is_a_failure(
    settings: Settings, database: "asyncpg.Connection[asyncpg.Record]"
) -> None:
    await database.execute("alter table entries disable trigger entries_zero_sum")
    check = await found(settings, "ledger guards")
    await database.execute("alter table entries enable trigger entries_zero_sum")
    assert (check.verdict, check.found) == (
        Verdict.FAIL,
        "triggers missing or off: entries_zero_sum",
    )


@pytest.mark.parametrize(
    ("change", "verdict", "told"),
    [
        ("delete from price_current where pair = 'TRX_EUR'", Verdict.FAIL, "none for TRX_EUR"),
        (
            "update price_current set taken_at = taken_at - interval '31 s' where pair = 'TRX_SEK'",
            Verdict.FAIL,
            "older than 30 s: TRX_SEK",
        ),
        (
            "update price_current set sources = 'a' where pair = 'TRX_USD'",
            Verdict.WARN,
            "too few sources agree on TRX_USD",
        ),
    ],
)
async def test_prices_must_be_there_fresh_and_agreed(
    settings: Settings,
    database: "asyncpg.Connection[asyncpg.Record]",
    change: str,
    verdict: Verdict,
    told: str,
) -> None:
    await database.execute(change)
    check = await found(settings, "prices")
    assert (check.verdict, check.found) == (verdict, told)


@pytest.mark.parametrize(
    ("server", "name", "verdict"),
    [
        (Server(14, 0.0, SOUND), "database", Verdict.FAIL),
        (Server(15, 0.0, SOUND), "database", Verdict.OK),
        (Server(15, 2.1, SOUND), "clock", Verdict.FAIL),
        (Server(15, -2.1, SOUND), "clock", Verdict.FAIL),
        (Server(15, 1.9, SOUND), "clock", Verdict.OK),
        (Server(15, 0.0, SOUND | {"fsync": "off"}), "durability", Verdict.WARN),
        (Server(15, 0.0, SOUND | {"synchronous_commit": "off"}), "durability", Verdict.WARN),
        (Server(15, 0.0, SOUND | {"log_statement": "all"}), "server log", Verdict.WARN),
        (
            Server(15, 0.0, SOUND | {"log_statement": "all", "log_parameter_max_length": "0"}),
            "server log",
            Verdict.OK,
        ),
    ],
)
def test_the_server_is_judged(
    settings: Settings, server: Server, name: str, verdict: Verdict
) -> None:
    (check,) = [c for c in examine_server(settings, server) if c.name == name]
    assert check.verdict is verdict
    assert bool(check.advice) is (verdict is not Verdict.OK)


async def test_a_silent_signer_node_and_name_server_are_named(settings: Settings) -> None:
    node = NodeSettings(
        kind=NodeKind.CORE_RPC, url="http://127.0.0.1:1", password=SecretStr("c4n4ry")
    )
    chains = {"litecoin": node, "tron": node}
    broken = settings.model_copy(update={"chains": chains})
    checks = {c.name: c for c in await examine(broken, ToldResolver(works=False))}
    assert checks["signer"].verdict is Verdict.FAIL
    assert checks["chain litecoin"].verdict is Verdict.FAIL
    assert checks["chain tron"].found == "no real adapter"
    assert checks["egress"].verdict is Verdict.WARN
    assert "c4n4ry" not in str(checks)


def test_each_wrong_setting_is_explained_without_its_value(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("CAMBIST_PORT", "c4n4ry")
    monkeypatch.setenv("CAMBIST_POOL_SIZE", "1")
    with pytest.raises(ValidationError) as caught:
        Settings()
    checks = settings_faults(caught.value)
    assert [check.name for check in checks] == ["CAMBIST_PORT", "CAMBIST_POOL_SIZE"]
    assert "c4n4ry" not in str(checks)
    assert report(checks, io.StringIO()) == 1


def test_a_setting_that_is_no_json_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CAMBIST_CHAINS", "c4n4ry")
    with pytest.raises(SettingsError) as caught:
        Settings()
    (check,) = settings_faults(caught.value)
    assert (check.name, check.found) == ("CAMBIST_CHAINS", "not JSON")


async def test_without_a_database_the_rest_is_examined(settings: Settings) -> None:
    checks = await examine(settings.model_copy(update={"database_url": ""}), ToldResolver())
    found_of = {check.name: check.verdict for check in checks}
    assert found_of["database"] is Verdict.FAIL
    assert found_of["public keys"] is Verdict.OK
