"""Decide what each request to an order's pages does: look, ask for a link, open one, answer."""

from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass

from cambist.app.notices.ask_for_link import AskForLink
from cambist.app.notices.open_page import OpenedPage, OpenPage
from cambist.domain.compliance.cases import Case
from cambist.domain.orders.states import OrderState
from cambist.http.limits import RateLimit, TokenBuckets, site_of
from cambist.http.multipart_body import SentFile
from cambist.kernel.errors import DomainError, ErrorCode
from cambist.kernel.ids import OrderId
from cambist.pages.cases.acting import KIND_OF, Action, Asked, Problem, act
from cambist.pages.cases.case_model import Known, case_model
from cambist.pages.cases.forms import FileTooLargeError, Sent
from cambist.pages.cases.model import order_model
from cambist.pages.cases.render import Renderer, Update, version_of
from cambist.pages.cases.services import CaseServices
from cambist.pages.cases.shown import Wrong
from cambist.pages.cases.visits import (
    LinkGoneError,
    LockedError,
    NoSuchPageError,
    TooOftenError,
    Visitor,
    name_of,
)
from cambist.ports.trades import TradeView

FORMS = RateLimit(per_second=1, burst=40)
"""How many forms one address may send, whatever becomes of them."""

NO_PROBLEM = Problem(200)
TOO_LARGE = Problem(413, wrong={"file": Wrong.FILE_TOO_LARGE})

ReadForm = Callable[[], Awaitable[tuple[Sent, str | None, SentFile | None]]]
"""Read what was sent: its answers, the token that makes it ours, its file."""


@dataclass(frozen=True, slots=True)
class Shown:
    """Hold a rendered page and its status."""

    html: str
    status: int = 200


@dataclass(frozen=True, slots=True)
class Opened:
    """Hold which page a link opened, and the session for it; None: the one there is goes on."""

    page: str
    session: str | None


class CasePages:
    """Answer for the pages about orders; what is not found raises NoSuchPageError throughout."""

    def __init__(self, services: CaseServices, renderer: Renderer) -> None:
        self._services, self._renderer = services, renderer
        self._forms = TokenBuckets(FORMS, services.monotonic_ns)

    async def status(self, page: str, visitor: Visitor) -> str:
        """Render the public page."""
        return self._status(await self._view(page), visitor, NO_PROBLEM)

    async def live(self, page: str, visitor: Visitor, seen: str) -> Update | None:
        """Render what changes, None while it is what the browser has `seen`."""
        view = await self._view(page)
        now = self._services.now()
        model = order_model(view, now)
        if version_of(model) == seen:
            return None
        return self._renderer.update(visitor, visitor.language(view.language), model, now)

    async def send_link(self, page: str, visitor: Visitor) -> str:
        """Mail a link to whoever ordered, and say the same whatever becomes of it.

        Raises:
            ForeignRequestError: another site sent the form.
            TooOftenError: the address sends too many.
        """
        self._admit(visitor)
        view = await self._view(page)
        await self._ask_for_link(view.order.id, visitor)
        return self._renderer.linked(visitor, visitor.language(view.language), view.trade.page)

    async def send_link_again(self, values: Mapping[str, str], visitor: Visitor) -> str:
        """Do the same for whoever has a link that works no more."""
        self._admit(visitor)
        order_id = await self._services.visits.order_of_link(name_of(values.get("token", "")))
        if order_id is not None:
            await self._ask_for_link(order_id, visitor)
        return self._renderer.linked(visitor, visitor.language(), None)

    def opening(self, token: str, visitor: Visitor) -> str:
        """Render the page a link leads to; who only looks at links changes nothing."""
        return self._renderer.opening(visitor, name_of(token))

    async def open(self, values: Mapping[str, str], visitor: Visitor) -> Opened:
        """Use a link up.

        Raises:
            ForeignRequestError: another site sent the form.
            LinkGoneError: the link was used before or is too old.
        """
        self._admit(visitor)
        token, session = name_of(values.get("token", "")), self._services.new_token()
        try:
            opened: OpenedPage = await self._services.bus.execute(OpenPage(token, session))
        except DomainError as refusal:
            if refusal.code is not ErrorCode.LINK_INVALID:
                raise
            return await self._opened_before(token, visitor)
        return Opened(opened.page, session)

    async def case(self, page: str, visitor: Visitor) -> Shown | None:
        """Render the case that holds the order, None when none does.

        Raises:
            LockedError: the visitor has no session of this order.
        """
        view = await self._own(page, visitor)
        held = _held(view)
        return None if held is None else await self._case(view, held, visitor, NO_PROBLEM)

    async def answer(
        self, page: str, action: str, visitor: Visitor, read: ReadForm
    ) -> Shown | None:
        """Do what a form of a case asks; None when it was taken.

        Raises:
            ForeignRequestError: no page of ours, or one for another session, made the form.
            LockedError: the visitor has no session of this order.
            BrokenFormError: no page of ours sends such a form.
        """
        self._admit(visitor)
        if action not in set(Action):
            raise NoSuchPageError
        chosen = Action(action)
        view = await self._own(page, visitor)
        try:
            form, token, file = await read()
        except FileTooLargeError:
            return await self._refused(page, visitor, chosen, TOO_LARGE)
        visitor.require_form_token(token)
        held = _held(view)
        problem: Problem | None = Problem(409)
        if held is not None:
            asked = Asked(view, held, chosen, form, visitor.address, file)
            problem = await act(self._services, asked)
        return None if problem is None else await self._refused(page, visitor, chosen, problem)

    async def _refused(
        self, page: str, visitor: Visitor, action: Action, problem: Problem
    ) -> Shown:
        """Show the state of now with what is to be said about the form."""
        view = await self._own(page, visitor)
        held = _held(view)
        if held is None:
            return Shown(self._status(view, visitor, problem), problem.status)
        kind = KIND_OF[action]
        if kind is not None and held.kind is not kind:
            problem = Problem(problem.status, problem.notice)
        return await self._case(view, held, visitor, problem)

    async def _case(self, view: TradeView, held: Case, visitor: Visitor, problem: Problem) -> Shown:
        services = self._services
        order_id = view.order.id
        known = Known(
            await services.visits.documents(order_id), await services.visits.phone_end(order_id)
        )
        model = case_model(view, held, known, services.country, services.now())
        language = visitor.language(view.language)
        return Shown(self._renderer.case(visitor, language, model, problem), problem.status)

    def _status(self, view: TradeView, visitor: Visitor, problem: Problem) -> str:
        now = self._services.now()
        language = visitor.language(view.language)
        return self._renderer.status(visitor, language, order_model(view, now), now, problem)

    async def _view(self, page: str) -> TradeView:
        view = await self._services.trades.trade_by_page(name_of(page))
        if view is None:
            raise NoSuchPageError
        return view

    async def _own(self, page: str, visitor: Visitor) -> TradeView:
        """Find the order of a page that the visitor's session may act on."""
        if visitor.session is not None:
            own = await self._services.trades.trade_of_session(visitor.session)
            if own is not None and own.trade.page == name_of(page):
                return own
        view = await self._view(page)
        raise LockedError(view.trade.page, visitor.language(view.language))

    async def _opened_before(self, token: str, visitor: Visitor) -> Opened:
        """Let whoever pressed the button twice go on with the session he has."""
        if visitor.session is not None:
            own = await self._services.trades.trade_of_session(visitor.session)
            order_id = await self._services.visits.order_of_link(token)
            if own is not None and own.order.id == order_id:
                return Opened(own.trade.page, None)
        raise LinkGoneError(token)

    async def _ask_for_link(self, order_id: OrderId, visitor: Visitor) -> None:
        # Whether there is an address, or a budget left, is nobody's business.
        with suppress(DomainError):
            await self._services.bus.execute(
                AskForLink(order_id, self._services.base_url, visitor.address)
            )

    def _admit(self, visitor: Visitor) -> None:
        visitor.require_own_form()
        delay_s = self._forms.take(site_of(visitor.address))
        if delay_s:
            raise TooOftenError(delay_s)


def _held(view: TradeView) -> Case | None:
    return view.held_by if view.order.state is OrderState.ON_CASE else None
