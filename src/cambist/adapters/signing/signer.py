"""Decide how an intent becomes signed bytes: known id, rules, build, log, answer."""

from cambist.adapters.chain_families.addresses import address_of_key, decode_utxo
from cambist.adapters.chain_families.networks import UTXO_NETWORKS, ChainSetup
from cambist.adapters.chain_families.simulated_tx import AccountTransfer, sign_account_transfer
from cambist.adapters.chain_families.utxo_tx import (
    KeyInput,
    OutPoint,
    Output,
    sign_transaction,
)
from cambist.adapters.signing.intents import fingerprint
from cambist.adapters.signing.keystore import KeyStore
from cambist.adapters.signing.once_log import LogEntry, OnceLog
from cambist.adapters.signing.rules import SigningPolicy, check_intent
from cambist.kernel.failpoints import Failpoint, failpoint
from cambist.ports.signer import (
    SIGNED_BEFORE,
    SignedTransfer,
    SigningRefusedError,
    SpendIntent,
)


class Signer:
    """Sign each intent once and for ever with the same bytes."""

    def __init__(self, keystore: KeyStore, log: OnceLog, policy: SigningPolicy) -> None:
        self._keystore = keystore
        self._log = log
        self._policy = policy

    def sign(self, intent: SpendIntent) -> SignedTransfer:
        """Sign an intent, or return the bytes logged for its id; logged before answered.

        Raises:
            SigningRefusedError: another intent under a known id, or a rule broken.
            SignerLogFailedError: the log could not be written, so no bytes may leave.
        """
        print_of_intent = fingerprint(intent)
        known = self._log.find(intent.id)
        if known is not None:
            if known.fingerprint != print_of_intent:
                raise SigningRefusedError(SIGNED_BEFORE)
            return known.signed
        check_intent(intent, self._keystore, self._policy)
        signed = self._build(intent)
        self._log.append(intent.id, LogEntry(print_of_intent, signed))
        failpoint(Failpoint.SIGNER_AFTER_LOG)
        return signed

    def _build(self, intent: SpendIntent) -> SignedTransfer:
        setup = self._keystore.setup(intent.chain)
        if setup is None:
            raise SigningRefusedError("no keys for this chain")
        if (setup.chain, setup.network) in UTXO_NETWORKS:
            return self._build_utxo(intent, setup)
        if setup.simulated:
            return self._build_account(intent, setup)
        raise SigningRefusedError("no builder for this chain's real network")

    def _build_utxo(self, intent: SpendIntent, setup: ChainSetup) -> SignedTransfer:
        """Build the transaction a real node takes; a simulated UTXO chain takes the same."""
        params = UTXO_NETWORKS[setup.chain, setup.network]
        destination = decode_utxo(params, intent.destination)
        if destination is None:
            raise SigningRefusedError("the destination is no address of this chain's network")
        inputs = tuple(
            KeyInput(
                OutPoint(item.txid, item.vout),
                item.units,
                self._keystore.private_key(intent.chain, item.path),
            )
            for item in intent.inputs
        )
        outputs = [Output(intent.units, destination.script())]
        if intent.change is not None:
            key = self._keystore.private_key(intent.chain, intent.change).public_key
            change = decode_utxo(params, address_of_key(intent.chain, setup.network, key))
            if change is None:
                raise SigningRefusedError("the change key has no address")
            outputs.append(Output(intent.change_units, change.script()))
        return SignedTransfer(*sign_transaction(inputs, tuple(outputs)))

    def _build_account(self, intent: SpendIntent, setup: ChainSetup) -> SignedTransfer:
        if intent.nonce is None:
            raise SigningRefusedError("an account chain needs a nonce")
        sender = intent.inputs[0]
        transfer = AccountTransfer(
            chain=intent.chain,
            network=setup.network.value,
            asset=intent.asset,
            sender=sender.address,
            destination=intent.destination,
            units=intent.units,
            fee_units=intent.fee_units,
            nonce=intent.nonce,
        )
        key = self._keystore.private_key(intent.chain, sender.path)
        return SignedTransfer(*sign_account_transfer(transfer, key))
