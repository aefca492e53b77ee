"""Decide what requests look like: bodies and queries in the dialect's field names, closed."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field
from pydantic.alias_generators import to_camel
from pydantic_core import PydanticCustomError

from cambist.dialects.cryptoexchange.tables import CRYPTO_CODES, FIAT_CODES, STATUSES
from cambist.http.amounts import AmountText
from cambist.http.fields import EMAIL_MAX, PHONE_MAX
from cambist.http.paging import CURSOR_PATTERN

CUSTOMER_MAX = 191
ADDRESS_TEXT_MAX = 200
ACCOUNT_TEXT_MAX = 42
LIMIT_MAX = 100
LIMIT_DEFAULT = 20

ID_PATTERN = "^[0-9a-f]{8}-[0-9a-f]{4}-[13-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$"
CUSTOMER_PATTERN = f"^[^\\x00-\\x1f\\x7f]{{1,{CUSTOMER_MAX}}}$"
REFERENCE_PATTERN = "^[^\\x00-\\x1f\\x7f]{1,255}$"
ADDRESS_PATTERN = "^[!-~]{1,128}$"
MOMENT_PATTERN = (
    "^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}"
    "([.][0-9]{1,6})?(Z|[+-][0-9]{2}:[0-9]{2})$"
)
PHONE_PATTERN = "^[+][0-9][0-9 ().-]*[0-9]$"

QUOTE_EXAMPLE = "019ac5f0-2a4b-7c31-9d1e-5f0a3b7c9e21"
ADDRESS_EXAMPLE = "ltc1qw508d6qejxtdg4y5r3zarvary0c5xw7kgmn4n9"
CUSTOMER_EXAMPLE = "customer-42"

CustomerId = Annotated[
    str,
    Field(
        pattern=CUSTOMER_PATTERN,
        description="The client's own id of the customer",
        examples=[CUSTOMER_EXAMPLE],
    ),
]
Crypto = Annotated[
    str,
    Field(
        min_length=1,
        max_length=40,
        description="Code of the crypto currency",
        json_schema_extra={"enum": list(CRYPTO_CODES), "examples": ["LTC"]},
    ),
]
Fiat = Annotated[
    str,
    Field(
        min_length=1,
        max_length=40,
        description="Code of the fiat currency; it decides how is paid",
        json_schema_extra={"enum": list(FIAT_CODES), "examples": ["EUR"]},
    ),
]
Side = Literal["buy", "sell"]
Address = Annotated[str, Field(pattern=ADDRESS_PATTERN, examples=[ADDRESS_EXAMPLE])]
Id = Annotated[str, Field(pattern=ID_PATTERN, examples=[QUOTE_EXAMPLE])]
EmailText = Annotated[
    str,
    Field(
        min_length=6,
        max_length=EMAIL_MAX,
        description="Where letters about the order go; without it ask for the customer's links",
        json_schema_extra={"format": "email", "examples": ["jana@shop.example"]},
    ),
]
PhoneText = Annotated[
    str,
    Field(
        pattern=PHONE_PATTERN,
        max_length=PHONE_MAX,
        description="The number that is proved by a code, with its country code",
        examples=["+420601123456"],
    ),
]
Language = Literal["en", "cs", "sv", "de", "ro"]
OneAmount = "Exactly one of the two amounts is given"


def _limit(value: Any) -> int:
    if not isinstance(value, str) or not value.isascii() or not value.isdigit():
        raise PydanticCustomError("integer-expected", "A whole number is expected.")
    if value[0] == "0" or len(value) > len(str(LIMIT_MAX)) or int(value) > LIMIT_MAX:
        raise PydanticCustomError("limit-range", f"A number from 1 to {LIMIT_MAX} is expected.")
    return int(value)


Limit = Annotated[
    int,
    BeforeValidator(_limit),
    Field(
        description="Items a page",
        json_schema_extra={"minimum": 1, "maximum": LIMIT_MAX, "examples": [LIMIT_DEFAULT]},
    ),
]
Moment = Annotated[str, Field(pattern=MOMENT_PATTERN, examples=["2026-11-21T00:00:00Z"])]


class Ask(BaseModel):
    """Be the base of requests: no field that is not known, no conversion of any kind."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, alias_generator=to_camel)


class Wanted(Ask):
    """Say what is to be exchanged; exactly one amount is given, the other one is the answer."""

    crypto: Crypto
    fiat: Fiat
    side: Side = "buy"
    crypto_amount: AmountText | None = None
    fiat_amount: AmountText | None = None


class PlaceQuote(Wanted):
    """Ask for a price that holds for a while."""

    model_config = ConfigDict(
        json_schema_extra={
            "description": OneAmount,
            "examples": [{"crypto": "LTC", "fiat": "EUR", "fiatAmount": "100"}],
        }
    )


class PlaceOrder(Wanted):
    """Ask for an order: to `address` for a buy, to `bankAccount` for a sell."""

    model_config = ConfigDict(
        json_schema_extra={
            "description": f"{OneAmount}, or none with `quoteId`. A buy needs `address`, a sell "
            "`bankAccount`, and neither takes the other's.",
            "examples": [
                {
                    "customerId": CUSTOMER_EXAMPLE,
                    "crypto": "LTC",
                    "fiat": "EUR",
                    "fiatAmount": "100",
                    "address": ADDRESS_EXAMPLE,
                    "email": "jana@shop.example",
                }
            ],
        }
    )

    customer_id: CustomerId
    address: Address | None = None
    bank_account: Annotated[str, Field(min_length=1, max_length=ACCOUNT_TEXT_MAX)] | None = None
    quote_id: Id | None = None
    external_id: Annotated[str, Field(pattern=REFERENCE_PATTERN)] | None = None
    email: EmailText | None = None
    phone: PhoneText | None = None
    language: Language = "en"


class CreateAddress(Ask):
    """Ask for a customer's address in our custody."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"crypto": "LTC", "customerId": CUSTOMER_EXAMPLE}]}
    )

    crypto: Crypto
    customer_id: CustomerId


class ValidateAddress(Ask):
    """Ask what a text is as an address; any text may be asked about."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"crypto": "LTC", "address": ADDRESS_EXAMPLE}]}
    )

    crypto: Crypto
    address: Annotated[str, Field(min_length=1, max_length=ADDRESS_TEXT_MAX)]


class RatesQuery(Ask):
    """Ask for prices in a currency, of all crypto currencies or one, with an estimate or none."""

    fiat: Fiat
    crypto: Crypto | None = None
    side: Side = Field("buy", description="What the customer does")
    fiat_amount: AmountText | None = Field(None, description="Fiat to estimate for")
    crypto_amount: AmountText | None = Field(
        None, description="Crypto to estimate for; needs `crypto`"
    )


class BalanceQuery(Ask):
    """Ask for the balance of an address in one currency."""

    crypto: Crypto


class OrdersQuery(Ask):
    """Choose orders of a customer; what is left out does not choose."""

    status: Annotated[str, Field(json_schema_extra={"enum": list(STATUSES)})] | None = None
    crypto: Crypto | None = None
    since: Moment | None = Field(None, alias="from", description="Made at this moment or later")
    until: Moment | None = Field(None, alias="to", description="Made at this moment or earlier")
    cursor: Annotated[str, Field(pattern=CURSOR_PATTERN)] | None = Field(
        None, description="`next` of the page before"
    )
    limit: Limit = LIMIT_DEFAULT
