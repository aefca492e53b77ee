"""Decide what a price is made of besides the market: commission, fees, bounds, lifetimes."""

from dataclasses import dataclass
from enum import StrEnum

from cambist.kernel.errors import DomainError, ErrorCode
from cambist.kernel.money import UNITS_MAX

PPM = 1_000_000
RATE_VALIDITY_MAX_S = 86_400
PAYMENT_WINDOW_MAX_S = 30 * 86_400


class Side(StrEnum):
    """Name what the customer does."""

    BUY = "buy"
    SELL = "sell"
    SWAP = "swap"
    WITHDRAW = "withdraw"


class Given(StrEnum):
    """Name the amount the customer fixed: what he gives (from) or what he receives (to)."""

    FROM = "from"
    TO = "to"


@dataclass(frozen=True, slots=True)
class Terms:
    """Set what the house takes, between which bounds and for how long a price holds.

    `commission_ppm` is a share of the raw price, `discount_ppm` the share of the commission
    given back, `minimum_fee_units` the least commission (fiat). The payment fee is
    `payment_fee_ppm` of the net amount when it comes on top, of the gross amount when it is in
    it, and `payment_fee_units` (fiat) besides. `network_fee_units` (crypto) is part of what a
    buyer pays for and does not receive. `minimum_units` and `maximum_units` bound the fiat total
    of an order.

    Raises:
        DomainError: SETTING_INVALID with the field out of bounds.
    """

    commission_ppm: int
    discount_ppm: int = 0
    payment_fee_ppm: int = 0
    payment_fee_units: int = 0
    fee_on_top: bool = True
    minimum_fee_units: int = 0
    network_fee_units: int = 0
    minimum_units: int = 0
    maximum_units: int | None = None
    rate_validity_s: int = 900
    payment_window_s: int = 172_800

    def __post_init__(self) -> None:
        # A commission or fee of the whole amount would leave nothing to divide by.
        _require("commission_ppm", self.commission_ppm, 0, PPM - 1)
        _require("discount_ppm", self.discount_ppm, 0, PPM)
        _require("payment_fee_ppm", self.payment_fee_ppm, 0, PPM - 1)
        _require("payment_fee_units", self.payment_fee_units, 0, UNITS_MAX - 1)
        _require("minimum_fee_units", self.minimum_fee_units, 0, UNITS_MAX - 1)
        _require("network_fee_units", self.network_fee_units, 0, UNITS_MAX - 1)
        _require("minimum_units", self.minimum_units, 0, UNITS_MAX - 1)
        if self.maximum_units is not None:
            least = max(self.minimum_units, 1)
            _require("maximum_units", self.maximum_units, least, UNITS_MAX - 1)
        _require("rate_validity_s", self.rate_validity_s, 1, RATE_VALIDITY_MAX_S)
        _require("payment_window_s", self.payment_window_s, 1, PAYMENT_WINDOW_MAX_S)
        if type(self.fee_on_top) is not bool:
            raise DomainError(ErrorCode.SETTING_INVALID, field="fee_on_top")


def _require(field: str, value: int, low: int, high: int) -> None:
    if type(value) is not int or not low <= value <= high:
        raise DomainError(ErrorCode.SETTING_INVALID, field=field)
