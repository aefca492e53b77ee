"""Decide whether the books agree with the world: payments, payouts, orders, coins, events."""

from collections import Counter

from cambist.adapters.db.findings import Findings
from cambist.adapters.db.pool import Connection
from cambist.domain.custody.custody import coin_id
from cambist.domain.ledger.accounts import custody_account
from cambist.domain.orders.states import OUTGOING
from cambist.domain.payments.payments import payment_id

STREAM = 1_000

_CREDITS = """with booked as (
    select split_part(j.reference, ':', 2) as payment,
      count(distinct j.id) filter (where j.reference like 'credit:%') as credits,
      count(distinct j.id) filter (where j.reference like 'revert:%') as reverts,
      sum(e.units) filter (where a.owner like 'custody:%') as custody
    from journals j join entries e on e.journal_id = j.id join accounts a on a.id = e.account_id
    where j.reference like 'credit:%' or j.reference like 'revert:%' group by 1)
  select coalesce(p.id::text, b.payment) from booked b
  full join (select * from payments where direction = 'in') p on p.id::text = b.payment
  where p.id is null or coalesce(b.credits, 0) <> p.credits
    or coalesce(b.reverts, 0) <> p.credits - (p.state = 'confirmed')::int
    or coalesce(b.custody, 0) <> case p.state when 'confirmed' then -p.units else 0 end"""

_PAYOUTS = """with booked as (
    select split_part(j.reference, ':', 2) as payout, count(distinct j.id) as journals,
      sum(e.units) filter (where a.bounded) as paid,
      sum(e.units) filter (where a.owner = 'house:network-fees') as network
    from journals j join entries e on e.journal_id = j.id join accounts a on a.id = e.account_id
    where j.reference like 'withdrawal:%' or j.reference like 'sweep:%' group by 1)
  select coalesce(w.id::text, b.payout) from booked b
  full join (select * from withdrawals where state = 'settled') w on w.id::text = b.payout
  where w.id is null or b.journals is distinct from 1
    or coalesce(b.paid, 0) <> case when w.order_id is null then 0 else -(w.units + w.fee) end
    or coalesce(b.network, 0) <> -w.network_fee"""

_SUMS = """select o.id from orders o
  left join (select order_id, coalesce(sum(units) filter (where state <> 'dropped'), 0) as received,
      coalesce(sum(units) filter (where state = 'confirmed'), 0) as confirmed
    from payments where direction = 'in' and matched group by 1) p on p.order_id = o.id
  left join (select parent_id, sum(amount) as refunded from orders
    where kind = 'refund' and state <> 'rejected' group by 1) r on r.parent_id = o.id
  where o.kind <> all($1::text[]) and (o.received <> coalesce(p.received, 0)
    or o.confirmed <> coalesce(p.confirmed, 0) or o.refunded <> coalesce(r.refunded, 0))"""

_OVER_REFUNDED = """select id from orders where kind <> all($1::text[])
  and refunded > confirmed and labels !~ 'REORGED'"""

_HOLDS = """with expected as (
    select id, amount + fee as units, case state when 'completed' then 'captured'
      when 'rejected' then 'released' else 'active' end as state
    from orders where kind = any($1::text[]))
  select coalesce(o.id, h.order_id) from expected o
  full join (select * from holds
      where not exists (select from trades t where t.id = holds.order_id)) h
    on h.order_id = o.id
  group by 1 having count(o.id) <> 1 or count(h.id) <> 1
    or bool_or(h.state is distinct from o.state or h.units is distinct from o.units)"""

_EVENTS = """select o.id from orders o
  full join (select aggregate_id, count(*) as events, min(seq) as first, max(seq) as last
    from outbox group by 1) e on e.aggregate_id = o.id
  where o.id is null or o.seq <> coalesce(e.last, 0) or coalesce(e.events, 0) <> o.seq
    or coalesce(e.first, 1) <> 1"""

_COINS = """select c.id, c.chain, c.asset, c.place, c.txid, c.vout, c.units,
    p.state as payment, w.state as maker, s.state as spender
  from coins c
  left join payments p on p.direction = 'in' and p.txid = c.txid and p.chain = c.chain
    and p.index = c.vout and p.asset = c.asset
  left join withdrawals w on w.txid = c.txid and w.chain = c.chain and c.txid <> ''
  left join withdrawals s on s.id = c.spent_by"""

_CUSTODY = """select a.owner, a.asset, sum(e.units) from accounts a
  join entries e on e.account_id = a.id where a.owner like 'custody:%' group by 1, 2"""


async def check_payments(connection: Connection, findings: Findings) -> None:
    """Check I6: each credit is one confirmed transfer, counted once, taken back when orphaned."""
    async for row in connection.cursor(_CREDITS, prefetch=STREAM):
        findings.add("I6", f"payment {row[0]} and its journals differ")
    query = "select id, chain, txid, index from payments where direction = 'in'"
    async for row in connection.cursor(query, prefetch=STREAM):
        findings.checked("payments in")
        if row["id"] != payment_id(row["chain"], row["txid"] or "", row["index"]):
            findings.add("I6", f"payment {row['id']} is not its transfer's own")


async def check_payouts(connection: Connection, findings: Findings) -> None:
    """Check I5: each settled withdrawal or sweep is one journal of its amount, fee and cost."""
    query = "select count(*) from withdrawals where state = 'settled'"
    findings.checked("settled payouts", await connection.fetchval(query))
    async for row in connection.cursor(_PAYOUTS, prefetch=STREAM):
        findings.add("I5", f"payout {row[0]} and its journal differ")
    outgoing = sorted(OUTGOING)
    async for row in connection.cursor(_HOLDS, outgoing, prefetch=STREAM):
        findings.add("I5", f"order {row[0]} and its hold differ")


async def check_orders(connection: Connection, findings: Findings) -> None:
    """Check that orders sum up their payments and refunds, and that events have no gap (I9)."""
    findings.checked("orders", await connection.fetchval("select count(*) from orders"))
    outgoing = sorted(OUTGOING)
    async for row in connection.cursor(_SUMS, outgoing, prefetch=STREAM):
        findings.add("I6", f"order {row[0]} does not sum up its payments or refunds")
    async for row in connection.cursor(_OVER_REFUNDED, outgoing, prefetch=STREAM):
        findings.add("I5", f"order {row[0]} has more refunded than confirmed")
    async for row in connection.cursor(_EVENTS, prefetch=STREAM):
        findings.add("I9", f"events of order {row[0]} have a gap")


async def check_coins(connection: Connection, findings: Findings) -> None:
    """Check I12 from inside: custody accounts mirror the coins on our addresses.

    A coin counts from its confirmation (change: from the settlement of what made it) until what
    spends it is settled; a reorganised coin that was spent meanwhile counts as owed.
    """
    mirror: Counter[tuple[str, str]] = Counter()
    async for row in connection.cursor(_COINS, prefetch=STREAM):
        findings.checked("coins")
        is_transfer = row["id"] == coin_id(row["chain"], row["txid"], row["vout"])
        maker = row["payment"] if is_transfer and row["payment"] else row["maker"]
        counted = (maker in ("confirmed", "settled")) - (row["spender"] == "settled")
        place = custody_account(row["chain"], row["place"], row["asset"])
        mirror[(place.owner, place.asset)] += counted * int(row["units"])
    booked = {(row[0], row[1]): int(row[2]) for row in await connection.fetch(_CUSTODY)}
    for owner, asset in sorted(booked.keys() | mirror.keys()):
        stated, coins = booked.get((owner, asset), 0), mirror[(owner, asset)]
        if stated != -coins:
            findings.add("I12", f"{owner} {asset}: {stated} booked, {coins} in coins")
