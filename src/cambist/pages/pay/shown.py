"""Decide which facts a pay page shows: its closed words and the model templates print."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from cambist.domain.market.assets import chain_of
from cambist.kernel.money import Asset


class PageStatus(StrEnum):
    """Name what a page says first."""

    CHOOSE = "choose"
    WAITING = "waiting"
    PARTLY_PAID = "partly-paid"
    CONFIRMING = "confirming"
    PAID = "paid"
    OVERPAID = "overpaid"
    EXPIRED = "expired"
    UNDERPAID = "underpaid"
    LATE = "late"
    REFUNDED = "refunded"
    REPLACED = "replaced"
    REORGED = "reorged"


class Tone(StrEnum):
    """Name how a status feels: its colour and sign."""

    CALM = "calm"
    BUSY = "busy"
    GOOD = "good"
    WARN = "warn"
    OVER = "over"


class Notice(StrEnum):
    """Name what is said beside the status."""

    OVER = "over"
    LATE = "late"
    REPLACED = "replaced"
    REORGED = "reorged"
    PARTLY_REFUNDED = "partly-refunded"
    OTHER_ASSET = "other-asset"


class Advice(StrEnum):
    """Name what becomes of money that does not fit, by the merchant's policy."""

    NONE = "none"
    COMES_BACK = "comes-back"
    STILL_COUNTS = "still-counts"
    ASK_SHOP = "ask-shop"


class FigureKind(StrEnum):
    """Name what the one big number counts."""

    ASKED = "asked"
    WAS_ASKED = "was-asked"
    MISSING = "missing"
    RECEIVED = "received"
    REFUNDED = "refunded"


class RowKind(StrEnum):
    """Name what a row of the timeline tells."""

    OPENED = "opened"
    SEEN = "seen"
    CONFIRMING = "confirming"
    CONFIRMED = "confirmed"
    DROPPED = "dropped"
    OTHER_ASSET = "other-asset"
    TIME_OVER = "time-over"
    COMPLETED = "completed"


@dataclass(frozen=True, slots=True)
class Shop:
    """Name whom the payer pays; `url` and `host` are set for plain https addresses only."""

    name: str
    url: str | None
    host: str | None


@dataclass(frozen=True, slots=True)
class AssetName:
    """Name an asset and its network for a payer."""

    code: str
    symbol: str
    name: str
    network: str

    @classmethod
    def of(cls, asset: Asset) -> "AssetName":
        """Read the names from the registry."""
        return cls(asset.code, asset.symbol, asset.name, chain_of(asset).name)


@dataclass(frozen=True, slots=True)
class Amount:
    """Hold an amount in units and written exactly, without its symbol."""

    units: int
    text: str


@dataclass(frozen=True, slots=True)
class Figure:
    """Hold the one big number, None for any amount, and about what it is worth in fiat."""

    kind: FigureKind
    amount: Amount | None
    fiat: str | None


@dataclass(frozen=True, slots=True)
class PayBox:
    """Hold what is needed to pay; the groups together are the whole address."""

    address: str
    groups: tuple[str, ...]
    qr: str
    wallet_uri: str | None


@dataclass(frozen=True, slots=True)
class Row:
    """Hold one row of the timeline; confirmations never exceed those required."""

    kind: RowKind
    moment: datetime | None
    amount: str | None = None
    symbol: str | None = None
    txid: str | None = None
    confirmations: int = 0
    required: int = 0


@dataclass(frozen=True, slots=True)
class PayModel:
    """Hold all a page shows; nothing in it changes while only time passes within one status.

    `due` is what is still missing, None for any amount; `confirmations` are those of the youngest
    payment waited for, None when none is; `pay` is None when nothing is to be paid;
    `address` is the order's own even then.
    """

    order_id: UUID
    status: PageStatus
    tone: Tone
    shop: Shop
    asset: AssetName | None
    figure: Figure
    asked: Amount | None
    due: Amount | None
    received: Amount | None
    surplus: Amount | None
    refunded: Amount | None
    pay: PayBox | None
    address: str | None
    advice: Advice
    notices: tuple[Notice, ...]
    rows: tuple[Row, ...]
    hidden_rows: int
    required_confirmations: int
    confirmations: int | None
    opened_at: datetime
    expires_at: datetime | None
    is_counting: bool
