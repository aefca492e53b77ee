"""Show that the matrix catches who pays before storing, and who knows money too little.

And who books a decision again, or only says that money went back.
"""

from cambist.kernel.failpoints import Failpoint
from tests.faults.cases import Flow
from tests.faults.matrix import Matrix
from tests.faults.planted import FILE_FIRST, NAIVE_PAYOUTS, NO_IDENTITY, NO_VOUT
from tests.faults.versions import OWN_ANEW, RETURN_KEPT, WRITE_OFF_ANEW


def test_naive_worker_pays_twice_when_it_dies_after_the_node_sent(matrix: Matrix) -> None:
    assert matrix.faults(Flow.WITHDRAWAL, variant=NAIVE_PAYOUTS) == []
    fatal = Failpoint.PAYOUT_AFTER_BROADCAST.value
    faults = matrix.faults(Flow.WITHDRAWAL, fatal, variant=NAIVE_PAYOUTS)
    assert any(fault.startswith("2 transfers arrived") for fault in faults), faults


def test_watcher_without_vout_loses_the_second_output(matrix: Matrix) -> None:
    faults = matrix.faults(Flow.PAY_IN, variant=NO_VOUT)
    assert any("1 credits not taken back" in fault for fault in faults), faults


def test_importer_without_identities_books_a_line_twice_when_it_dies_half_way(
    matrix: Matrix,
) -> None:
    told = "balance at the bank and in the books"
    assert matrix.faults(Flow.BUY, variant=NO_IDENTITY) == []
    assert not any(fault.startswith(told) for fault in matrix.audit())
    fatal = f"{Failpoint.BANK_AFTER_LINE.value}:3"
    assert not any("did not die" in fault for fault in matrix.faults(Flow.BUY, fatal))
    assert not any(fault.startswith(told) for fault in matrix.audit())
    matrix.faults(Flow.BUY, fatal, variant=NO_IDENTITY)
    assert any(fault.startswith(told) for fault in matrix.audit())


def test_importer_without_identities_sends_a_strangers_money_back_twice(matrix: Matrix) -> None:
    assert matrix.faults(Flow.SEND_BACK, variant=NO_IDENTITY) == []
    fatal = f"{Failpoint.BANK_AFTER_LINE.value}:1"
    assert matrix.faults(Flow.SEND_BACK, fatal) == []
    faults = matrix.faults(Flow.SEND_BACK, fatal, variant=NO_IDENTITY)
    assert any(fault.startswith("came and went back") for fault in faults), faults


def test_file_that_is_handed_over_before_it_is_stored_is_paid_twice(matrix: Matrix) -> None:
    assert matrix.faults(Flow.SELL, variant=FILE_FIRST) == []
    place = matrix.visits(Flow.SELL)[Failpoint.BUS_BEFORE_COMMIT.value, "ExportPayouts"]
    faults = matrix.faults(Flow.SELL, place, variant=FILE_FIRST)
    assert any(fault.startswith("arrived ") for fault in faults), faults


def test_line_that_is_booked_as_often_as_told_costs_the_house_twice(matrix: Matrix) -> None:
    assert matrix.faults(Flow.OWN, variant=OWN_ANEW) == []
    place = matrix.visits(Flow.OWN)[Failpoint.BUS_AFTER_COMMIT.value, "OwnLine"]
    assert matrix.faults(Flow.OWN, place) == []
    told = "house:suspense CZK is other than"
    assert not any(told in fault for fault in matrix.audit())
    faults = matrix.faults(Flow.OWN, place, variant=OWN_ANEW)
    assert any(fault.startswith("booked ") for fault in faults), faults
    assert any(told in fault for fault in matrix.audit())


def test_exchange_that_is_undone_as_often_as_told_is_paid_by_the_seller(matrix: Matrix) -> None:
    assert matrix.faults(Flow.WRITE_OFF, variant=WRITE_OFF_ANEW) == []
    place = matrix.visits(Flow.WRITE_OFF)[Failpoint.BUS_AFTER_COMMIT.value, "WriteOff"]
    assert matrix.faults(Flow.WRITE_OFF, place) == []
    faults = matrix.faults(Flow.WRITE_OFF, place, variant=WRITE_OFF_ANEW)
    assert any("insufficient-balance" in fault for fault in faults), faults


def test_extra_crypto_that_is_only_said_to_go_back_stays_with_us(matrix: Matrix) -> None:
    faults = matrix.faults(Flow.EXTRA, variant=RETURN_KEPT)
    assert any(fault.startswith("arrived ([], ") for fault in faults), faults
    assert any(fault.startswith("the customer still has") for fault in faults), faults
