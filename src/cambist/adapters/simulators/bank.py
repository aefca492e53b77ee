"""Decide how the sandbox's bank behaves: it books what is sent, pays what we hand it, remembers."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid4

from cambist.adapters.db.pool import Connection, Pool
from cambist.adapters.db.store import NOW
from cambist.adapters.simulators import chain_store
from cambist.adapters.simulators.bank_payments import PaymentOrder, read_payments
from cambist.adapters.simulators.bank_statement import BankEntry, write_statements
from cambist.kernel.errors import DomainError, ErrorCode
from cambist.ports.bank import BankStatement, IncomingTransfer
from cambist.ports.rails import HouseAccount

ENTRIES_MAX = 1_000
"""Entries of one document; the next holds the rest."""
KEPT_MAX = 20_000
TRANSFER_UNITS_MAX = 10**15
"""What a statement's eighteen digits hold with room for balances."""

SCHEMA = """
create schema if not exists sim;
create table if not exists sim.bank_entry (
    number bigint primary key,
    id uuid not null unique,
    account text not null,
    currency text not null,
    credit boolean not null,
    units numeric(30, 0) not null check (units > 0),
    balance numeric(30, 0) not null,
    booked_on date not null,
    end_to_end text not null,
    reference text not null,
    name text not null,
    counter_account text not null,
    return_reason text
);
create index if not exists bank_entry_by_end_to_end on sim.bank_entry (end_to_end);
create table if not exists sim.bank_account (
    iban text not null,
    currency text not null,
    balance numeric(30, 0) not null,
    primary key (iban, currency)
);
create table if not exists sim.bank_file (
    message_id text primary key,
    taken_at timestamptz not null
);
create table if not exists sim.bank_receipt (
    id integer primary key check (id = 1),
    number bigint not null
);
"""

_READ_UP_TO = "coalesce((select number from sim.bank_receipt), 0)"

_UNREAD = f"""select number, account, currency, credit, units::text, balance::text, booked_on,
    end_to_end, reference, name, counter_account, return_reason
  from sim.bank_entry where number > {_READ_UP_TO} order by number limit {ENTRIES_MAX}"""

_ACKNOWLEDGE = """insert into sim.bank_receipt as r values (1, $1)
  on conflict (id) do update set number = greatest(r.number, excluded.number)"""

_TAKE = f"insert into sim.bank_file values ($1, ({NOW})) on conflict do nothing returning 1"

_BALANCE = """insert into sim.bank_account as a values ($1, $2, $3::text::numeric)
  on conflict (iban, currency) do update set balance = a.balance + excluded.balance
  returning balance::text"""

_BOOK = """insert into sim.bank_entry
  select coalesce(max(number), 0) + 1, $1, $2, $3, $4, $5::text::numeric, $6::text::numeric,
    $7, $8, $9, $10, $11, $12
  from sim.bank_entry returning number"""

_FORGET = f"""delete from sim.bank_entry
  where number <= $1 - {KEPT_MAX} and number <= {_READ_UP_TO}"""

_EXECUTED = """select account, currency, units::text, name, counter_account,
    (select count(*) filter (where not credit) - count(*) filter (where credit)
      from sim.bank_entry where end_to_end = $1)
  from sim.bank_entry where end_to_end = $1 and not credit order by number desc limit 1"""


class SimulatedBank:
    """Implement BankPort and BankControl on a pool of the core's database."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def statement(self) -> BankStatement | None:
        """Fetch what was booked since the last receipt, ENTRIES_MAX entries at most."""
        entries = [_entry(row) for row in await self._pool.fetch(_UNREAD)]
        if not entries:
            return None
        at: datetime = await self._pool.fetchval(NOW)
        return BankStatement(entries[-1].number, write_statements(entries, at))

    async def acknowledge(self, number: int) -> None:
        """Give the receipt of a statement that was booked; an older one changes nothing."""
        await self._pool.execute(_ACKNOWLEDGE, number)

    async def submit(self, document: bytes) -> None:
        """Execute every transfer of a pain.001 file, unless its message id is known.

        Raises:
            PaymentFileRefusedError: it is no such file.
        """
        orders = read_payments(document)
        async with self._pool.acquire() as connection, connection.transaction():
            await chain_store.lock(connection, "bank")
            if await connection.fetchval(_TAKE, orders.message_id) is None:
                return
            day = await _today(connection)
            for order in orders.payments:
                await _book(connection, uuid4(), _debit(orders.account, order, day))

    async def transfer(self, to: HouseAccount, transfer: IncomingTransfer) -> UUID:
        """Book money on an account of ours; it is on the next statement.

        Raises:
            DomainError: AMOUNT_TOO_LARGE.
        """
        if transfer.units > TRANSFER_UNITS_MAX:
            raise DomainError(ErrorCode.AMOUNT_TOO_LARGE)
        async with self._pool.acquire() as connection, connection.transaction():
            await chain_store.lock(connection, "bank")
            entry = BankEntry(
                number=0,
                account=to.iban,
                currency=to.currency,
                credit=True,
                units=transfer.units,
                balance=0,
                booked_on=await _today(connection),
                end_to_end="",
                reference=transfer.reference,
                name=transfer.from_name,
                counter_account=transfer.from_account,
                return_reason=None,
            )
            return await _book(connection, uuid4(), entry)

    async def send_back(self, end_to_end: str, reason: str) -> UUID:
        """Return a payment the bank has executed, once; it is on the next statement.

        Raises:
            DomainError: NOT_FOUND when there is none, INVALID_STATE when it came back already.
        """
        async with self._pool.acquire() as connection, connection.transaction():
            await chain_store.lock(connection, "bank")
            row = await connection.fetchrow(_EXECUTED, end_to_end)
            if row is None:
                raise DomainError(ErrorCode.NOT_FOUND)
            if row[5] <= 0:
                raise DomainError(ErrorCode.INVALID_STATE, machine="bank_payout")
            entry = BankEntry(
                number=0,
                account=row[0],
                currency=row[1],
                credit=True,
                units=int(row[2]),
                balance=0,
                booked_on=await _today(connection),
                end_to_end=end_to_end,
                reference="",
                name=row[3],
                counter_account=row[4],
                return_reason=reason,
            )
            return await _book(connection, uuid4(), entry)

    async def is_read(self) -> bool:
        """Tell whether we have given the receipt of everything the bank has booked."""
        query = f"select not exists (select from sim.bank_entry where number > {_READ_UP_TO})"
        return bool(await self._pool.fetchval(query))


def _debit(account: str, order: PaymentOrder, day: date) -> BankEntry:
    return BankEntry(
        number=0,
        account=account,
        currency=order.currency,
        credit=False,
        units=order.units,
        balance=0,
        booked_on=day,
        end_to_end=order.end_to_end,
        reference=order.message,
        name=order.name,
        counter_account=order.account,
        return_reason=None,
    )


async def _today(connection: Connection) -> date:
    moment: datetime = await connection.fetchval(NOW)
    return moment.date()


async def _book(connection: Connection, entry_id: UUID, entry: BankEntry) -> UUID:
    """Write an entry under the next number; the bank's lock is held until it is there.

    Numbers are allotted in the order of becoming visible, so no receipt passes over an entry.
    """
    signed = str(entry.signed)
    balance = await connection.fetchval(_BALANCE, entry.account, entry.currency, signed)
    told: Sequence[Any] = (
        entry.account,
        entry.currency,
        entry.credit,
        str(entry.units),
        balance,
        entry.booked_on,
        entry.end_to_end,
        entry.reference,
        entry.name,
        entry.counter_account,
        entry.return_reason,
    )
    number = await connection.fetchval(_BOOK, entry_id, *told)
    await connection.execute(_FORGET, number)
    return entry_id


def _entry(row: Any) -> BankEntry:
    values = list(row)
    values[4:6] = map(int, values[4:6])
    return BankEntry(*values)
