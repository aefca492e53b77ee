"""Decide that a case is answered once, by whom it is asked of, and leads on or to an end."""

from collections.abc import Awaitable
from dataclasses import replace
from typing import Any
from uuid import uuid4

import pytest

from cambist.app.cases.confirm_code import ConfirmCode
from cambist.app.cases.decide_case import DecideCase, Decision
from cambist.app.cases.decide_change import DecideChange
from cambist.app.cases.declare_funds import DeclareFunds
from cambist.app.cases.name_return import NameReturn
from cambist.app.cases.send_code import SendCode
from cambist.app.cases.submit_identity import SubmitIdentity
from cambist.app.customers.clear_hits import ClearHits
from cambist.app.customers.record_screening import RecordScreening
from cambist.app.knowing import Client
from cambist.app.trades.cancel_trade import CancelTrade
from cambist.app.trades.open_trade import OpenedTrade
from cambist.domain.compliance.cases import CaseKind, CaseState
from cambist.domain.identity.states import CheckState
from cambist.domain.orders.states import OrderState
from cambist.domain.pricing.terms import Side
from cambist.kernel.errors import DomainError, ErrorCode
from cambist.kernel.ids import CaseId, PartnerId
from tests.trades.desk import LTC, OUTSIDE, Desk

FUNDS = (("source", "salary"), ("purpose", "saving"))


async def refused_with(code: ErrorCode, act: Awaitable[Any]) -> DomainError:
    """Await what must be refused."""
    with pytest.raises(DomainError) as refused:
        await act
    assert refused.value.code is code
    return refused.value


def answers(opened: OpenedTrade, partner: PartnerId | None) -> list[object]:
    """List an answer to every kind of case."""
    order = opened.order_id
    return [
        SubmitIdentity(order, partner, "CZ", (("first_name", "Eve"), ("last_name", "X"))),
        DeclareFunds(order, partner, "CZ", FUNDS),
        SendCode(order, partner, CaseKind.PHONE, "2001:db8::1"),
        SendCode(order, partner, CaseKind.DEPOSIT, "2001:db8::1"),
        ConfirmCode(order, partner, CaseKind.PHONE, "123456"),
        ConfirmCode(order, partner, CaseKind.PHONE, None),
        ConfirmCode(order, partner, CaseKind.DEPOSIT, "123456"),
        DecideChange(order, partner, True),
        DecideChange(order, partner, False),
        NameReturn(order, partner, OUTSIDE),
    ]


async def test_answer_to_another_case_names_the_open_one(desk: Desk) -> None:
    opened = await desk.order()
    for command in answers(opened, desk.partner)[1:]:
        refusal = await refused_with(ErrorCode.CASE_NOT_OPEN, desk.do(command))
        assert refusal.facts["open"] == "identity"


async def test_answered_case_is_not_answered_again(desk: Desk) -> None:
    opened = await desk.order()
    await desk.identify_only(opened)
    told = (await desk.view(opened)).first_name
    refusal = await refused_with(ErrorCode.CASE_NOT_OPEN, desk.do(answers(opened, desk.partner)[0]))
    assert refusal.facts == {"case": "identity", "open": ""}
    assert (await desk.view(opened)).first_name == told
    await desk.decide(opened, Decision.ACCEPT)
    refusal = await refused_with(ErrorCode.CASE_NOT_OPEN, desk.do(answers(opened, desk.partner)[0]))
    assert refusal.facts == {"case": "identity", "open": "phone"}


async def test_every_case_is_missing_for_another_partner(desk: Desk) -> None:
    opened = await desk.order()
    before = await desk.view(opened)
    stranger = PartnerId(uuid4())
    commands = [*answers(opened, stranger), CancelTrade(opened.order_id, stranger)]
    for command in commands:
        await refused_with(ErrorCode.NOT_FOUND, desk.do(command))
    assert await desk.view(opened) == before


async def test_decision_is_about_the_case_that_was_looked_at(desk: Desk) -> None:
    opened = await desk.order()
    held = (await desk.view(opened)).held_by
    assert held is not None
    decision = DecideCase(opened.order_id, held.id, Decision.ACCEPT, "tester")
    await refused_with(ErrorCode.CASE_NOT_OPEN, desk.do(decision))
    await desk.identify_only(opened)
    other = DecideCase(opened.order_id, CaseId(uuid4()), Decision.ACCEPT, "tester")
    await refused_with(ErrorCode.CASE_NOT_OPEN, desk.do(other))
    await desk.do(decision)
    await refused_with(ErrorCode.CASE_NOT_OPEN, desk.do(decision))


async def test_answer_that_does_not_satisfy_is_asked_for_again(desk: Desk) -> None:
    opened = await desk.order()
    await desk.identify_only(opened)
    await desk.decide(opened, Decision.AGAIN, reason="document-expired", remark="see the date")
    held = (await desk.view(opened)).held_by
    assert held is not None
    assert (held.state, held.reasons, held.remark) == (
        CaseState.OPEN,
        ("document-expired",),
        "see the date",
    )
    assert (await desk.letters(opened))[-1] == "case-rejected"
    await desk.identify(opened)
    assert await desk.open_case(opened) is CaseKind.PHONE


async def test_rejected_case_ends_the_order_and_gives_the_limits_back(desk: Desk) -> None:
    opened = await desk.order()
    await desk.identify_only(opened)
    await desk.decide(opened, Decision.REJECT, reason="data-mismatch")
    assert await desk.state(opened) is OrderState.REJECTED
    assert await desk.counted(opened) == 0


async def test_known_customer_is_asked_nothing(desk: Desk) -> None:
    client = await desk.known()
    for side in (Side.BUY, Side.SELL):
        opened = await desk.order(side, client=client)
        assert (await desk.view(opened)).cases == ()
        assert await desk.state(opened) is OrderState.AWAITING_PAYMENT


async def test_customer_accepted_meanwhile_passes_with_his_other_orders(desk: Desk) -> None:
    client = Client(email=f"{uuid4().hex}@example.com", phone="+420601000111")
    first, second = await desk.order(client=client), await desk.order(client=client)
    await desk.identify(first)
    await desk.identify_only(second, first_name="Eve", last_name="Stranger")
    view = await desk.view(second)
    assert view.first_name == "Jana"
    assert await desk.open_case(second) is CaseKind.PHONE


async def test_identity_under_review_is_not_replaced_from_another_order(desk: Desk) -> None:
    client = Client(email=f"{uuid4().hex}@example.com", phone="+420601000112")
    first, second = await desk.order(client=client), await desk.order(client=client)
    await desk.identify_only(first)
    await desk.identify_only(second, first_name="Eve", last_name="Stranger")
    assert (await desk.view(second)).first_name == "Jana"
    await desk.decide(first, Decision.AGAIN, reason="document-unreadable")
    await refused_with(ErrorCode.INVALID_STATE, desk.decide(second, Decision.ACCEPT))
    await desk.decide(second, Decision.AGAIN, reason="document-unreadable")
    await desk.identify(second)
    await desk.identify(first)
    assert await desk.open_case(first) is CaseKind.PHONE


async def test_name_that_nobody_accepted_proves_no_payer(desk: Desk) -> None:
    client = await desk.known()
    opened = await desk.ready(client=client)
    trade = (await desk.view(opened)).trade
    await desk.world.core.pool.execute(
        "update customers set identity_state = $2 where id = $1",
        trade.customer_id,
        CheckState.SUBMITTED.value,
    )
    await desk.transfer(trade.fiat_units, [trade.reference])
    assert await desk.open_case(opened) is CaseKind.EDD


async def test_large_order_asks_for_a_declaration(desk: Desk) -> None:
    client = await desk.known()
    opened = await desk.order(client=client, units=3_000_000)
    held = (await desk.view(opened)).held_by
    assert held is not None
    assert (held.kind, held.reasons) == (CaseKind.AML, ("amount",))
    await desk.do(DeclareFunds(opened.order_id, desk.partner, "CZ", FUNDS))
    await desk.decide(opened, Decision.ACCEPT)
    assert await desk.state(opened) is OrderState.AWAITING_PAYMENT
    again = await desk.order(client=client, units=3_000_000)
    assert await desk.state(again) is OrderState.AWAITING_PAYMENT


@pytest.mark.parametrize("side", [Side.BUY, Side.SELL])
async def test_order_that_grows_large_by_its_money_asks_for_a_declaration(
    desk: Desk, side: Side
) -> None:
    opened = await desk.ready(side)
    trade = (await desk.view(opened)).trade
    if side is Side.BUY:
        await desk.transfer(3_000_000, [trade.reference])
    else:
        await desk.pay(opened, 20 * LTC)
    await desk.change(opened, accept=True)
    assert await desk.open_case(opened) is CaseKind.AML
    assert not (await desk.view(opened)).trade.filled
    await desk.do(DeclareFunds(opened.order_id, desk.partner, "CZ", FUNDS))
    await desk.decide(opened, Decision.ACCEPT)
    assert await desk.state(opened) is OrderState.SENDING


async def test_country_of_high_risk_is_looked_at_by_a_person(desk: Desk) -> None:
    opened = await desk.order()
    await desk.identify_only(opened, country="IR")
    await desk.decide(opened, Decision.ACCEPT)
    assert await desk.open_case(opened) is CaseKind.PHONE
    await desk.do(ConfirmCode(opened.order_id, desk.partner, CaseKind.PHONE, None))
    held = (await desk.view(opened)).held_by
    assert held is not None
    assert (held.kind, held.reasons) == (CaseKind.EDD, ("phone-refused", "country"))
    await desk.decide(opened, Decision.ACCEPT)
    assert await desk.state(opened) is OrderState.AWAITING_PAYMENT


async def test_known_customer_of_high_risk_is_looked_at_at_once(desk: Desk) -> None:
    client = await desk.known()
    first = await desk.ready(client=client)
    await desk.world.core.pool.execute(
        "update customers set country = 'KP' where id = $1",
        (await desk.view(first)).trade.customer_id,
    )
    opened = await desk.order(client=client)
    held = (await desk.view(opened)).held_by
    assert held is not None
    assert (held.kind, held.reasons) == (CaseKind.EDD, ("country",))


async def test_flagged_customer_passes_only_once_the_hit_is_cleared(desk: Desk) -> None:
    client = await desk.known()
    customer = (await desk.view(await desk.ready(client=client))).trade.customer_id
    told = await desk.world.core.pool.fetchval(
        "select identity from customers where id = $1", customer
    )
    await desk.do(RecordScreening(customer, told, ("ofac:1",), "digest"))
    opened = await desk.order(client=client)
    held = (await desk.view(opened)).held_by
    assert held is not None
    assert (held.kind, held.reasons) == (CaseKind.EDD, ("list-hit",))
    await refused_with(ErrorCode.INVALID_STATE, desk.decide(opened, Decision.ACCEPT))
    await desk.do(ClearHits(customer, ("ofac:1",)))
    await desk.decide(opened, Decision.ACCEPT)
    assert await desk.state(opened) is OrderState.AWAITING_PAYMENT


async def test_many_orders_in_a_day_are_looked_at_by_a_person(desk: Desk) -> None:
    client = await desk.known()
    for _ in range(10):
        await desk.ready(client=client)
    opened = await desk.order(client=client)
    held = (await desk.view(opened)).held_by
    assert held is not None
    assert (held.kind, held.reasons) == (CaseKind.EDD, ("velocity",))


async def test_refused_phone_is_looked_at_by_a_person(desk: Desk) -> None:
    opened = await desk.order()
    await desk.identify(opened)
    await desk.do(ConfirmCode(opened.order_id, desk.partner, CaseKind.PHONE, None))
    held = (await desk.view(opened)).held_by
    assert held is not None
    assert (held.kind, held.reasons) == (CaseKind.EDD, ("phone-refused",))
    await desk.decide(opened, Decision.REJECT)
    assert await desk.state(opened) is OrderState.REJECTED


async def test_staffs_case_is_not_asked_of_the_customer(desk: Desk) -> None:
    opened = await desk.order()
    await desk.identify(opened)
    await desk.do(ConfirmCode(opened.order_id, desk.partner, CaseKind.PHONE, None))
    await refused_with(ErrorCode.INVALID_STATE, desk.decide(opened, Decision.AGAIN))
    for command in answers(opened, desk.partner):
        refusal = await refused_with(ErrorCode.CASE_NOT_OPEN, desk.do(command))
        assert refusal.facts["open"] == ""


async def test_cancelling_closes_the_case(desk: Desk) -> None:
    opened = await desk.order()
    await desk.cancel(opened)
    view = await desk.view(opened)
    assert (view.order.state, view.cases[0].state) == (OrderState.CANCELLED, CaseState.CLOSED)
    for command in answers(opened, desk.partner):
        await refused_with(ErrorCode.CASE_NOT_OPEN, desk.do(command))


async def test_who_orders_in_a_known_name_unvouched_proves_it_by_a_code(desk: Desk) -> None:
    client = await desk.known()
    for side in (Side.BUY, Side.SELL):
        assert await desk.open_case(await desk.order(side, client=client)) is None
        visit = await desk.order(side, client=replace(client, is_vouched=False))
        held = (await desk.view(visit)).held_by
        assert held is not None
        assert (held.kind, held.reasons) == (CaseKind.PHONE, ())
