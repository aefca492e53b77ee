"""Decide what one process of the matrix does: prepare merchants, follow a flow, sign, check."""

import asyncio
import signal
from dataclasses import asdict
from pathlib import Path
from typing import Any

from cambist.adapters.db.pool import close_pool, open_pool
from cambist.adapters.faults.kill import arm_kill
from cambist.adapters.keys import SEED_FILE, SIGNER_LOG, prepare_signing_keys
from cambist.adapters.signing.keystore import KeyStore
from cambist.adapters.signing.once_log import OnceLog
from cambist.adapters.signing.server import serve
from cambist.adapters.simulators.chain import SimulatedChain
from cambist.adapters.simulators.world import SimulatedWorld
from cambist.bootstrap.core import open_core
from cambist.domain.compliance.rules import RiskPolicy
from cambist.kernel.failpoints import arm
from cambist.settings import NodeSettings, Settings
from tests.faults.cases import Case
from tests.faults.checks import callbacks_of, faults_in_books, faults_of
from tests.faults.desk import Desk
from tests.faults.founding import found
from tests.faults.versions import planted

CHAINS_USED = ("tron", "litecoin")
OUT_OF_REACH = 10**12


def perform(job: dict[str, Any]) -> Any:
    """Do a job; what it returns must be JSON."""
    settings = Settings(
        database_url=job["url"],
        var_dir=Path(job["folder"]),
        chains={chain: NodeSettings() for chain in CHAINS_USED},
        risk=RiskPolicy(phone_from=OUT_OF_REACH, aml_from=OUT_OF_REACH),
    )
    match job["act"]:
        case "found":
            return asyncio.run(_found(settings, job["wanted"], job["receiver"]))
        case "sign":
            return asyncio.run(_sign(settings, job["fatal"]))
        case "follow":
            case = Case(**job["case"])
            with planted(job["variant"]):
                return asyncio.run(_follow(settings, case, job))
        case "audit":
            return asyncio.run(_audit(settings))
    raise ValueError(job["act"])


async def _found(settings: Settings, wanted: list[str], receiver: str) -> list[dict[str, str]]:
    setups = [node.setup(chain) for chain, node in settings.chains.items()]
    prepare_signing_keys(settings.keys_dir, setups)
    owner = await open_pool(settings.database_url, size=2, role=None)
    await SimulatedChain.install(owner)
    await SimulatedWorld.install(owner)
    await close_pool(owner)
    async with open_core(settings) as core:
        desk = Desk(core, receiver=receiver)
        await desk.open()
        cases = await found(desk, wanted, receiver)
        left = await desk.left()
        if left:
            raise AssertionError(f"the start never came to rest: {left}")
        await desk.close()
    return [asdict(case) for case in cases]


async def _sign(settings: Settings, fatal: str) -> None:
    """Be the signer process, until told to stop or killed."""
    if fatal:
        arm_kill(fatal)
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    setups = [node.setup(chain) for chain, node in settings.chains.items()]
    keystore = KeyStore.load(settings.keys_dir / SEED_FILE, setups)
    log = OnceLog(settings.keys_dir / SIGNER_LOG)
    try:
        await serve(settings.signer_socket, keystore, log, stop=stop)
    finally:
        log.close()


async def _follow(settings: Settings, case: Case, job: dict[str, Any]) -> dict[str, Any]:
    """Take a case to its end and look at it.

    Returns the kill points passed, each with the command under way; what is wrong with the case;
    and the callbacks that were to arrive.
    """
    visits: list[tuple[str, str]] = []
    async with open_core(settings) as core:
        desk = Desk(core, job["variant"], job["receiver"])
        if job["fatal"]:
            arm_kill(job["fatal"])
        else:
            arm(lambda point: visits.append((point.value, desk.under_way())))
        await desk.open()
        await desk.follow(case)
        await desk.close()
        faults = await faults_of(core, case)
        return {"visits": visits, "faults": faults, "callbacks": await callbacks_of(core, case)}


async def _audit(settings: Settings) -> list[str]:
    async with open_core(settings) as core:
        return await faults_in_books(core)
