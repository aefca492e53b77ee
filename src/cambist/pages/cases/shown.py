"""Decide which facts an order's page and its forms show: closed words and the models printed."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from cambist.domain.compliance.cases import CaseKind
from cambist.domain.compliance.declarations.questions import Declaration
from cambist.domain.identity.documents import DocumentKind
from cambist.domain.payments.rails import Method


class Side(StrEnum):
    """Tell what the customer does."""

    BUY = "buy"
    SELL = "sell"


class PageStatus(StrEnum):
    """Name what a page says first."""

    CHECKS = "checks"
    REVIEW = "review"
    CHANGE = "change"
    WHERE_BACK = "where-back"
    WAITING = "waiting"
    PRICE_OVER = "price-over"
    SEEN = "seen"
    EXCHANGING = "exchanging"
    SENDING = "sending"
    SENT = "sent"
    COMPLETED = "completed"
    RETURNING = "returning"
    RETURNED = "returned"
    CANCELLED = "cancelled"
    EXPIRED = "expired"
    REJECTED = "rejected"


class Tone(StrEnum):
    """Name how a status feels: its colour and sign."""

    CALM = "calm"
    BUSY = "busy"
    GOOD = "good"
    WARN = "warn"
    OVER = "over"


class StepKind(StrEnum):
    """Name the steps of an order, in order."""

    CREATED = "created"
    CHECKS = "checks"
    PAYMENT = "payment"
    EXCHANGE = "exchange"
    SENT = "sent"
    DONE = "done"


class StepState(StrEnum):
    """Name how far a step is; STOPPED: the order ended here."""

    DONE = "done"
    NOW = "now"
    AHEAD = "ahead"
    STOPPED = "stopped"


class Why(StrEnum):
    """Name why something is asked or asked again, as far as a page says so."""

    FIRST_ORDER = "first-order"
    AMOUNT = "amount"
    KEPT_FUNDS = "kept-funds"
    DOCUMENT_UNREADABLE = "document-unreadable"
    DOCUMENT_EXPIRED = "document-expired"
    DOCUMENT_INCOMPLETE = "document-incomplete"
    DATA_MISMATCH = "data-mismatch"
    NAME_MISMATCH = "name-mismatch"
    DETAILS_MISSING = "details-missing"


class Wrong(StrEnum):
    """Name what is wrong with an answer; the CODE ones take {count} where tries are left."""

    REQUIRED = "required"
    FORM = "form"
    TOO_LONG = "too-long"
    CHOICE = "choice"
    NAME = "name"
    TEXT = "text"
    DATE = "date"
    BIRTH_FUTURE = "birth-future"
    AGE_LOW = "age-low"
    AGE_HIGH = "age-high"
    BIRTH_NUMBER = "birth-number"
    BIRTH_MISMATCH = "birth-mismatch"
    DOCUMENT_OVER = "document-over"
    COUNTRY = "country"
    POSTAL_CODE = "postal-code"
    PHONE = "phone"
    CONSENT = "consent"
    ADDRESS = "address"
    CODE_FORM = "code-form"
    CODE_WRONG = "code-wrong"
    CODE_SPENT = "code-spent"
    CODE_OVER = "code-over"
    FILE_MISSING = "file-missing"
    FILE_TOO_LARGE = "file-too-large"
    FILE_TYPE = "file-type"
    FILE_PIXELS = "file-pixels"
    FILE_BROKEN = "file-broken"
    FILE_COMPLEX = "file-complex"


class Notice(StrEnum):
    """Name what is said above a form that was not taken."""

    ANSWERED = "answered"
    NOT_POSSIBLE = "not-possible"
    RESTATED = "restated"
    TOO_OFTEN = "too-often"
    TOO_MANY_FILES = "too-many-files"
    NO_PHONE = "no-phone"
    BALANCE = "balance"
    LIMIT = "limit"
    TRY_AGAIN = "try-again"


class IdKind(StrEnum):
    """Name the documents somebody may identify himself with."""

    ID_CARD = "id-card"
    PASSPORT = "passport"
    RESIDENCE_PERMIT = "residence-permit"
    DRIVING_LICENCE = "driving-licence"


@dataclass(frozen=True, slots=True)
class Sum:
    """Hold an amount written exactly, and its symbol."""

    text: str
    symbol: str


@dataclass(frozen=True, slots=True)
class Step:
    """Hold one step of the picture."""

    kind: StepKind
    state: StepState


@dataclass(frozen=True, slots=True)
class BankBox:
    """Hold how a buyer pays; `qr` is what a bank's application reads."""

    method: Method
    amount: Sum
    account: str
    iban: str | None
    bic: str | None
    holder: str
    reference: str
    message: str
    qr: str | None


@dataclass(frozen=True, slots=True)
class CoinBox:
    """Hold how a seller pays; the groups together are the whole address."""

    amount: Sum
    address: str
    groups: tuple[str, ...]
    qr: str
    wallet_uri: str | None


@dataclass(frozen=True, slots=True)
class Transaction:
    """Hold a transaction on the chain; confirmations never exceed those required."""

    txid: str
    is_incoming: bool
    confirmations: int
    required: int


@dataclass(frozen=True, slots=True)
class OrderModel:
    """Hold all a public page shows, nothing of it personal.

    `price_until` is when the price ends, `pay_by` when the order does; `open_case` is the one that
    waits for the customer. Nothing in it changes while only time passes within one status.
    """

    page: str
    number: int
    side: Side
    status: PageStatus
    tone: Tone
    asset: str
    network: str
    pays: Sum
    gets: Sum
    rate: str
    is_counting: bool
    created_at: datetime
    price_until: datetime
    pay_by: datetime | None
    steps: tuple[Step, ...]
    bank: BankBox | None
    coins: CoinBox | None
    transactions: tuple[Transaction, ...]
    hidden_transactions: int
    open_case: CaseKind | None
    has_mailbox: bool


@dataclass(frozen=True, slots=True)
class CodeAsk:
    """Hold where a one-time code stands; `phone_end` are the last digits it goes to."""

    phone_end: str
    sent_at: datetime | None
    valid_until: datetime | None
    tries_left: int


@dataclass(frozen=True, slots=True)
class TermsShown:
    """Hold one side of changed terms."""

    pays: Sum
    gets: Sum
    rate: str
    valid_until: datetime


@dataclass(frozen=True, slots=True)
class ChangeAsk:
    """Hold old and new terms; `quote` names the new ones, so that nobody accepts others."""

    quote: str
    is_late: bool
    fiat: str
    old: TermsShown
    new: TermsShown


@dataclass(frozen=True, slots=True)
class ReturnAsk:
    """Hold what goes back, and on which network."""

    amount: Sum
    network: str


@dataclass(frozen=True, slots=True)
class CaseModel:
    """Hold what the page of a case shows; exactly one of the asks is set unless it is reviewed."""

    page: str
    number: int
    kind: CaseKind
    is_reviewed: bool
    why: tuple[Why, ...]
    remark: str
    can_cancel: bool
    documents: tuple[DocumentKind, ...]
    declaration: Declaration | None
    code: CodeAsk | None
    change: ChangeAsk | None
    back: ReturnAsk | None
