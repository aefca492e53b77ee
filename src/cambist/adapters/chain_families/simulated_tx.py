"""Decide the bytes of a transfer on a simulated account chain: canonical JSON, signed."""

import hashlib
import json
import re
from dataclasses import asdict, dataclass

from coincurve import PrivateKey, PublicKey

from cambist.adapters.chain_families.addresses import address_of_key
from cambist.adapters.chain_families.encoding import keccak256
from cambist.adapters.chain_families.networks import Network

TX_MAX_BYTES = 4096
FORMAT = "cambist-simulated-1"
_DIGITS = re.compile(r"0|[1-9][0-9]{0,77}", re.ASCII)
_SIGNATURE = re.compile(r"[0-9a-f]{130}", re.ASCII)
_HALF_ORDER = 0x7FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF5D576E7357A4501DDFE92F46681B20A0


@dataclass(frozen=True, slots=True)
class AccountTransfer:
    """Describe a transfer on an account chain; amounts are units, `nonce` is the sender's."""

    chain: str
    network: str
    asset: str
    sender: str
    destination: str
    units: int
    fee_units: int
    nonce: int


def sign_account_transfer(transfer: AccountTransfer, key: PrivateKey) -> tuple[bytes, str]:
    """Sign a transfer; return its bytes and txid (the hash of what is signed)."""
    body = _body(transfer)
    signature = key.sign_recoverable(hashlib.sha256(body).digest(), hasher=None)
    raw = _canonical({**json.loads(body), "signature": signature.hex()})
    return raw, _txid(transfer.chain, body)


def decode_account_transfer(raw: bytes) -> tuple[AccountTransfer, str]:
    """Parse bytes and check that the named sender signed them; return the transfer and its txid.

    Raises:
        ValueError: not canonical, not signed by the sender, or a malleated signature.
    """
    if len(raw) > TX_MAX_BYTES:
        raise ValueError("transaction too large")
    try:
        content = json.loads(raw)
    except RecursionError as error:
        raise ValueError("not a simulated transaction") from error
    if not isinstance(content, dict) or not all(isinstance(v, str) for v in content.values()):
        raise ValueError("not a simulated transaction")
    transfer = _transfer_of(content)
    body = _body(transfer)
    signature = content.get("signature", "")
    if _SIGNATURE.fullmatch(signature) is None:
        raise ValueError("signature is malformed")
    if raw != _canonical({**json.loads(body), "signature": signature}):
        raise ValueError("bytes are not canonical")
    seal = bytes.fromhex(signature)
    if int.from_bytes(seal[32:64], "big") > _HALF_ORDER:
        raise ValueError("signature is malleated")
    signer = PublicKey.from_signature_and_message(seal, hashlib.sha256(body).digest(), hasher=None)
    if address_of_key(transfer.chain, Network(transfer.network), signer) != transfer.sender:
        raise ValueError("signature is not the sender's")
    return transfer, _txid(transfer.chain, body)


def _transfer_of(content: dict[str, str]) -> AccountTransfer:
    numbers = {name: content.get(name, "") for name in ("units", "fee_units", "nonce")}
    if not all(_DIGITS.fullmatch(text) for text in numbers.values()):
        raise ValueError("a number is malformed")
    return AccountTransfer(
        chain=content.get("chain", ""),
        network=content.get("network", ""),
        asset=content.get("asset", ""),
        sender=content.get("sender", ""),
        destination=content.get("destination", ""),
        units=int(numbers["units"]),
        fee_units=int(numbers["fee_units"]),
        nonce=int(numbers["nonce"]),
    )


def _body(transfer: AccountTransfer) -> bytes:
    fields = {name: str(value) for name, value in asdict(transfer).items()}
    return _canonical({"format": FORMAT, **fields})


def _canonical(content: dict[str, str]) -> bytes:
    return json.dumps(content, sort_keys=True, separators=(",", ":")).encode("ascii")


def _txid(chain: str, body: bytes) -> str:
    """Shape the id as the real chain shows it: Ethereum with 0x, Tron without."""
    if chain == "ethereum":
        return "0x" + keccak256(body).hex()
    return hashlib.sha256(body).hexdigest()
