"""Say what the signer is asked: one intent, signed once, the same bytes for ever after."""

from dataclasses import dataclass
from enum import IntEnum
from typing import Protocol
from uuid import UUID


class Branch(IntEnum):
    """Number the non-hardened branch below the account key (BIP 44: external, internal)."""

    DEPOSIT = 0
    HOT = 1


@dataclass(frozen=True, slots=True)
class KeyPath:
    """Find a key below a chain's account key."""

    branch: Branch
    index: int


@dataclass(frozen=True, slots=True)
class SpendInput:
    """Name money to spend: an outpoint on a UTXO chain, an account (txid empty) elsewhere."""

    path: KeyPath
    address: str
    units: int
    txid: str = ""
    vout: int = 0


@dataclass(frozen=True, slots=True)
class SpendIntent:
    """Describe one transfer completely, so that the signer can check it without the database.

    `units` of `asset` go to `destination`; `fee_units` of the chain's coin go to the network;
    on a UTXO chain what remains of the inputs goes to `change`, which must be one of our hot keys,
    and neither part may be dust. On an account chain there is exactly one input, `nonce` is that
    account's, and its units cover what is sent (and the fee, when the asset is the coin).
    """

    id: UUID
    chain: str
    asset: str
    destination: str
    units: int
    fee_units: int
    inputs: tuple[SpendInput, ...]
    change: KeyPath | None = None
    change_units: int = 0
    nonce: int | None = None


@dataclass(frozen=True, slots=True)
class SignedTransfer:
    """Hold the bytes to broadcast and the id the chain will know them by."""

    raw: bytes
    txid: str


SIGNED_BEFORE = "another intent was signed under this id"
"""The one refusal after which bytes may be out; after any other nothing was signed for the id."""


class SignerUnavailableError(Exception):
    """The signer process did not answer in time."""


class SigningRefusedError(Exception):
    """The signer will not sign this: another intent under a known id, or a rule of its own."""


class SignerPort(Protocol):
    """Reach the signer process."""

    async def sign(self, intent: SpendIntent) -> SignedTransfer:
        """Sign an intent, or return the bytes logged for its id.

        Raises:
            SignerUnavailableError: try again later, nothing is known.
            SigningRefusedError: final.
        """
