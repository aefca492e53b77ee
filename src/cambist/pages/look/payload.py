"""Decide what a payment's QR code says, so that wallets fill in as much as they understand."""

from cambist.domain.market.assets import Chain
from cambist.domain.messaging.figures import trimmed
from cambist.kernel.money import Asset, AssetKind, format_units

GROUP = 4

_EVM_CHAIN_IDS = {"ethereum": 1}
_BIP21_CHAINS = frozenset({"bitcoin", "litecoin"})


def exact_text(units: int, scale: int) -> str:
    """Write units exactly; zeros at the end go, but two decimals stay."""
    return trimmed(format_units(units, scale))


def groups_of(address: str) -> tuple[str, ...]:
    """Cut an address into groups of four characters; together they are the whole address."""
    return tuple(address[start : start + GROUP] for start in range(0, len(address), GROUP))


def wallet_uri(asset: Asset, chain: Chain, address: str, units: int | None) -> str | None:
    """Write the link wallets open, None where the chain's wallets know none.

    Source: BIP 21 (bitcoin, litecoin; decimal amount), ERC-681 (ethereum; wei, or a token
    contract's transfer with uint256 units). TRON has no agreed form.
    """
    if chain.id in _BIP21_CHAINS:
        amount = "" if units is None else f"?amount={exact_text(units, asset.scale)}"
        return f"{chain.uri_scheme}:{address}{amount}"
    evm_chain_id = _EVM_CHAIN_IDS.get(chain.id)
    if evm_chain_id is None:
        return None
    if asset.kind is AssetKind.TOKEN:
        amount = "" if units is None else f"&uint256={units}"
        target = f"{asset.contract}@{evm_chain_id}/transfer?address={address}"
        return f"{chain.uri_scheme}:{target}{amount}"
    amount = "" if units is None else f"?value={units}"
    return f"{chain.uri_scheme}:{address}@{evm_chain_id}{amount}"


def qr_payload(asset: Asset, chain: Chain, address: str, units: int | None) -> str:
    """Write what the QR code holds: the wallet's link, or the plain address."""
    return wallet_uri(asset, chain, address, units) or address
