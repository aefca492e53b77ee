"""Decide what is asked in the vendor's field names: prices, orders, answers to cases."""

from datetime import date
from typing import Annotated, Any, Literal, LiteralString

from pydantic import BaseModel, ConfigDict, Field, ValidationInfo, field_validator
from pydantic_core import PydanticCustomError

from cambist.dialects.btcex.tables import Status
from cambist.http.fields import (
    TODAY,
    BirthDate,
    CountryCode,
    CzechBirthNumber,
    Day,
    Email,
    FieldFault,
    Flag,
    IpAddress,
    Line,
    OneTimeCode,
    PersonName,
    Phone,
    PostalCode,
    QueryFlag,
    Text,
    birth_number_agrees,
    wrong,
)
from cambist.http.money_fields import BankAccount, MoneyInteger, QueryMoneyInteger
from cambist.http.paging import CURSOR_PATTERN

ADDRESS_PATTERN = "^[!-~]{1,128}$"
COOKIE_PATTERN = "^[!-~]{1,200}$"
CODE_PATTERN = "^[A-Za-z0-9._-]{1,100}$"
DOCUMENT_PATTERN = "^[A-Za-z0-9-]{3,30}$"
NUMBER_PATTERN = "^[1-9][0-9]{0,15}$"
LIMIT_DEFAULT = 20
ADDRESS_EXAMPLE = "bc1qcr8te4kr609gcawutmrza0j4xv80jy8z306fyu"

Address = Annotated[str, Field(pattern=ADDRESS_PATTERN, examples=[ADDRESS_EXAMPLE])]
Affiliate = Annotated[
    str, Field(pattern=CODE_PATTERN, description="The partner's code", examples=["shop.example"])
]
Cookie = Annotated[
    str, Field(pattern=COOKIE_PATTERN, description="The partner's own id of its visitor")
]
Ignored = Annotated[
    str, Field(max_length=200, description="Not looked at: it belongs to the other kind of order")
]
OrderType = Literal["buy", "sell"]


class Ask(BaseModel):
    """Be the base of requests: no field that is not known, no conversion, nothing repeated."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, hide_input_in_errors=True)


def _either(*names: str) -> dict[str, Any]:
    """State in JSON Schema that exactly one of some fields is given; null is as good as absent."""
    return {
        "oneOf": [
            {
                "required": [name],
                "properties": {
                    one: {"not": {"type": "null"}} if one == name else {"type": "null"}
                    for one in names
                },
            }
            for name in names
        ]
    }


def _any_of(*names: str) -> dict[str, Any]:
    """State in JSON Schema that at least one of some fields is given."""
    return {
        "anyOf": [
            {"required": [name], "properties": {name: {"not": {"type": "null"}}}} for name in names
        ]
    }


AMOUNT = _either("satoshi", "pennies")
AMOUNT_AND_END: dict[str, Any] = {"allOf": [AMOUNT, _any_of("btc_address", "deposit_phone")]}


def _check_one(value: object, other: str, info: ValidationInfo, code: str) -> None:
    """Refuse a second field where another is, and none where none is."""
    if other in info.data and (info.data[other] is None) == (value is None):
        raise PydanticCustomError(code, TOLD[code])


TOLD: dict[str, LiteralString] = {
    "amount-either": "Give either satoshi or pennies.",
    "destination-missing": "Give btc_address, deposit_phone or both.",
    "answer-either": "Give either code or refused: true.",
}


class _Amount(Ask):
    """Hold one of the two amounts of a body."""

    satoshi: MoneyInteger | None = None
    pennies: Annotated[MoneyInteger | None, Field(validate_default=True)] = None

    @field_validator("pennies")
    @classmethod
    def _one_amount(cls, pennies: int | None, info: ValidationInfo) -> int | None:
        _check_one(pennies, "satoshi", info, "amount-either")
        return pennies


class _QueryAmount(Ask):
    """Hold one of the two amounts of a query."""

    satoshi: QueryMoneyInteger | None = None
    pennies: Annotated[QueryMoneyInteger | None, Field(validate_default=True)] = None

    @field_validator("pennies")
    @classmethod
    def _one_amount(cls, pennies: int | None, info: ValidationInfo) -> int | None:
        _check_one(pennies, "satoshi", info, "amount-either")
        return pennies


class PriceQuery(_QueryAmount):
    """Ask what an order would cost or bring."""

    type: OrderType
    affiliate: Affiliate | None = None


class _BuyEnds(Ask):
    """Hold where what is bought goes, and from what it is paid.

    With an address alone it is paid by bank transfer and sent there; with a phone alone it is kept
    under that phone; with both it is paid from what is kept under the phone and sent there.
    """

    btc_address: Address | None = None
    deposit_phone: Annotated[Phone | None, Field(validate_default=True)] = None
    bank_account: Ignored | None = None

    @field_validator("deposit_phone")
    @classmethod
    def _some_end(cls, phone: str | None, info: ValidationInfo) -> str | None:
        if phone is None and info.data.get("btc_address", "") is None:
            raise PydanticCustomError("destination-missing", TOLD["destination-missing"])
        return phone


class _SellEnds(Ask):
    """Hold where what is sold for goes."""

    bank_account: BankAccount
    btc_address: Ignored | None = None
    deposit_phone: Ignored | None = None


class _Visit(Ask):
    """Hold who orders in a browser, and through whom, if there is more than one to choose from."""

    affiliate: Affiliate | None = None
    email: Email
    cookie: Cookie | None = None
    dry: QueryFlag = False


class _Client(Ask):
    """Hold for whom a partner orders; `affiliate` may only repeat who signed."""

    affiliate: Affiliate | None = None
    email: Email
    cookie: Cookie | None = None
    ip_address: IpAddress | None = None
    dry: Flag = False


class BuyQuery(_Visit, _BuyEnds, _QueryAmount):
    """Order bitcoin from a browser."""


class SellQuery(_Visit, _SellEnds, _QueryAmount):
    """Order koruna for bitcoin from a browser."""


class Buy(_Client, _BuyEnds, _Amount):
    """Order bitcoin for a customer."""

    model_config = ConfigDict(json_schema_extra=AMOUNT_AND_END)


class Sell(_Client, _SellEnds, _Amount):
    """Order koruna for bitcoin for a customer."""

    model_config = ConfigDict(json_schema_extra=AMOUNT)


class OrdersQuery(Ask):
    """Ask for a page of orders; `cursor` is a page's `next`."""

    status: Annotated[Status, Field(strict=False)] | None = None
    cursor: Annotated[str, Field(pattern=CURSOR_PATTERN)] | None = None
    limit: Annotated[str, Field(pattern="^([1-9][0-9]?|100)$")] | None = None

    @property
    def quantity(self) -> int:
        """Give how many orders a page has."""
        return int(self.limit) if self.limit is not None else LIMIT_DEFAULT


class PostalAddress(Ask):
    """Say where somebody lives."""

    street: Line
    city: Line
    postal_code: PostalCode
    country: CountryCode


DocumentKind = Literal["id-card", "passport", "residence-permit", "driving-licence"]


class IdentityDocument(Ask):
    """Describe the document somebody identifies himself with."""

    kind: DocumentKind
    number: Annotated[str, Field(pattern=DOCUMENT_PATTERN)]
    valid_until: Day
    issuer: Line

    @field_validator("valid_until")
    @classmethod
    def _still_valid(cls, until: date, info: ValidationInfo) -> date:
        today = (info.context or {}).get(TODAY)
        if today is not None and until < today:
            raise PydanticCustomError("document-over", "The document is out of date.")
        return until


class VerifyIdentity(Ask):
    """Answer the identity case."""

    first_name: PersonName
    last_name: PersonName
    birth_date: BirthDate
    birth_number: CzechBirthNumber | None = None
    nationality: CountryCode
    address: PostalAddress
    document: IdentityDocument
    phone: Phone

    @field_validator("birth_number")
    @classmethod
    def _one_birth(cls, number: str | None, info: ValidationInfo) -> str | None:
        born = info.data.get("birth_date")
        if number is not None and born is not None and not birth_number_agrees(number, born):
            raise wrong(FieldFault.BIRTH_NUMBER_MISMATCH)
        return number


PictureKind = Literal["id-front", "id-back", "passport", "selfie", "utility-bill", "funds-origin"]


class Picture(Ask):
    """Name what an uploaded picture shows; `sha256` is the file's digest, which is signed."""

    kind: PictureKind
    sha256: Annotated[str, Field(pattern="^[0-9a-f]{64}$")]


FundsOrigin = Literal[
    "employment", "business", "savings", "sale-of-property", "inheritance", "gift",
    "investments", "crypto-trading", "pension", "loan", "other",
]  # fmt: skip
TradePurpose = Literal["investment", "payment", "savings", "trading", "other"]


DETAIL_OF_OTHER: dict[str, Any] = {
    "anyOf": [
        {"properties": {"funds_origin": {"not": {"const": "other"}}}},
        {
            "required": ["funds_origin_detail"],
            "properties": {"funds_origin_detail": {"not": {"type": "null"}}},
        },
    ]
}


class AmlCz(Ask):
    """Answer the Czech AML case; `declaration` confirms that all of it is true."""

    model_config = ConfigDict(json_schema_extra=DETAIL_OF_OTHER)

    funds_origin: FundsOrigin
    funds_origin_detail: Annotated[Text | None, Field(validate_default=True)] = None
    purpose: TradePurpose
    occupation: Line
    pep: Flag
    tax_country: CountryCode
    declaration: Annotated[Flag, Field(json_schema_extra={"const": True})]

    @field_validator("funds_origin_detail")
    @classmethod
    def _other_is_said(cls, detail: str | None, info: ValidationInfo) -> str | None:
        if detail is None and info.data.get("funds_origin") == "other":
            raise PydanticCustomError("detail-missing", "Say where the funds come from.")
        return detail

    @field_validator("declaration")
    @classmethod
    def _is_declared(cls, declaration: bool) -> bool:
        if not declaration:
            raise PydanticCustomError("declaration-missing", "The declaration must be made.")
        return declaration


class CodeAnswer(Ask):
    """Answer the phone or the deposit case: with the code, or by refusing."""

    model_config = ConfigDict(json_schema_extra=_either("code", "refused"))

    code: OneTimeCode | None = None
    refused: Annotated[Literal[True] | None, Field(validate_default=True)] = None

    @field_validator("refused", mode="before")
    @classmethod
    def _is_refused(cls, refused: Any) -> Any:
        """Keep 1 from passing for true."""
        return refused if refused is None or refused is True else False

    @field_validator("refused")
    @classmethod
    def _one_answer(cls, refused: bool | None, info: ValidationInfo) -> bool | None:
        _check_one(refused, "code", info, "answer-either")
        return refused


class Change(Ask):
    """Answer the change case."""

    decision: Literal["accept", "reject"]


class Return(Ask):
    """Answer the return case."""

    btc_address: Address
