"""Decide what is examined when something is wrong or about to start, in which order."""

import asyncio
import re
import shutil
from collections.abc import AsyncIterator, Iterator

from pydantic import ValidationError
from pydantic_settings import SettingsError

from cambist.adapters.chain_families.core_rpc import CoreRpcChain
from cambist.adapters.chain_families.core_rpc_client import CoreRpcClient
from cambist.adapters.db.examining import (
    DatabaseSilentError,
    SealedText,
    examine_database,
)
from cambist.adapters.egress.resolver import Resolver, SystemResolver
from cambist.adapters.signing.client import SignerClient
from cambist.bootstrap.core import CORE_RPC
from cambist.bootstrap.doctor_database import examine_schema, examine_server
from cambist.bootstrap.doctor_keys import examine_keys
from cambist.bootstrap.examination import Check, Verdict, doubt, fault, report, well
from cambist.ports.chain import ChainUnavailableError
from cambist.ports.signer import SignerUnavailableError
from cambist.settings import Mode, NodeKind, NodeSettings, Settings

__all__ = ["Check", "Verdict", "examine", "report", "settings_faults"]

NODE_DEADLINE_S = 20.0
RESOLVE_DEADLINE_S = 5.0
FREE_PERCENT_MIN = 10
WELL_KNOWN_HOST = "example.com"
"""A name that is reserved for such use and always there (RFC 2606)."""

_FIELD = re.compile(r'field "([a-z_]+)"')


def settings_faults(error: ValidationError | SettingsError) -> list[Check]:
    """Explain each wrong setting; values are not shown, they may be secrets."""
    if isinstance(error, SettingsError):
        field = _FIELD.search(str(error))
        name = f"CAMBIST_{field[1].upper()}" if field else "settings"
        return [fault(name, "not JSON", "see the table in docs/operations.md")]
    checks = []
    for item in error.errors(include_input=False, include_url=False, include_context=False):
        parts = [str(part) for part in item["loc"]]
        name = "CAMBIST_" + ".".join([parts[0].upper(), *parts[1:]]) if parts else "settings"
        checks.append(fault(name, item["msg"], "see the table in docs/operations.md"))
    return checks


async def examine(settings: Settings, resolver: Resolver | None = None) -> list[Check]:
    """Examine everything; no check needs another to pass, none changes anything."""
    return [check async for check in _examine(settings, resolver or SystemResolver())]


async def _examine(settings: Settings, resolver: Resolver) -> AsyncIterator[Check]:
    yield well("settings", f"valid, mode {settings.mode.value}")
    sealed: tuple[SealedText, ...] = ()
    if not settings.database_url:
        advice = "set CAMBIST_DATABASE_URL, or start the sandbox's own with `cambist up`"
        yield fault("database", "no address set", advice)
    else:
        try:
            server, schema = await examine_database(settings.database_url)
        except DatabaseSilentError as error:
            advice = "check CAMBIST_DATABASE_URL, the server, and pg_hba.conf"
            yield fault("database", f"no answer ({error})", advice)
        else:
            sealed = schema.sealed if schema else ()
            for check in (*examine_server(settings, server), *examine_schema(settings, schema)):
                yield check
    for check in examine_keys(settings, sealed):
        yield check
    yield await _signer(settings)
    for chain, node in sorted(settings.chains.items()):
        yield await _node(chain, node)
    for check in _disk(settings):
        yield check
    yield await _names(settings, resolver)


async def _signer(settings: Settings) -> Check:
    try:
        await SignerClient(settings.signer_socket).ping()
    except SignerUnavailableError:
        advice = "start `cambist signer`; until it answers nothing is paid out"
        return fault("signer", f"no answer at {settings.signer_socket}", advice)
    return well("signer", "answers")


async def _node(chain: str, node: NodeSettings) -> Check:
    name = f"chain {chain}"
    if node.kind is NodeKind.SIMULATED:
        return well(name, "simulated in the database")
    if chain not in CORE_RPC:
        return fault(name, "no real adapter", f"set CAMBIST_CHAINS without {chain}, or simulated")
    client = CoreRpcClient(node.url, node.user, node.password.get_secret_value())
    port = CoreRpcChain(CORE_RPC[chain], node.network, client)
    try:
        async with asyncio.timeout(NODE_DEADLINE_S):
            tip = await port.tip()
    except (ChainUnavailableError, TimeoutError) as error:
        found = str(error) or "no answer in time"
        return fault(name, found, "check the node and its url, user and password, and its network")
    finally:
        await port.close()
    return well(name, f"network {node.network.value}, height {tip.height}")


def _disk(settings: Settings) -> Iterator[Check]:
    try:
        usage = shutil.disk_usage(settings.var_dir)
    except OSError:
        yield fault("disk", f"{settings.var_dir} is missing", "make it, or set CAMBIST_VAR_DIR")
        return
    free = usage.free * 100 // usage.total
    if free < FREE_PERCENT_MIN:
        advice = "make room: a full disk stops the database and the signer's log"
        yield fault("disk", f"{free} % of {settings.var_dir} is free", advice)
    else:
        yield well("disk", f"{free} % free")


async def _names(settings: Settings, resolver: Resolver) -> Check:
    try:
        async with asyncio.timeout(RESOLVE_DEADLINE_S):
            await resolver.resolve(WELL_KNOWN_HOST)
    except (OSError, TimeoutError):
        found, advice = "names cannot be resolved", "callbacks and exchanges need DNS"
        live = settings.mode is Mode.LIVE
        return fault("egress", found, advice) if live else doubt("egress", found, advice)
    finally:
        resolver.close()
    return well("egress", "resolves names")
