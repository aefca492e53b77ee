"""Decide how a command books money within its scope: locked accounts, entries, holds."""

from collections.abc import Iterable
from datetime import datetime
from typing import cast

from cambist.bus.changes import Changes
from cambist.bus.requests import Load
from cambist.domain.ledger.accounts import Account, AccountRef, Hold, HoldState
from cambist.domain.ledger.journals import Entry, Journal, Posting
from cambist.kernel.errors import DomainError, ErrorCode
from cambist.kernel.ids import HoldId, JournalId, OrderId
from cambist.ports.ids import IdSource
from cambist.ports.store import Kind


class ScopedLedger:
    """Book money for one command."""

    def __init__(self, changes: Changes, now: datetime, ids: IdSource) -> None:
        self._changes, self._now, self._ids = changes, now, ids

    async def lock(self, accounts: Iterable[AccountRef]) -> None:
        """Load and lock bounded accounts, opening those that do not exist."""
        wanted = {ref.id: ref for ref in accounts}
        if not wanted:
            return
        await Load(Kind.ACCOUNT, None, tuple(wanted), lock=True)
        for key, ref in wanted.items():
            if self._changes.get(Kind.ACCOUNT, key) is None:
                opened = Account(key, ref.owner, ref.asset, ref.bounded, 0, 0, 0)
                self._changes.put(Kind.ACCOUNT, opened, added=True)

    def balance(self, account: AccountRef) -> Account:
        """Read a locked account."""
        found = self._changes.get(Kind.ACCOUNT, account.id)
        if found is None:
            raise LookupError(f"{account.owner} was not locked")
        return cast("Account", found)

    def post(self, posting: Posting, reference: str, order_id: OrderId | None) -> None:
        """Book a posting once for ever under a reference."""
        writes = self._changes.writes
        journal = JournalId(self._ids.new_id())
        entries: list[Entry] = []
        for number, leg in enumerate(posting.legs):
            ref = leg.account
            if ref.bounded:
                after = self.balance(ref).book(leg.units)
                self._changes.put(Kind.ACCOUNT, after, added=False)
                version, balance = after.version, after.posted
                entry = Entry(journal, number, ref.id, ref.asset, leg.units, version, balance)
            else:
                writes.system_accounts.add(ref)
                entry = Entry(journal, number, ref.id, ref.asset, leg.units, None, None)
            entries.append(entry)
        writes.journals.append(Journal(journal, posting.recipe, reference, order_id, self._now))
        writes.entries.extend(entries)

    def hold(self, account: AccountRef, units: int, order_id: OrderId) -> None:
        """Set units of a locked account aside."""
        self._changes.put(Kind.ACCOUNT, self.balance(account).hold(units), added=False)
        hold = Hold(HoldId(self._ids.new_id()), account.id, order_id, units, HoldState.ACTIVE)
        self._changes.put(Kind.HOLD, hold, added=True)

    async def close_hold(self, account: AccountRef, order_id: OrderId, state: HoldState) -> None:
        """Capture or release an order's hold on a locked account."""
        await Load(Kind.HOLD, "order_id", (order_id,), lock=False)
        for hold in self._changes.where(Kind.HOLD, "order_id", order_id):
            if hold.account_id == account.id and hold.state is HoldState.ACTIVE:
                self._changes.put(Kind.HOLD, hold.close(state), added=False)
                freed = self.balance(account).unhold(hold.units)
                self._changes.put(Kind.ACCOUNT, freed, added=False)
                return
        raise DomainError(ErrorCode.INVALID_STATE, machine="hold")
