"""Decide what must hold of a broker's books and orders, whatever happened to them."""

from collections import Counter

from cambist.adapters.db.audit import verify
from cambist.adapters.db.books import fold, seal
from cambist.adapters.db.pool import Pool
from cambist.domain.custody.spending import DUST_UNITS

_UNHELD = """select o.id, o.kind, o.state, count(c.id) from trades t join orders o on o.id = t.id
  left join cases c on c.order_id = t.id and c.state in ('open', 'submitted')
  group by o.id having count(c.id) <> (o.state = 'on_case')::int"""

_STATES = """select o.id, o.state, t.filled, p.state from trades t
  join orders o on o.id = t.id
  left join lateral (select state from bank_payouts where order_id = t.id
    order by number desc limit 1) p on true
  where o.state in ('sending', 'sent', 'completed') and not t.filled
    or o.state in ('created', 'awaiting_payment', 'payment_seen', 'paid', 'cancelled', 'expired',
      'rejected') and (t.filled or p.state not in ('cancelled', 'returned'))
    or o.state = 'returned' and t.filled
    or o.kind = 'sell' and t.payout = 'send'
      and p.state is distinct from case o.state when 'sending' then 'queued' when 'sent'
      then 'exported' when 'completed' then 'settled' else p.state end"""

_LINES = """select l.id, l.state, a.units from bank_lines l
  join journals j on j.reference = 'bank:' || l.id
  left join (select e.journal_id, sum(e.units) as units from entries e
    join accounts a on a.id = e.account_id where a.owner = 'house:suspense' group by 1) a
    on a.journal_id = j.id
  where (l.state = 'matched') <> (a.units is null)"""

_SUSPENSE = """select asset, sum(units) from (
    select e.asset, e.units from entries e join accounts a on a.id = e.account_id
      join journals j on j.id = e.journal_id
      where a.owner = 'house:suspense' and j.recipe like 'fiat%'
    union all
    select currency, case when credit then -units else units end from bank_lines
      where state in ('waiting', 'left')) s
  group by asset having sum(units) <> 0"""

_GOING_BACK = """select asset, sum(units) from (
    select e.asset, e.units from entries e join accounts a on a.id = e.account_id
      where a.owner = 'house:returning'
    union all
    select currency, -units from bank_payouts where line_id is not null
      and (state in ('queued', 'exported') or reason = 'unseen')) s
  group by asset having sum(units) <> 0"""

_SENT_BACK = """select l.id, l.state, count(p.id) from bank_lines l
  left join bank_payouts p on p.line_id = l.id and p.units = l.units and p.currency = l.currency
  group by l.id having count(p.id) <> (l.state = 'returned')::int"""

_COUNTED = """select 'customer:' || customer_id || ':' || fiat,
    floor(extract(epoch from counted_at) / 3600), sum(counted), count(*)
  from trades where counted > 0 group by 1, 2"""

_PARKED = "select aggregate_id, name, error from outbox where parked_at is not null"

_TWICE = """select order_id, count(*), sum(p.units) from payments p join orders o on o.id = order_id
  where direction = 'out' group by order_id, o.kind, o.confirmed
  having o.kind = 'sell' and sum(p.units) > o.confirmed or o.kind <> 'sell' and count(*) > 1"""

_LEAST = f"case when t.crypto in ('BTC', 'LTC') then {DUST_UNITS} else 1 end"
"""Nobody is asked about crypto that cannot be sent: it stays the customer's."""

_FORGOTTEN = f"""select o.id, o.state, o.confirmed, t.fiat_received from trades t
  join orders o on o.id = t.id
  where o.state in ('cancelled', 'expired', 'rejected')
    and (t.fiat_received > 0 or o.confirmed >= {_LEAST} and o.confirmed = o.received)
  union all select o.id, o.state, o.confirmed, t.crypto_units from trades t
    join orders o on o.id = t.id
  where o.kind = 'sell' and o.state in ('completed', 'returned') and o.confirmed = o.received
    and o.confirmed >= {_LEAST} + case when t.filled then t.crypto_units else 0 end + (
      select coalesce(sum(p.units), 0) from payments p
      where p.order_id = o.id and p.direction = 'out' and p.state <> 'dropped')"""

_KEPT = """select c.id, a.asset, a.posted, sum(o.confirmed + l.loss - l.sent
      - case when t.filled then t.crypto_units else 0 end)
  from trades t join orders o on o.id = t.id join customers c on c.id = t.customer_id
  join accounts a on a.owner = 'customer:' || c.id and a.asset = t.crypto
  cross join lateral (select coalesce(sum(loss), 0) as loss,
      coalesce(sum(p.units) filter (where p.direction = 'out' and exists (
        select from withdrawals w where w.order_id = o.id and w.state = 'settled'
          and w.txid = p.txid)), 0) as sent
    from payments p where p.order_id = o.id) l
  where o.kind = 'sell' and not exists (select from trades b join orders bo on bo.id = b.id
    where b.customer_id = c.id and bo.kind = 'buy' and b.filled)
    and not exists (select from orders d where d.customer_id = c.id and d.kind = 'deposit')
  group by c.id, a.asset, a.posted
  having a.posted <> sum(o.confirmed + l.loss - l.sent
    - case when t.filled then t.crypto_units else 0 end)"""

QUERIES = {
    "money of an order that is over (order, state, crypto, fiat)": _FORGOTTEN,
    "held by other than one case (order, kind, state, cases)": _UNHELD,
    "state, fill and payout disagree (order, state, filled, payout)": _STATES,
    "line and suspense disagree (line, state, units)": _LINES,
    "fiat in suspense is not what the lines say (asset, difference)": _SUSPENSE,
    "fiat going back is not what the payouts say (asset, difference)": _GOING_BACK,
    "line is not sent back as decided (line, state, payouts)": _SENT_BACK,
    "parked event (order, name, error)": _PARKED,
    "paid out twice (order, payments, units)": _TWICE,
    "seller has other than came and went (customer, asset, units, expected)": _KEPT,
}


async def faults(pool: Pool) -> list[str]:
    """Say what is wrong with books and orders; nothing when all is well."""
    while await fold(pool) + await seal(pool):
        pass
    report = await verify(pool)
    found = [] if report.ok else list(report.lines())
    return found + await faults_of_orders(pool)


async def faults_of_orders(pool: Pool) -> list[str]:
    """Say what is wrong with orders, cases, lines and limits."""
    found = []
    for what, query in QUERIES.items():
        found += [f"{what}: {tuple(row)}" for row in await pool.fetch(query)]
    return found + await _limits(pool)


async def _limits(pool: Pool) -> list[str]:
    """Compare what stands against customers' limits with the orders that count."""
    expected: Counter[tuple[str, int]] = Counter()
    for subject, hour, units, _ in await pool.fetch(_COUNTED):
        expected[subject, int(hour)] += int(units)
    rows = await pool.fetch(
        "select subject, buckets from turnovers where subject like 'customer:%'"
    )
    stated: Counter[tuple[str, int]] = Counter()
    for subject, buckets in rows:
        for word in filter(None, buckets.split(",")):
            hour, _, rest = word.partition("=")
            stated[subject, int(hour)] += int(rest.partition("/")[0])
    newest = max((hour for _, hour in expected), default=0)
    return [
        f"counted {stated[key]}, not {expected[key]}: {key}"
        for key in expected.keys() | stated.keys()
        if stated[key] != expected[key] and key[1] > newest - 24 * 29
    ]
