"""Prove that the suites catch wrong chains and signers: each is planted and must be found out."""

from collections.abc import Awaitable, Callable
from pathlib import Path

import asyncpg
import pytest

from cambist.adapters.chain_families.networks import ChainSetup
from cambist.adapters.chain_families.simulated_tx import decode_account_transfer
from cambist.adapters.chain_families.utxo_tx import DecodedTransaction, decode_transaction
from cambist.adapters.signing.intents import fingerprint
from cambist.adapters.signing.once_log import LogEntry, OnceLog
from cambist.adapters.signing.rules import SigningPolicy
from cambist.adapters.signing.signer import Signer
from cambist.adapters.simulators import chain_store
from cambist.adapters.simulators.chain import SimulatedChain
from cambist.domain.market.assets import CHAINS, ChainModel
from cambist.kernel.failpoints import Failpoint, failpoint
from cambist.ports.chain import Block, BlockRef, BroadcastRefusedError, TxStatus
from cambist.ports.signer import SignedTransfer, SpendIntent
from tests.chains import test_contract as contract
from tests.chains import test_signing_rules as rules
from tests.chains.conftest import Rig, signer_for


class RefusesKnownBytes(SimulatedChain):
    """Take bytes once only."""

    async def broadcast(self, raw: bytes) -> str:
        known = await super().broadcast(raw)
        if known in getattr(self, "seen", set()):
            raise BroadcastRefusedError("known")
        self.seen = {*getattr(self, "seen", set()), known}
        return known


class ChecksNothing(SimulatedChain):
    """Answer the txid without looking."""

    async def broadcast(self, raw: bytes) -> str:
        if self._chain.model is ChainModel.UTXO:
            return decode_transaction(raw).txid
        return decode_account_transfer(raw)[1]


class KeepsReplaced(SimulatedChain):
    """Add the replacement beside what it replaces."""

    async def replace(self, txid: str) -> str:
        for transfer in await self.mempool():
            if transfer.txid == txid:
                assert transfer.sender is not None
                return await self.pay(transfer.sender, transfer.asset, transfer.units)
        return await super().replace(txid)


class LosesDropped(SimulatedChain):
    """Forget the transactions of dropped blocks."""

    async def reorg(self, depth: int) -> BlockRef:
        tip = await super().reorg(depth)
        async with self._writing() as connection:
            for transfer in await chain_store.mempool(connection, self._chain.id):
                await chain_store.evict(connection, self._chain.id, transfer.txid)
        return tip


class RemembersBlocks(SimulatedChain):
    """Answer a height from memory, as a cache that knows no reorg does."""

    async def block(self, height: int) -> Block | None:
        memory: dict[int, Block | None] = self.__dict__.setdefault("memory", {})
        if memory.get(height) is None:
            memory[height] = await super().block(height)
        return memory[height]


class CountsFromZero(SimulatedChain):
    """Count the block a transaction is in as no confirmation."""

    async def transaction(self, txid: str) -> TxStatus | None:
        found = await super().transaction(txid)
        if found is None or found.block is None:
            return found
        return TxStatus(txid, found.block, found.confirmations - 1)


class CountsTheMempool(SimulatedChain):
    """Call unconfirmed money a balance."""

    async def balance(self, asset: str, address: str) -> int:
        waiting = await self.mempool()
        more = sum(t.units for t in waiting if (t.asset, t.address) == (asset, address))
        return await super().balance(asset, address) + more


WrongChain = type[SimulatedChain]
Check = Callable[[Rig], Awaitable[None]]
PLANTED: list[tuple[WrongChain, Check]] = [
    (RefusesKnownBytes, contract.test_the_same_bytes_again_are_a_success_at_every_stage),
    (ChecksNothing, contract.test_double_spend_is_refused_in_mempool_and_chain),
    (ChecksNothing, contract.test_a_changed_amount_breaks_the_signature),
    (KeepsReplaced, contract.test_replaced_payment_is_gone_for_good),
    (LosesDropped, contract.test_reorg_drops_payments_and_a_new_block_restores_them),
    (RemembersBlocks, contract.test_reorg_drops_payments_and_a_new_block_restores_them),
    (CountsFromZero, contract.test_confirmations_grow_with_blocks),
    (CountsTheMempool, contract.test_payment_is_seen_waiting_and_then_in_its_block),
]
CAUGHT = (AssertionError, BroadcastRefusedError, ValueError, pytest.fail.Exception)


@pytest.mark.parametrize(("wrong", "check"), PLANTED)
async def test_the_contract_catches_a_wrong_chain(
    pool: "asyncpg.Pool[asyncpg.Record]", tmp_path: Path, wrong: WrongChain, check: Check
) -> None:
    setup = ChainSetup("litecoin")
    book, signer = signer_for(setup, tmp_path / "signer.log")
    for kind, is_wrong in ((SimulatedChain, False), (wrong, True)):
        node = kind(pool, CHAINS["litecoin"])
        rig = Rig(setup, node, node, book, signer)
        if is_wrong:
            with pytest.raises(CAUGHT):
                await check(rig)
        else:
            await check(rig)


async def test_the_contract_catches_a_chain_that_checks_no_signature(
    pool: "asyncpg.Pool[asyncpg.Record]", tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(DecodedTransaction, "is_signed", lambda *_: True)
    setup = ChainSetup("litecoin")
    node = SimulatedChain(pool, CHAINS["litecoin"])
    rig = Rig(setup, node, node, *signer_for(setup, tmp_path / "signer.log"))
    with pytest.raises(pytest.fail.Exception):
        await contract.test_a_changed_amount_breaks_the_signature(rig)


class IgnoresFingerprint(Signer):
    """Answer a known id whatever is asked under it."""

    def sign(self, intent: SpendIntent) -> SignedTransfer:
        known = self._log.find(intent.id)
        return super().sign(intent) if known is None else known.signed


class AnswersBeforeLogging(Signer):
    """Pass the moment of death before the log has the bytes."""

    def sign(self, intent: SpendIntent) -> SignedTransfer:
        signed = self._build(intent)
        failpoint(Failpoint.SIGNER_AFTER_LOG)
        self._log.append(intent.id, LogEntry(fingerprint(intent), signed))
        return signed


class ChecksNoRule(Signer):
    """Sign whatever is asked."""

    def sign(self, intent: SpendIntent) -> SignedTransfer:
        known = self._log.find(intent.id)
        return self._build(intent) if known is None else known.signed


def wrong_signer(kind: type[Signer], folder: Path) -> Signer:
    """Build a planted signer."""
    log = OnceLog(folder / "planted.log")
    return kind(rules.KEYSTORE, log, SigningPolicy())


def test_the_rules_catch_a_signer_that_ignores_the_fingerprint(tmp_path: Path) -> None:
    with pytest.raises(pytest.fail.Exception):
        rules.test_another_intent_under_a_known_id_is_refused(
            wrong_signer(IgnoresFingerprint, tmp_path)
        )


def test_the_rules_catch_a_signer_that_answers_before_logging(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rules, "Signer", AnswersBeforeLogging)
    with pytest.raises(AssertionError):
        rules.test_dying_after_the_log_returns_the_logged_bytes_later(tmp_path)


@pytest.mark.parametrize(
    "name", ["nothing to send", "change to a deposit key", "not our input", "does not add up"]
)
def test_the_rules_catch_a_signer_that_checks_nothing(tmp_path: Path, name: str) -> None:
    with pytest.raises(pytest.fail.Exception):
        rules.test_utxo_refusals(wrong_signer(ChecksNoRule, tmp_path), name)
