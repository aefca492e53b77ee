"""Set the stage for pages about orders: trades in every state, fakes behind the ports."""

import asyncio
import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any, cast
from uuid import UUID

from httpx import Response
from litestar import Litestar
from litestar.testing import TestClient

from cambist.app.cases.confirm_code import Tried
from cambist.app.cases.decide_change import ChangeOutcome
from cambist.app.notices.open_page import OpenedPage, OpenPage
from cambist.domain.compliance.cases import Case, CaseKind, CaseState, open_case
from cambist.domain.identity.documents import Document, DocumentKind
from cambist.domain.messaging.codes import OneTimeCode, Outcome, Purpose, make
from cambist.domain.orders.orders import Order
from cambist.domain.orders.states import OrderKind, OrderState
from cambist.domain.orders.trades import Payout, Trade
from cambist.domain.payments.payments import Payment, payment_id
from cambist.domain.payments.rails import Method
from cambist.domain.payments.states import Direction, PaymentState
from cambist.http.uploading import Upload
from cambist.kernel.errors import DomainError, ErrorCode
from cambist.kernel.ids import CaseId, CustomerId, IntegrationId, OrderId, PartnerId, QuoteId
from cambist.kernel.rates import RATE_SCALE
from cambist.pages.cases import CaseServices, case_app
from cambist.pages.cases.visits import form_token
from cambist.ports.queries import PaymentView
from cambist.ports.rails import Instructions
from cambist.ports.trades import TradeQueries, TradeView

START = datetime(2026, 11, 20, 9, 26, tzinfo=UTC)
NOW = START + timedelta(minutes=5)
PRICE_UNTIL = START + timedelta(minutes=15)
PAY_BY = START + timedelta(days=1)
PAGE = "Abcd-efghIJKLmnop_qrst0123456789"
OTHER_PAGE = "Zbcd-efghIJKLmnop_qrst0123456789"
TOKEN = "tokenTOKENtokenTOKENtokenTOKEN12"
SESSION = "sessionSESSIONsessionSESSION1234"
OTHER_SESSION = "othersOTHERSothersOTHERSothers12"
NEW_SESSION = "freshFRESHfreshFRESHfreshFRESH12"
ORDER = OrderId(UUID("0195a1d2-7777-7abc-9def-0123456789ab"))
OTHER_ORDER = OrderId(UUID("0195a1d2-8888-7abc-9def-0123456789ab"))
PARTNER = PartnerId(UUID("0195a1d2-0000-7000-8000-000000000001"))
CUSTOMER = CustomerId(UUID("0195a1d2-0000-7000-8000-000000000002"))
QUOTE = QuoteId(UUID("0195a1d2-0000-7000-8000-000000000003"))
LITECOIN = "ltc1qw508d6qejxtdg4y5r3zarvary0c5xw7kgmn4n9"
BASE_URL = "https://cambist.example"
COOKIE = "__Host-cambist-order"
SAME_ORIGIN = {"sec-fetch-site": "same-origin"}
CRYPTO, FIAT = 43_210_000, 100_000
SECRETS = ("jana.secret@example.com", "Jana-Secret", "CZ5508000000001234567899", "+420601123456")
"""What a view opens and no public page may tell."""


def order(**changes: Any) -> Order:
    """Build an order to buy litecoin that waits for its payment."""
    waiting = Order(
        id=ORDER,
        kind=OrderKind.BUY,
        state=OrderState.AWAITING_PAYMENT,
        labels=frozenset(),
        partner_id=PARTNER,
        integration_id=IntegrationId(PARTNER),
        asset="LTC",
        amount=CRYPTO,
        fiat="CZK",
        rate=2_204_100_000_000 * 10 ** (RATE_SCALE - 9),
        fee_ppm=0,
        address=LITECOIN,
        source_address=None,
        parent_id=None,
        received=0,
        confirmed=0,
        fee=0,
        refunded=0,
        returned=0,
        required_confirmations=6,
        external_id=None,
        customer="customer-secret-8",
        expires_at=PAY_BY,
        created_at=START,
        updated_at=START,
        seq=1,
        customer_id=CUSTOMER,
    )
    return replace(waiting, **changes)


def trade(**changes: Any) -> Trade:
    """Build what goes with it: 1000 CZK for 0.4321 LTC."""
    made = Trade(
        id=ORDER,
        number=4_815_162_342,
        partner_id=PARTNER,
        customer_id=CUSTOMER,
        dialect="btcex",
        crypto="LTC",
        fiat="CZK",
        method=Method.CZ_BANK.value,
        payout=Payout.SEND,
        quote_id=QUOTE,
        crypto_units=CRYPTO,
        fiat_units=FIAT,
        raw=2_204_100_000_000 * 10 ** (RATE_SCALE - 9),
        rate=2_204_100_000_000 * 10 ** (RATE_SCALE - 9),
        principal=95_000,
        commission=5_000,
        payment_fee=0,
        network_fee=0,
        valid_until=PRICE_UNTIL,
        fiat_received=0,
        filled=False,
        counted=0,
        counted_at=START,
        reference="4815162342",
        required=(),
        page=PAGE,
        sealed="sealed-secret",
        created_at=START,
    )
    return replace(made, **changes)


INSTRUCTIONS = Instructions(
    method=Method.CZ_BANK,
    currency="CZK",
    units=FIAT,
    account="19-2000145399/0800",
    iban="CZ6508000000192000145399",
    bic="GIBACZPX",
    holder="Cambist Sandbox",
    reference="4815162342",
    message="VS4815162342",
    qr_payload="SPD*1.0*ACC:CZ6508000000192000145399+GIBACZPX*AM:1000.00*CC:CZK*X-VS:4815162342",
    qr_kind="SPD",
)


def view(
    of: Order | None = None,
    with_trade: Trade | None = None,
    cases: Sequence[Case] = (),
    payments: Sequence[PaymentView] = (),
    codes: Sequence[OneTimeCode] = (),
    pay: Instructions | None = INSTRUCTIONS,
) -> TradeView:
    """Put a view together, personal data and all."""
    shown = of or order()
    return TradeView(
        order=shown,
        trade=with_trade or trade(),
        external_customer="customer-secret-8",
        language="cs",
        email=SECRETS[0],
        phone=SECRETS[3],
        first_name=SECRETS[1],
        bank_account=SECRETS[2],
        cases=tuple(cases),
        payments=tuple(payments),
        payouts=(),
        codes=tuple(codes),
        pay=pay if shown.kind is OrderKind.BUY else None,
    )


def case(kind: CaseKind, **changes: Any) -> Case:
    """Open a case on the order."""
    facts = changes.pop("facts", None)
    opened = open_case(CaseId(UUID(int=7)), ORDER, CUSTOMER, kind, START)
    return replace(opened, facts=json.dumps(facts or {}), **changes)


def held(kind: CaseKind, side: OrderKind = OrderKind.BUY, **changes: Any) -> TradeView:
    """Build a view of an order a case holds."""
    codes = changes.pop("codes", ())
    required = {CaseKind.CHANGE: (), CaseKind.RETURN: ()}.get(kind, (kind.value,))
    with_trade = trade(required=required, **changes.pop("of_trade", {}))
    on_case = order(kind=side, state=OrderState.ON_CASE, **changes.pop("of_order", {}))
    return view(on_case, with_trade, [case(kind, **changes)], codes=codes)


def code(purpose: Purpose = Purpose.PHONE, **changes: Any) -> OneTimeCode:
    """Send a code a minute ago."""
    at = NOW - timedelta(minutes=1)
    sent = make("123456", UUID(int=9), ORDER, purpose, b"target", bytes(16), at)
    return replace(sent, **changes)


def terms(crypto: int, fiat: int, minutes: int) -> dict[str, str]:
    """Write terms as a change case holds them."""
    return {
        "crypto_units": str(crypto),
        "fiat_units": str(fiat),
        "rate": str(2_300_000_000_000 * 10 ** (RATE_SCALE - 9)),
        "valid_until": (START + timedelta(minutes=minutes)).isoformat(),
    }


CHANGED = {
    "old": terms(CRYPTO, FIAT, 15),
    "new": terms(41_000_000, 98_000, 30),
    "quote": str(QUOTE),
    "late": True,
}


def payment(direction: Direction, confirmations: int = 2, **changes: Any) -> PaymentView:
    """Build a payment on the chain."""
    seen = Payment(
        id=payment_id("litecoin", "5f" * 32, 0),
        number=1,
        partner_id=PARTNER,
        order_id=ORDER,
        direction=direction,
        state=PaymentState.PENDING,
        chain="litecoin",
        asset="LTC",
        txid="5f" * 32,
        index=0,
        address=LITECOIN,
        sender="sender-secret-9",
        units=CRYPTO,
        fee=0,
        fiat_units=0,
        matched=True,
        loss=0,
        credits=0,
        height=100,
        block_hash=None,
        created_at=START,
        updated_at=START,
    )
    return PaymentView(replace(seen, **changes), confirmations, None, "CZK")


def scenes() -> dict[str, TradeView]:
    """Build a view for each thing the public page can say."""
    state, sell = OrderState, OrderKind.SELL
    out, incoming = Direction.OUT, Direction.IN
    paid, sold = trade(fiat_received=FIAT), trade(filled=True)
    return {
        "waiting": view(),
        "waiting-sepa": view(pay=replace(INSTRUCTIONS, method=Method.SEPA, iban=None)),
        "price-over": view(with_trade=trade(valid_until=NOW)),
        "checks": held(CaseKind.IDENTITY),
        "review": held(CaseKind.AML, state=CaseState.SUBMITTED),
        "looked-at": held(CaseKind.EDD),
        "change": held(
            CaseKind.CHANGE, facts=CHANGED, of_trade={"fiat_received": 98_000}
        ),
        "exchanging": view(order(state=state.PAID), paid),
        "sending": view(order(state=state.SENDING), replace(paid, filled=True)),
        "sent": view(order(state=state.SENT), replace(paid, filled=True), [], [payment(out)]),
        "completed": view(order(state=state.COMPLETED), sold, [], [payment(out, 9)]),
        "returning": view(order(state=state.RETURNING), paid),
        "returned": view(order(state=state.RETURNED), paid),
        "cancelled": view(order(state=state.CANCELLED)),
        "expired": view(order(state=state.EXPIRED)),
        "rejected": view(order(state=state.REJECTED), trade(required=("identity",))),
        "created": view(order(state=state.CREATED)),
        "sell-waiting": view(order(kind=sell)),
        "sell-seen": view(order(kind=sell, state=state.PAYMENT_SEEN, received=CRYPTO), None, [],
                          [payment(incoming)]),
        "sell-return": held(CaseKind.RETURN, sell, of_order={"confirmed": CRYPTO}),
        "sell-sent": view(order(kind=sell, state=state.SENT, confirmed=CRYPTO), sold, [],
                          [payment(incoming, 9)]),
        "sell-completed": view(order(kind=sell, state=state.COMPLETED, confirmed=CRYPTO), sold),
    }  # fmt: skip


def case_scenes() -> dict[str, TradeView]:
    """Build a view for each form a case can be."""
    sell = OrderKind.SELL
    asked_again: dict[str, Any] = {
        "reasons": ("document-unreadable",),
        "remark": "The picture is too dark.",
    }
    return {
        "identity": held(CaseKind.IDENTITY, reasons=("first-order",)),
        "identity-again": held(CaseKind.IDENTITY, **asked_again),
        "aml": held(CaseKind.AML, reasons=("amount",)),
        "phone": held(CaseKind.PHONE),
        "phone-sent": held(CaseKind.PHONE, codes=[code()]),
        "phone-spent": held(CaseKind.PHONE, codes=[code(tries=5)]),
        "deposit": held(CaseKind.DEPOSIT, codes=[code(Purpose.DEPOSIT)]),
        "change": held(CaseKind.CHANGE, facts=CHANGED, of_trade={"fiat_received": 98_000}),
        "return": held(CaseKind.RETURN, sell, of_order={"confirmed": CRYPTO}),
        "review": held(CaseKind.IDENTITY, state=CaseState.SUBMITTED),
        "looked-at": held(CaseKind.EDD),
    }


@dataclass
class FakeTrades:
    """Answer from memory; the other order belongs to the other session."""

    shown: TradeView | None = None
    fault: Exception | None = None
    over: bool = False

    async def trade_by_page(self, page: str) -> TradeView | None:
        """Find one of the two orders."""
        await asyncio.sleep(0)
        if self.fault is not None:
            raise self.fault
        return {PAGE: self.shown, OTHER_PAGE: other()}.get(page)

    async def trade_of_session(self, session: str) -> TradeView | None:
        """Find the order of a session."""
        if self.over:
            return None
        owners = {SESSION: self.shown, NEW_SESSION: self.shown, OTHER_SESSION: other()}
        return owners.get(session)

    @property
    def as_queries(self) -> TradeQueries:
        """Stand in for the queries."""
        return cast(TradeQueries, self)


def other() -> TradeView:
    """Build another customer's order, held by the same kind of case."""
    theirs = order(id=OTHER_ORDER, state=OrderState.ON_CASE)
    return view(theirs, trade(id=OTHER_ORDER, page=OTHER_PAGE), [case(CaseKind.IDENTITY)])


@dataclass
class FakeVisits:
    """Know one link, what was sent, and the end of a number."""

    sent: list[Document] = field(default_factory=list)

    async def order_of_link(self, token: str) -> OrderId | None:
        """Know the one link."""
        return ORDER if token == TOKEN else None

    async def documents(self, order_id: OrderId) -> Sequence[Document]:
        """List what was sent."""
        return self.sent

    async def phone_end(self, order_id: OrderId) -> str:
        """Give the end of the number."""
        return "456"


@dataclass
class FakeBus:
    """Write down what was asked; links work once, and everything else is taken or refused."""

    trades: FakeTrades
    refusal: DomainError | None = None
    outcome: Outcome = Outcome.RIGHT
    tries_left: int = 0
    change: ChangeOutcome = ChangeOutcome.ACCEPTED
    commands: list[Any] = field(default_factory=list)
    used: set[str] = field(default_factory=set)

    async def execute(self, command: object, gate: object = None) -> Any:
        """Run a command."""
        self.commands.append(command)
        if self.refusal is not None:
            raise self.refusal
        match command:
            case OpenPage(token=token) if token != TOKEN or token in self.used:
                raise DomainError(ErrorCode.LINK_INVALID)
            case OpenPage(token=token):
                self.used.add(token)
                return OpenedPage(ORDER, PAGE)
        answers = {
            "ConfirmCode": Tried(self.outcome, self.tries_left),
            "DecideChange": self.change,
        }
        return answers.get(type(command).__name__)


@dataclass
class FakeUploads:
    """Write down what was sent."""

    visits: FakeVisits
    taken: list[Upload] = field(default_factory=list)
    refusal: DomainError | None = None

    async def take(self, upload: Upload) -> object:
        """Take a document."""
        if self.refusal is not None:
            raise self.refusal
        self.taken.append(upload)
        self.visits.sent.append(document(upload.kind))
        return None


def document(kind: DocumentKind) -> Document:
    """Describe a document that was sent."""
    return Document(UUID(int=5), CUSTOMER, ORDER, kind, "image/jpeg", 1, "00", START)


@dataclass
class Stage:
    """Hold a client and the fakes behind it."""

    client: TestClient[Litestar]
    trades: FakeTrades
    visits: FakeVisits
    bus: FakeBus
    uploads: FakeUploads

    def get(self, path: str, session: str | None = SESSION, **params: str) -> Response:
        """Ask for a page below the order's."""
        address = f"/order/{PAGE}{path}"
        return self.client.get(
            address, params=params, headers=cookie(session), follow_redirects=False
        )

    def post(
        self,
        path: str,
        fields: dict[str, str] | None = None,
        session: str | None = SESSION,
        headers: dict[str, str] | None = None,
    ) -> Response:
        """Send a form of the order's pages."""
        sent_by = SAME_ORIGIN if headers is None else headers
        return self.client.post(
            f"/order/{PAGE}{path}",
            data=fields or {},
            headers={**sent_by, **cookie(session)},
            follow_redirects=False,
        )

    def token(self) -> str:
        """Read what makes a form of this session ours."""
        text = self.get("/case").text
        assert f'name="form" value="{form_token(SESSION)}"' in text
        return form_token(SESSION)

    def answer(self, action: str, **fields: str) -> Response:
        """Answer the case, as its form does."""
        return self.post(f"/case/{action}", {"form": self.token(), **fields})

    def answer_cancel(self) -> Response:
        """Give the order up, whether the page offers it or not."""
        return self.post("/case/cancel", {"form": form_token(SESSION)})


def cookie(session: str | None) -> dict[str, str]:
    """Write a session's cookie as a header."""
    return {} if session is None else {"cookie": f"{COOKIE}={session}"}


class Monotonic:
    """Count time that never limits a test, unless it stands still."""

    def __init__(self) -> None:
        self.now_ns = 0
        self.step_ns = 10**12

    def __call__(self) -> int:
        """Tell the time."""
        self.now_ns += self.step_ns
        return self.now_ns


def services_on(
    trades: FakeTrades, bus: FakeBus, visits: FakeVisits, uploads: FakeUploads, **changes: Any
) -> CaseServices:
    """Put services together."""
    made = CaseServices(
        bus=bus,
        trades=trades.as_queries,
        visits=visits,
        uploads=uploads,
        now=lambda: NOW,
        new_token=lambda: NEW_SESSION,
        monotonic_ns=Monotonic(),
        base_url=BASE_URL,
    )
    return replace(made, **changes)


@contextmanager
def staged(shown: TradeView | None = None, **changes: Any) -> Iterator[Stage]:
    """Run the application with one order, and another customer's."""
    trades, visits = FakeTrades(shown or view()), FakeVisits()
    bus, uploads = FakeBus(trades), FakeUploads(visits)
    app = case_app(services_on(trades, bus, visits, uploads, **changes))
    with TestClient(app, base_url=BASE_URL, raise_server_exceptions=False) as client:
        yield Stage(client, trades, visits, bus, uploads)
