"""Decide what the signer refuses to sign, whoever asks."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from cambist.adapters.chain_families.addresses import address_of_key, is_valid_address
from cambist.adapters.chain_families.networks import UTXO_NETWORKS
from cambist.adapters.signing.intents import INPUTS_MAX
from cambist.adapters.signing.keystore import KeyStore
from cambist.domain.market.assets import ASSETS, CHAINS, Chain, ChainModel
from cambist.kernel.money import UNITS_MAX, Asset
from cambist.ports.signer import Branch, SigningRefusedError, SpendIntent

_FEE_CAPS = MappingProxyType(
    {
        "bitcoin": 500_000,
        "litecoin": 10_000_000,
        "ethereum": 50_000_000_000_000_000,
        "tron": 100_000_000,
    }
)


@dataclass(frozen=True, slots=True)
class SigningPolicy:
    """Cap network fees: absolutely per chain (units of its coin), and against the amount.

    A fee up to `fee_free_percent` of the absolute cap is never measured against the amount, so
    that small payments and sweeps stay possible; above it the fee may be at most
    `fee_share_percent` of the coin that moves. A token has no common unit with its fee, so only
    the absolute cap holds there.
    """

    fee_caps: Mapping[str, int] = field(default_factory=lambda: _FEE_CAPS)
    fee_free_percent: int = 10
    fee_share_percent: int = 20


def check_intent(intent: SpendIntent, keystore: KeyStore, policy: SigningPolicy) -> None:
    """Check everything about an intent that needs no network and no database.

    Raises:
        SigningRefusedError: naming the first rule broken.
    """
    chain, asset = CHAINS.get(intent.chain), ASSETS.get(intent.asset)
    setup = keystore.setup(intent.chain)
    if chain is None or setup is None:
        raise SigningRefusedError("no keys for this chain")
    if asset is None or asset.chain != chain.id:
        raise SigningRefusedError("the asset is not of this chain")
    if not 0 < intent.units < UNITS_MAX:
        raise SigningRefusedError("the amount must be positive")
    if not is_valid_address(chain.id, setup.network, intent.destination):
        raise SigningRefusedError("the destination is no address of this chain's network")
    _check_fee(intent, asset, policy)
    _check_inputs_are_ours(intent, keystore)
    if chain.model is ChainModel.UTXO:
        _check_outputs(intent, UTXO_NETWORKS[chain.id, setup.network].dust_units)
    else:
        _check_account(intent, chain)


def _check_fee(intent: SpendIntent, asset: Asset, policy: SigningPolicy) -> None:
    cap = policy.fee_caps.get(intent.chain, 0)
    if not 0 < intent.fee_units <= cap:
        raise SigningRefusedError("the fee is zero or above the chain's cap")
    if asset.code != CHAINS[intent.chain].coin:
        return
    if intent.fee_units * 100 <= cap * policy.fee_free_percent:
        return
    if intent.fee_units * 100 > intent.units * policy.fee_share_percent:
        raise SigningRefusedError("the fee is out of proportion to the amount")


def _check_inputs_are_ours(intent: SpendIntent, keystore: KeyStore) -> None:
    if not 1 <= len(intent.inputs) <= INPUTS_MAX:
        raise SigningRefusedError("too few or too many inputs")
    setup = keystore.setup(intent.chain)
    assert setup is not None
    for item in intent.inputs:
        key = keystore.private_key(intent.chain, item.path).public_key
        if address_of_key(intent.chain, setup.network, key) != item.address:
            raise SigningRefusedError("an input's path does not derive to its address")
        if item.units <= 0:
            raise SigningRefusedError("an input is empty")


def _check_outputs(intent: SpendIntent, dust_units: int) -> None:
    if intent.nonce is not None:
        raise SigningRefusedError("a chain of unspent outputs has no nonce")
    outpoints = {(item.txid, item.vout) for item in intent.inputs}
    if len(outpoints) != len(intent.inputs) or any(len(txid) != 64 for txid, _ in outpoints):
        raise SigningRefusedError("an outpoint is missing or stands twice")
    total = sum(item.units for item in intent.inputs)
    if total != intent.units + intent.fee_units + intent.change_units:
        raise SigningRefusedError("inputs, outputs and fee do not add up")
    if intent.change is None:
        if intent.change_units:
            raise SigningRefusedError("change has nowhere to go")
    elif intent.change.branch is not Branch.HOT:
        raise SigningRefusedError("change must go to a hot key")
    elif intent.change_units < dust_units:
        raise SigningRefusedError("change is dust that no node relays; give it to the fee")
    if intent.units < dust_units:
        raise SigningRefusedError("the amount is dust that no node relays")


def _check_account(intent: SpendIntent, chain: Chain) -> None:
    if len(intent.inputs) != 1 or intent.nonce is None or intent.nonce < 0:
        raise SigningRefusedError("an account chain needs one input and its nonce")
    if intent.change is not None or intent.change_units or intent.inputs[0].txid:
        raise SigningRefusedError("an account chain has no outpoints and no change")
    fee = intent.fee_units if intent.asset == chain.coin else 0
    if intent.inputs[0].units < intent.units + fee:
        raise SigningRefusedError("the input does not cover the amount and the fee")
