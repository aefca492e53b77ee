"""Show that a partner learns that an order waits for the staff, though not for what."""

import json

import pytest

from cambist.dialects.btcex import told
from cambist.dialects.btcex.tables import OPEN_CASE
from cambist.domain.compliance.cases import CaseKind
from cambist.kernel.events import EventName
from cambist.ports.outbox import OutboxRow
from tests.dialects.btcex.broker import PUBLIC_URL
from tests.dialects.btcex.views import IDENTITY, NOW, order_id, sample_views

VIEW = next(view for view in sample_views() if view.trade.number == IDENTITY)
ENDS = (EventName.ORDER_CASE_SUBMITTED, EventName.ORDER_CASE_CLOSED)


@pytest.mark.parametrize("kind", CaseKind)
@pytest.mark.parametrize("name", ENDS)
def test_a_check_of_the_staffs_own_changes_the_status(name: EventName, kind: CaseKind) -> None:
    facts = {"kind": "buy", "case": kind.value}
    row = OutboxRow(1, order_id(IDENTITY), 2, name, facts, NOW, 0)
    found = told(row, VIEW, PUBLIC_URL)
    assert (found is not None) == (OPEN_CASE[kind] is None)
    if found is not None:
        assert found[0] == "order.status-changed"
        assert json.loads(found[1])["id"] == IDENTITY
