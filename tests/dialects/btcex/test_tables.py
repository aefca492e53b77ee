"""Show that the dialect has a word for everything closed in the core."""

from cambist.dialects.btcex import tables
from cambist.dialects.btcex.tables import CaseName, Status
from cambist.domain.compliance.cases import STAFF_ONLY, CaseKind
from cambist.domain.orders.states import TRADES, OrderState
from cambist.http.problem_json import rows_agree
from cambist.kernel.errors import DomainError, ErrorCode
from cambist.kernel.events import EventName


def test_tables_are_total() -> None:
    assert set(tables.ERRORS) == set(ErrorCode)
    assert set(tables.ORDER_STATUS) == set(OrderState)
    assert set(tables.STATES_OF_STATUS) == set(Status)
    assert set(tables.TYPES) == TRADES
    assert set(tables.OPEN_CASE) == set(CaseKind)
    assert set(tables.CASE_KIND) == set(CaseName)
    assert set(tables.EVENT_TYPES) == set(EventName)


def test_every_status_is_reached_and_leads_back_to_its_states() -> None:
    assert set(tables.ORDER_STATUS.values()) == set(Status)
    found = [state for states in tables.STATES_OF_STATUS.values() for state in states]
    assert sorted(found) == sorted(OrderState)


def test_every_code_has_one_status_and_title() -> None:
    assert rows_agree(tables.ERRORS)
    assert all(row.code == code.value for code, row in tables.ERRORS.items())


def test_only_the_staffs_cases_have_no_name() -> None:
    unnamed = {kind for kind, name in tables.OPEN_CASE.items() if name is None}
    assert unnamed == STAFF_ONLY
    for kind, name in tables.OPEN_CASE.items():
        assert name is None or tables.CASE_KIND[name] is kind


def test_a_case_that_is_not_open_names_the_one_that_is() -> None:
    error = DomainError(ErrorCode.CASE_NOT_OPEN, case="aml", open="identity")
    assert tables.refuse(error).extra == {"open_case": "verify-identity"}
    nothing = DomainError(ErrorCode.CASE_NOT_OPEN, case="aml")
    assert tables.refuse(nothing).extra == {"open_case": None}
    staff = DomainError(ErrorCode.CASE_NOT_OPEN, open="edd")
    assert tables.refuse(staff).extra == {"open_case": None}


def test_a_wrong_code_tells_the_tries_that_are_left() -> None:
    assert tables.refuse(DomainError(ErrorCode.CODE_INVALID, left=4)).extra == {"attempts_left": 4}
    money = DomainError(ErrorCode.LIMIT_EXCEEDED, limit=100, left=4, currency="CZK", window="day")
    assert tables.refuse(money).extra == {}


def test_fields_carry_the_wires_names() -> None:
    refusal = tables.refuse(DomainError(ErrorCode.ADDRESS_INVALID, field="address"))
    assert [(v.path, v.code) for v in refusal.violations] == [("btc_address", "address-invalid")]


def test_who_is_not_let_in_is_told_what_to_send() -> None:
    for code, row in tables.ERRORS.items():
        headers = tables.refuse(DomainError(code)).headers
        assert ("WWW-Authenticate" in headers) == (row.status == 401)
        assert ("Retry-After" in headers) == (row.retry_after_s is not None)


def test_transient_refusals_say_when_to_come_back() -> None:
    for row in tables.ERRORS.values():
        assert row.status != 503 or row.retry_after_s is not None
