"""Prove that our addresses are the published ones and that no foreign text passes for one."""

import pytest
from bip_utils import (
    Bip32Slip10Secp256k1,
    Bip44,
    Bip44Changes,
    Bip44Coins,
    Bip84,
    Bip84Coins,
    P2PKHAddrEncoder,
    P2SHAddrEncoder,
    P2TRAddrEncoder,
    P2WPKHAddrDecoder,
    SegwitBech32Encoder,
)
from embit.bip39 import mnemonic_to_seed

from cambist.adapters.chain_families.addresses import (
    ScriptKind,
    decode_utxo,
    encode_utxo,
    is_valid_address,
)
from cambist.adapters.chain_families.encoding import (
    base58check_decode,
    base58check_encode,
    segwit_encode,
)
from cambist.adapters.chain_families.keys import DerivedAddressBook, accounts_from_json
from cambist.adapters.chain_families.networks import UTXO_NETWORKS, ChainSetup, Network
from cambist.adapters.signing.keystore import KeyStore
from cambist.domain.market.assets import ASSETS, CHAINS
from cambist.kernel.errors import DomainError, ErrorCode
from cambist.ports.signer import Branch, KeyPath
from tests.chains.conftest import ABANDON

# Published for the mnemonic "abandon ... about": BIP 84 test vectors and, for the others, what
# every wallet shows for the first account.
FIRST = {
    "bitcoin": "bc1qcr8te4kr609gcawutmrza0j4xv80jy8z306fyu",
    "litecoin": "ltc1qjmxnz78nmc8nq77wuxh25n2es7rzm5c2rkk4wh",
    "ethereum": "0x9858EfFD232B4033E47d90003D41EC34EcaEda94",
    "tron": "TUEZSdKsoDHQMeZwihtdoBiN46zxhGWYdH",
}
COINS = {
    ("bitcoin", Network.MAIN): (Bip84, Bip84Coins.BITCOIN),
    ("bitcoin", Network.TEST): (Bip84, Bip84Coins.BITCOIN_TESTNET),
    ("bitcoin", Network.REGTEST): (Bip84, Bip84Coins.BITCOIN_REGTEST),
    ("litecoin", Network.MAIN): (Bip84, Bip84Coins.LITECOIN),
    ("litecoin", Network.TEST): (Bip84, Bip84Coins.LITECOIN_TESTNET),
    ("ethereum", Network.MAIN): (Bip44, Bip44Coins.ETHEREUM),
    ("tron", Network.MAIN): (Bip44, Bip44Coins.TRON),
}
INDEXES = [*range(40), 255, 256, 65_535, 65_536, 2**31 - 1]
KEY = bytes.fromhex("0279be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798")
HASH = bytes(range(20))


def book(chain: str, network: Network = Network.MAIN) -> DerivedAddressBook:
    """Build the address book of the well-known mnemonic."""
    keystore = KeyStore(ABANDON, [ChainSetup(chain, network)])
    return DerivedAddressBook(accounts_from_json(keystore.public_keys()))


@pytest.mark.parametrize(("chain", "address"), FIRST.items())
def test_first_address_is_the_published_one(chain: str, address: str) -> None:
    assert book(chain).derive(chain, KeyPath(Branch.DEPOSIT, 0)) == address
    assert book(chain).inspect(chain, address).valid


def test_second_and_change_addresses_are_those_of_bip_84() -> None:
    bitcoin = book("bitcoin")
    second = bitcoin.derive("bitcoin", KeyPath(Branch.DEPOSIT, 1))
    change = bitcoin.derive("bitcoin", KeyPath(Branch.HOT, 0))
    assert second == "bc1qnjg0jd8228aq7egyzacy8cys3knf9xvrerkf9g"
    assert change == "bc1q8c6fshw2dlwun7ekn9qwf37cu2rn755upcp6el"


@pytest.mark.parametrize(("chain", "network"), COINS)
@pytest.mark.parametrize("branch", Branch)
def test_every_address_equals_another_library_s(
    chain: str, network: Network, branch: Branch
) -> None:
    scheme, coin = COINS[chain, network]
    account = scheme.FromSeed(mnemonic_to_seed(ABANDON), coin).Purpose().Coin().Account(0)
    side = account.Change(Bip44Changes(branch.value))
    ours = book(chain, network)
    for index in INDEXES:
        expected = side.AddressIndex(index).PublicKey().ToAddress()
        assert ours.derive(chain, KeyPath(branch, index)) == expected
        assert ours.inspect(chain, expected).valid


def test_public_keys_file_has_the_account_key_and_nothing_private() -> None:
    keystore = KeyStore(ABANDON, [ChainSetup(chain) for chain in CHAINS])
    accounts = accounts_from_json(keystore.public_keys())
    seed = mnemonic_to_seed(ABANDON)
    node = Bip32Slip10Secp256k1.FromSeedAndPath(seed, "m/84'/0'/0'")
    assert accounts["bitcoin"].xpub == node.PublicKey().ToExtended()
    assert all(key.xpub.startswith("xpub") for key in accounts.values())
    assert "xprv" not in str(keystore.public_keys())
    assert "abandon" not in str(keystore.public_keys())


def test_test_networks_share_one_coin_type_and_say_tpub() -> None:
    keystore = KeyStore(ABANDON, [ChainSetup("litecoin", Network.REGTEST, simulated=False)])
    account = accounts_from_json(keystore.public_keys())["litecoin"]
    assert account.xpub.startswith("tpub")
    assert account.setup == ChainSetup("litecoin", Network.REGTEST, simulated=False)


@pytest.mark.parametrize(
    "content",
    [
        None,
        {"version": 2, "chains": {}},
        {"version": 1},
        {"version": 1, "chains": {"dash": {"network": "main", "simulated": True, "xpub": "x"}}},
        {"version": 1, "chains": {"bitcoin": {"network": "moon", "simulated": True, "xpub": "x"}}},
        {"version": 1, "chains": {"bitcoin": {"network": "main", "xpub": "x"}}},
    ],
)
def test_a_damaged_public_keys_file_is_refused(content: object) -> None:
    with pytest.raises(ValueError):  # noqa: PT011  the text differs by damage
        accounts_from_json(content)


def test_a_private_or_shallow_key_is_no_account_key() -> None:
    master = Bip32Slip10Secp256k1.FromSeed(mnemonic_to_seed(ABANDON))
    account = master.DerivePath("m/84'/0'/0'")
    entry = {"network": "main", "simulated": True}
    for text in (
        account.PrivateKey().ToExtended(),
        master.PublicKey().ToExtended(),
        account.ChildKey(0).PublicKey().ToExtended(),
        "xpub",
    ):
        content = {"version": 1, "chains": {"bitcoin": {**entry, "xpub": text}}}
        with pytest.raises(ValueError, match=r"public key|account-level"):
            DerivedAddressBook(accounts_from_json(content))


def test_a_chain_without_a_key_is_not_supported() -> None:
    with pytest.raises(DomainError) as refused:
        book("bitcoin").derive("tron", KeyPath(Branch.DEPOSIT, 0))
    assert refused.value.code is ErrorCode.ASSET_NOT_SUPPORTED
    assert not book("bitcoin").inspect("tron", FIRST["tron"]).valid


def utxo_addresses(chain: str, network: Network) -> dict[ScriptKind, str]:
    """Write one address of every kind with another library."""
    params = UTXO_NETWORKS[chain, network]
    return {
        ScriptKind.P2PKH: P2PKHAddrEncoder.EncodeKey(KEY, net_ver=bytes([params.p2pkh])),
        ScriptKind.P2SH: P2SHAddrEncoder.EncodeKey(KEY, net_ver=bytes([params.p2sh])),
        ScriptKind.P2WPKH: SegwitBech32Encoder.Encode(params.hrp, 0, HASH),
        ScriptKind.P2WSH: SegwitBech32Encoder.Encode(params.hrp, 0, HASH[:12] + HASH),
        ScriptKind.P2TR: P2TRAddrEncoder.EncodeKey(KEY, hrp=params.hrp),
    }


VALID = [
    *((chain, network, text) for chain, network in UTXO_NETWORKS
      for text in utxo_addresses(chain, network).values()),
    *((chain, Network.MAIN, text) for chain, text in FIRST.items()),
]  # fmt: skip


@pytest.mark.parametrize(("chain", "network"), UTXO_NETWORKS)
def test_every_kind_of_address_is_read_and_written_back(chain: str, network: Network) -> None:
    params = UTXO_NETWORKS[chain, network]
    for kind, text in utxo_addresses(chain, network).items():
        found = decode_utxo(params, text)
        assert found is not None
        assert found.kind is kind
        assert encode_utxo(params, found.script()) == text
        assert is_valid_address(chain, network, text)


@pytest.mark.parametrize(("chain", "network", "address"), VALID)
def test_one_changed_character_never_passes(chain: str, network: Network, address: str) -> None:
    assert is_valid_address(chain, network, address)
    alphabet = "0189acdefghjkmnpqrstuvwxyzACDEFGHJKLMNPQRSTUVWXYZ"
    for position, old in enumerate(address):
        for new in alphabet:
            changed = address[:position] + new + address[position + 1 :]
            if new != old and is_valid_address(chain, network, changed):
                # Ethereum without any capital letter carries no checksum at all.
                assert chain == "ethereum"
                assert address[2:] in (address[2:].lower(), address[2:].upper())


@pytest.mark.parametrize(("chain", "network", "address"), VALID)
def test_cut_stretched_and_padded_addresses_never_pass(
    chain: str, network: Network, address: str
) -> None:
    wrong = [address[:-1], address[1:], address + address[-1], " " + address, address + "\n",
             address + "\0", "\u200b" + address, address.replace("1", "\u0661", 1) + "\u0661",
             address[0] + address, ""]  # fmt: skip
    for text in wrong:
        assert not is_valid_address(chain, network, text)


@pytest.mark.parametrize("chain", CHAINS)
def test_other_chains_and_networks_addresses_never_pass(chain: str) -> None:
    # Bitcoin's and Litecoin's test networks share a p2pkh prefix: no text can tell them apart.
    for other, network, address in VALID:
        if other != chain or network is not Network.MAIN:
            assert not is_valid_address(chain, Network.MAIN, address)
    for _, network, address in VALID:
        if network is Network.MAIN:
            assert not is_valid_address("bitcoin", Network.TEST, address)
            assert not is_valid_address("litecoin", Network.REGTEST, address)
    assert not is_valid_address("bitcoin", Network.REGTEST, segwit_encode("tb", 0, HASH))
    assert not is_valid_address("dogecoin", Network.MAIN, FIRST["bitcoin"])


def test_upper_case_bech32_passes_and_mixed_case_does_not() -> None:
    text = FIRST["bitcoin"]
    assert is_valid_address("bitcoin", Network.MAIN, text.upper())
    assert not is_valid_address("bitcoin", Network.MAIN, text[:10] + text[10:].upper())
    assert not is_valid_address("bitcoin", Network.MAIN, "BC" + text[2:])


@pytest.mark.parametrize(
    "text",
    [
        # BIP 350: bech32 where bech32m is due, and the other way round.
        "bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqh2y7hd",
        "bc1q0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vq54mell",
        # BIP 173/350: program lengths and versions that are not allowed or mean nothing yet.
        "bc1rw5uspcuh",
        "bc1pw5dgrnzv",
        "BC1QR508D6QEJXTDG4Y5R3ZARVARYV98GJ9P",
        "bc1pw508d6qejxtdg4y5r3zarvary0c5xw7kw508d6qejxtdg4y5r3zarvary0c5xw7kt5nd6y",
        "BC1SW50QGDZ25J",
        "bc1zw508d6qejxtdg4y5r3zarvaryvaxxpcs",
        # BIP 350: padding of more than four bits, and non-zero padding.
        "bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7v07qwwzcrf",
        "bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vpggkg4j",
        "bc1gmk9yu",
        "bc1",
        "1",
    ],
)
def test_segwit_traps_are_refused(text: str) -> None:
    assert not is_valid_address("bitcoin", Network.MAIN, text)


def test_a_script_hash_of_32_bytes_is_never_taken_for_a_key_hash() -> None:
    text = segwit_encode("bc", 0, HASH[:12] + HASH)
    assert len(P2WPKHAddrDecoder.DecodeAddr(text, hrp="bc")) == 32  # the trap, in another library
    found = decode_utxo(UTXO_NETWORKS["bitcoin", Network.MAIN], text)
    assert found is not None
    assert found.kind is ScriptKind.P2WSH
    assert len(found.script()) == 34


def test_base58_of_another_length_or_version_is_refused() -> None:
    for payload in (b"\x00" + HASH[:19], b"\x00" + HASH + b"\x00", b"\x01" + HASH, b"", b"\x00"):
        assert not is_valid_address("bitcoin", Network.MAIN, base58check_encode(payload))
        assert base58check_decode(base58check_encode(payload)) in (payload, None)
    for payload in (b"\x41" + HASH[:19], b"\x42" + HASH, b"\xa0" + HASH):
        assert not is_valid_address("tron", Network.MAIN, base58check_encode(payload))
    assert not is_valid_address("tron", Network.MAIN, "41" + HASH.hex())


def test_ethereum_case_is_all_low_all_high_or_the_checksum() -> None:
    # The mixed-case examples of EIP-55.
    for text in (
        "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed",
        "0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359",
        "0xdbF03B407c01E7cD3CBea99509d93f8DDDC8C6FB",
        "0xD1220A0cf47c7B9Be7A2E6BA89F429762e7b9aDb",
    ):
        assert is_valid_address("ethereum", Network.MAIN, text)
        assert is_valid_address("ethereum", Network.MAIN, text.lower())
        assert is_valid_address("ethereum", Network.MAIN, "0x" + text[2:].upper())
        assert not is_valid_address("ethereum", Network.MAIN, "0x" + text[2:].swapcase())
        assert not is_valid_address("ethereum", Network.MAIN, "0X" + text[2:])
        assert not is_valid_address("ethereum", Network.MAIN, text[2:])


def test_addresses_from_which_nothing_returns_are_refused() -> None:
    assert not is_valid_address("ethereum", Network.MAIN, "0x" + "0" * 40)
    assert not is_valid_address("tron", Network.MAIN, base58check_encode(b"\x41" + bytes(20)))
    contracts = [a for a in ASSETS.values() if a.contract is not None]
    assert len(contracts) == 3
    for asset in contracts:
        assert asset.chain is not None
        assert asset.contract is not None
        assert not is_valid_address(asset.chain, Network.MAIN, asset.contract)


@pytest.mark.parametrize("chain", CHAINS)
def test_huge_and_foreign_text_is_refused_before_it_is_read(chain: str) -> None:
    # Reading so much base58 would take hours.
    length = 3_000_000
    for text in (FIRST[chain] * length, "1" * length, "bc1" + "q" * length, "\u0660" * length):
        assert not is_valid_address(chain, Network.MAIN, text)
    assert base58check_decode("2" * length) is None
