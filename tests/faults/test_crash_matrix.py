"""Show that a process may die at every named point: nothing is lost, nothing is paid twice."""

import pytest

from cambist.kernel.failpoints import Failpoint
from tests.faults.cases import Flow
from tests.faults.matrix import SIGNING, Matrix

IN_THE_FLOW = [point for point in Failpoint if point is not Failpoint.SIGNER_AFTER_LOG]


@pytest.mark.parametrize("flow", Flow)
def test_flow_comes_to_its_end_undisturbed(flow: Flow, matrix: Matrix) -> None:
    assert matrix.faults(flow) == []
    assert matrix.audit() == []


@pytest.mark.parametrize("point", IN_THE_FLOW)
def test_process_that_dies_is_followed_by_one_that_goes_on(
    point: Failpoint, matrix: Matrix
) -> None:
    places = matrix.places(point)
    assert places, "no flow visits this point"
    for flow, fatal in places:
        assert matrix.faults(flow, fatal) == [], (flow, fatal)
    assert matrix.audit() == []


@pytest.mark.parametrize("flow", SIGNING)
def test_signer_that_dies_with_the_bytes_logged_signs_the_same_again(
    flow: Flow, matrix: Matrix
) -> None:
    case = matrix.case(flow)
    matrix.stop_signer()
    matrix.start_signer(Failpoint.SIGNER_AFTER_LOG.value)
    end = matrix.follow(case)
    assert "SignerUnavailableError" in end.left
    assert matrix.signer_ended().was_killed
    matrix.start_signer()
    assert matrix.finish(case) == []
    assert matrix.audit() == []


@pytest.mark.campaign
@pytest.mark.parametrize("point", IN_THE_FLOW)
def test_every_command_of_every_flow_may_die_at_a_point(point: Failpoint, matrix: Matrix) -> None:
    for flow, fatal in matrix.every_place(point):
        assert matrix.faults(flow, fatal) == [], (flow, fatal)
    assert matrix.audit() == []


@pytest.mark.campaign
@pytest.mark.parametrize("first", IN_THE_FLOW)
def test_process_that_goes_on_may_die_too(first: Failpoint, matrix: Matrix) -> None:
    for flow, fatal in matrix.places(first):
        for second in IN_THE_FLOW:
            seconds = [place for one, place in matrix.places(second) if one is flow]
            for again in seconds[:1]:
                assert matrix.faults(flow, fatal, again) == [], (flow, fatal, again)
    assert matrix.audit() == []
