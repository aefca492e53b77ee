"""Decide how a camt.053 statement becomes lines: what is booked, singly or in a batch."""

from collections.abc import Iterator
from datetime import date
from typing import BinaryIO, assert_never

from cambist.adapters.bank_files.amounts import read_amount
from cambist.adapters.bank_files.identities import (
    Identities,
    bank_reference,
    entry_reference,
    named,
)
from cambist.adapters.bank_files.records import Piece, PieceKind, Record, pieces
from cambist.adapters.bank_files.telling import Told, tell, tells_return
from cambist.domain.payments.rails import Flow
from cambist.kernel.errors import DomainError, ErrorCode
from cambist.ports.statements import StatementError, StatementFault, StatementLine

BOOKED = "BOOK"
UNPRICED_MAX = 50
"""Payments of a batch without amount whose texts the line for the rest still tells."""

_FLOWS = {"CRDT": Flow.CREDIT, "DBIT": Flow.DEBIT}
_SIGNS = {Flow.CREDIT: 1, Flow.DEBIT: -1}


def read_statement(stream: BinaryIO) -> Iterator[StatementLine]:
    """Walk the booked lines of a camt.053.001.02 or later, in memory that does not grow.

    An entry of several payments becomes a line each; what they do not add up to becomes one more,
    so that an entry's lines always sum to what the bank booked. Entries of nothing make no line.

    Raises:
        StatementError: the file cannot be read any further; the lines before it were told.
    """
    reader = _Reader()
    for piece in pieces(stream):
        yield from reader.take(piece)


class _Reader:
    """Turn pieces into lines; holds one entry's state, never more."""

    def __init__(self) -> None:
        self._identities = Identities()
        self._account = ""
        self._begin_entry()

    def take(self, piece: Piece) -> Iterator[StatementLine]:
        """Take the next piece and tell the lines it completes."""
        match piece.kind:
            case PieceKind.STATEMENT:
                self._identities.begin_statement()
                self._account = ""
            case PieceKind.ACCOUNT:
                self._account = "".join((piece.record.first("Id/IBAN", "Id/Othr/Id") or "").split())
            case PieceKind.DETAIL:
                yield from self._detail(piece)
            case PieceKind.ENTRY:
                if _is_booked(piece.entry):
                    yield from self._whole(piece)
                self._begin_entry()
            case _ as unreachable:
                assert_never(unreachable)

    def _begin_entry(self) -> None:
        self._details = 0
        self._first = Record()
        self._summed = 0
        self._unpriced: list[Record] = []

    def _detail(self, piece: Piece) -> Iterator[StatementLine]:
        if not _is_booked(piece.entry):
            return
        self._details += 1
        if self._details == 1:
            # Whether it is the entry's only one shows later.
            self._first = piece.record
            return
        entry = _Entry(piece)
        if self._details == 2:
            yield from self._part(entry, self._first)
        yield from self._part(entry, piece.record)

    def _part(self, entry: "_Entry", detail: Record) -> Iterator[StatementLine]:
        signed = entry.share(detail)
        if signed is None:
            if len(self._unpriced) < UNPRICED_MAX:
                self._unpriced.append(detail)
            return
        self._summed += signed
        own = _detail_reference(detail)
        if signed:
            # What it shares with the whole entry does not name it.
            alone = own is not None and own != entry.reference
            reference = named(entry.reference, own) if alone else None
            yield self._line(entry, signed, (detail,), reference)

    def _whole(self, piece: Piece) -> Iterator[StatementLine]:
        entry = _Entry(piece)
        if self._details > 1:
            rest = entry.signed - self._summed
            if rest:
                yield self._line(entry, rest, tuple(self._unpriced), None)
        elif entry.signed:
            own = named(entry.reference, _detail_reference(self._first)) or entry.number
            yield self._line(entry, entry.signed, (self._first,), own, batched=False)

    def _line(
        self,
        entry: "_Entry",
        signed: int,
        details: tuple[Record, ...],
        reference: str | None,
        *,
        batched: bool = True,
    ) -> StatementLine:
        if not self._account:
            raise entry.fault(StatementFault.ACCOUNT)
        flow, units = (Flow.CREDIT, signed) if signed > 0 else (Flow.DEBIT, -signed)
        # The bank's words for a batch as a whole are no payment's own.
        told = tell(self._account, flow, entry.record if not batched else Record(), details)
        facts = (flow, units, entry.currency, entry.booked_on)
        if reference is not None:
            identity = self._identities.by_reference(reference, *facts)
        else:
            within = (entry.reference or entry.number) if batched else None
            identity = self._identities.by_content((*facts, within, *_content(told)))
        return StatementLine(
            account=self._account,
            flow=flow,
            units=units,
            currency=entry.currency,
            booked_on=entry.booked_on,
            valued_on=entry.valued_on,
            identity=identity,
            references=told.references,
            end_to_end=told.end_to_end,
            name=told.name,
            counter_account=told.counter_account,
            is_return=told.is_return or entry.is_return,
            return_reason=told.return_reason,
            text=told.text,
        )


class _Entry:
    """Hold what an entry says of itself."""

    def __init__(self, piece: Piece) -> None:
        self._line = piece.line
        self.record = piece.entry
        amounts = self.record.amounts("Amt")
        if not amounts:
            raise self.fault(StatementFault.AMOUNT)
        text, self.currency = amounts[0]
        self.signed = self._units(text) * self._sign(self.record.first("CdtDbtInd"))
        booked = self._date("BookgDt")
        self.valued_on = self._date("ValDt")
        day = booked or self.valued_on
        if day is None:
            raise self.fault(StatementFault.DATE)
        self.booked_on: date = day
        self.reference = bank_reference(self.record.first("AcctSvcrRef"))
        self.number = entry_reference(self.record.first("NtryRef"))
        reversal = self.record.first("RvslInd") in ("true", "1")
        self.is_return = reversal or tells_return(self.record)

    def fault(self, fault: StatementFault) -> StatementError:
        """Make the refusal at this entry."""
        return StatementError(fault, self._line)

    def share(self, detail: Record) -> int | None:
        """Read what one payment of a batch adds to the entry; None when the bank does not say."""
        amounts = detail.amounts(
            "Amt", "AmtDtls/TxAmt/Amt", "AmtDtls/CntrValAmt/Amt", "AmtDtls/InstdAmt/Amt"
        )
        own = next((text for text, currency in amounts if currency == self.currency), None)
        if own is None:
            return None
        direction = detail.first("CdtDbtInd") or self.record.first("CdtDbtInd")
        return self._units(own) * self._sign(direction)

    def _units(self, text: str) -> int:
        try:
            return read_amount(text, self.currency)
        except DomainError as error:
            unknown = error.code is ErrorCode.ASSET_NOT_SUPPORTED
            raise self.fault(
                StatementFault.CURRENCY if unknown else StatementFault.AMOUNT
            ) from None

    def _sign(self, direction: str | None) -> int:
        if direction not in _FLOWS:
            raise self.fault(StatementFault.DIRECTION)
        return _SIGNS[_FLOWS[direction]]

    def _date(self, name: str) -> date | None:
        text = self.record.first(f"{name}/Dt", f"{name}/DtTm")
        if text is None:
            return None
        try:
            # The bank's own day, whatever the time zone beside it.
            return date.fromisoformat(text[:10])
        except ValueError:
            raise self.fault(StatementFault.DATE) from None


def _is_booked(entry: Record) -> bool:
    return entry.first("Sts/Cd", "Sts") == BOOKED


def _detail_reference(detail: Record) -> str | None:
    told = (detail.first(f"Refs/{name}") for name in ("AcctSvcrRef", "UETR", "TxId"))
    return next((reference for one in told if (reference := bank_reference(one))), None)


def _content(told: Told) -> tuple[object, ...]:
    return (told.end_to_end, told.name, told.counter_account, *told.references, told.text)
