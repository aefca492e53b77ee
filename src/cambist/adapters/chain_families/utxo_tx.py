"""Decide the bytes of a Bitcoin-like p2wpkh transaction, and what a signature in it covers."""

from dataclasses import dataclass

from coincurve import PrivateKey, PublicKey
from embit.base import EmbitError
from embit.script import Script, Witness
from embit.transaction import Transaction, TransactionInput, TransactionOutput

from cambist.adapters.chain_families.encoding import hash160

TX_MAX_BYTES = 100_000
SIGHASH_ALL = 1
REPLACEABLE_SEQUENCE = 0xFFFFFFFD
_HALF_ORDER = 0x7FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF5D576E7357A4501DDFE92F46681B20A0


@dataclass(frozen=True, slots=True)
class OutPoint:
    """Name an output by its transaction and position."""

    txid: str
    vout: int


@dataclass(frozen=True, slots=True)
class KeyInput:
    """Hold an output to spend, its units and the key it was paid to."""

    outpoint: OutPoint
    units: int
    key: PrivateKey


@dataclass(frozen=True, slots=True)
class Output:
    """Hold units paid to a scriptPubKey."""

    units: int
    script: bytes


@dataclass(frozen=True, slots=True)
class DecodedInput:
    """Hold an outpoint, the public key that claims it and what its signature must cover."""

    outpoint: OutPoint
    public_key: bytes
    signature: bytes


@dataclass(frozen=True, slots=True)
class DecodedTransaction:
    """Hold a parsed transaction whose every input is a p2wpkh spend."""

    txid: str
    vsize: int
    inputs: tuple[DecodedInput, ...]
    outputs: tuple[Output, ...]
    parsed: Transaction

    def is_signed(self, position: int, units: int) -> bool:
        """Check an input's signature, given the units of the output it spends."""
        spent = self.inputs[position]
        if spent.signature[-1:] != bytes([SIGHASH_ALL]) or not _is_low_s(spent.signature[:-1]):
            return False
        digest = _digest(self.parsed, position, spent.public_key, units)
        try:
            return PublicKey(spent.public_key).verify(spent.signature[:-1], digest, hasher=None)
        except ValueError:
            return False


def vsize_of(inputs: int, outputs: int) -> int:
    """Bound the virtual size of a p2wpkh transaction from above, in vbytes."""
    return 11 + 68 * inputs + 34 * outputs


def sign_transaction(
    inputs: tuple[KeyInput, ...], outputs: tuple[Output, ...]
) -> tuple[bytes, str]:
    """Build and sign a transaction; return its bytes and txid.

    Signatures are deterministic (RFC 6979) and low-S, so the same call gives the same bytes;
    the txid does not cover the witness, so nobody can change it. Source: BIP 141, BIP 143.
    """
    transaction = Transaction(
        version=2,
        vin=[
            TransactionInput(
                bytes.fromhex(item.outpoint.txid),
                item.outpoint.vout,
                sequence=REPLACEABLE_SEQUENCE,
            )
            for item in inputs
        ],
        vout=[TransactionOutput(item.units, Script(item.script)) for item in outputs],
    )
    for position, item in enumerate(inputs):
        public = item.key.public_key.format()
        digest = _digest(transaction, position, public, item.units)
        signature = item.key.sign(digest, hasher=None) + bytes([SIGHASH_ALL])
        transaction.vin[position].witness = Witness([signature, public])
    return transaction.serialize(), transaction.txid().hex()


def decode_transaction(raw: bytes) -> DecodedTransaction:
    """Parse bytes that must be exactly one transaction spending p2wpkh outputs only.

    Raises:
        ValueError: anything else.
    """
    if len(raw) > TX_MAX_BYTES:
        raise ValueError("transaction too large")
    try:
        parsed = Transaction.parse(raw)
    except (EmbitError, ValueError, RuntimeError, IndexError, OverflowError) as error:
        raise ValueError("not a transaction") from error
    if parsed.serialize() != raw or not parsed.vin or not parsed.vout:
        raise ValueError("not one canonical transaction")
    inputs = tuple(_decode_input(item) for item in parsed.vin)
    witness = sum(len(item.witness.serialize()) for item in parsed.vin) + 2
    return DecodedTransaction(
        txid=parsed.txid().hex(),
        vsize=len(raw) - witness + (witness + 3) // 4,
        inputs=inputs,
        outputs=tuple(Output(item.value, item.script_pubkey.data) for item in parsed.vout),
        parsed=parsed,
    )


def _decode_input(item: TransactionInput) -> DecodedInput:
    stack = item.witness.items
    if item.script_sig.data or len(stack) != 2 or len(stack[1]) != 33:
        raise ValueError("an input is no p2wpkh spend")
    return DecodedInput(OutPoint(item.txid.hex(), item.vout), bytes(stack[1]), bytes(stack[0]))


def _digest(transaction: Transaction, position: int, public_key: bytes, units: int) -> bytes:
    code = Script(b"\x76\xa9\x14" + hash160(public_key) + b"\x88\xac")
    digest: bytes = transaction.sighash_segwit(position, code, units)
    return digest


def _is_low_s(der: bytes) -> bool:
    """Tell whether a DER signature is strict enough to carry a low S (BIP 62, BIP 146)."""
    if len(der) < 8 or der[0] != 0x30 or der[1] != len(der) - 2:
        return False
    s_at = 4 + der[3]
    if s_at + 2 > len(der) or der[s_at] != 0x02 or s_at + 2 + der[s_at + 1] != len(der):
        return False
    return 0 < int.from_bytes(der[s_at + 2 :], "big") <= _HALF_ORDER
