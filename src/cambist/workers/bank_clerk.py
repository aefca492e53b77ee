"""Decide how statements and payouts go back and forth where a bank can be asked by itself."""

import io
from collections import deque
from collections.abc import Sequence
from uuid import UUID

import structlog

from cambist.ports.bank import BankPort, PaymentFileRefusedError
from cambist.ports.rails import HouseAccount
from cambist.ports.statements import StatementReader
from cambist.workers.bank import PAUSE_S, import_statement
from cambist.workers.bank_export import ExportParts, export_batch

HANDED_AT_ONCE_MAX = 20
HANDED_KEPT_MAX = 1_000
"""How many files are remembered as handed over; the bank takes one again that was forgotten."""

_log = structlog.get_logger()


class BankClerk:
    """Import each statement, export what is queued, hand the files over. Any number may run."""

    def __init__(
        self,
        bank: BankPort,
        read: StatementReader,
        parts: ExportParts,
        accounts: Sequence[HouseAccount],
        *,
        pause_s: float = PAUSE_S,
    ) -> None:
        self._bank, self._read, self._parts = bank, read, parts
        self._accounts, self._pause_s = accounts, pause_s
        self._handed: deque[UUID] = deque(maxlen=HANDED_KEPT_MAX)

    async def run_once(self) -> int:
        """Do what there is to do now; return how many lines and payouts that were."""
        done = await self._import()
        for account in self._accounts:
            exported = await export_batch(self._parts, account)
            done += exported.batch.count if exported.batch else 0
        await self._hand_over()
        return done

    async def _import(self) -> int:
        """Import the statement that waits, and give its receipt unless some of it may yet pass."""
        statement = await self._bank.statement()
        if statement is None:
            return 0
        report = await import_statement(
            self._parts.bus,
            self._read(io.BytesIO(statement.document)),
            self._accounts,
            self._parts.rails,
            pause_s=self._pause_s,
        )
        if not report.may_pass:
            await self._bank.acknowledge(statement.number)
        if not report.is_complete:
            _log.warning("bank.statement_incomplete", failures=report.unbooked)
        return report.matched + report.waiting

    async def _hand_over(self) -> None:
        """Hand over files with payouts under way that this process has not handed over.

        Whoever died before may have done so already; the bank takes a file once.
        """
        files = self._parts.files
        for batch_id in await files.batches_under_way(self._handed, HANDED_AT_ONCE_MAX):
            batch = await files.batch(batch_id)
            if batch is None:
                continue
            try:
                await self._bank.submit(batch.document)
            except PaymentFileRefusedError as refusal:
                _log.warning("bank.file_refused", error=refusal.reason)
            self._handed.append(batch_id)
