"""Hold a reviewer's judgement against what may and may not pass without a person."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import product
from typing import Any
from uuid import UUID

from cambist.app.cases.decide_case import Decision
from cambist.domain.compliance.cases import Case, CaseKind, CaseState, open_case
from cambist.domain.identity.customers import Customer
from cambist.domain.identity.states import CheckState
from cambist.kernel.ids import CaseId, CustomerId, OrderId, PartnerId
from cambist.ports.trades import Review

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
ONE = UUID(int=1)
NOTHING: Any = None

Judge = Callable[[Review], tuple[Decision, str] | None]

CUSTOMER = Customer(
    id=CustomerId(ONE),
    partner_id=PartnerId(ONE),
    external_id=None,
    key="key",
    contact="",
    language="en",
    country="CZ",
    identity="sealed",
    identity_state=CheckState.SUBMITTED,
    declaration=None,
    declaration_state=CheckState.NONE,
    phone_index=None,
    level=0,
    hits=(),
    cleared=(),
    screened_with="digest",
    orders=1,
    consent_version=None,
    consented_at=None,
    retain_until=NOW + timedelta(days=1),
    created_at=NOW,
    updated_at=NOW,
)

WISHES = {
    "Nováková": (Decision.ACCEPT, ""),
    "Reject": (Decision.AGAIN, "data-mismatch"),
    " REJECT ": (Decision.AGAIN, "data-mismatch"),
    "Refuse": (Decision.REJECT, "other"),
    "Wait": None,
    "Waite": (Decision.ACCEPT, ""),
}


def reviewed(kind: CaseKind, last_name: str = "Nováková", **changes: Any) -> Review:
    """Make a submitted case of a customer who is plain but for what is changed."""
    made = open_case(CaseId(ONE), OrderId(ONE), CustomerId(ONE), kind, NOW)
    case: Case = replace(made, state=changes.pop("state", CaseState.SUBMITTED))
    customer = replace(CUSTOMER, **changes)
    told = {"first_name": "Jana", "last_name": last_name} if customer.identity else {}
    return Review(case, NOTHING, NOTHING, customer, told, {}, ())


def check_judge(judge: Judge) -> None:
    """Fail when a judgement is not the one due."""
    for kind, (name, due) in product((CaseKind.IDENTITY, CaseKind.AML), WISHES.items()):
        assert judge(reviewed(kind, name)) == due, (kind, name)
    for kind, name in product(CaseKind, WISHES):
        assert judge(reviewed(kind, name, hits=("eu:1",))) is None, (kind, "flagged")
        partly = {"hits": ("eu:1", "eu:2"), "cleared": ("eu:1",)}
        assert judge(reviewed(kind, name, **partly)) is None, (kind, "cleared in part")
        assert judge(reviewed(kind, name, screened_with="")) is None, (kind, "unscreened")
    for kind, state in product(CaseKind, CaseState):
        if kind not in (CaseKind.IDENTITY, CaseKind.AML) or state is not CaseState.SUBMITTED:
            assert judge(reviewed(kind, state=state)) is None, (kind, state)
    cleared = reviewed(CaseKind.IDENTITY, hits=("eu:1",), cleared=("eu:0", "eu:1"))
    assert judge(cleared) == (Decision.ACCEPT, ""), "cleared"
    silent = reviewed(CaseKind.AML, identity=None, screened_with="")
    assert judge(silent) == (Decision.ACCEPT, ""), "no name was told"
