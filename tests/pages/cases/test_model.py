"""Prove where an order is said to stand, for every state and case there is."""

from dataclasses import replace
from datetime import timedelta

import pytest

from cambist.domain.compliance.cases import CaseKind, CaseState
from cambist.domain.orders.states import OrderKind, OrderState
from cambist.domain.payments.rails import Method
from cambist.domain.payments.states import Direction
from cambist.pages.cases.case_model import Known, case_model
from cambist.pages.cases.model import TONES, TRANSACTIONS_MAX, order_model, status_of
from cambist.pages.cases.render import say, version_of
from cambist.pages.cases.shown import PageStatus, StepState, Why
from cambist.pages.look.languages import LANGUAGES
from tests.pages.cases.scenery import (
    CHANGED,
    FIAT,
    INSTRUCTIONS,
    NOW,
    PAY_BY,
    PRICE_UNTIL,
    code,
    held,
    order,
    payment,
    scenes,
    trade,
    view,
)

SCENE_STATUS = {
    "waiting-sepa": "waiting",
    "looked-at": "review",
    "created": "review",
    "sell-waiting": "waiting",
    "sell-seen": "seen",
    "sell-return": "where-back",
    "sell-sent": "sent",
    "sell-completed": "completed",
}


@pytest.mark.parametrize("name", scenes())
def test_scene_says_what_it_is(name: str) -> None:
    assert order_model(scenes()[name], NOW).status == SCENE_STATUS.get(name, name)


def test_every_status_has_a_scene_and_a_tone() -> None:
    shown = {order_model(scene, NOW).status for scene in scenes().values()}
    assert shown == set(PageStatus) == set(TONES)


@pytest.mark.parametrize("state", OrderState)
@pytest.mark.parametrize("kind", [OrderKind.BUY, OrderKind.SELL])
def test_every_state_has_a_status(state: OrderState, kind: OrderKind) -> None:
    assert status_of(view(order(state=state, kind=kind)), NOW) in set(PageStatus)


@pytest.mark.parametrize("kind", CaseKind)
@pytest.mark.parametrize("state", [CaseState.OPEN, CaseState.SUBMITTED])
def test_every_case_has_a_status_and_its_page_asks_one_thing(
    kind: CaseKind, state: CaseState
) -> None:
    shown = held(kind, OrderKind.SELL, state=state, facts=CHANGED)
    is_customers = state is CaseState.OPEN and kind is not CaseKind.EDD
    model = order_model(shown, NOW)
    assert (model.status is PageStatus.REVIEW) is not is_customers
    assert model.open_case == (kind if is_customers else None)
    case = case_model(shown, shown.cases[0], Known(), None, NOW)
    asks = [case.declaration, case.code, case.change, case.back]
    given = sum(ask is not None for ask in asks)
    assert case.is_reviewed is not is_customers
    assert given == (is_customers and kind is not CaseKind.IDENTITY)


@pytest.mark.parametrize("name", scenes())
def test_steps_go_from_done_over_one_to_those_ahead(name: str) -> None:
    states = [step.state for step in order_model(scenes()[name], NOW).steps]
    order_of = {s: i for i, s in enumerate((StepState.DONE, StepState.NOW, StepState.AHEAD))}
    order_of[StepState.STOPPED] = order_of[StepState.NOW]
    places = [order_of[state] for state in states]
    assert places == sorted(places)
    current = sum(place == 1 for place in places)
    assert current == (0 if name.endswith("completed") else 1)


def test_payment_is_asked_for_only_while_it_is_awaited() -> None:
    for name, scene in scenes().items():
        model = order_model(scene, NOW)
        awaited = model.status in (PageStatus.WAITING, PageStatus.PRICE_OVER)
        assert (model.bank is not None or model.coins is not None) is awaited, name


def test_price_counts_down_and_then_the_order_still_waits() -> None:
    before = order_model(view(), PRICE_UNTIL - timedelta(seconds=1))
    after = order_model(view(), PRICE_UNTIL)
    assert (before.status, before.is_counting) == (PageStatus.WAITING, True)
    assert (after.status, after.is_counting) == (PageStatus.PRICE_OVER, False)
    assert after.bank == before.bank
    assert order_model(view(), PAY_BY).status is PageStatus.EXPIRED
    assert order_model(view(), PAY_BY).bank is None


def test_version_changes_with_what_is_shown_and_not_with_time() -> None:
    first = version_of(order_model(view(), NOW))
    assert first == version_of(order_model(view(), NOW + timedelta(minutes=2)))
    assert first != version_of(order_model(view(), PRICE_UNTIL))
    assert first == version_of(order_model(replace(view(), email="other@example.com"), NOW))


def test_seller_is_told_the_whole_address_and_the_exact_amount() -> None:
    coins = order_model(view(order(kind=OrderKind.SELL)), NOW).coins
    assert coins is not None
    assert "".join(coins.groups) == coins.address
    assert coins.qr == f"litecoin:{coins.address}?amount=0.4321"


def test_buyers_own_address_is_not_shown() -> None:
    assert order_model(view(), NOW).coins is None


def test_balance_needs_no_instructions() -> None:
    kept = replace(INSTRUCTIONS, method=Method.BALANCE)
    assert order_model(view(pay=kept), NOW).bank is None


def test_account_that_is_its_iban_is_told_once() -> None:
    sepa = replace(INSTRUCTIONS, method=Method.SEPA, account=INSTRUCTIONS.iban or "")
    bank = order_model(view(pay=sepa), NOW).bank
    assert bank is not None
    assert bank.iban is None


def test_only_the_youngest_transactions_are_listed() -> None:
    seen = payment(Direction.IN)
    dust = [replace(seen, payment=replace(seen.payment, txid=f"{n:064x}")) for n in range(13)]
    model = order_model(view(payments=dust), NOW)
    assert len(model.transactions) == TRANSACTIONS_MAX
    assert model.hidden_transactions == 3
    assert model.transactions[-1].txid == dust[-1].payment.txid


def test_unsent_transaction_is_not_listed() -> None:
    assert order_model(view(payments=[payment(Direction.OUT, txid=None)]), NOW).transactions == ()


def test_reasons_without_words_are_left_out() -> None:
    shown = held(CaseKind.IDENTITY, reasons=("velocity", "data-mismatch", "made-up"))
    model = case_model(shown, shown.cases[0], Known(), None, NOW)
    assert model.why == (Why.DATA_MISMATCH,)


def test_newest_code_of_the_case_counts() -> None:
    old = code(superseded=True)
    shown = held(CaseKind.PHONE, codes=[code(tries=2), old])
    ask = case_model(shown, shown.cases[0], Known(phone_end="456"), None, NOW).code
    assert ask is not None
    assert (ask.tries_left, ask.phone_end) == (3, "456")
    shown = held(CaseKind.DEPOSIT, codes=[code()])
    ask = case_model(shown, shown.cases[0], Known(), None, NOW).code
    assert ask is not None
    assert ask.sent_at is None


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", scenes())
def test_every_scene_is_said_without_gaps(name: str, language: str) -> None:
    said = say(order_model(scenes()[name], NOW), language)
    joined = " ".join((said.title, said.headline, said.explained))
    assert "{" not in joined
    assert "  " not in joined


def test_seller_is_told_what_concerns_a_seller() -> None:
    paid = trade(fiat_received=FIAT)
    buy = say(order_model(view(order(state=OrderState.RETURNED), paid), NOW), "en")
    sell = order(state=OrderState.RETURNED, kind=OrderKind.SELL)
    assert "account it came from" in buy.explained
    assert "address you named" in say(order_model(view(sell), NOW), "en").explained
