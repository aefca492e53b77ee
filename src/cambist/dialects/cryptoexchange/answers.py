"""Decide what answers look like: the contract's fields, amounts as strings, additions last."""

from typing import Annotated

import msgspec

from cambist.dialects.cryptoexchange.tables import CRYPTO_CODES, FIAT_CODES, STATUSES
from cambist.domain.orders.states import Label
from cambist.ports.addresses import AddressFault, AddressNetwork, AddressType

TIME_PATTERN = "^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z$"
AMOUNT_PATTERN = r"^[0-9]+\.[0-9]+$"
DECIMAL_PATTERN = r"^[0-9]+(\.[0-9]+)?$"


def _one_of(*values: str) -> msgspec.Meta:
    return msgspec.Meta(extra_json_schema={"enum": list(values)})


Time = Annotated[str, msgspec.Meta(pattern=TIME_PATTERN, examples=["2026-11-21T07:20:23Z"])]
Amount = Annotated[str, msgspec.Meta(pattern=AMOUNT_PATTERN, examples=["0.50000000"])]
Decimal = Annotated[str, msgspec.Meta(pattern=DECIMAL_PATTERN, examples=["91.35"])]
Count = Annotated[int, msgspec.Meta(ge=0)]
CryptoOut = Annotated[str, _one_of(*CRYPTO_CODES)]
FiatOut = Annotated[str, _one_of(*FIAT_CODES)]
SideOut = Annotated[str, _one_of("buy", "sell")]
StatusOut = Annotated[str, _one_of(*STATUSES)]
LabelOut = Annotated[str, _one_of(*(label.value for label in Label))]
TypeOut = Annotated[str, _one_of(*(kind.value for kind in AddressType))]
NetworkOut = Annotated[str, _one_of(*(network.value for network in AddressNetwork))]
ReasonOut = Annotated[str, _one_of(*(fault.value for fault in AddressFault))]


class Answer(msgspec.Struct, frozen=True, rename="camel"):
    """Be the base of answers."""


class Client(Answer, frozen=True):
    """Who asks."""

    id: str
    name: str


class CryptoCurrency(Answer, frozen=True):
    """A crypto currency that is traded; less than `minimum`, more than `maximum` is refused.

    Both follow the price of the moment; null where there is no bound, or no price to tell it by.
    """

    code: CryptoOut
    chain: str
    decimals: Count
    minimum: Amount | None
    maximum: Amount | None
    network_fee: Amount | None


class OrderLimit(Answer, frozen=True):
    """What one order may be worth; null is no limit."""

    minimum: Amount
    maximum: Amount | None


class Limits(Answer, frozen=True):
    """What a customer may trade, by fiat currency: at once, in 24 hours, in 30 days."""

    per_order: dict[str, OrderLimit]
    per_day: dict[str, Amount | None]
    per_month: dict[str, Amount | None]


class Fees(Answer, frozen=True):
    """The commission: percent of the raw price, and the least of it by fiat currency."""

    percent: Decimal
    minimum: dict[str, Amount]


class Security(Answer, frozen=True):
    """What guards the client's orders beyond its key."""

    address_whitelist: bool


class Configuration(Answer, frozen=True):
    """What the operator set up for the client; null where no price lets it be told."""

    client: Client
    fiat_currencies: list[FiatOut]
    crypto_currencies: list[CryptoCurrency]
    limits: Limits
    fees: Fees | None
    rate_validity_seconds: Count | None
    security: Security


class Estimate(Answer, frozen=True):
    """What an amount would exchange for; `fee` is fiat and part of it."""

    fiat: Amount
    crypto: Amount
    fee: Amount


class PairRate(Answer, frozen=True):
    """The price of one crypto in fiat, commission within; null for amounts out of bounds."""

    pair: Annotated[str, msgspec.Meta(examples=["LTC_EUR"])]
    crypto: CryptoOut
    fiat: FiatOut
    side: SideOut
    rate: Decimal
    valid_until: Time
    estimate: Estimate | None = None


class Rates(Answer, frozen=True):
    """The currencies that have a price."""

    rates: list[PairRate]


class Quote(Answer, frozen=True):
    """A price that holds until it expires, for one order."""

    id: str
    rate: Decimal
    crypto_amount: Amount
    fiat_amount: Amount
    fee: Amount
    network_fee: Amount
    expires_at: Time
    side: SideOut
    crypto: CryptoOut
    fiat: FiatOut


class CustodyAddress(Answer, frozen=True):
    """A customer's address; its key is in our custody and never leaves it."""

    address: str
    crypto: CryptoOut
    chain: str
    custody: Annotated[str, _one_of("operator")]
    created_at: Time


class AddressValidation(Answer, frozen=True):
    """What a text is as an address; `reason` says why nothing can be sent there."""

    valid: bool
    type: TypeOut | None
    network: NetworkOut | None
    normalized: str | None
    reason: ReasonOut | None


class Balance(Answer, frozen=True):
    """What stands on an address, and what is on its way there."""

    address: str
    crypto: CryptoOut
    confirmed: Amount
    unconfirmed: Amount
    as_of: Time


class BankPayment(Answer, frozen=True, tag_field="type", tag="bank-transfer"):
    """How a buyer pays; `reference` must be in the transfer. `qrPayload` is a code's text."""

    method: str
    account: str
    iban: str | None
    bic: str | None
    holder: str
    reference: str
    message: str
    amount: Amount
    currency: FiatOut
    qr_payload: str | None
    qr_kind: str | None


class ChainPayment(Answer, frozen=True, tag_field="type", tag="on-chain"):
    """Where a seller sends to; `uri` is for wallets (BIP 21), null on other chains."""

    address: str
    uri: str | None
    amount: Amount
    currency: CryptoOut


class Transaction(Answer, frozen=True):
    """The transfer on the chain: out to a buyer, in from a seller."""

    hash: str
    confirmations: Count
    required_confirmations: Count


class Order(Answer, frozen=True):
    """An order; `url` is its page, open to all who know it.

    While it is AWAITING_VERIFICATION the customer has something to answer there, with a link that
    lets him in: letters bring it, or `POST /orders/{id}/link` where there is no e-mail address.
    """

    id: str
    status: StatusOut
    side: SideOut
    crypto: CryptoOut
    crypto_amount: Amount
    fiat: FiatOut
    fiat_amount: Amount
    rate: Decimal
    fee: Amount
    network_fee: Amount
    address: str | None
    payment: BankPayment | ChainPayment | None
    transaction: Transaction | None
    labels: list[LabelOut]
    customer_id: str | None
    external_id: str | None
    created_at: Time
    updated_at: Time
    expires_at: Time | None
    rate_valid_until: Time
    url: str


class OrderLink(Answer, frozen=True):
    """A link that lets one visitor in to an order's page, once, until it expires; a secret."""

    url: str
    expires_at: Time


class Orders(Answer, frozen=True):
    """A page of orders, newest first; `next` is the cursor of the following page."""

    items: list[Order]
    next: str | None
