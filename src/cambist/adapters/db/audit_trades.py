"""Decide whether the books agree with the broker's side: fills, holds, bank lines, quotes."""

from cambist.adapters.db.findings import Findings
from cambist.adapters.db.pool import Connection

STREAM = 1_000

_FILLS = """with booked as (
    select split_part(j.reference, ':', 2) as trade, count(distinct j.id) as journals,
      sum(e.units) filter (where a.owner like 'customer:%' and e.asset = t.crypto) as crypto,
      sum(e.units) filter (where a.owner like 'customer:%' and e.asset = t.fiat) as fiat,
      bool_and(a.owner not like 'customer:%' or a.owner = 'customer:' || t.customer_id) as own
    from journals j join entries e on e.journal_id = j.id join accounts a on a.id = e.account_id
    join trades t on t.id::text = split_part(j.reference, ':', 2)
    where j.reference like 'fill:%' or j.reference like 'unfill:%' group by 1)
  select coalesce(t.id::text, b.trade) from booked b
  full join (select t.*, o.kind from trades t join orders o on o.id = t.id where t.filled) t
    on t.id::text = b.trade
  where t.id is null and (b.journals, b.crypto, b.fiat) is distinct from (2, 0, 0)
    or t.id is not null and (b.journals is distinct from 1
      or b.crypto is distinct from case t.kind when 'buy' then t.crypto_units
        else -t.crypto_units end
      or b.fiat is distinct from case t.kind when 'buy' then -t.fiat_units else t.fiat_units end)
    or not b.own"""

_HOLDS = """with held as (
    select order_id, sum(units) as units from holds where state = 'active' group by 1),
  promised as (
    select order_id, sum(units) as units from (
      select order_id, units from withdrawals
        where customer_id is not null and state not in ('settled', 'rejected')
      union all
      select p.order_id, p.units from bank_payouts p
        where p.state in ('queued', 'exported') or p.state in ('returned', 'cancelled')
          and (p.returning or exists (select from trades t where t.id = p.order_id and t.filled))
          and not exists (select from bank_payouts l
            where l.order_id = p.order_id and l.number > p.number)
      union all
      select order_id, units from bank_payouts where reason = 'unseen'
      union all
      select t.id, t.fiat_units from trades t join orders o on o.id = t.id
        where t.method = 'balance' and o.kind = 'buy' and o.state = 'paid'
      union all
      select t.id, t.fiat_received from trades t join orders o on o.id = t.id
        where o.kind = 'buy' and not t.filled
          and not exists (select from bank_payouts p where p.order_id = t.id)) p group by 1)
  select t.id from trades t
  left join held h on h.order_id = t.id left join promised p on p.order_id = t.id
  where coalesce(h.units, 0) <> coalesce(p.units, 0)"""

_LINES = """select l.id from bank_lines l
  left join journals j on j.reference = 'bank:' || l.id
  left join (select journal_id, sum(units) as units from entries e
      join accounts a on a.id = e.account_id and a.owner like 'rail:%' group by 1) r
    on r.journal_id = j.id
  where r.units is distinct from case when l.credit then -l.units else l.units end"""

_SUSPENSE = """select owner || ' ' || asset from (
    select a.owner, e.asset, e.units from entries e join accounts a on a.id = e.account_id
      join journals j on j.id = e.journal_id
      where a.owner = 'house:suspense' and j.recipe like 'fiat%' or a.owner = 'house:returning'
    union all
    select 'house:suspense', currency, case when credit then -units else units end
      from bank_lines where state in ('waiting', 'left')
    union all
    select 'house:returning', currency, -units from bank_payouts where line_id is not null
      and (state in ('queued', 'exported') or reason = 'unseen')) s
  group by owner, asset having sum(units) <> 0"""

_RECEIVED = """select t.id from trades t
  left join (select order_id, sum(units) as units from bank_lines l
    where credit and order_id is not null and not exists (
      select from bank_payouts p where p.order_id = l.order_id and l.reference = p.id::text)
    group by 1) l on l.order_id = t.id
  join orders o on o.id = t.id
  where o.kind = 'buy' and t.fiat_received > coalesce(l.units, 0)"""

_QUOTES = """select t.id from trades t left join quotes q on q.id = t.quote_id
  where q.id is null or q.used_by is distinct from t.id
    or (q.crypto_units, q.fiat_units, q.rate) <> (t.crypto_units, t.fiat_units, t.rate)"""

CHECKS = (
    ("I8", _QUOTES, "was not made at its quote"),
    ("I3", _FILLS, "and its fill differ"),
    ("I2", _HOLDS, "holds other than what is promised"),
    ("I5", _LINES, "is a statement line that differs from its journal"),
    ("I3", _SUSPENSE, "is other than lines and payouts say"),
    ("I6", _RECEIVED, "has more received than statements say"),
)


async def check_trades(connection: Connection, findings: Findings) -> None:
    """Check that every exchange, hold and statement line is booked as it was agreed."""
    findings.checked("trades", await connection.fetchval("select count(*) from trades"))
    findings.checked("bank lines", await connection.fetchval("select count(*) from bank_lines"))
    for invariant, query, what in CHECKS:
        async for row in connection.cursor(query, prefetch=STREAM):
            findings.add(invariant, f"{row[0]} {what}")
