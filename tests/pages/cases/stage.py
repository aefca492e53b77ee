"""Set the stage for pages about orders: fakes behind the ports, a client before them."""

import asyncio
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any, cast
from uuid import UUID

from httpx import Response
from litestar import Litestar
from litestar.testing import TestClient

from cambist.app.cases.confirm_code import Tried
from cambist.app.cases.decide_change import ChangeOutcome
from cambist.app.notices.open_page import OpenedPage, OpenPage
from cambist.domain.compliance.cases import CaseKind
from cambist.domain.identity.documents import Document, DocumentKind
from cambist.domain.messaging.codes import Outcome
from cambist.domain.orders.states import OrderState
from cambist.http.uploading import Upload
from cambist.kernel.errors import DomainError, ErrorCode
from cambist.kernel.ids import OrderId
from cambist.pages.cases import CaseServices, case_app
from cambist.pages.cases.visits import form_token
from cambist.ports.trades import TradeQueries, TradeView
from tests.pages.cases.scenery import (
    BASE_URL,
    COOKIE,
    CUSTOMER,
    NEW_SESSION,
    NOW,
    ORDER,
    OTHER_ORDER,
    OTHER_PAGE,
    OTHER_SESSION,
    PAGE,
    SAME_ORIGIN,
    SESSION,
    START,
    TOKEN,
    case,
    order,
    trade,
    view,
)


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
