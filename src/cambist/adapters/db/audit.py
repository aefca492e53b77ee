"""Decide whether the books are right: zero sums, no overdraft, balances from history, the chain."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from cambist.adapters.db.audit_guards import check_guards
from cambist.adapters.db.audit_trades import check_trades
from cambist.adapters.db.audit_world import check_coins, check_orders, check_payments, check_payouts
from cambist.adapters.db.books import journals_of
from cambist.adapters.db.findings import Findings, Report
from cambist.adapters.db.pool import Connection, Pool
from cambist.domain.ledger.accounts import AccountRef
from cambist.domain.ledger.journals import chain_hash

Check = Callable[[Connection, Findings], Awaitable[None]]

STREAM = 1_000
CHUNK = 500

_UNBALANCED = """select journal_id, asset, sum(units) from entries
  group by journal_id, asset having sum(units) <> 0"""

_WRONG_ENTRIES = """select e.journal_id, e.number,
    case when j.id is null then 'without journal' when a.id is null then 'without account'
      when a.asset <> e.asset then 'in another asset than its account'
      when a.bounded <> (e.version is not null) or a.bounded <> (e.balance_after is not null)
      then 'versioned unlike its account' end as wrong
  from entries e left join journals j on j.id = e.journal_id
    left join accounts a on a.id = e.account_id
  where j.id is null or a.id is null or a.asset <> e.asset
    or a.bounded <> (e.version is not null) or a.bounded <> (e.balance_after is not null)"""

_HISTORY = """select a.id, a.owner, a.asset, a.posted, a.held, a.version,
    e.version as number, e.units, e.balance_after
  from accounts a left join entries e on e.account_id = a.id
  where a.bounded order by a.id, e.version, e.journal_id"""

_HELD = """select a.owner, a.asset, a.held, coalesce(h.units, 0) from accounts a
  full join (select account_id, sum(units) as units from holds where state = 'active' group by 1) h
    on h.account_id = a.id
  where a.held is distinct from coalesce(h.units, 0)"""

_SYSTEM = """select a.owner, a.asset, a.posted + coalesce(u.units, 0), coalesce(e.units, 0)
  from accounts a
  left join (select account_id, sum(units) as units from unfolded_entries group by 1) u
    on u.account_id = a.id
  left join (select account_id, sum(units) as units from entries group by 1) e
    on e.account_id = a.id
  where not a.bounded and a.posted + coalesce(u.units, 0) <> coalesce(e.units, 0)"""

_OPEN = """select u.journal_id, u.number from unfolded_entries u
  left join entries e using (journal_id, number)
  where e.account_id is distinct from u.account_id or e.units is distinct from u.units"""

_UNCHAINED = """select j.id, (s.journal_id is not null)::int + (u.journal_id is not null)::int
  from journals j left join journal_seals s on s.journal_id = j.id
  full join unsealed_journals u on u.journal_id = j.id
  where j.id is null or (s.journal_id is null) = (u.journal_id is null)"""


async def check_zero_sum(connection: Connection, findings: Findings) -> None:
    """Check I1: each journal has at least two entries that sum to zero per asset."""
    findings.checked("journals", await connection.fetchval("select count(*) from journals"))
    async for row in connection.cursor(_UNBALANCED, prefetch=STREAM):
        findings.add("I1", f"journal {row[0]} sums to {row[2]} {row[1]}")
    query = "select asset, count(*), sum(units) from entries group by asset order by asset"
    for asset, count, units in await connection.fetch(query):
        findings.checked(f"entries in {asset}", count)
        if units:
            findings.add("I1", f"the whole ledger sums to {units} {asset}")
    query = """select j.id from journals j left join entries e on e.journal_id = j.id
      group by j.id having count(e.journal_id) < 2"""
    async for row in connection.cursor(query, prefetch=STREAM):
        findings.add("I1", f"journal {row[0]} lacks entries")
    async for row in connection.cursor(_WRONG_ENTRIES, prefetch=STREAM):
        findings.add("I1", f"entry {row[0]}/{row[1]} is {row[2]}")


@dataclass
class _Walk:
    """Follow one bounded account through its versions."""

    account: UUID
    name: str
    version: int = 0
    posted: int = 0

    def step(self, row: Any, findings: Findings) -> None:
        """Take the next entry in."""
        self.version += 1
        self.posted += int(row["units"])
        if row["number"] != self.version:
            findings.add("I3", f"{self.name}: version {row['number']} where {self.version} is due")
            self.version = row["number"] or self.version
        if row["balance_after"] is None or int(row["balance_after"]) != self.posted:
            findings.add("I3", f"{self.name}: version {self.version} says {row['balance_after']}")
            self.posted = int(row["balance_after"] or 0)
        if self.posted < 0:
            findings.add("I2", f"{self.name}: version {self.version} stands at {self.posted}")


async def check_history(connection: Connection, findings: Findings) -> None:
    """Check I2 and I3 of bounded accounts: gapless versions, chained balances, never below zero.

    Holds have no versions of their own; that none ever exceeded its balance is the row's CHECK,
    whose presence `check_guards` proves. Today's holds are compared with today's balances.
    """
    walk: _Walk | None = None
    last: Any = None
    async for row in connection.cursor(_HISTORY, prefetch=STREAM):
        if walk is None or walk.account != row["id"]:
            _close(walk, last, findings)
            walk = _Walk(row["id"], f"{row['owner']} {row['asset']}")
        last = row
        if row["units"] is not None:
            findings.checked("versions walked")
            walk.step(row, findings)
    _close(walk, last, findings)
    async for row in connection.cursor(_HELD, prefetch=STREAM):
        findings.add("I2", f"{row[0]} {row[1]} holds {row[2]}, its holds are {row[3]}")


def _close(walk: _Walk | None, row: Any, findings: Findings) -> None:
    if walk is None:
        return
    findings.checked("accounts of parties")
    if (row["version"], int(row["posted"])) != (walk.version, walk.posted):
        stated = f"{row['posted']} at version {row['version']}"
        findings.add("I3", f"{walk.name}: {stated}, entries say {walk.posted} at {walk.version}")
    if not 0 <= int(row["held"]) <= int(row["posted"]):
        findings.add("I2", f"{walk.name}: {row['posted']} posted, {row['held']} held")


async def check_system(connection: Connection, findings: Findings) -> None:
    """Check I3 of system accounts: balance and open entries together are the sum of entries."""
    query = "select count(*) from unfolded_entries"
    findings.checked("open entries", await connection.fetchval(query))
    async for row in connection.cursor(_SYSTEM, prefetch=STREAM):
        findings.add("I3", f"{row[0]} {row[1]} stands at {row[2]}, its entries sum to {row[3]}")
    async for row in connection.cursor(_OPEN, prefetch=STREAM):
        findings.add("I3", f"open entry {row[0]}/{row[1]} differs from its journal")
    query = "select id, owner, asset, bounded from accounts"
    async for row in connection.cursor(query, prefetch=STREAM):
        findings.checked("accounts")
        ref = AccountRef(row["owner"], row["asset"])
        if (ref.id, ref.bounded) != (row["id"], row["bounded"]):
            findings.add("I3", f"account {row['id']} is not that of {ref.owner} {ref.asset}")


async def check_chain(connection: Connection, findings: Findings) -> None:
    """Check I4: the hashes recompute from the first journal on, and no journal is left out."""
    head, due = "", 1
    chunk: list[Any] = []
    query = "select number, journal_id, hash from journal_seals order by number"
    async for row in connection.cursor(query, prefetch=STREAM):
        if row["number"] != due:
            findings.add("I4", f"seal {row['number']} where {due} is due")
        due = row["number"] + 1
        chunk.append(row)
        if len(chunk) == CHUNK:
            head = await _recompute(connection, head, chunk, findings)
            chunk = []
    head = await _recompute(connection, head, chunk, findings)
    findings.head = f"{due - 1} {head}" if head else ""
    async for row in connection.cursor(_UNCHAINED, prefetch=STREAM):
        findings.add("I4", f"journal {row[0]} is neither sealed once nor waiting to be")
    query = "select count(*) from unsealed_journals"
    findings.checked("journals not yet sealed", await connection.fetchval(query))


async def _recompute(
    connection: Connection, head: str, seals: Sequence[Any], findings: Findings
) -> str:
    """Follow the chain over some seals; goes on from what is written, to find each break."""
    present = await connection.fetch(
        "select id from journals where id = any($1::uuid[])", [s["journal_id"] for s in seals]
    )
    known = {row[0] for row in present}
    booked = await journals_of(connection, list(known))
    by_id = {journal.id: (journal, entries) for journal, entries in booked}
    for seal in seals:
        findings.checked("seals recomputed")
        found = by_id.get(seal["journal_id"])
        if found is None:
            findings.add("I4", f"sealed journal {seal['journal_id']} is gone")
        elif chain_hash(head, *found) != seal["hash"]:
            findings.add("I4", f"seal {seal['number']} does not fit journal {seal['journal_id']}")
        head = seal["hash"]
    return head


LEDGER_CHECKS: tuple[Check, ...] = (
    check_zero_sum,
    check_history,
    check_system,
    check_chain,
    check_guards,
)
WORLD_CHECKS: tuple[Check, ...] = (
    check_payments,
    check_payouts,
    check_orders,
    check_coins,
    check_trades,
)
CHECKS = LEDGER_CHECKS + WORLD_CHECKS


async def verify(pool: Pool, checks: Sequence[Check] = CHECKS) -> Report:
    """Examine the books in one read-only snapshot, streaming; say what was looked at and found."""
    async with (
        pool.acquire() as connection,
        connection.transaction(isolation="repeatable_read", readonly=True),
    ):
        return await examine(connection, checks)


async def examine(connection: Connection, checks: Sequence[Check] = CHECKS) -> Report:
    """Examine the books as the connection's open transaction sees them."""
    findings = Findings()
    for check in checks:
        await check(connection, findings)
    return findings.report()
