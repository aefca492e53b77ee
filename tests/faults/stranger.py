"""Decide how money of somebody unknown comes and goes back, and what must be left of it."""

from typing import Any, Protocol
from uuid import UUID

from cambist.adapters.simulators.bank import SimulatedBank
from cambist.app.banking.return_line import ReturnLine
from cambist.bootstrap.core import Core
from cambist.bootstrap.rails import SANDBOX_ACCOUNTS
from cambist.ports.bank import IncomingTransfer
from tests.faults.cases import Case

UNITS = 77_700
PAYER = "CZ5508000000001234567899"
LINES_MAX = 10_000


class Hands(Protocol):
    """Say what is needed to pay, and to decide."""

    core: Core
    bus: Any


async def strangers_turn(desk: Hands, case: Case) -> bool:
    """Pay once; then, as staff, send back whatever of it waits; False when nothing is to be done.

    The staff do not know what an earlier self has decided: the list alone tells them.
    """
    if not await _moved(desk.core, case):
        transfer = IncomingTransfer(UNITS, "who knows", _name(case), PAYER)
        await SimulatedBank(desk.core.pool).transfer(SANDBOX_ACCOUNTS[0], transfer)
        return True
    waiting = await desk.core.desk.waiting_lines(LINES_MAX)
    found = [one.line.id for one in waiting if one.name == _name(case)]
    for line in found:
        await _send_back(desk, line)
    return bool(found)


async def faults_of_stranger(core: Core, case: Case) -> list[str]:
    """Say what is wrong when everything is quiet: he has what he paid, once."""
    moved = await _moved(core, case)
    expected = [(True, str(UNITS)), (False, str(UNITS))]
    return [] if moved == expected else [f"came and went back {moved}, not {expected}"]


async def _send_back(desk: Hands, line: UUID) -> None:
    await desk.bus.execute(ReturnLine(line, "tester", "nobody's"))


async def _moved(core: Core, case: Case) -> list[tuple[bool, str]]:
    query = "select credit, units::text from sim.bank_entry where name = $1 order by number"
    return [tuple(row) for row in await core.pool.fetch(query, _name(case))]


def _name(case: Case) -> str:
    return f"STRANGER {case.shop}"
