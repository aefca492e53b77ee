"""Litecoin through Litecoin Core: parameters of the Core RPC family."""

from cambist.adapters.chain_families.core_rpc import CoreParams
from cambist.adapters.chain_families.networks import Network

PARAMS = CoreParams(
    chain="litecoin",
    genesis={
        Network.MAIN: "12a765e31ffd4059bada1e25190f6e98c99d9714d334efa41a195a7e7e04bfe2",
        Network.TEST: "4966625a4b2851d9fdee139e56211a0d88575f59ed816ff5e6a63deb4e3e29a0",
        Network.REGTEST: "530827f38f93b43ed12af0b3ad25a288dc02ed74d6d7857862df51fc56c416f9",
    },
    fee_fallback=10_000,
    fee_min=1_000,
    fee_max=1_000_000,
)
