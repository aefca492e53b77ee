"""Decide how a statement is booked: in bounded groups, one payment's lines in order, none lost."""

import asyncio
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

import structlog

from cambist.app.banking.book_line import BookedLine, BookLine
from cambist.app.banking_steps import PAYOUT_ID_LENGTH
from cambist.bus.bus import Bus
from cambist.domain.payments.rails import Flow
from cambist.kernel.errors import DomainError, ErrorCode
from cambist.kernel.failpoints import Failpoint, failpoint
from cambist.ports.rails import HouseAccount, Rail
from cambist.ports.statements import StatementError, StatementLine
from cambist.workers.loop import name_of

LINES_AT_ONCE = 128
TOLD_EVERY_LINES = 10_000
DEFERRED_MAX = 1_000
"""How many lines may wait for another try; beyond it the file is given up for now."""
ROUNDS_MAX = 3
PAUSE_S = 1.0
FOREIGN_KEPT_MAX = 20
OTHERS = "others"

PASSING = frozenset(
    {
        ErrorCode.CONFLICT,
        ErrorCode.OVERLOADED,
        ErrorCode.RATE_UNAVAILABLE,
        ErrorCode.UNKNOWN_OUTCOME,
    }
)
"""Refusals that may be over in a moment."""

_log = structlog.get_logger()


class Ending(StrEnum):
    """Name why the reading of a file ended before its end."""

    UNREADABLE = "unreadable"
    GIVEN_UP = "given-up"


@dataclass(frozen=True, slots=True)
class ImportReport:
    """Tell what became of a statement; `lines` = matched + waiting + known + foreign + refused.

    `foreign` counts lines by the account and currency that is none of ours, `refused` lines by
    why they could not be booked. Neither is booked, and both may come again with the same file.
    `ended` is None when the file was read to its end, `fault` says where it became unreadable.
    """

    lines: int
    matched: int
    waiting: int
    known: int
    foreign: Mapping[str, int]
    refused: Mapping[str, int]
    ended: Ending | None = None
    fault: StatementError | None = None

    @property
    def unbooked(self) -> int:
        """Count the lines read that are not in the books."""
        return sum(self.foreign.values()) + sum(self.refused.values())

    @property
    def is_complete(self) -> bool:
        """Tell whether every line of the file is in the books."""
        return self.ended is None and not self.unbooked

    @property
    def may_pass(self) -> bool:
        """Tell whether the same file is worth another try as it is."""
        passing = {code.value for code in PASSING}
        return self.ended is Ending.GIVEN_UP or bool(self.refused.keys() & passing)


async def import_statement(
    bus: Bus,
    lines: Iterable[StatementLine],
    accounts: Sequence[HouseAccount],
    rails: Mapping[str, Rail],
    *,
    told: Callable[[int], None] = lambda count: None,
    pause_s: float = PAUSE_S,
) -> ImportReport:
    """Book a statement's lines, each once however often it is imported.

    At most LINES_AT_ONCE are under way, and no more than these and DEFERRED_MAX are held. Lines
    of one payout, or with one reference, are booked one after the other in the file's order.
    What the moment refuses is tried again in the end. `told` is called with the lines read so
    far, every TOLD_EVERY_LINES.
    """
    importing = _Import(bus, _Ours(accounts, rails), pause_s)
    fault = None
    try:
        for line in lines:
            await importing.take(line)
            if importing.read % TOLD_EVERY_LINES == 0:
                told(importing.read)
            if importing.is_given_up:
                break
    except StatementError as error:
        fault = error
    await importing.finish()
    return importing.report(fault)


@dataclass(frozen=True, slots=True)
class _Line:
    """Hold a line to book; those of one strand go one after the other."""

    number: int
    command: BookLine
    strand: str


@dataclass(slots=True)
class _Ours:
    """Know our accounts, however a bank writes them."""

    accounts: Sequence[HouseAccount]
    rails: Mapping[str, Rail]
    _known: dict[tuple[str, str], HouseAccount] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for account in self.accounts:
            for number in (account.number, account.iban):
                self._known[_plain(number), account.currency] = account

    def find(self, line: StatementLine) -> HouseAccount | None:
        """Find the account of ours a line is on; None when it is none, or of another currency."""
        return self._known.get((_plain(line.account), line.currency))

    def command(self, line: StatementLine, account: HouseAccount) -> BookLine:
        """Write the line as a command; its account always goes by the IBAN."""
        return BookLine(
            account=account.iban or account.number,
            identity=line.identity,
            method=account.method.value,
            credit=line.flow is Flow.CREDIT,
            currency=line.currency,
            units=line.units,
            booked_on=line.booked_on,
            references=line.references,
            end_to_end=line.end_to_end,
            name=line.name,
            counter_account=line.counter_account,
            is_return=line.is_return,
            text=line.text,
        )

    def strand(self, command: BookLine) -> str:
        """Name the payout or order a line tells of; empty when it names none."""
        for text in (command.end_to_end or "", *command.references):
            word = text.strip()
            if len(word) == PAYOUT_ID_LENGTH and word.isalnum():
                return word.upper()
        rail = self.rails.get(command.method)
        if rail is None or not command.credit:
            return ""
        found = (rail.normalize_reference(text) for text in command.references)
        return next((reference for reference in found if reference), "")


def _plain(account: str) -> str:
    return "".join(letter for letter in account if letter.isalnum()).upper()


class _Import:
    """Book lines group by group; holds a group and what waits for another try, never more."""

    def __init__(self, bus: Bus, ours: _Ours, pause_s: float) -> None:
        self._bus, self._ours, self._pause_s = bus, ours, pause_s
        self._group: list[_Line] = []
        self._deferred: list[_Line] = []
        self._held: dict[str, str] = {}
        self._why: Counter[str] = Counter()
        self._booked: Counter[str] = Counter()
        self._foreign: Counter[str] = Counter()
        self._refused: Counter[str] = Counter()
        self.read = 0
        self.is_given_up = False

    async def take(self, line: StatementLine) -> None:
        """Take the next line, and book the group it completes."""
        self.read += 1
        account = self._ours.find(line)
        if account is None:
            self._count_foreign(f"{line.account} {line.currency}")
            return
        command = self._ours.command(line, account)
        self._group.append(_Line(self.read, command, self._ours.strand(command)))
        if len(self._group) >= LINES_AT_ONCE:
            await self._book_group()
        if len(self._deferred) >= DEFERRED_MAX:
            await self._try_again()
            self.is_given_up = len(self._deferred) >= DEFERRED_MAX

    async def finish(self) -> None:
        """Book what is left, and what was refused in passing as often as ROUNDS_MAX allows."""
        await self._book_group()
        for _ in range(ROUNDS_MAX):
            if not self._deferred or self.is_given_up:
                break
            await self._try_again()
        self._refused += self._why
        self._deferred.clear()

    def report(self, fault: StatementError | None) -> ImportReport:
        """Tell what became of everything."""
        ended = Ending.UNREADABLE if fault is not None else None
        return ImportReport(
            lines=self.read,
            matched=self._booked["matched"],
            waiting=self._booked["waiting"],
            known=self._booked["known"],
            foreign=dict(self._foreign),
            refused=dict(self._refused),
            ended=Ending.GIVEN_UP if self.is_given_up else ended,
            fault=fault,
        )

    def _count_foreign(self, account: str) -> None:
        known = account in self._foreign or len(self._foreign) < FOREIGN_KEPT_MAX
        self._foreign[account if known else OTHERS] += 1

    async def _try_again(self) -> None:
        await asyncio.sleep(self._pause_s)
        again, self._deferred = self._deferred, []
        self._held.clear()
        self._why.clear()
        for first in range(0, len(again), LINES_AT_ONCE):
            self._group += again[first : first + LINES_AT_ONCE]
            await self._book_group()

    async def _book_group(self) -> None:
        """Book the strands of a group side by side, the lines of each in turn."""
        strands: dict[str, list[_Line]] = {}
        for line in self._group:
            strands.setdefault(line.strand or f"#{line.number}", []).append(line)
        self._group = []
        await asyncio.gather(*(self._book_strand(lines) for lines in strands.values()))

    async def _book_strand(self, lines: Sequence[_Line]) -> None:
        for line in lines:
            await self._book(line)

    async def _book(self, line: _Line) -> None:
        if line.strand in self._held:
            self._defer(line, self._held[line.strand])
            return
        try:
            booked: BookedLine = await self._bus.execute(line.command)
        except DomainError as refusal:
            if refusal.code in PASSING:
                self._defer(line, refusal.code.value)
            else:
                self._refused[refusal.code.value] += 1
        except Exception as error:
            # One line nobody foresaw must not keep the rest of the file out of the books.
            _log.warning("bank.line_refused", exc_info=error)
            self._refused[name_of(error)] += 1
        else:
            failpoint(Failpoint.BANK_AFTER_LINE)
            self._booked[booked.booked.value] += 1

    def _defer(self, line: _Line, why: str) -> None:
        """Let a line wait, and those after it that tell of the same payment."""
        self._deferred.append(line)
        self._why[why] += 1
        if line.strand:
            self._held[line.strand] = why
