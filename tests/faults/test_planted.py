"""Show that the matrix catches a worker that pays before it stores, and a watcher without vout."""

from cambist.kernel.failpoints import Failpoint
from tests.faults.cases import Flow
from tests.faults.matrix import Matrix
from tests.faults.planted import NAIVE_PAYOUTS, NO_VOUT


def test_naive_worker_pays_twice_when_it_dies_after_the_node_sent(matrix: Matrix) -> None:
    assert matrix.faults(Flow.WITHDRAWAL, variant=NAIVE_PAYOUTS) == []
    fatal = Failpoint.PAYOUT_AFTER_BROADCAST.value
    faults = matrix.faults(Flow.WITHDRAWAL, fatal, variant=NAIVE_PAYOUTS)
    assert any(fault.startswith("2 transfers arrived") for fault in faults), faults


def test_watcher_without_vout_loses_the_second_output(matrix: Matrix) -> None:
    faults = matrix.faults(Flow.PAY_IN, variant=NO_VOUT)
    assert any("1 credits not taken back" in fault for fault in faults), faults
