"""Decide how each aggregate becomes a row and back; the bulk statements follow from the table."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from enum import StrEnum
from functools import lru_cache
from operator import attrgetter
from types import UnionType
from typing import Any, NewType, get_args, get_origin, get_type_hints

import sqlalchemy as sa

from cambist.adapters.db import (
    bank_tables,
    customer_tables,
    ledger_tables,
    message_tables,
    notice_tables,
    partner_tables,
    tables,
    trade_tables,
)
from cambist.adapters.db.types import Units, array_of
from cambist.domain.compliance.cases import Case
from cambist.domain.compliance.limits import Turnover
from cambist.domain.custody.custody import Address, Coin, Cursor, SeenBlock, Withdrawal
from cambist.domain.identity.customers import Customer
from cambist.domain.identity.documents import Document
from cambist.domain.identity.links import PageLink
from cambist.domain.ledger.accounts import Account, Hold
from cambist.domain.ledger.journals import Entry, Journal
from cambist.domain.messaging.budgets import Budget
from cambist.domain.messaging.codes import OneTimeCode
from cambist.domain.messaging.messages import Message
from cambist.domain.orders.orders import Order
from cambist.domain.orders.trades import Trade
from cambist.domain.partners.partners import ApiKey, Integration, Partner
from cambist.domain.payments.bank import BankLine, BankPayout, PayoutBatch
from cambist.domain.payments.payments import Payment
from cambist.domain.pricing.firm import FirmQuote
from cambist.domain.pricing.schedules import Schedule
from cambist.domain.webhooks.callbacks import Callback, CallbackAttempt
from cambist.ports.rows import Counter, Lease, Wallet
from cambist.ports.rulebook import LimitRule
from cambist.ports.store import Kind

Codec = Callable[[Any], Any]

SETS_KEPT = 256


def _base(hint: Any) -> Any:
    """Take the None and the NewType off an annotation."""
    if get_origin(hint) is UnionType or str(get_origin(hint)) == "typing.Union":
        hint = next(arg for arg in get_args(hint) if arg is not type(None))
    return hint.__supertype__ if isinstance(hint, NewType) else hint


def _joined(values: Any) -> str:
    return ",".join(sorted(values))


def _codecs(hint: Any, column: sa.Column[Any]) -> tuple[Codec | None, Codec | None]:
    """Find how a field is written and read; None where the driver's own form serves."""
    base = _base(hint)
    if get_origin(base) is frozenset:
        (member,) = get_args(base)
        return _joined, _set_of(member)
    if get_origin(base) is tuple:
        return ",".join, lambda text: tuple(word for word in text.split(",") if word)
    if isinstance(base, type) and issubclass(base, StrEnum):
        members = {member.value: member for member in base}
        return None, _unless_null(members.__getitem__, column)
    if isinstance(column.type, Units):
        return _unless_null(str, column), _unless_null(int, column)
    return None, None


def _set_of(member: Callable[[str], Any]) -> Codec:
    """Read a joined set; the few sets that occur are kept."""
    return lru_cache(SETS_KEPT)(
        lambda text: frozenset(member(word) for word in text.split(",") if word)
    )


def _unless_null(convert: Callable[[Any], Any], column: sa.Column[Any]) -> Codec:
    if not column.nullable:
        return convert
    return lambda value: None if value is None else convert(value)


def _carried(column: sa.Column[Any]) -> str:
    """Name the array a column's values travel in; units as text, which costs least."""
    kind = array_of(column)
    return f"text[]::{kind}" if isinstance(column.type, Units) else kind


@dataclass(frozen=True)
class Mapper:
    """Hold the statements and codecs of one aggregate."""

    table: sa.Table
    columns: tuple[sa.Column[Any], ...]
    read: Callable[[Any], Any]
    write: tuple[Callable[[Any], Any], ...]
    select: str
    insert: str
    update: str
    rewrite: tuple[Callable[[Any], Any], ...]
    by_key: str
    order: str
    key_width: int

    def keyed(self, *, lock: bool) -> str:
        """Build the select by keys; locks are taken in the order in which Python sorts keys."""
        tail = f" order by {self.order} for update" if lock else ""
        return f"{self.select} where {self.by_key}{tail}"

    def key_arrays(self, keys: Sequence[Any]) -> list[list[Any]]:
        """Turn keys into one array a key column."""
        if self.key_width == 1:
            return [list(keys)]
        return [list(column) for column in zip(*keys, strict=True)]

    def arrays(self, items: Sequence[Any]) -> list[list[Any]]:
        """Turn new items into one array a column."""
        return [[read(item) for item in items] for read in self.write]

    def changes(self, items: Sequence[Any]) -> list[list[Any]]:
        """Turn changed items into one array a column that `update` writes, the key's first."""
        return [[read(item) for item in items] for read in self.rewrite]


def mapper(table: sa.Table, cls: type[Any], changing: Sequence[str] | None = None) -> Mapper:
    """Build the mapper of a dataclass whose fields are the table's columns in order.

    `changing` names the only columns that an update writes; the others stay as they were made.
    """
    hints = get_type_hints(cls)
    names = [field.name for field in fields(cls)]
    columns = tuple(table.columns[name] for name in names)
    if set(names) != {c.name for c in table.columns if not c.identity and c.server_default is None}:
        raise TypeError(f"{cls.__name__} and table {table.name} differ")
    writers: list[Callable[[Any], Any]] = []
    readers: list[Codec | None] = []
    for name, column in zip(names, columns, strict=True):
        encode, decode = _codecs(hints[name], column)
        writers.append(_writer(name, encode))
        readers.append(decode)
    listed = ", ".join(f'"{name}"' for name in names)
    keyed = [column for column in columns if column.primary_key]
    keys = [column.name for column in keyed]
    rest = [name for name in names if name not in keys and (changing is None or name in changing)]
    sent = [place for place, name in enumerate(names) if name in keys or name in rest]
    assigned = ", ".join(f'"{name}" = v."{name}"' for name in rest)
    same = " and ".join(f't."{key}" = v."{key}"' for key in keys)
    changed = _rows_of([columns[place] for place in sent])
    return Mapper(
        table=table,
        columns=columns,
        read=_reader(cls, tuple(readers)),
        write=tuple(writers),
        select=f"select {listed} from {table.name}",
        insert=f"insert into {table.name} ({listed}) select {listed} from {_rows_of(columns)}",
        update=f"update {table.name} t set {assigned} from {changed} where {same}" if rest else "",
        rewrite=tuple(writers[place] for place in sent),
        by_key=_match(keyed),
        order=", ".join(map(_ordered, keyed)),
        key_width=len(keyed),
    )


def _rows_of(columns: Sequence[sa.Column[Any]]) -> str:
    """Write the arrays of some columns as rows; each array is a parameter, in their order."""
    arrays = ", ".join(f"${n}::{_carried(column)}" for n, column in enumerate(columns, 1))
    names = ", ".join(f'"{column.name}"' for column in columns)
    return f"unnest({arrays}) as v({names})"


def _match(keyed: Sequence[sa.Column[Any]]) -> str:
    if len(keyed) == 1:
        return f'"{keyed[0].name}" = any($1::{array_of(keyed[0])})'
    names = ", ".join(f'"{column.name}"' for column in keyed)
    arrays = ", ".join(f"${n}::{array_of(column)}" for n, column in enumerate(keyed, 1))
    return f"({names}) in (select * from unnest({arrays}))"


def _ordered(column: sa.Column[Any]) -> str:
    """Sort text by code points as Python does, whatever the database's own collation is."""
    collated = ' collate "C"' if isinstance(column.type, sa.Text) else ""
    return f'"{column.name}"{collated}'


def _writer(name: str, encode: Codec | None) -> Callable[[Any], Any]:
    read = attrgetter(name)
    return read if encode is None else lambda item: encode(read(item))


def _reader(cls: type[Any], codecs: tuple[Codec | None, ...]) -> Callable[[Any], Any]:
    converted = [(index, codec) for index, codec in enumerate(codecs) if codec is not None]

    def read(row: Any) -> Any:
        values = list(row)
        for index, codec in converted:
            values[index] = codec(values[index])
        return cls(*values)

    return read


MAPPERS: dict[Kind, Mapper] = {
    Kind.PARTNER: mapper(partner_tables.PARTNERS, Partner),
    Kind.INTEGRATION: mapper(partner_tables.INTEGRATIONS, Integration),
    Kind.API_KEY: mapper(partner_tables.API_KEYS, ApiKey),
    Kind.LEASE: mapper(tables.LEASES, Lease),
    Kind.CURSOR: mapper(tables.CURSORS, Cursor),
    Kind.BLOCK: mapper(tables.BLOCKS, SeenBlock),
    Kind.QUOTE: mapper(trade_tables.QUOTES, FirmQuote, changing=("used_by",)),
    Kind.CUSTOMER: mapper(customer_tables.CUSTOMERS, Customer),
    Kind.TURNOVER: mapper(customer_tables.TURNOVERS, Turnover),
    Kind.LINK: mapper(customer_tables.LINKS, PageLink),
    Kind.BANK_LINE: mapper(bank_tables.BANK_LINES, BankLine),
    Kind.PAYOUT_BATCH: mapper(bank_tables.PAYOUT_BATCHES, PayoutBatch),
    Kind.ORDER: mapper(tables.ORDERS, Order),
    Kind.TRADE: mapper(trade_tables.TRADES, Trade),
    Kind.CASE: mapper(trade_tables.CASES, Case),
    Kind.DOCUMENT: mapper(customer_tables.DOCUMENTS, Document),
    Kind.CODE: mapper(notice_tables.CODES, OneTimeCode),
    Kind.BUDGET: mapper(notice_tables.BUDGETS, Budget),
    Kind.MESSAGE: mapper(notice_tables.MESSAGES, Message),
    Kind.BANK_PAYOUT: mapper(bank_tables.BANK_PAYOUTS, BankPayout),
    Kind.PAYMENT: mapper(tables.PAYMENTS, Payment),
    Kind.WITHDRAWAL: mapper(tables.WITHDRAWALS, Withdrawal),
    Kind.COUNTER: mapper(tables.COUNTERS, Counter),
    Kind.WALLET: mapper(tables.WALLETS, Wallet),
    Kind.ADDRESS: mapper(tables.ADDRESSES, Address),
    Kind.COIN: mapper(tables.COINS, Coin),
    Kind.CALLBACK: mapper(message_tables.CALLBACKS, Callback),
    Kind.CALLBACK_ATTEMPT: mapper(message_tables.CALLBACK_ATTEMPTS, CallbackAttempt),
    Kind.HOLD: mapper(ledger_tables.HOLDS, Hold),
    Kind.ACCOUNT: mapper(ledger_tables.ACCOUNTS, Account),
}

JOURNAL = mapper(ledger_tables.JOURNALS, Journal)
ENTRY = mapper(ledger_tables.ENTRIES, Entry)
SCHEDULE = mapper(trade_tables.FEE_SCHEDULES, Schedule)
LIMIT_RULE = mapper(trade_tables.LIMIT_RULES, LimitRule)
