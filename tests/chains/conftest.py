"""Offer the rigs the chain contract suite runs on: simulated chains, and litecoind as two."""

from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from uuid import uuid4

import asyncpg
import pytest

from cambist.adapters.chain_families.core_rpc import CoreParams, CoreRpcChain
from cambist.adapters.chain_families.core_rpc_client import CoreRpcClient
from cambist.adapters.chain_families.keys import DerivedAddressBook, accounts_from_json
from cambist.adapters.chain_families.networks import ChainSetup, Network
from cambist.adapters.chains import bitcoin, litecoin
from cambist.adapters.signing.keystore import KeyStore
from cambist.adapters.signing.once_log import OnceLog
from cambist.adapters.signing.rules import SigningPolicy
from cambist.adapters.signing.signer import Signer
from cambist.adapters.simulators.chain import SimulatedChain
from cambist.adapters.simulators.core_regtest import RegtestControl
from cambist.domain.market.assets import CHAINS, ChainModel
from cambist.ports.chain import ChainControl, ChainPort, Transfer
from cambist.ports.signer import Branch, KeyPath, SpendInput, SpendIntent
from tests.chains.bitcoin_front import BitcoinFront
from tests.chains.litecoind import Litecoind, PatientRpc

ABANDON = "abandon " * 11 + "about"
RIGS = (
    "simulated-bitcoin",
    "simulated-litecoin",
    "simulated-ethereum",
    "simulated-tron",
    "node-litecoin",
    "node-bitcoin",
)
# One run never uses a key twice, so that balances on the shared chains start at zero.
_INDEXES = count()


@dataclass
class Rig:
    """Hold one chain with the hand that moves it, and a custody of our own on it."""

    setup: ChainSetup
    chain: ChainPort
    control: ChainControl
    book: DerivedAddressBook
    signer: Signer
    nonces: dict[str, int] = field(default_factory=dict)

    @property
    def coin(self) -> str:
        """Name the chain's coin."""
        return CHAINS[self.setup.chain].coin

    @property
    def is_utxo(self) -> bool:
        """Tell whether the chain keeps unspent outputs."""
        return CHAINS[self.setup.chain].model is ChainModel.UTXO

    @property
    def unit(self) -> int:
        """Give an amount that is far above dust and fees on any chain."""
        return {"ethereum": 10**17, "tron": 10**9}.get(self.setup.chain, 10**7)

    def fresh(self, branch: Branch = Branch.DEPOSIT) -> tuple[KeyPath, str]:
        """Take a key nobody used and its address."""
        path = KeyPath(branch, next(_INDEXES))
        return path, self.book.derive(self.setup.chain, path)

    async def funded(self, units: int) -> tuple[KeyPath, str, Transfer]:
        """Pay a fresh key of ours from outside and mine it in."""
        path, address = self.fresh()
        txid = await self.control.pay(address, self.coin, units)
        [transfer] = [
            t for t in await self.chain.mempool() if t.txid == txid and t.address == address
        ]
        await self.control.mine(1)
        return path, address, transfer

    def spend(
        self, path: KeyPath, source: Transfer, destination: str, units: int, fee_units: int
    ) -> SpendIntent:
        """Plan a transfer of part of what a transfer brought, change to a fresh hot key."""
        if not self.is_utxo:
            nonce = self.nonces.setdefault(source.address, 0)
            held = SpendInput(path, source.address, source.units)
            return SpendIntent(
                uuid4(),
                self.setup.chain,
                source.asset,
                destination,
                units,
                fee_units,
                (held,),
                nonce=nonce,
            )
        held = SpendInput(path, source.address, source.units, source.txid, source.index)
        change, _ = self.fresh(Branch.HOT)
        return SpendIntent(
            uuid4(),
            self.setup.chain,
            source.asset,
            destination,
            units,
            fee_units,
            (held,),
            change=change,
            change_units=source.units - units - fee_units,
        )


def signer_for(setup: ChainSetup, log: Path) -> tuple[DerivedAddressBook, Signer]:
    """Build a custody of the well-known mnemonic for one chain."""
    keystore = KeyStore(ABANDON, [setup])
    book = DerivedAddressBook(accounts_from_json(keystore.public_keys()))
    return book, Signer(keystore, OnceLog(log), SigningPolicy())


async def regtest_rig(params: CoreParams, rpc: CoreRpcClient, log: Path) -> Rig:
    """Build a rig on a node in regtest that belongs to the tests."""
    setup = ChainSetup(params.chain, Network.REGTEST, simulated=False)
    control = RegtestControl(params.chain, rpc)
    await control.prepare()
    chain = CoreRpcChain(params, Network.REGTEST, rpc)
    return Rig(setup, chain, control, *signer_for(setup, log))


@pytest.fixture
async def pool(database_url: str) -> AsyncIterator["asyncpg.Pool[asyncpg.Record]"]:
    """Open a pool on the module's database with the simulator installed."""
    async with asyncpg.create_pool(database_url, min_size=1, max_size=8) as opened:
        await SimulatedChain.install(opened)
        yield opened


@pytest.fixture(scope="session")
def litecoind(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Litecoind]:
    """Run one litecoind for the session."""
    node = Litecoind(tmp_path_factory.mktemp("litecoind"))
    yield node
    node.stop()


@pytest.fixture
async def litecoin_rpc(litecoind: Litecoind) -> AsyncIterator[CoreRpcClient]:
    """Open a client of the session's litecoind."""
    rpc = PatientRpc(litecoind.url)
    yield rpc
    await rpc.close()


@pytest.fixture
async def litecoin_rig(litecoin_rpc: CoreRpcClient, tmp_path: Path) -> Rig:
    """Build a rig on litecoind in regtest."""
    return await regtest_rig(litecoin.PARAMS, litecoin_rpc, tmp_path / "signer.log")


@pytest.fixture(scope="session")
def bitcoin_front(litecoind: Litecoind) -> Iterator[BitcoinFront]:
    """Let the session's litecoind be spoken to as a bitcoin node."""
    front = BitcoinFront(litecoind.url)
    yield front
    front.stop()


@pytest.fixture
async def bitcoin_rpc(bitcoin_front: BitcoinFront) -> AsyncIterator[CoreRpcClient]:
    """Open a client of the bitcoin node."""
    rpc = PatientRpc(bitcoin_front.url)
    yield rpc
    await rpc.close()


@pytest.fixture
async def bitcoin_rig(bitcoin_rpc: CoreRpcClient, tmp_path: Path) -> Rig:
    """Build a rig on the bitcoin node."""
    return await regtest_rig(bitcoin.PARAMS, bitcoin_rpc, tmp_path / "signer.log")


@pytest.fixture(params=RIGS)
def rig(request: pytest.FixtureRequest) -> Rig:
    """Build each rig in turn."""
    kind, _, name = request.param.partition("-")
    if kind == "node":
        built: Rig = request.getfixturevalue(f"{name}_rig")
        return built
    pool = request.getfixturevalue("pool")
    setup = ChainSetup(name)
    chain = SimulatedChain(pool, CHAINS[name])
    log = request.getfixturevalue("tmp_path") / "signer.log"
    return Rig(setup, chain, chain, *signer_for(setup, log))
