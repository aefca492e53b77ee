"""Decide which assets and chains exist: one closed registry, scales fixed here for ever."""

from dataclasses import dataclass
from enum import StrEnum

from cambist.kernel.errors import DomainError, ErrorCode
from cambist.kernel.money import Asset, AssetKind


class ChainModel(StrEnum):
    """Tell how a chain keeps money: unspent outputs, or accounts with nonces."""

    UTXO = "utxo"
    ACCOUNT = "account"


@dataclass(frozen=True, slots=True)
class Chain:
    """Describe a chain: its coin, model, confirmations until money is real, block interval."""

    id: str
    name: str
    coin: str
    model: ChainModel
    confirmations: int
    block_interval_s: int
    coin_type: int
    uri_scheme: str


CHAINS: dict[str, Chain] = {
    chain.id: chain
    for chain in (
        Chain("bitcoin", "Bitcoin", "BTC", ChainModel.UTXO, 2, 600, 0, "bitcoin"),
        Chain("litecoin", "Litecoin", "LTC", ChainModel.UTXO, 6, 150, 2, "litecoin"),
        Chain("ethereum", "Ethereum", "ETH", ChainModel.ACCOUNT, 12, 12, 60, "ethereum"),
        Chain("tron", "Tron", "TRX", ChainModel.ACCOUNT, 19, 3, 195, "tron"),
    )
}

_COIN, _TOKEN, _FIAT = AssetKind.COIN, AssetKind.TOKEN, AssetKind.FIAT
_USDT_TRON = "TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t"
_USDT_ETHEREUM = "0xdAC17F958D2ee523a2206206994597C13D831ec7"
_USDC_ETHEREUM = "0xA0b86991c6218b36c1d19D4a2e9Eb0cE3606eB48"

ASSETS: dict[str, Asset] = {
    asset.code: asset
    for asset in (
        Asset("TRX", "TRX", "Tron", 6, _COIN, "tron"),
        Asset("USDT_TRC20", "USDT", "Tether (TRC20)", 6, _TOKEN, "tron", _USDT_TRON),
        Asset("BTC", "BTC", "Bitcoin", 8, _COIN, "bitcoin"),
        Asset("LTC", "LTC", "Litecoin", 8, _COIN, "litecoin"),
        Asset("ETH", "ETH", "Ethereum", 18, _COIN, "ethereum"),
        Asset("USDT_ERC20", "USDT", "Tether (ERC20)", 6, _TOKEN, "ethereum", _USDT_ETHEREUM),
        Asset("USDC_ERC20", "USDC", "USD Coin (ERC20)", 6, _TOKEN, "ethereum", _USDC_ETHEREUM),
        Asset("EUR", "EUR", "Euro", 2, _FIAT),
        Asset("USD", "USD", "US dollar", 2, _FIAT),
        Asset("CZK", "CZK", "Czech koruna", 2, _FIAT),
        Asset("SEK", "SEK", "Swedish krona", 2, _FIAT),
        Asset("RON", "RON", "Romanian leu", 2, _FIAT),
    )
}

CRYPTO = tuple(asset for asset in ASSETS.values() if not asset.is_fiat)
FIAT = tuple(asset for asset in ASSETS.values() if asset.is_fiat)


def asset_of(code: str) -> Asset:
    """Find an asset by its code.

    Raises:
        DomainError: ASSET_NOT_SUPPORTED.
    """
    asset = ASSETS.get(code)
    if asset is None:
        raise DomainError(ErrorCode.ASSET_NOT_SUPPORTED, asset=code[:20])
    return asset


def chain_of(asset: Asset) -> Chain:
    """Find the chain an asset lives on.

    Raises:
        DomainError: ASSET_NOT_SUPPORTED for fiat.
    """
    if asset.chain is None:
        raise DomainError(ErrorCode.ASSET_NOT_SUPPORTED, asset=asset.code)
    return CHAINS[asset.chain]
