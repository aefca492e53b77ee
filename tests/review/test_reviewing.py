"""A name is screened when it is told; plain cases pass, hits and wishes for a person do not."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from cambist.app.cases.decide_case import DecideCase, Decision
from cambist.app.customers.record_screening import RecordScreening
from cambist.bus.bus import Gate
from cambist.domain.compliance.cases import CaseKind, CaseState
from cambist.domain.compliance.rules import RiskPolicy
from cambist.domain.identity.states import CheckState
from cambist.domain.orders.states import OrderState
from cambist.kernel.errors import DomainError, ErrorCode
from cambist.ports.screening import Hit, ListVersion, Refreshed, Subject
from cambist.workers.reviewing import Reviewer
from cambist.workers.screening import Screener
from tests.review.rig import IVAN, LISTED, TWO, ReviewedDesk, Ticks, open_reviewed
from tests.screening.files import sdn


async def test_a_plain_customer_is_accepted_without_a_person(desk: ReviewedDesk) -> None:
    opened = await desk.order()
    await desk.tell(opened)
    view = await desk.view(opened)
    assert [(case.kind, case.state) for case in view.cases] == [
        (CaseKind.IDENTITY, CaseState.ACCEPTED),
        (CaseKind.PHONE, CaseState.OPEN),
    ]
    assert view.cases[0].reviewer == "automatic"
    customer = await desk.customer(opened)
    assert (customer.identity_state, customer.level, customer.hits) == (CheckState.ACCEPTED, 1, ())
    assert customer.screened_with


async def test_where_people_decide_the_name_is_screened_and_nothing_decided(
    database_url: str, folder: Path
) -> None:
    async with open_reviewed(database_url, folder, decides=False) as desk:
        opened = await desk.order()
        await desk.tell(opened)
        assert (await desk.case(opened)).state is CaseState.SUBMITTED
        assert (await desk.customer(opened)).screened_with


async def test_a_hit_is_left_to_people_until_it_is_cleared(desk: ReviewedDesk) -> None:
    opened = await desk.order()
    await desk.tell_as(opened, LISTED)
    customer = await desk.customer(opened)
    assert (customer.hits, customer.is_flagged) == (("ofac-sdn:7",), True)
    assert (await desk.case(opened)).state is CaseState.SUBMITTED
    with pytest.raises(DomainError) as refusal:
        await desk.accept(opened)
    assert refusal.value.code is ErrorCode.INVALID_STATE
    await desk.clear(customer.id, *customer.hits)
    await desk.accept(opened)
    assert await desk.open_case(opened) is CaseKind.PHONE


async def test_another_birth_date_is_no_hit(desk: ReviewedDesk) -> None:
    opened = await desk.order()
    await desk.tell(opened, first_name="Ivan", last_name="Sidorov", birth_date="1999-01-01")
    assert (await desk.customer(opened)).hits == ()
    assert await desk.open_case(opened) is CaseKind.PHONE


async def test_who_asks_to_be_rejected_is_asked_again_and_may_answer(desk: ReviewedDesk) -> None:
    opened = await desk.order()
    await desk.tell_as(opened, "Jana Reject")
    case = await desk.case(opened)
    assert (case.kind, case.state, case.reasons) == (
        CaseKind.IDENTITY,
        CaseState.OPEN,
        ("data-mismatch",),
    )
    assert (await desk.letters(opened))[-1] == "case-rejected"
    await desk.tell_as(opened, "Jana Nova")
    assert await desk.open_case(opened) is CaseKind.PHONE


async def test_who_asks_to_be_refused_has_his_order_ended(desk: ReviewedDesk) -> None:
    opened = await desk.order()
    await desk.tell_as(opened, "Jana Refuse")
    view = await desk.view(opened)
    assert view.order.state is OrderState.REJECTED
    assert view.cases[0].state is CaseState.REJECTED


async def test_who_asks_to_wait_waits_for_a_person(desk: ReviewedDesk) -> None:
    opened = await desk.order()
    await desk.tell_as(opened, "Jana Wait")
    assert (await desk.case(opened)).state is CaseState.SUBMITTED
    await desk.accept(opened)
    assert await desk.open_case(opened) is CaseKind.PHONE


async def test_due_diligence_is_never_automatic(database_url: str, folder: Path) -> None:
    policy = RiskPolicy(identity_from=10**9, phone_from=10**9, aml_from=10**9, velocity_orders=0)
    async with open_reviewed(database_url, folder, risk=policy) as desk:
        opened = await desk.order()
        await desk.carry()
        assert await desk.open_case(opened) is CaseKind.EDD
        assert desk.notes == [None]


async def test_an_event_that_comes_again_changes_nothing(desk: ReviewedDesk) -> None:
    opened = await desk.order()
    await desk.tell_as(opened, "Jana Reject")
    before = await desk.case(opened), (await desk.view(opened)).order.seq
    assert await desk.again() is None
    await desk.carry()
    assert (await desk.case(opened), (await desk.view(opened)).order.seq) == before


async def test_a_case_a_person_decided_meanwhile_is_no_error(desk: ReviewedDesk) -> None:
    opened = await desk.order()
    await desk.submit(opened)
    await desk.decide(opened, Decision.ACCEPT)
    assert desk.notes == [None]
    case = (await desk.view(opened)).cases[0]
    assert (case.reviewer, case.state) == ("tester", CaseState.ACCEPTED)
    assert (await desk.customer(opened)).screened_with


class FaultyBus:
    """Lose the answer to the first decision, before or after it was carried out."""

    def __init__(self, bus: Any, *, after: bool) -> None:
        self._bus, self._after, self._lost = bus, after, False

    async def execute(self, command: object, gate: Gate | None = None) -> Any:
        """Run a command, but for the one that is lost."""
        losing = isinstance(command, DecideCase) and not self._lost
        self._lost = self._lost or losing
        if losing and not self._after:
            raise ConnectionError
        result = await self._bus.execute(command, gate)
        if losing:
            raise ConnectionError
        return result


@pytest.mark.parametrize("after", [False, True])
async def test_a_decision_cut_short_is_made_once(desk: ReviewedDesk, after: bool) -> None:
    core = desk.world.core
    assert desk.screener is not None
    faulty = FaultyBus(core.bus, after=after)
    desk.reviewer = Reviewer(core.desk, desk.screener, faulty, decides=True)
    opened = await desk.order()
    await desk.tell(opened)
    assert await desk.again() is None
    await desk.carry()
    view = await desk.view(opened)
    assert [case.state for case in view.cases] == [CaseState.ACCEPTED, CaseState.OPEN]


async def test_a_decision_about_what_was_told_before_is_put_off(desk: ReviewedDesk) -> None:
    opened = await desk.order()
    await desk.tell_as(opened, "Jana Wait")
    case = await desk.case(opened)
    stale = DecideCase(opened.order_id, case.id, Decision.ACCEPT, "x", told="what was told before")
    with pytest.raises(DomainError) as refusal:
        await desk.do(stale)
    assert refusal.value.code is ErrorCode.CONFLICT


async def test_what_was_found_about_another_name_is_not_kept(desk: ReviewedDesk) -> None:
    opened = await desk.order()
    await desk.submit(opened)
    customer = await desk.customer(opened)
    assert customer.screened_with == ""
    await desk.do(RecordScreening(customer.id, "another name, sealed", ("eu:1",), "digest"))
    assert await desk.customer(opened) == customer


async def test_a_list_that_cannot_be_read_leaves_everybody_to_people(desk: ReviewedDesk) -> None:
    desk.put_lists(eu_xml="<export><nonsense")
    opened = await desk.order()
    await desk.tell(opened)
    assert desk.notes == ["review: the lists cannot be read"]
    assert (await desk.case(opened)).state is CaseState.SUBMITTED
    assert (await desk.customer(opened)).screened_with == ""


class Watching:
    """Be lists that look, while they compare, at who keeps a transaction open."""

    def __init__(self, desk: ReviewedDesk) -> None:
        self._desk, self._loop = desk, asyncio.get_running_loop()
        self.idle: list[int] = []

    def screen(self, subject: Subject) -> tuple[Hit, ...]:
        """Compare."""
        count = self._desk.world.core.pool.fetchval(
            "select count(*) from pg_stat_activity where datname = current_database()"
            " and state like 'idle in transaction%'"
        )
        self.idle.append(asyncio.run_coroutine_threadsafe(count, self._loop).result())
        return ()

    def versions(self) -> tuple[ListVersion, ...]:
        """Name no list."""
        return ()

    def refresh(self) -> Refreshed:
        """Find nothing new."""
        return Refreshed((), ())


async def test_no_transaction_is_open_while_names_are_compared(desk: ReviewedDesk) -> None:
    core = desk.world.core
    opened = await desk.order()
    await desk.tell_as(opened, "Jana Wait")
    watching = Watching(desk)
    assert desk.screener is not None
    screener = Screener(watching, desk.screener._people, core.bus, Ticks())
    await Reviewer(core.desk, screener, core.bus, decides=True)(desk.seen[-1])
    assert watching.idle == [0]


async def test_new_lists_have_everybody_screened_again(desk: ReviewedDesk) -> None:
    opened, other = await desk.order(), await desk.order()
    await desk.tell_as(opened, "Petr Dvorak")
    await desk.tell_as(other, "Anna Horakova")
    assert (await desk.customer(opened)).hits == ()
    await desk.rescreen()
    assert await desk.rescreen() == 0
    desk.put_lists(sdn_csv=sdn(TWO))
    assert await desk.rescreen() >= 2
    found = await desk.customer(opened)
    assert (found.hits, found.is_flagged) == (("ofac-sdn:8",), True)
    assert not (await desk.customer(other)).is_flagged
    assert await desk.rescreen() == 0


async def test_an_exempted_hit_stays_cleared_on_new_lists(desk: ReviewedDesk) -> None:
    opened = await desk.order()
    await desk.tell_as(opened, LISTED)
    customer = await desk.customer(opened)
    await desk.clear(customer.id, *customer.hits)
    desk.put_lists(sdn_csv=sdn([*IVAN, (9, "SOMEBODY, Else", "individual", "")]))
    assert await desk.rescreen() >= 1
    after = await desk.customer(opened)
    assert (after.hits, after.is_flagged) == (("ofac-sdn:7",), False)
    desk.put_lists(sdn_csv=sdn([*IVAN, (10, "SIDOROV, Ivan", "individual", "")]))
    await desk.rescreen()
    assert (await desk.customer(opened)).is_flagged


async def test_one_process_at_a_time_screens_again(desk: ReviewedDesk) -> None:
    opened = await desk.order()
    await desk.tell(opened)
    await desk.rescreen()
    core = desk.world.core
    assert desk.screener is not None
    assert desk.rescreening is not None
    other = type(desk.rescreening)(desk.screener, core.desk, core.bus, "another")
    desk.put_lists(sdn_csv=sdn(TWO))
    assert await other.run_once() == 0
    await desk.rescreening.release()
    assert await other.run_once() >= 1
    await desk.rescreening.release()
    await other.release()
