"""Prove that what is told about an address never contradicts whether money may be sent to it."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from cambist.adapters.chain_families.addresses import ScriptKind, is_valid_address
from cambist.adapters.chain_families.encoding import base58check_encode, segwit_encode
from cambist.adapters.chain_families.inspection import inspect_address
from cambist.adapters.chain_families.networks import UTXO_NETWORKS, Network
from cambist.domain.market.assets import ASSETS, CHAINS
from cambist.ports.addresses import AddressFacts, AddressFault, AddressNetwork, AddressType
from tests.chains.test_addresses import FIRST, HASH, VALID, book, utxo_addresses

NAMES = {
    Network.MAIN: AddressNetwork.MAINNET,
    Network.TEST: AddressNetwork.TESTNET,
    Network.REGTEST: AddressNetwork.REGTEST,
}
BASE58 = frozenset({ScriptKind.P2PKH, ScriptKind.P2SH})
MIXED_CASE = "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed"


def reason(chain: str, address: str, network: Network = Network.MAIN) -> AddressFault | None:
    """Say what is wrong with an address."""
    return inspect_address(chain, network, address).reason


@pytest.mark.parametrize(("chain", "network"), UTXO_NETWORKS)
def test_every_kind_is_named_with_its_network(chain: str, network: Network) -> None:
    for kind, text in utxo_addresses(chain, network).items():
        ambiguous = kind in BASE58 and network is Network.REGTEST
        named = AddressNetwork.TESTNET if ambiguous else NAMES[network]
        expected = AddressFacts(True, AddressType(kind.value), named, text, None)
        assert inspect_address(chain, network, text) == expected


@pytest.mark.parametrize(("chain", "network"), UTXO_NETWORKS)
def test_an_address_of_another_network_is_refused_with_that_network(
    chain: str, network: Network
) -> None:
    if network is Network.MAIN:
        return
    for kind, text in utxo_addresses(chain, network).items():
        facts = inspect_address(chain, Network.MAIN, text)
        assert not facts.valid
        assert facts.type is AddressType(kind.value)
        assert facts.network is not AddressNetwork.MAINNET
        assert (facts.normalized, facts.reason) == (None, AddressFault.NETWORK)


def test_an_address_is_written_one_way() -> None:
    segwit = FIRST["bitcoin"]
    assert inspect_address("bitcoin", Network.MAIN, segwit.upper()).normalized == segwit
    for text in (MIXED_CASE, MIXED_CASE.lower(), "0x" + MIXED_CASE[2:].upper()):
        facts = inspect_address("ethereum", Network.TEST, text)
        assert facts == AddressFacts(
            True, AddressType.ACCOUNT, AddressNetwork.TESTNET, MIXED_CASE, None
        )
    tron = inspect_address("tron", Network.MAIN, FIRST["tron"])
    assert (tron.type, tron.normalized) == (AddressType.ACCOUNT, FIRST["tron"])


@pytest.mark.parametrize(
    ("chain", "address", "fault"),
    [
        ("bitcoin", "", "length"),
        ("bitcoin", "1", "checksum"),
        ("bitcoin", "bc1", "length"),
        ("bitcoin", FIRST["bitcoin"][:-1] + "q", "checksum"),
        ("bitcoin", FIRST["bitcoin"][:-1] + "b", "alphabet"),
        ("bitcoin", FIRST["bitcoin"][:20] + FIRST["bitcoin"][20:].upper(), "format"),
        ("bitcoin", FIRST["litecoin"], "format"),
        ("bitcoin", FIRST["tron"], "unsupported-version"),
        ("bitcoin", FIRST["ethereum"], "alphabet"),
        ("bitcoin", "bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqh2y7hd", "checksum"),
        ("bitcoin", "bc1pw5dgrnzv", "length"),
        ("bitcoin", "BC1SW50QGDZ25J", "unsupported-version"),
        ("bitcoin", "bc1zw508d6qejxtdg4y5r3zarvaryvaxxpcs", "unsupported-version"),
        ("bitcoin", "BC1QR508D6QEJXTDG4Y5R3ZARVARYV98GJ9P", "length"),
        ("bitcoin", "tb1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vpggkg4j", "format"),
        ("bitcoin", base58check_encode(b"\x00" + HASH[:19]), "length"),
        ("bitcoin", base58check_encode(b"\x01" + HASH), "unsupported-version"),
        ("litecoin", base58check_encode(b"\x05" + HASH), "unsupported-version"),
        ("ethereum", MIXED_CASE[2:], "format"),
        ("ethereum", MIXED_CASE[:-1], "length"),
        ("ethereum", MIXED_CASE[:-1] + "g", "alphabet"),
        ("ethereum", "0x" + MIXED_CASE[2:].swapcase(), "checksum"),
        ("ethereum", "0x" + "0" * 40, "reserved"),
        ("tron", FIRST["tron"][:-1] + "1", "checksum"),
        ("tron", FIRST["tron"][:-1], "length"),
        ("tron", FIRST["tron"][:-1] + "0", "alphabet"),
        ("tron", "41" + HASH.hex()[:32], "alphabet"),
        ("tron", base58check_encode(b"\x42" + HASH), "unsupported-version"),
        ("tron", base58check_encode(b"\x41" + bytes(20)), "reserved"),
        ("dogecoin", FIRST["bitcoin"], "network"),
    ],
)
def test_each_fault_has_its_word(chain: str, address: str, fault: str) -> None:
    facts = inspect_address(chain, Network.MAIN, address)
    assert not facts.valid
    assert facts.reason == fault
    assert facts.normalized is None


def test_tokens_own_contracts_are_reserved() -> None:
    for asset in ASSETS.values():
        if asset.contract is not None and asset.chain is not None:
            assert reason(asset.chain, asset.contract) is AddressFault.RESERVED


def test_a_book_knows_its_own_chains_only() -> None:
    ours = book("bitcoin", Network.REGTEST)
    facts = ours.inspect("bitcoin", segwit_encode("bcrt", 0, HASH))
    assert (facts.valid, facts.network) == (True, AddressNetwork.REGTEST)
    assert ours.inspect("tron", FIRST["tron"]).reason is AddressFault.NETWORK
    assert not ours.inspect("tron", FIRST["tron"]).valid


near_misses = st.builds(
    lambda base, at, piece: base[2][:at] + piece + base[2][at + 1 :],
    st.sampled_from(VALID),
    st.integers(0, 62),
    st.text(max_size=2),
)
payloads = st.builds(
    lambda version, body: base58check_encode(bytes([version]) + body),
    st.integers(0, 255),
    st.binary(min_size=19, max_size=21),
)
programs = st.builds(
    segwit_encode,
    st.sampled_from(["bc", "tb", "bcrt", "ltc", "tltc", "rltc", "doge"]),
    st.integers(0, 31),
    st.binary(max_size=45),
)
hexes = st.from_regex(r"\A0?[xX]?[0-9a-fA-F]{38,42}\Z")
texts = st.one_of(
    st.text(max_size=120), near_misses, payloads, programs, hexes, st.sampled_from(VALID).map(
        lambda known: known[2]
    ),
)  # fmt: skip


@given(texts)
@example("\u0661" * 40)
@example("0x" + "\u0660" * 40)
@example("bc1" + "\x7f" * 20)
def test_what_is_told_agrees_with_what_may_be_paid(text: str) -> None:
    for chain in CHAINS:
        for network in Network:
            facts = inspect_address(chain, network, text)
            assert facts.valid == is_valid_address(chain, network, text)
            assert (facts.reason is None) == facts.valid
            assert (facts.normalized is not None) == facts.valid
            if facts.normalized is not None:
                again = inspect_address(chain, network, facts.normalized)
                assert again == facts


@pytest.mark.parametrize("chain", [*CHAINS, "dogecoin"])
@pytest.mark.parametrize(
    "piece", ["1", "q", "bc1q", "0x", "T", "\u0661", "\U0001f4a5", "\0", "\ud800", " "]
)
def test_hostile_text_is_refused_by_its_length(chain: str, piece: str) -> None:
    text = piece * (100 * 1024)
    for network in Network:
        assert reason(chain, text, network) is AddressFault.LENGTH
