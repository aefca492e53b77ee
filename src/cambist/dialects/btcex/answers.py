"""Decide what is answered in the vendor's field names: prices, orders, open cases."""

from typing import Annotated

import msgspec

from cambist.dialects.btcex.tables import CaseName, Status
from cambist.ports.addresses import AddressFault, AddressNetwork, AddressType

TIME_PATTERN = "^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z$"
CRYPTO_TYPES = tuple(kind for kind in AddressType if kind is not AddressType.ACCOUNT)

Time = Annotated[str, msgspec.Meta(pattern=TIME_PATTERN, examples=["2026-11-21T07:20:23Z"])]
Units = Annotated[int, msgspec.Meta(ge=0)]
RateText = Annotated[
    str,
    msgspec.Meta(
        pattern=r"^[0-9]+(\.[0-9]+)?$", description="CZK for one BTC", examples=["2150000.25"]
    ),
]
TypeOut = Annotated[str, msgspec.Meta(extra_json_schema={"enum": ["buy", "sell"]})]
StatusOut = Annotated[
    str, msgspec.Meta(extra_json_schema={"enum": [status.value for status in Status]})
]
CaseOut = Annotated[
    str, msgspec.Meta(extra_json_schema={"enum": [name.value for name in CaseName]})
]


class Answer(msgspec.Struct, frozen=True):
    """Be the base of answers: field names in snake case."""


class Partner(Answer, frozen=True):
    """The partner who signed."""

    name: str
    code: str
    test: bool


class Price(Answer, frozen=True):
    """What an order of this size costs or brings now."""

    affiliate: str | None
    type: TypeOut
    satoshi: Units
    pennies: Units
    rate: RateText
    valid_until: Time


AddressTypeOut = Annotated[
    str, msgspec.Meta(extra_json_schema={"enum": [kind.value for kind in CRYPTO_TYPES]})
]
NetworkOut = Annotated[
    str, msgspec.Meta(extra_json_schema={"enum": [name.value for name in AddressNetwork]})
]
ReasonOut = Annotated[
    str, msgspec.Meta(extra_json_schema={"enum": [fault.value for fault in AddressFault]})
]


class AddressValidation(Answer, frozen=True):
    """What a text is as a bitcoin address; `reason` says why it is none we can send to."""

    address: str
    valid: bool
    type: AddressTypeOut | None
    network: NetworkOut | None
    reason: ReasonOut | None


class BankPayment(Answer, frozen=True, tag_field="method", tag="bank-transfer"):
    """How to pay a buy: a transfer with the variable symbol.

    `qr` is an SPD 1.0 string, null for amounts beyond what one can ask for.
    """

    account: str
    iban: str
    bic: str | None
    variable_symbol: Annotated[str, msgspec.Meta(pattern="^[0-9]{1,10}$")]
    pennies: Units
    currency: str
    message: str
    qr: str | None


class ChainPayment(Answer, frozen=True, tag_field="method", tag="on-chain"):
    """How to pay a sell: send to the address; `uri` is for wallets (BIP 21)."""

    btc_address: str
    satoshi: Units
    uri: str


class Transaction(Answer, frozen=True):
    """The transfer on the chain that pays a buy out, pays a sell in, or goes back."""

    hash: str
    satoshi: Units
    confirmations: Units
    required_confirmations: Units


class Order(Answer, frozen=True):
    """An order; `url` is its page on our site, where every case can be answered as well."""

    id: Annotated[int, msgspec.Meta(ge=1)]
    type: TypeOut
    status: StatusOut
    open_case: CaseOut | None
    satoshi: Units
    pennies: Units
    rate: RateText
    valid_until: Time
    email: str | None
    btc_address: str | None
    deposit_phone: str | None
    bank_account: str | None
    payment: BankPayment | ChainPayment | None
    transaction: Transaction | None
    created_at: Time
    updated_at: Time
    url: str


class Orders(Answer, frozen=True):
    """A page of orders, newest first; `next` is the cursor of the following page."""

    items: list[Order]
    next: str | None


class AskedField(Answer, frozen=True):
    """A field a case asks for, dotted from the body's root, with the values it may have."""

    name: str
    required: bool
    choices: list[str] | None = None


class QuestionCase(Answer, frozen=True):
    """The open identity or AML case: what is asked for; `reasons` say why it is asked (again)."""

    case: CaseOut
    fields: list[AskedField]
    documents: list[str]
    reasons: list[str]
    remark: str
    expires_at: Time


class CodeCase(Answer, frozen=True):
    """The open phone or deposit case; `phone` shows its last three digits only."""

    case: CaseOut
    phone: str | None
    sms_sent: bool
    attempts_left: Units
    may_refuse: bool
    reasons: list[str]
    expires_at: Time


class SmsCase(Answer, frozen=True):
    """Whether a code was sent, and how many more may be sent within the hour."""

    case: CaseOut
    sms_sent: bool
    sent_at: Time | None
    sends_left: Units


class Terms(Answer, frozen=True):
    """What is exchanged for what."""

    satoshi: Units
    pennies: Units
    rate: RateText
    valid_until: Time


class ChangeCase(Answer, frozen=True):
    """The open change case: the terms agreed on and the terms that can be had now."""

    case: CaseOut
    old: Terms
    new: Terms
    reasons: list[str]
    expires_at: Time


class ChangedOrder(Order, frozen=True):
    """An order after an answer to its change case.

    With `restated` the new terms had run out: the case stays open with the ones shown.
    """

    restated: bool
    old: Terms | None
    new: Terms | None


class ReturnCase(Answer, frozen=True):
    """The open return case: how much goes back, once it is known where to."""

    case: CaseOut
    satoshi: Units
    reasons: list[str]
    expires_at: Time
