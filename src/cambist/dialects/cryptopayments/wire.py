"""Decide what the vendor's messages look like: requests in, answers out, in its field names."""

from typing import Annotated, Any, Literal

import msgspec
from pydantic import BaseModel, ConfigDict, Field, ValidationInfo, field_validator
from pydantic.alias_generators import to_camel
from pydantic_core import PydanticCustomError

from cambist.dialects.cryptopayments.tables import ASSET_ROWS, SCALES, STATUSES
from cambist.domain.orders.states import Label
from cambist.http.amounts import AmountText, amount_pattern
from cambist.http.paging import Pagination

ID_PATTERN = "^[0-9a-f]{8}-[0-9a-f]{4}-[13-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$"
NUMBER_PATTERN = "^[1-9][0-9]{0,18}$"
TIME_PATTERN = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\+00:00$"
ADDRESS_PATTERN = "^[!-~]{1,128}$"
REFERENCE_PATTERN = "^[^\\x00-\\x1f\\x7f]{1,255}$"
ID_EXAMPLE = "1ef65bda-11ad-63ca-8afe-73770edda314"
ORDER_EXAMPLE = "1efbb7e3-74e3-68a8-a1ca-8ff1ac166f80"
ADDRESS_EXAMPLE = "TLpYCfo8m77QBu97Xkn1U8nJjcTSfzZpfe"
MANAGED_EXAMPLE = "TKrzGg5YHerPLypmVq5pb525oDe451mbtM"
OUT_EXAMPLE = {"amount": "0.5", "assetId": "TRX", "destinationAddress": ADDRESS_EXAMPLE}

Id = Annotated[str, Field(pattern=ID_PATTERN, examples=[ID_EXAMPLE])]
Address = Annotated[str, Field(pattern=ADDRESS_PATTERN, examples=[ADDRESS_EXAMPLE])]
Reference = Annotated[
    str,
    Field(pattern=REFERENCE_PATTERN, description="The caller's own reference", examples=["123"]),
]
AssetId = Annotated[
    str,
    Field(min_length=1, max_length=40, json_schema_extra={"enum": list(ASSET_ROWS)}),
]
FiatCode = Literal["EUR", "USD", "CZK", "SEK", "RON"]


def _of_asset(scale: int, codes: tuple[str, ...]) -> dict[str, Any]:
    """State in JSON Schema that an amount has at most its asset's decimals."""
    amount = {"type": "string", "pattern": amount_pattern(scale)}
    return {"properties": {"assetId": {"enum": list(codes)}, "amount": amount}}


AMOUNT_OF_ASSET: dict[str, Any] = {
    "anyOf": [_of_asset(scale, codes) for scale, codes in SCALES.items()]
}
AMOUNT_IF_ASSET: dict[str, Any] = {
    "anyOf": [
        *({**choice, "required": ["assetId"]} for choice in AMOUNT_OF_ASSET["anyOf"]),
        {"properties": {"amount": {"type": "null"}}},
    ]
}
"""An amount may be left out, and alone it says nothing."""


class Ask(BaseModel):
    """Be the base of requests: no field that is not known, no conversion of any kind."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, alias_generator=to_camel)


class Deposit(Ask):
    """Ask for a deposit order; what is left out, the payer chooses on the payment page."""

    model_config = ConfigDict(
        json_schema_extra={
            **AMOUNT_IF_ASSET,
            "examples": [
                {"integrationId": ID_EXAMPLE, "amount": "1", "assetId": "TRX", "externalId": "123"}
            ],
        }
    )

    integration_id: Id
    asset_id: AssetId | None = None
    amount: AmountText | None = None
    external_id: Reference | None = None
    customer: Reference | None = None

    @field_validator("amount")
    @classmethod
    def _amount_of_an_asset(cls, amount: str | None, info: ValidationInfo) -> str | None:
        if amount is not None and info.data.get("asset_id", "") is None:
            raise PydanticCustomError("asset-missing", "An amount needs an assetId")
        return amount


class Payment(Ask):
    """Ask for a payment order over a fixed amount."""

    model_config = ConfigDict(
        json_schema_extra={
            **AMOUNT_OF_ASSET,
            "examples": [{"integrationId": ID_EXAMPLE, "amount": "1", "assetId": "TRX"}],
        }
    )

    integration_id: Id
    amount: AmountText
    asset_id: AssetId
    external_id: Reference | None = None
    customer: Reference | None = None


class Refund(Ask):
    """Ask for money of a completed incoming order to be sent back."""

    model_config = ConfigDict(
        json_schema_extra={
            **AMOUNT_OF_ASSET,
            "examples": [{**OUT_EXAMPLE, "refundOrderId": ORDER_EXAMPLE}],
        }
    )

    amount: AmountText
    asset_id: AssetId
    destination_address: Address
    refund_order_id: Id


class Withdrawal(Ask):
    """Ask for money of the balance to be sent out."""

    model_config = ConfigDict(
        json_schema_extra={
            **AMOUNT_OF_ASSET,
            "examples": [{**OUT_EXAMPLE, "integrationId": ID_EXAMPLE}],
        }
    )

    amount: AmountText
    asset_id: AssetId
    destination_address: Address
    integration_id: Id


class Transfer(Ask):
    """Ask for money on one managed address to be sent to another address."""

    model_config = ConfigDict(
        json_schema_extra={
            **AMOUNT_OF_ASSET,
            "examples": [
                {**OUT_EXAMPLE, "transferAddress": MANAGED_EXAMPLE, "integrationId": ID_EXAMPLE}
            ],
        }
    )

    amount: AmountText
    asset_id: AssetId
    transfer_address: Address
    destination_address: Address
    integration_id: Id
    external_id: Reference | None = None


class Answer(msgspec.Struct, frozen=True, rename="camel"):
    """Be the base of answers: field names in camel case, in the order of the vendor's samples."""


OrderIdOut = Annotated[str, msgspec.Meta(pattern=ID_PATTERN, examples=[ID_EXAMPLE])]
NumberOut = Annotated[str, msgspec.Meta(pattern=NUMBER_PATTERN, examples=["705"])]
TimeOut = Annotated[str, msgspec.Meta(pattern=TIME_PATTERN, examples=["2024-12-16T07:20:23+00:00"])]
StatusOut = Annotated[str, msgspec.Meta(extra_json_schema={"enum": list(STATUSES)})]
LabelOut = Annotated[
    str, msgspec.Meta(extra_json_schema={"enum": [label.value for label in Label]})
]
CountOut = Annotated[int, msgspec.Meta(ge=0)]


class Amount(Answer, frozen=True):
    """An amount as a decimal string, with the currency's symbol."""

    amount: Annotated[str, msgspec.Meta(pattern=r"^-?[0-9]+(\.[0-9]+)?$", examples=["1.000000"])]
    currency: Annotated[str, msgspec.Meta(examples=["TRX"])]


class Opened(Answer, frozen=True):
    """A new incoming order; `paymentAddress` is null while the asset is not chosen."""

    order_id: OrderIdOut
    payment_link: str
    widget_code: str
    payment_address: str | None


class Promised(Answer, frozen=True):
    """A new outgoing order."""

    order_id: OrderIdOut


class Sent(Answer, frozen=True):
    """A new transfer and the transaction that makes it."""

    order_id: OrderIdOut
    transaction_id: NumberOut


class Transaction(Answer, frozen=True):
    """A transfer on a chain, as part of its order."""

    id: NumberOut
    hash: str | None
    status: StatusOut
    created_at: TimeOut
    updated_at: TimeOut
    receiver_address: str
    primary_amount: Amount
    secondary_amount: Amount
    service_fee_amount: Amount
    total_amount: Amount
    confirmations: CountOut
    required_confirmations: CountOut


class SingleTransaction(Answer, frozen=True):
    """A transfer on a chain by itself, with the order it belongs to."""

    id: NumberOut
    order_id: OrderIdOut | None
    status: StatusOut
    created_at: TimeOut
    updated_at: TimeOut
    receiver_address: str
    primary_amount: Amount
    secondary_amount: Amount
    service_fee_amount: Amount
    total_amount: Amount
    hash: str | None
    external_id: str | None
    confirmations: CountOut
    required_confirmations: CountOut


class Order(Answer, frozen=True):
    """An order of any kind; crypto amounts are null while the asset is not chosen."""

    id: OrderIdOut
    status: StatusOut
    created_at: TimeOut
    updated_at: TimeOut
    transactions: list[Transaction]
    primary_amount: Amount | None
    secondary_amount: Amount | None
    service_fee_amount: Amount | None
    total_amount: Amount | None
    external_id: str | None
    labels: list[LabelOut]
    confirmations: CountOut
    required_confirmations: CountOut
    expires_at: TimeOut | None


class Orders(Answer, frozen=True):
    """A page of orders, newest first."""

    data: list[Order]
    pagination: Pagination


class Integration(Answer, frozen=True):
    """A shop of the merchant."""

    name: str
    id: OrderIdOut
    url: str
    status: Annotated[str, msgspec.Meta(examples=["active"])]


class Integrations(Answer, frozen=True):
    """A page of integrations, oldest first."""

    data: list[Integration]
    pagination: Pagination


class Asset(Answer, frozen=True):
    """A crypto asset orders can be made in."""

    id: str
    currency_code: str
    display_name: str
    blockchain_id: str
    blockchain_display_name: str
    name: str


class Assets(Answer, frozen=True):
    """The assets on the chains the operator enabled."""

    assets: list[Asset]


class ExchangeRate(Answer, frozen=True):
    """What one unit of fiat buys, and what the amount asked for buys."""

    asset_id: str
    rate: Annotated[str, msgspec.Meta(examples=["3.538946"])]
    crypto: Amount


class ExchangeRates(Answer, frozen=True):
    """The assets that have a fresh price."""

    rates: list[ExchangeRate]
