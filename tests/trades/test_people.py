"""Decide that a link opens once, letters have budgets, and a person can be forgotten in the end."""

import asyncio
from collections import Counter
from uuid import uuid4

import pytest

from cambist.app.customers.attach_document import AttachDocument
from cambist.app.customers.erase_customer import EraseCustomer
from cambist.app.notices.ask_for_link import AskForLink
from cambist.app.notices.open_page import OpenedPage, OpenPage
from cambist.app.trades.open_trade import OpenedTrade
from cambist.domain.compliance.cases import CaseKind
from cambist.domain.identity.customers import RETENTION
from cambist.domain.identity.documents import DOCUMENTS_MAX, DocumentKind
from cambist.domain.identity.links import LINK_LIFETIME, SESSION_LIFETIME
from cambist.domain.messaging.budgets import ORDER_PER_HOUR
from cambist.kernel.errors import DomainError, ErrorCode
from cambist.kernel.ids import OrderId
from tests.trades.desk import Desk

BASE_URL = "https://cambist.example"


async def link(desk: Desk, opened: OpenedTrade) -> str:
    """Read the token in the newest letter about an order."""
    core = desk.world.core
    row = await core.pool.fetchrow(
        "select m.sealed, c.key, c.id from messages m join customers c on c.id = m.customer_id"
        " where m.order_id = $1 order by m.created_at desc, m.id desc",
        opened.order_id,
    )
    assert row is not None
    packed = core.privacy.open(row[1], row[2], row[0])["contents"]
    return packed.split("/order/open/")[1].split('"')[0]


async def refused_with(code: ErrorCode, desk: Desk, command: object) -> None:
    """See a command refused."""
    with pytest.raises(DomainError) as refused:
        await desk.do(command)
    assert refused.value.code is code


async def test_link_opens_its_order_once(desk: Desk) -> None:
    opened = await desk.order()
    token = await link(desk, opened)
    answers = await asyncio.gather(
        *(desk.do(OpenPage(token, f"session {number}")) for number in range(20)),
        return_exceptions=True,
    )
    pages = [answer for answer in answers if isinstance(answer, OpenedPage)]
    assert [page.order_id for page in pages] == [opened.order_id]
    codes = Counter(answer.code for answer in answers if isinstance(answer, DomainError))
    assert codes == {ErrorCode.LINK_INVALID: 19}
    sessions = [f"session {number}" for number in range(20)]
    trades = desk.world.core.trades
    shown = [session for session in sessions if await trades.trade_of_session(session)]
    assert len(shown) == 1
    await desk.world.advance(int(SESSION_LIFETIME.total_seconds()) + 1)
    assert await trades.trade_of_session(shown[0]) is None


async def test_link_is_of_no_use_when_it_is_old_or_made_up(desk: Desk) -> None:
    opened = await desk.order()
    token = await link(desk, opened)
    await refused_with(ErrorCode.LINK_INVALID, desk, OpenPage(token[:-1] + "~", "session"))
    await desk.world.advance(int(LINK_LIFETIME.total_seconds()))
    await refused_with(ErrorCode.LINK_INVALID, desk, OpenPage(token, "session"))


async def test_links_are_mailed_within_budgets(desk: Desk) -> None:
    opened = await desk.order()
    await desk.world.begin_hour()
    for _ in range(ORDER_PER_HOUR):
        await desk.do(AskForLink(opened.order_id, BASE_URL, desk.next_address()))
    command = AskForLink(opened.order_id, BASE_URL, desk.next_address())
    await refused_with(ErrorCode.LIMIT_EXCEEDED, desk, command)
    assert (await desk.letters(opened)).count("page-link") == ORDER_PER_HOUR
    missing = AskForLink(OrderId(uuid4()), BASE_URL, desk.next_address())
    await refused_with(ErrorCode.NOT_FOUND, desk, missing)


async def test_documents_are_few_and_belong_to_an_open_case(desk: Desk) -> None:
    opened = await desk.order()

    def document(case: CaseKind) -> AttachDocument:
        return AttachDocument(
            order_id=opened.order_id,
            partner_id=desk.partner,
            document_id=uuid4(),
            case=case,
            kind=DocumentKind.ID_FRONT,
            media_type="image/jpeg",
            size=1,
            sha256="0" * 64,
        )

    await refused_with(ErrorCode.CASE_NOT_OPEN, desk, document(CaseKind.AML))
    for _ in range(DOCUMENTS_MAX):
        await desk.do(document(CaseKind.IDENTITY))
    await refused_with(ErrorCode.LIMIT_EXCEEDED, desk, document(CaseKind.IDENTITY))
    await desk.identify_only(opened)
    await refused_with(ErrorCode.CASE_NOT_OPEN, desk, document(CaseKind.IDENTITY))


async def test_person_is_forgotten_once_the_law_lets_go(desk: Desk) -> None:
    client = await desk.known()
    opened = await desk.ready(client=client)
    trade = (await desk.view(opened)).trade
    await refused_with(ErrorCode.INVALID_STATE, desk, EraseCustomer(trade.customer_id))
    await desk.world.advance(int(RETENTION.total_seconds()) + 1)
    await desk.carry()
    await desk.do(EraseCustomer(trade.customer_id))
    view = await desk.view(opened)
    assert (view.email, view.phone, view.first_name, view.bank_account) == ("", "", "", "")
    booked = await desk.transfer(trade.fiat_units, [trade.reference])
    assert booked.order_id is None
    row = await desk.world.core.pool.fetchrow(
        "select key, contact, identity from customers where id = $1", trade.customer_id
    )
    assert row is not None
    assert tuple(row) == (None, "", None)
