"""Prove what the signer refuses, whoever asks."""

import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from uuid import UUID

import pytest
from embit.transaction import Transaction

from cambist.adapters.chain_families.encoding import segwit_encode
from cambist.adapters.chain_families.keys import DerivedAddressBook, accounts_from_json
from cambist.adapters.chain_families.networks import ChainSetup, Network
from cambist.adapters.chain_families.simulated_tx import decode_account_transfer
from cambist.adapters.chain_families.utxo_tx import decode_transaction, vsize_of
from cambist.adapters.signing.intents import fingerprint, intent_from_json, intent_to_json
from cambist.adapters.signing.keystore import KeyStore, create_seed, write_public_keys
from cambist.adapters.signing.once_log import OnceLog
from cambist.adapters.signing.rules import SigningPolicy
from cambist.adapters.signing.signer import Signer
from cambist.domain.market.assets import CHAINS
from cambist.kernel import failpoints
from cambist.kernel.failpoints import Failpoint
from cambist.ports.signer import Branch, KeyPath, SigningRefusedError, SpendInput, SpendIntent
from tests.chains.conftest import ABANDON

SETUPS = [ChainSetup(chain) for chain in CHAINS]
KEYSTORE = KeyStore(ABANDON, SETUPS)
BOOK = DerivedAddressBook(accounts_from_json(KEYSTORE.public_keys()))
DEPOSIT, OTHER, HOT = KeyPath(Branch.DEPOSIT, 3), KeyPath(Branch.DEPOSIT, 4), KeyPath(Branch.HOT, 0)
LTC_TO = segwit_encode("ltc", 0, bytes(range(20)))
REGTEST_TO = segwit_encode("rltc", 0, bytes(range(20)))
TRON_TO = BOOK.derive("tron", KeyPath(Branch.DEPOSIT, 900))


def utxo_intent() -> SpendIntent:
    """Plan 0.3 LTC out of two inputs, with change."""
    held = SpendInput(DEPOSIT, BOOK.derive("litecoin", DEPOSIT), 20_000_000, "ab" * 32, 1)
    more = SpendInput(OTHER, BOOK.derive("litecoin", OTHER), 20_000_000, "ab" * 32, 0)
    return SpendIntent(
        id=UUID(int=7), chain="litecoin", asset="LTC",
        destination=BOOK.derive("litecoin", KeyPath(Branch.DEPOSIT, 900)),
        units=30_000_000, fee_units=2_000, inputs=(held, more), change=HOT, change_units=9_998_000,
    )  # fmt: skip


def account_intent(asset: str = "TRX") -> SpendIntent:
    """Plan 5 of an asset on Tron."""
    held = SpendInput(DEPOSIT, BOOK.derive("tron", DEPOSIT), 9_000_000)
    return SpendIntent(
        id=UUID(int=8), chain="tron", asset=asset, destination=TRON_TO,
        units=5_000_000, fee_units=268_000, inputs=(held,), nonce=0,
    )  # fmt: skip


@pytest.fixture
def signer(tmp_path: Path) -> Signer:
    return Signer(KEYSTORE, OnceLog(tmp_path / "log"), SigningPolicy())


def test_utxo_bytes_are_what_the_intent_says(signer: Signer) -> None:
    intent = utxo_intent()
    signed = signer.sign(intent)
    decoded = decode_transaction(signed.raw)
    assert decoded.txid == signed.txid == Transaction.parse(signed.raw).txid().hex()
    assert [item.units for item in decoded.outputs] == [intent.units, intent.change_units]
    assert [(i.outpoint.txid, i.outpoint.vout) for i in decoded.inputs] == [
        (i.txid, i.vout) for i in intent.inputs
    ]
    assert all(decoded.is_signed(n, item.units) for n, item in enumerate(intent.inputs))
    assert not decoded.is_signed(0, intent.inputs[0].units - 1)
    assert decoded.vsize <= vsize_of(2, 2)


def test_the_high_s_twin_of_a_signature_is_refused(signer: Signer) -> None:
    order = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141
    decoded = decode_transaction(signer.sign(utxo_intent()).raw)
    der = decoded.inputs[0].signature[:-1]
    r_length = der[3]
    s = order - int.from_bytes(der[6 + r_length :], "big")
    twin = der[4 : 4 + r_length], s.to_bytes(33, "big")
    body = b"".join(b"\x02" + bytes([len(part)]) + part for part in twin)
    high = b"\x30" + bytes([len(body)]) + body + b"\x01"
    changed = replace(decoded, inputs=(replace(decoded.inputs[0], signature=high),))
    assert not changed.is_signed(0, 20_000_000)


def test_account_bytes_are_what_the_intent_says(signer: Signer) -> None:
    signed = signer.sign(account_intent())
    transfer, txid = decode_account_transfer(signed.raw)
    assert txid == signed.txid
    assert (transfer.units, transfer.fee_units, transfer.nonce) == (5_000_000, 268_000, 0)
    assert (transfer.sender, transfer.destination) == (BOOK.derive("tron", DEPOSIT), TRON_TO)


def test_the_same_intent_gets_the_same_bytes_also_after_a_restart(tmp_path: Path) -> None:
    log = OnceLog(tmp_path / "log")
    first = Signer(KEYSTORE, log, SigningPolicy()).sign(utxo_intent())
    log.close()
    log = OnceLog(tmp_path / "log")
    signer = Signer(KEYSTORE, log, SigningPolicy())
    assert signer.sign(utxo_intent()) == first
    # Even where the rules have become stricter since: the bytes may be on the chain already.
    assert Signer(KEYSTORE, log, SigningPolicy(fee_caps={})).sign(utxo_intent()) == first


def test_another_intent_under_a_known_id_is_refused(signer: Signer) -> None:
    signer.sign(utxo_intent())
    for other in (
        replace(utxo_intent(), fee_units=1_999, change_units=9_998_001),
        replace(utxo_intent(), destination=LTC_TO),
        account_intent(),
    ):
        with pytest.raises(SigningRefusedError):
            signer.sign(replace(other, id=utxo_intent().id))


def test_a_refused_intent_burns_nothing(signer: Signer) -> None:
    with pytest.raises(SigningRefusedError):
        signer.sign(replace(utxo_intent(), units=0))
    assert signer.sign(utxo_intent()).txid


def test_dying_after_the_log_returns_the_logged_bytes_later(tmp_path: Path) -> None:
    log = OnceLog(tmp_path / "log")
    signer = Signer(KEYSTORE, log, SigningPolicy())

    def die(name: Failpoint) -> None:
        assert name is Failpoint.SIGNER_AFTER_LOG
        raise KeyboardInterrupt

    failpoints.arm(die)
    try:
        with pytest.raises(KeyboardInterrupt):
            signer.sign(utxo_intent())
    finally:
        failpoints.arm(None)
    entry = log.find(utxo_intent().id)
    assert entry is not None
    log.close()
    fresh = Signer(KEYSTORE, OnceLog(tmp_path / "log"), SigningPolicy())
    assert fresh.sign(utxo_intent()) == entry.signed


def with_input(intent: SpendIntent, **changes: object) -> SpendIntent:
    """Change the first input of an intent."""
    first = replace(intent.inputs[0], **changes)  # type: ignore[arg-type]  # test data of any field
    return replace(intent, inputs=(first, *intent.inputs[1:]))


Change = Callable[[SpendIntent], SpendIntent]
UTXO_REFUSALS: dict[str, tuple[str, Change]] = {
    "nothing to send": ("must be positive", lambda i: replace(i, units=0, change_units=39_998_000)),
    "negative": ("must be positive", lambda i: replace(i, units=-1, change_units=39_998_001)),
    "dust": ("the amount is dust", lambda i: replace(i, units=2_939, change_units=39_995_061)),
    "dust change": ("change is dust", lambda i: replace(i, units=39_996_000, change_units=2_000)),
    "no fee": ("zero or above", lambda i: replace(i, fee_units=0, change_units=10_000_000)),
    "negative fee": (
        "zero or above",
        lambda i: replace(i, fee_units=-2_000, change_units=10_002_000),
    ),
    "fee above the cap": ("zero or above", lambda i: replace(i, fee_units=10_000_001, units=1)),
    "fee out of proportion": (
        "out of proportion",
        lambda i: replace(i, fee_units=6_000_001, change_units=3_999_999),
    ),
    "does not add up": ("do not add up", lambda i: replace(i, change_units=9_997_999)),
    "change to nowhere": ("nowhere to go", lambda i: replace(i, change=None)),
    "no change but a key": (
        "change is dust",
        lambda i: replace(i, change_units=0, units=39_998_000),
    ),
    "change to a deposit key": ("a hot key", lambda i: replace(i, change=DEPOSIT)),
    "another network": ("this chain's network", lambda i: replace(i, destination=REGTEST_TO)),
    "another chain's address": (
        "this chain's network",
        lambda i: replace(i, destination=BOOK.derive("bitcoin", DEPOSIT)),
    ),
    "no address": ("this chain's network", lambda i: replace(i, destination="nobody")),
    "another chain's asset": ("not of this chain", lambda i: replace(i, asset="BTC")),
    "unknown asset": ("not of this chain", lambda i: replace(i, asset="DOGE")),
    "unknown chain": ("no keys for this chain", lambda i: replace(i, chain="dogecoin")),
    "not our input": ("does not derive", lambda i: with_input(i, address=LTC_TO)),
    "another path's input": ("does not derive", lambda i: with_input(i, path=HOT)),
    "empty input": ("an input is empty", lambda i: with_input(i, units=0)),
    "no outpoint": ("outpoint is missing", lambda i: with_input(i, txid="")),
    "same outpoint twice": ("stands twice", lambda i: with_input(i, vout=0)),
    "no inputs": ("too few or too many", lambda i: replace(i, inputs=())),
    "too many inputs": ("too few or too many", lambda i: replace(i, inputs=i.inputs * 300)),
    "a nonce": ("has no nonce", lambda i: replace(i, nonce=1)),
}
ACCOUNT_REFUSALS: dict[str, tuple[str, Change]] = {
    "no nonce": ("one input and its nonce", lambda i: replace(i, nonce=None)),
    "negative nonce": ("one input and its nonce", lambda i: replace(i, nonce=-1)),
    "two inputs": ("one input and its nonce", lambda i: replace(i, inputs=i.inputs * 2)),
    "change": ("no outpoints and no change", lambda i: replace(i, change=HOT, change_units=1)),
    "an outpoint": ("no outpoints and no change", lambda i: with_input(i, txid="ab" * 32)),
    "input too small": ("does not cover", lambda i: with_input(i, units=5_267_999)),
    "the contract itself": (
        "this chain's network",
        lambda i: replace(i, destination="TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t"),
    ),
    "fee above the cap": ("zero or above", lambda i: replace(i, fee_units=100_000_001)),
}


@pytest.mark.parametrize("name", UTXO_REFUSALS)
def test_utxo_refusals(signer: Signer, name: str) -> None:
    reason, change = UTXO_REFUSALS[name]
    with pytest.raises(SigningRefusedError, match=reason):
        signer.sign(change(utxo_intent()))


@pytest.mark.parametrize("name", ACCOUNT_REFUSALS)
def test_account_refusals(signer: Signer, name: str) -> None:
    reason, change = ACCOUNT_REFUSALS[name]
    with pytest.raises(SigningRefusedError, match=reason):
        signer.sign(change(account_intent()))


def test_small_payments_are_not_stopped_by_the_proportional_cap(signer: Signer) -> None:
    small = replace(account_intent(), units=1_000_000)
    assert signer.sign(small).txid


def test_a_token_s_fee_is_not_taken_from_its_units(signer: Signer) -> None:
    intent = replace(account_intent("USDT_TRC20"), units=9_000_000, fee_units=6_500_000)
    transfer, _ = decode_account_transfer(signer.sign(intent).raw)
    assert transfer.asset == "USDT_TRC20"


def test_a_real_account_chain_has_no_builder(tmp_path: Path) -> None:
    keystore = KeyStore(ABANDON, [ChainSetup("tron", simulated=False)])
    signer = Signer(keystore, OnceLog(tmp_path / "log"), SigningPolicy())
    with pytest.raises(SigningRefusedError):
        signer.sign(account_intent())


def test_an_unconfigured_chain_is_refused(tmp_path: Path) -> None:
    keystore = KeyStore(ABANDON, [ChainSetup("bitcoin")])
    signer = Signer(keystore, OnceLog(tmp_path / "log"), SigningPolicy())
    with pytest.raises(SigningRefusedError):
        signer.sign(utxo_intent())


@pytest.mark.parametrize("intent", [utxo_intent(), account_intent()], ids=["utxo", "account"])
def test_intents_survive_the_wire(intent: SpendIntent) -> None:
    assert intent_from_json(intent_to_json(intent)) == intent


def test_every_field_is_part_of_the_fingerprint() -> None:
    intent = utxo_intent()
    variants = [
        replace(intent, **{name: value})  # type: ignore[arg-type]  # one field at a time
        for name, value in {
            "id": UUID(int=1), "chain": "bitcoin", "asset": "BTC", "destination": "x", "units": 1,
            "fee_units": 1, "inputs": intent.inputs[:1], "change": None, "change_units": 1,
            "nonce": 1,
        }.items()
    ]  # fmt: skip
    variants += [
        with_input(intent, **{name: value})
        for name, value in {
            "path": HOT, "address": "x", "units": 1, "txid": "cd" * 32, "vout": 9,
        }.items()
    ]  # fmt: skip
    assert len({fingerprint(item) for item in (intent, *variants)}) == len(variants) + 1


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("id", "x"), ("units", 5), ("units", "-1"), ("units", "1e9"), ("units", "\u0661"),
        ("units", "9" * 79), ("fee_units", None), ("inputs", []), ("inputs", [{}]), ("inputs", {}),
        ("inputs", [None]), ("change", [2, 0]), ("change", [0, -1]), ("change", [0, 2**31]),
        ("change", "0/0"), ("nonce", "1"), ("nonce", -1), ("nonce", True), ("destination", 1),
        ("destination", "x" * 121), ("chain", None),
    ],
)  # fmt: skip
def test_malformed_intents_are_refused(name: str, value: object) -> None:
    content = intent_to_json(utxo_intent()) | {name: value}
    with pytest.raises(ValueError):  # noqa: PT011  the text differs by field
        intent_from_json(content)


def test_seed_file_is_private_made_once_and_read_back(tmp_path: Path) -> None:
    path = tmp_path / "seed.json"
    create_seed(path)
    assert path.stat().st_mode & 0o777 == 0o600
    keystore = KeyStore.load(path, SETUPS)
    assert keystore.public_keys() == KeyStore.load(path, SETUPS).public_keys()
    with pytest.raises(FileExistsError):
        create_seed(path)
    create_seed(tmp_path / "other.json")
    assert KeyStore.load(tmp_path / "other.json", SETUPS).public_keys() != keystore.public_keys()
    path.chmod(0o640)
    with pytest.raises(PermissionError):
        KeyStore.load(path, SETUPS)


def test_seed_of_given_words_gives_their_keys(tmp_path: Path) -> None:
    create_seed(tmp_path / "seed.json", ABANDON)
    keystore = KeyStore.load(tmp_path / "seed.json", SETUPS)
    assert keystore.public_keys() == KEYSTORE.public_keys()
    with pytest.raises(ValueError, match=r"[Cc]hecksum"):
        create_seed(tmp_path / "wrong.json", "abandon " * 11 + "abandon")
    assert not (tmp_path / "wrong.json").exists()


def test_public_keys_file_opens_the_address_book(tmp_path: Path) -> None:
    path = tmp_path / "public-keys.json"
    write_public_keys(path, KEYSTORE)
    assert DerivedAddressBook.from_file(path).derive("tron", DEPOSIT) == BOOK.derive(
        "tron", DEPOSIT
    )
    assert os.listdir(tmp_path) == ["public-keys.json"]


def test_nothing_private_shows_in_a_repr() -> None:
    setup = KEYSTORE.setup("bitcoin")
    assert setup == ChainSetup("bitcoin", Network.MAIN)
    key = KEYSTORE.private_key("bitcoin", HOT)
    for shown in (repr(KEYSTORE), repr(KEYSTORE._accounts["bitcoin"]), str(KEYSTORE.__dict__)):
        assert key.to_hex() not in shown
        assert "secret" not in shown
