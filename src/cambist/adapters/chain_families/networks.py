"""Decide what distinguishes each chain's networks: prefixes, coin types, genesis blocks."""

from dataclasses import dataclass
from enum import StrEnum

from cambist.domain.market.assets import CHAINS


class Network(StrEnum):
    """Name a network of a chain."""

    MAIN = "main"
    TEST = "test"
    REGTEST = "regtest"


@dataclass(frozen=True, slots=True)
class ChainSetup:
    """Choose a chain's network and whether a simulator stands in for its nodes."""

    chain: str
    network: Network = Network.MAIN
    simulated: bool = True

    def __post_init__(self) -> None:
        if self.chain not in CHAINS:
            raise ValueError(f"no such chain: {self.chain}")


@dataclass(frozen=True, slots=True)
class UtxoNetwork:
    """Hold a Bitcoin-like network's address prefixes by kind, and the least a node relays.

    `dust_units` is the smallest p2wpkh output nodes pass on (policy.h, DUST_RELAY_TX_FEE).
    Source: chainparams.cpp of Bitcoin Core and Litecoin Core. Litecoin's old script prefixes
    (the same as Bitcoin's) are left out on purpose: they would make another chain's address valid.
    """

    hrp: str
    p2pkh: int
    p2sh: int
    dust_units: int


UTXO_NETWORKS: dict[tuple[str, Network], UtxoNetwork] = {
    ("bitcoin", Network.MAIN): UtxoNetwork("bc", 0x00, 0x05, 294),
    ("bitcoin", Network.TEST): UtxoNetwork("tb", 0x6F, 0xC4, 294),
    ("bitcoin", Network.REGTEST): UtxoNetwork("bcrt", 0x6F, 0xC4, 294),
    ("litecoin", Network.MAIN): UtxoNetwork("ltc", 0x30, 0x32, 2_940),
    ("litecoin", Network.TEST): UtxoNetwork("tltc", 0x6F, 0x3A, 2_940),
    ("litecoin", Network.REGTEST): UtxoNetwork("rltc", 0x6F, 0x3A, 2_940),
}


TEST_COIN_TYPE = 1


def account_path(setup: ChainSetup) -> tuple[int, int, int]:
    """Give the hardened path of a chain's account key: purpose, coin type, account.

    Purpose 84 for p2wpkh chains (BIP 84), 44 elsewhere (BIP 44); every test network of a UTXO
    chain shares coin type 1 (SLIP 44).
    """
    chain = CHAINS[setup.chain]
    if (setup.chain, setup.network) not in UTXO_NETWORKS:
        return (44, chain.coin_type, 0)
    return (84, chain.coin_type if setup.network is Network.MAIN else TEST_COIN_TYPE, 0)
