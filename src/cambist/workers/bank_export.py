"""Decide which queued payouts go into one file for the bank, and when the file may be seen."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from cambist.app.banking.export_payouts import PAYOUTS_MAX, ExportPayouts
from cambist.bus.bus import Bus
from cambist.domain.payments.bank import BankPayout, PayoutBatch, batch_id, end_to_end
from cambist.kernel.errors import DomainError, ErrorCode
from cambist.kernel.failpoints import Failpoint, failpoint
from cambist.ports.bank_desk import BankDesk
from cambist.ports.payouts import PayoutFileError, PayoutLine, PayoutWriter
from cambist.ports.rails import HouseAccount, Rail
from cambist.ports.trades import DeskQueries, QueuedPayout

ATTEMPTS_MAX = 3

OVERTAKEN = frozenset(
    {
        ErrorCode.CONFLICT,
        ErrorCode.INVALID_STATE,
        ErrorCode.UNKNOWN_OUTCOME,
    }
)
"""Refusals after which the list of payouts must be read again."""


@dataclass(frozen=True, slots=True)
class ExportParts:
    """Hold what an export needs; `write` makes the file, `now` tells the core's time."""

    bus: Bus
    desk: DeskQueries
    files: BankDesk
    rails: Mapping[str, Rail]
    write: PayoutWriter
    now: Callable[[], Awaitable[datetime]]


@dataclass(frozen=True, slots=True)
class Skipped:
    """Name a payout that cannot stand in a file, whose it is, and why; it stays on the list."""

    payout_id: UUID
    owner: UUID
    reason: str


@dataclass(frozen=True, slots=True)
class Exported:
    """Hold the file that was stored, None when nothing could be exported."""

    batch: PayoutBatch | None
    skipped: tuple[Skipped, ...]


async def export_batch(parts: ExportParts, house: HouseAccount) -> Exported:
    """Write the oldest queued payouts of an account of ours into one file and store it.

    The file's id follows from the payouts in it. Nobody sees its bytes before they are stored,
    and what is returned is what is stored: who asks again by the id gets the same bytes.

    Raises:
        DomainError: INVALID_STATE or CONFLICT when others were faster ATTEMPTS_MAX times.
    """
    refusal = DomainError(ErrorCode.CONFLICT)
    for _ in range(ATTEMPTS_MAX):
        queued = await parts.desk.queued_payouts(house.method.value, house.currency, PAYOUTS_MAX)
        draft = _Draft(queued, parts.rails[house.method.value])
        if not draft.payouts:
            return Exported(None, tuple(draft.skipped))
        moment = await parts.now()
        command = draft.command(parts.write, house, moment)
        if command is None:
            return Exported(None, tuple(draft.skipped))
        failpoint(Failpoint.EXPORT_BEFORE_STORE)
        try:
            await parts.bus.execute(command)
        except DomainError as error:
            if error.code not in OVERTAKEN:
                raise
            refusal = error
        else:
            failpoint(Failpoint.EXPORT_AFTER_STORE)
        stored = await parts.files.batch(command.batch_id)
        if stored is not None:
            return Exported(stored, tuple(draft.skipped))
    raise refusal


class _Draft:
    """Sort queued payouts into those a file can hold and those it cannot."""

    def __init__(self, queued: Sequence[QueuedPayout], rail: Rail) -> None:
        self.payouts: list[BankPayout] = []
        self.skipped: list[Skipped] = []
        self._lines: list[PayoutLine] = []
        for one in queued:
            try:
                account = rail.parse_account(one.account)
            except DomainError as refusal:
                self._skip(one.payout, str(refusal.facts.get("reason", refusal.code.value)))
                continue
            self.payouts.append(one.payout)
            self._lines.append(
                PayoutLine(
                    end_to_end=end_to_end(one.payout.id),
                    units=one.payout.units,
                    currency=one.payout.currency,
                    account=account,
                    name=one.name,
                    message=_message(one.payout),
                )
            )

    def command(
        self, write: PayoutWriter, house: HouseAccount, moment: datetime
    ) -> ExportPayouts | None:
        """Write the file, leaving out what the writer refuses; None when nothing remains.

        Raises:
            PayoutFileError: the file as a whole cannot be written.
        """
        while self.payouts:
            key = batch_id(payout.id for payout in self.payouts)
            try:
                document = write(house, end_to_end(key), moment, moment.date(), self._lines)
            except PayoutFileError as error:
                if error.index is None:
                    raise
                del self._lines[error.index]
                self._skip(self.payouts.pop(error.index), error.fault.value)
                continue
            payouts = tuple((payout.id, payout.owner) for payout in self.payouts)
            method = house.method.value
            return ExportPayouts(key, method, house.currency, payouts, document)
        return None

    def _skip(self, payout: BankPayout, reason: str) -> None:
        self.skipped.append(Skipped(payout.id, payout.owner, reason))


def _message(payout: BankPayout) -> str:
    """Tell the payee what the money is for, in words every bank carries."""
    return f"{'Return' if payout.returning else 'Order'} {payout.owner}"
