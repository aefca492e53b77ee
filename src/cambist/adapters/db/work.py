"""Decide how workers find their work: partial indexes, bounded lists, oldest first."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from cambist.adapters.db.mappers import MAPPERS
from cambist.adapters.db.pool import Pool
from cambist.adapters.db.reads import Reads
from cambist.adapters.db.store import NOW
from cambist.domain.custody.custody import (
    Coin,
    Cursor,
    Withdrawal,
    address_key,
    change_coin_id,
)
from cambist.kernel.ids import OrderId, PaymentId
from cambist.ports.store import Kind
from cambist.ports.work import OpenWithdrawal, WatchedPayment

LIST_MAX = 500

_CURSOR, _COIN = MAPPERS[Kind.CURSOR], MAPPERS[Kind.COIN]
_WITHDRAWAL = MAPPERS[Kind.WITHDRAWAL]

_PENDING = """select id, order_id, txid from payments
  where state = 'pending' and direction = 'in' and chain = $1"""

_DUE = f"""select id from orders
  where state in ('created', 'awaiting_payment', 'payment_seen')
    and expires_at <= ({NOW})
    and (state <> 'payment_seen' or (received < amount and kind not in ('buy', 'sell')))
  order by expires_at limit {LIST_MAX}"""

_LAPSED = f"""select o.id from orders o join trades t on t.id = o.id
  where o.state = 'on_case' and o.expires_at <= ({NOW}) and o.received = 0 and t.fiat_received = 0
  order by o.expires_at limit {LIST_MAX}"""

_OPEN = f"""{_WITHDRAWAL.select}
  where state not in ('settled', 'rejected', 'stuck') and chain = $1 order by id limit {LIST_MAX}"""


class PostgresWork:
    """Implement WorkQueries on a pool."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def now(self) -> datetime:
        """Tell the time the core goes by."""
        moment: datetime = await Reads(self._pool).fetchval(NOW)
        return moment

    async def cursor(self, chain: str) -> Cursor | None:
        """Tell how far a chain was watched."""
        row = await self._pool.fetchrow(f"{_CURSOR.select} where chain = $1", chain)
        if row is None:
            return None
        cursor: Cursor = _CURSOR.read(row)
        return cursor

    async def issued_addresses(self, chain: str, addresses: Iterable[str]) -> set[str]:
        """Pick the addresses that are ours."""
        keys = [address_key(chain, address) for address in set(addresses)]
        query = "select address from addresses where key = any($1::text[])"
        return {row[0] for row in await self._pool.fetch(query, keys)} if keys else set()

    async def payments_at(self, chain: str, height: int) -> Sequence[WatchedPayment]:
        """List pending payments in blocks up to a height."""
        query = f"{_PENDING} and height <= $2 order by height, id limit {LIST_MAX}"
        rows = await self._pool.fetch(query, chain, height)
        return [WatchedPayment(PaymentId(row[0]), row[1], row[2]) for row in rows]

    async def unplaced_payments(self, chain: str) -> Sequence[WatchedPayment]:
        """List pending payments that stand in no block."""
        query = f"{_PENDING} and height is null order by id limit {LIST_MAX}"
        rows = await self._pool.fetch(query, chain)
        return [WatchedPayment(PaymentId(row[0]), row[1], row[2]) for row in rows]

    async def due_orders(self) -> Sequence[OrderId]:
        """List incoming orders whose time is over and that are not decided."""
        due = [*await self._pool.fetch(_DUE), *await self._pool.fetch(_LAPSED)]
        return [OrderId(row[0]) for row in due]

    async def open_withdrawals(self, chain: str) -> Sequence[OpenWithdrawal]:
        """List withdrawals under way, oldest first."""
        found = [_WITHDRAWAL.read(row) for row in await self._pool.fetch(_OPEN, chain)]
        spent = await self._coins("spent_by", [item.id for item in found])
        changes = await self._coins("id", [change_coin_id(w.id, w.asset) for w in found])
        parents = await self._parents([item.order_id for item in found if item.order_id])
        by_spender: dict[UUID | None, list[Coin]] = {}
        for coin in spent:
            by_spender.setdefault(coin.spent_by, []).append(coin)
        by_id = {coin.id: coin for coin in changes}
        return [_open(item, by_spender, by_id, parents) for item in found]

    async def _coins(self, column: str, ids: list[UUID]) -> list[Coin]:
        query = f"{_COIN.select} where {column} = any($1::uuid[]) order by id"
        return [_COIN.read(row) for row in await self._pool.fetch(query, ids)] if ids else []

    async def _parents(self, ids: list[OrderId]) -> dict[UUID, OrderId]:
        query = "select id, parent_id from orders where id = any($1) and parent_id is not null"
        return {row[0]: OrderId(row[1]) for row in await self._pool.fetch(query, ids)}


def _open(
    withdrawal: Withdrawal,
    spent: dict[UUID | None, list[Coin]],
    changes: dict[UUID, Coin],
    parents: dict[UUID, OrderId],
) -> OpenWithdrawal:
    return OpenWithdrawal(
        withdrawal=withdrawal,
        coins=tuple(spent.get(withdrawal.id, ())),
        change=changes.get(change_coin_id(withdrawal.id, withdrawal.asset)),
        parent_id=parents.get(withdrawal.id),
    )
