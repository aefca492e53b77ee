"""Bitcoin through Bitcoin Core (0.21 or later): parameters of the Core RPC family."""

from cambist.adapters.chain_families.core_rpc import CoreParams
from cambist.adapters.chain_families.networks import Network

PARAMS = CoreParams(
    chain="bitcoin",
    genesis={
        Network.MAIN: "000000000019d6689c085ae165831e934ff763ae46a2a6c172b3f1b60a8ce26f",
        Network.TEST: "000000000933ea01ad0ee984209779baaec3ced90fa3f408719526f8d77f4943",
        Network.REGTEST: "0f9188f13cb7b2c71f2a335e3a4fc328bf5beb436012afca590b1a11466e2206",
    },
    fee_fallback=20_000,
    fee_min=1_000,
    fee_max=500_000,
)
