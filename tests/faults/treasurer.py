"""Decide how the house takes its own money out by hand, and what the books must show."""

from typing import Any, Protocol
from uuid import UUID

from cambist.adapters.bank_files.pain001 import write_batch
from cambist.adapters.simulators.bank import SimulatedBank
from cambist.app.banking.own_line import OwnLine
from cambist.bootstrap.core import Core
from cambist.bootstrap.rails import SANDBOX_ACCOUNTS
from cambist.domain.payments.rails import Method
from cambist.ports.payouts import PayoutLine
from cambist.ports.rails import PayeeAccount
from tests.faults.cases import Case

UNITS_MAX = 10**9
OWN_ACCOUNT = "CZ5508000000001234567899"


class Hands(Protocol):
    """Say what is needed to pay, and to decide; `heard` is what this process knows is decided."""

    core: Core
    bus: Any
    heard: set[UUID]


async def treasurers_turn(desk: Hands, case: Case) -> bool:
    """Take money out once; then, as staff, tell whose it was; False when nothing is to be done.

    Who does not know whether an earlier self has decided says it again.
    """
    lines = await _lines(desk.core, case)
    if not lines and not await _left(desk.core, case):
        await _take_out(desk.core, case)
        return True
    asked = [line for line, _ in lines if line not in desk.heard]
    for line in asked:
        await desk.bus.execute(OwnLine(line, "tester", "taken out"))
        desk.heard.add(line)
    return bool(asked)


async def faults_of_treasurer(core: Core, case: Case) -> list[str]:
    """Say what is wrong when everything is quiet: the house has that much less, once."""
    units = _units(case)
    lines = await _lines(core, case)
    faults = [] if [state for _, state in lines] == ["own"] else [f"lines: {lines}"]
    rows = await core.pool.fetch(
        "select a.owner, sum(e.units)::text from bank_lines l"
        " join journals j on split_part(j.reference, ':', 2) = l.id::text"
        " join entries e on e.journal_id = j.id join accounts a on a.id = e.account_id"
        " where l.id = any($1::uuid[]) group by a.owner having sum(e.units) <> 0 order by 1",
        [line for line, _ in lines],
    )
    booked = [tuple(row) for row in rows]
    expected = [("house:capital", str(-units)), ("rail:cz-bank", str(units))]
    return faults if booked == expected else [*faults, f"booked {booked}, not {expected}"]


async def _take_out(core: Core, case: Case) -> None:
    """Give the bank an order of our own making; told twice it is one."""
    house, number, now = SANDBOX_ACCOUNTS[0], _number(case), await core.queries.now()
    payee = PayeeAccount(Method.CZ_BANK, OWN_ACCOUNT, OWN_ACCOUNT, None)
    line = PayoutLine(number, _units(case), house.currency, payee, "THE OWNER", "BY HAND")
    await SimulatedBank(core.pool).submit(write_batch(house, number, now, now.date(), [line]))


async def _left(core: Core, case: Case) -> bool:
    query = "select exists (select from sim.bank_entry where end_to_end = $1)"
    return bool(await core.pool.fetchval(query, _number(case)))


async def _lines(core: Core, case: Case) -> list[tuple[UUID, str]]:
    query = "select id, state from bank_lines where units = $1::text::numeric and not credit"
    return [(row[0], row[1]) for row in await core.pool.fetch(query, str(_units(case)))]


def _number(case: Case) -> str:
    return UUID(case.shop).hex[:30]


def _units(case: Case) -> int:
    """Give each case an amount of its own, by which its line is known."""
    return 1 + UUID(case.shop).int % UNITS_MAX
