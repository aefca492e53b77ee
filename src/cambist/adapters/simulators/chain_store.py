"""Decide how a simulated chain is kept in PostgreSQL (schema `sim`), apart from the core's own."""

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, TypeAlias

from cambist.adapters.chain_families.utxo_tx import OutPoint
from cambist.adapters.simulators.chain_rules import Draft
from cambist.ports.chain import Block, BlockRef, Transfer, TxStatus

if TYPE_CHECKING:
    from asyncpg import Record
    from asyncpg.pool import PoolConnectionProxy

    Connection: TypeAlias = PoolConnectionProxy[Record]

MEMPOOL_TRANSFERS_MAX = 10_000
BLOCK_TRANSACTIONS_MAX = 5_000

# The chains are moved by every process, and those act as the application's role.
GRANTS = """grant usage on schema sim to cambist_app;
grant select, insert, update, delete on all tables in schema sim to cambist_app;
grant usage on all sequences in schema sim to cambist_app"""

SCHEMA = """
create schema if not exists sim;
create table if not exists sim.chain (
    id text primary key,
    seed text not null,
    height integer not null,
    counter bigint not null
);
create table if not exists sim.block (
    chain text not null references sim.chain,
    height integer not null,
    hash text not null,
    parent text not null,
    primary key (chain, height)
);
create table if not exists sim.tx (
    chain text not null references sim.chain,
    txid text not null,
    arrival bigint not null,
    height integer,
    position integer,
    sender text not null,
    nonce bigint,
    outside boolean not null,
    primary key (chain, txid),
    unique (chain, sender, nonce)
);
create index if not exists tx_by_height on sim.tx (chain, height);
create index if not exists tx_waiting on sim.tx (chain, arrival) where height is null;
create table if not exists sim.movement (
    chain text not null,
    txid text not null,
    index integer not null,
    asset text not null,
    address text not null,
    units numeric(78, 0) not null check (units <> 0),
    spends_txid text,
    spends_index integer,
    primary key (chain, txid, index),
    foreign key (chain, txid) references sim.tx on delete cascade,
    unique (chain, spends_txid, spends_index)
);
create index if not exists movement_by_address on sim.movement (chain, address, asset);
"""

_TRANSFERS = """
select t.txid, m.index, m.asset, m.address, m.units::text as units, t.sender
from sim.tx t join sim.movement m on m.chain = t.chain and m.txid = t.txid and m.index >= 0
"""


async def lock(connection: "Connection", chain: str) -> None:
    """Make this transaction the chain's only writer until it ends."""
    await connection.execute(
        "select pg_advisory_xact_lock(hashtextextended($1, 0))", f"sim:{chain}"
    )


async def next_number(connection: "Connection", chain: str) -> tuple[str, int]:
    """Take the chain's next number; return it with the seed."""
    row = await connection.fetchrow(
        "update sim.chain set counter = counter + 1 where id = $1 returning seed, counter", chain
    )
    assert row is not None
    return row["seed"], row["counter"]


async def tip(connection: "Connection", chain: str) -> BlockRef:
    """Read the best block."""
    row = await connection.fetchrow(
        "select b.height, b.hash, b.parent from sim.chain c"
        " join sim.block b on b.chain = c.id and b.height = c.height where c.id = $1",
        chain,
    )
    assert row is not None
    return BlockRef(row["height"], row["hash"], row["parent"])


async def block(connection: "Connection", chain: str, height: int) -> Block | None:
    """Read a block in one statement, so that a reorg beside it cannot mix two chains."""
    rows = await connection.fetch(
        "select b.hash, b.parent, f.* from sim.block b left join lateral ("
        + _TRANSFERS
        + " where t.chain = b.chain and t.height = b.height order by t.position, m.index"
        ") f on true where b.chain = $1 and b.height = $2",
        chain,
        height,
    )
    if not rows:
        return None
    found = tuple(_transfer(row) for row in rows if row["txid"] is not None)
    return Block(BlockRef(height, rows[0]["hash"], rows[0]["parent"]), found)


async def mempool(connection: "Connection", chain: str) -> tuple[Transfer, ...]:
    """Read what waits, oldest first."""
    rows = await connection.fetch(
        _TRANSFERS
        + " where t.chain = $1 and t.height is null order by t.arrival, m.index limit $2",
        chain,
        MEMPOOL_TRANSFERS_MAX,
    )
    return tuple(_transfer(row) for row in rows)


async def status(connection: "Connection", chain: str, txid: str) -> TxStatus | None:
    """Find where a transaction stands."""
    row = await connection.fetchrow(
        "select c.height as tip, t.height, b.hash, b.parent from sim.tx t"
        " join sim.chain c on c.id = t.chain"
        " left join sim.block b on b.chain = t.chain and b.height = t.height"
        " where t.chain = $1 and t.txid = $2",
        chain,
        txid,
    )
    if row is None:
        return None
    if row["height"] is None:
        return TxStatus(txid, None, 0)
    ref = BlockRef(row["height"], row["hash"], row["parent"])
    return TxStatus(txid, ref, row["tip"] - row["height"] + 1)


async def confirmed(connection: "Connection", chain: str, asset: str, address: str) -> int:
    """Sum what an address holds by the blocks alone."""
    units = await connection.fetchval(
        "select coalesce(sum(m.units), 0)::text from sim.movement m"
        " join sim.tx t on t.chain = m.chain and t.txid = m.txid"
        " where m.chain = $1 and m.address = $2 and m.asset = $3 and t.height is not null",
        chain,
        address,
        asset,
    )
    return int(units)


async def spendable(connection: "Connection", chain: str, asset: str, address: str) -> int:
    """Sum what an account holds by the blocks, less what waits to leave it."""
    units = await connection.fetchval(
        "select coalesce(sum(m.units), 0)::text from sim.movement m"
        " join sim.tx t on t.chain = m.chain and t.txid = m.txid"
        " where m.chain = $1 and m.address = $2 and m.asset = $3"
        " and (t.height is not null or m.units < 0)",
        chain,
        address,
        asset,
    )
    return int(units)


async def unspent(
    connection: "Connection", chain: str, outpoints: Sequence[OutPoint]
) -> dict[OutPoint, tuple[str, int]]:
    """Find which outputs exist and are unspent, mempool included."""
    rows = await connection.fetch(
        "select m.txid, m.index, m.address, m.units::text as units"
        " from unnest($2::text[], $3::integer[]) as asked (txid, index)"
        " join sim.movement m on m.chain = $1 and m.txid = asked.txid and m.index = asked.index"
        " where not exists (select from sim.movement s where s.chain = $1"
        " and s.spends_txid = m.txid and s.spends_index = m.index)",
        chain,
        [item.txid for item in outpoints],
        [min(item.vout, 2**31 - 1) for item in outpoints],
    )
    return {
        OutPoint(row["txid"], row["index"]): (row["address"], int(row["units"])) for row in rows
    }


async def nonce_owner(
    connection: "Connection", chain: str, sender: str, nonce: int
) -> tuple[bool, int]:
    """Tell whether an account's nonce is used, and the lowest nonce its blocks have not used."""
    row = await connection.fetchrow(
        "select coalesce(bool_or(nonce = $3), false) as used,"
        " count(*) filter (where height is not null) as next"
        " from sim.tx where chain = $1 and sender = $2 and nonce is not null",
        chain,
        sender,
        nonce,
    )
    assert row is not None
    return row["used"], row["next"]


async def insert(connection: "Connection", chain: str, draft: Draft, arrival: int) -> None:
    """Put a checked transaction into the mempool."""
    await connection.execute(
        "insert into sim.tx (chain, txid, arrival, sender, nonce, outside)"
        " values ($1, $2, $3, $4, $5, $6)",
        chain,
        draft.txid,
        arrival,
        draft.sender,
        draft.nonce,
        draft.outside,
    )
    await connection.executemany(
        "insert into sim.movement values ($1, $2, $3, $4, $5, ($6::text)::numeric, $7, $8)",
        [
            (
                chain,
                draft.txid,
                move.index,
                move.asset,
                move.address,
                str(move.units),
                None if move.spends is None else move.spends.txid,
                None if move.spends is None else move.spends.vout,
            )
            for move in draft.movements
        ],
    )


async def waiting_payment(
    connection: "Connection", chain: str, txid: str
) -> tuple[bool, str, str, int] | None:
    """Find a mempool transaction: whether it came from outside, sender, asset and units."""
    row = await connection.fetchrow(
        "select t.outside, t.sender, m.asset, m.units::text as units from sim.tx t"
        " join sim.movement m on m.chain = t.chain and m.txid = t.txid and m.index = 0"
        " where t.chain = $1 and t.txid = $2 and t.height is null",
        chain,
        txid,
    )
    if row is None:
        return None
    return row["outside"], row["sender"], row["asset"], int(row["units"])


async def evict(connection: "Connection", chain: str, txid: str) -> None:
    """Delete a mempool transaction and all that spend from it."""
    await connection.execute(
        "with recursive gone (txid) as (select $2::text union"
        " select m.txid from sim.movement m join gone g on m.spends_txid = g.txid"
        " where m.chain = $1)"
        " delete from sim.tx where chain = $1 and txid in (select txid from gone)",
        chain,
        txid,
    )


async def waiting(
    connection: "Connection", chain: str
) -> list[tuple[str, str, int | None, dict[tuple[str, str], int]]]:
    """List mempool transactions in order of arrival: txid, sender, nonce, change per account."""
    rows = await connection.fetch(
        "select t.txid, t.sender, t.nonce, array_agg(m.address) as addresses,"
        " array_agg(m.asset) as assets, array_agg(m.units::text) as units"
        " from sim.tx t join sim.movement m on m.chain = t.chain and m.txid = t.txid"
        " where t.chain = $1 and t.height is null group by t.chain, t.txid"
        " order by t.arrival limit $2",
        chain,
        BLOCK_TRANSACTIONS_MAX,
    )
    listed = []
    for row in rows:
        change: dict[tuple[str, str], int] = {}
        parts = zip(row["addresses"], row["assets"], row["units"], strict=True)
        for address, asset, units in parts:
            change[address, asset] = change.get((address, asset), 0) + int(units)
        listed.append((row["txid"], row["sender"], row["nonce"], change))
    return listed


async def balances(
    connection: "Connection", chain: str, accounts: Iterable[tuple[str, str]]
) -> dict[tuple[str, str], int]:
    """Sum the confirmed units of several (address, asset) pairs."""
    wanted = list(accounts)
    rows = await connection.fetch(
        "select m.address, m.asset, sum(m.units)::text as units"
        " from unnest($2::text[], $3::text[]) as asked (address, asset)"
        " join sim.movement m on m.chain = $1 and m.address = asked.address"
        " and m.asset = asked.asset"
        " join sim.tx t on t.chain = m.chain and t.txid = m.txid and t.height is not null"
        " group by m.address, m.asset",
        chain,
        [address for address, _ in wanted],
        [asset for _, asset in wanted],
    )
    return {(row["address"], row["asset"]): int(row["units"]) for row in rows}


async def nonces(connection: "Connection", chain: str, senders: Iterable[str]) -> Mapping[str, int]:
    """Count the confirmed transactions of several accounts."""
    rows = await connection.fetch(
        "select sender, count(*) as used from sim.tx where chain = $1 and sender = any($2)"
        " and nonce is not null and height is not null group by sender",
        chain,
        list(senders),
    )
    return {row["sender"]: row["used"] for row in rows}


async def append_block(
    connection: "Connection", chain: str, ref: BlockRef, txids: Sequence[str]
) -> None:
    """Extend the chain by a block holding mempool transactions in the given order."""
    await connection.execute(
        "insert into sim.block values ($1, $2, $3, $4)", chain, ref.height, ref.hash, ref.parent
    )
    await connection.execute("update sim.chain set height = $2 where id = $1", chain, ref.height)
    await connection.execute(
        "update sim.tx set height = $2, position = listed.position"
        " from unnest($3::text[]) with ordinality as listed (txid, position)"
        " where tx.chain = $1 and tx.txid = listed.txid",
        chain,
        ref.height,
        list(txids),
    )


async def drop_blocks(connection: "Connection", chain: str, height: int) -> None:
    """Cut the chain back to a height; the transactions of the dropped blocks wait again."""
    await connection.execute(
        "update sim.tx set height = null, position = null where chain = $1 and height > $2",
        chain,
        height,
    )
    await connection.execute(
        "delete from sim.block where chain = $1 and height > $2", chain, height
    )
    await connection.execute("update sim.chain set height = $2 where id = $1", chain, height)


def _transfer(row: "Record") -> Transfer:
    return Transfer(
        row["txid"], row["index"], row["asset"], row["address"], int(row["units"]), row["sender"]
    )
