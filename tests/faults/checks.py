"""Decide what must hold once everything is quiet, whatever died on the way."""

from uuid import UUID

from cambist.adapters.db.audit import verify
from cambist.adapters.db.books import fold, seal
from cambist.bootstrap.core import Core
from cambist.domain.market.assets import ASSETS
from tests.faults.cases import CREDITED, PAID, SENT, TAKEN, Case, Flow
from tests.faults.customer import faults_of_trade
from tests.faults.stranger import faults_of_stranger
from tests.faults.treasurer import faults_of_treasurer
from tests.trades.checks import faults_of_orders


async def faults_of(core: Core, case: Case) -> list[str]:
    """Say what is wrong with a case."""
    if Flow(case.flow).is_trade:
        return [*await _events(core), *await faults_of_trade(core, case)]
    if Flow(case.flow) is Flow.SEND_BACK:
        return [*await _events(core), *await faults_of_stranger(core, case)]
    if Flow(case.flow) is Flow.OWN:
        return [*await _events(core), *await faults_of_treasurer(core, case)]
    if Flow(case.flow).is_incoming:
        return [*await _events(core), *await _paid_in(core, case)]
    return [*await _events(core), *await _paid_out(core, case)]


async def faults_in_books(core: Core) -> list[str]:
    """Prove the books (I1-I4), and that the chains hold what they say (I12)."""
    while await fold(core.pool) + await seal(core.pool):
        pass
    report = await verify(core.pool)
    found = [*([] if report.ok else report.lines()), *await _custody(core)]
    return [*found, *await faults_of_orders(core.pool), *await _bank(core)]


async def _custody(core: Core) -> list[str]:
    """Compare what stands on our addresses by the chains with what the ledger says (I12)."""
    rows = await core.pool.fetch(
        "with ours as (select m.asset, sum(m.units) as units from sim.movement m"
        "  join addresses a on a.chain = m.chain and a.address = m.address"
        "  join sim.tx t on t.chain = m.chain and t.txid = m.txid and t.height is not null"
        "  group by m.asset),"
        " booked as (select e.asset, -sum(e.units) as units from entries e"
        "  join accounts c on c.id = e.account_id where c.owner like 'custody:%' group by e.asset)"
        " select asset, ours.units, booked.units from ours full join booked using (asset)"
        " where coalesce(ours.units, 0) <> coalesce(booked.units, 0)"
    )
    return [f"on our addresses and in the books: {tuple(row)}" for row in rows]


async def _bank(core: Core) -> list[str]:
    """Compare our account at the bank with its mirror, and the bank's entries with our lines."""
    row = await core.pool.fetchrow(
        "select (select coalesce(sum(balance), 0) from sim.bank_account),"
        " (select coalesce(-sum(e.units), 0) from entries e join accounts a on a.id = e.account_id"
        "   where a.owner like 'rail:%'),"
        " (select count(*) from sim.bank_entry), (select count(*) from bank_lines)"
    )
    found = tuple(map(int, row or ()))
    fits = found[:1] == found[1:2] and found[2:3] == found[3:4]
    return [] if fits else [f"balance at the bank and in the books, entries and lines: {found}"]


async def _events(core: Core) -> list[str]:
    """Check that each order's events are numbered without a gap and were all handled."""
    rows = await core.pool.fetch(
        "select o.id, o.seq, count(b.id), max(b.seq), count(b.parked_at), count(b.delivered_at)"
        " from orders o left join outbox b on b.aggregate_id = o.id group by o.id"
        " having count(b.id) <> o.seq or max(b.seq) <> o.seq"
        " or count(b.delivered_at) <> o.seq or count(b.parked_at) <> 0"
    )
    return [f"events (order, seq, rows, highest, parked, handled): {tuple(row)}" for row in rows]


async def _paid_in(core: Core, case: Case) -> list[str]:
    """Check that both orders are paid, each by its own output, credited once."""
    orders = await core.pool.fetch(
        "select state, received::text, confirmed::text, labels from orders where partner_id = $1",
        case.partner_id,
    )
    expected = ("completed", str(PAID), str(PAID))
    faults = [f"order: {tuple(row)}" for row in orders if tuple(row)[:3] != expected]
    if len(orders) != 2:
        faults.append(f"{len(orders)} orders, not 2")
    reorged = sum("REORGED" in row["labels"] for row in orders)
    if reorged != (2 if case.flow == Flow.REORG else 0):
        faults.append(f"{reorged} orders reorged")
    credited = await core.pool.fetchval(
        "select coalesce(sum((j.reference like 'credit:%')::int * 2 - 1), 0) from journals j"
        " join orders o on o.id = j.order_id where o.partner_id = $1",
        case.partner_id,
    )
    if credited != 2:
        faults.append(f"{credited} credits not taken back, not 2")
    return faults + await _balance(core, case, 2 * CREDITED)


async def _paid_out(core: Core, case: Case) -> list[str]:
    """Check that the chain holds exactly one transfer for the promise, and it is settled."""
    asset, number = Flow(case.flow).asset, UUID(case.order)
    promised = await core.pool.fetch(
        "select o.state, w.state, w.txid, w.units::text from orders o"
        " join withdrawals w on w.order_id = o.id where o.partner_id = $1 and o.id <> $2",
        case.partner_id,
        number,
    )
    arrived = await core.pool.fetch(
        "select 'completed', 'settled', m.txid, m.units::text from sim.movement m"
        " join sim.tx t on t.chain = m.chain and t.txid = m.txid and t.height is not null"
        " where m.chain = $1 and m.asset = $2 and m.address = $3",
        ASSETS[asset].chain,
        asset,
        case.destination,
    )
    faults: list[str] = []
    if [tuple(row) for row in promised] != [tuple(row) for row in arrived]:
        faults.append(f"promised {promised}, arrived {arrived}")
    if [row[3] for row in arrived] != [str(SENT)]:
        faults.append(f"{len(arrived)} transfers arrived: {arrived}")
    refunded = await core.pool.fetchval("select refunded::text from orders where id = $1", number)
    if int(refunded) != (SENT if case.flow == Flow.REFUND else 0):
        faults.append(f"refunded {refunded}")
    return faults + await _balance(core, case, CREDITED - TAKEN)


async def _balance(core: Core, case: Case, expected: int) -> list[str]:
    row = await core.pool.fetchrow(
        "select posted::text, held::text from accounts where owner = $1 and asset = $2",
        f"partner:{case.partner}",
        Flow(case.flow).asset,
    )
    found = tuple(row) if row else None
    return [] if found == (str(expected), "0") else [f"balance and held: {found}"]


async def callbacks_of(core: Core, case: Case) -> list[dict[str, str]]:
    """List the messages the merchant must have got, by order in the order of its events."""
    if Flow(case.flow).is_trade or Flow(case.flow).is_of_nobody:
        return []
    rows = await core.pool.fetch(
        "select c.id::text, c.form, c.body, c.state, c.order_id::text from outbox b"
        " join orders o on o.id = b.aggregate_id"
        " cross join (values ('vendor'), ('standard')) f(form)"
        " left join callbacks c on c.order_id = o.id and c.event_seq = b.seq and c.form = f.form"
        " where o.partner_id = $1 and o.id::text <> $2 order by o.id, b.seq, f.form",
        case.partner_id,
        case.order,
    )
    names = ("id", "form", "body", "state", "order")
    return [dict(zip(names, row, strict=True)) for row in rows]
