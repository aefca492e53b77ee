"""Decide how a camt.053 document is walked: one entry's values at a time, within named limits."""

import re
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from typing import BinaryIO
from xml.parsers import expat

from cambist.ports.statements import StatementError, StatementFault

READ_BYTES = 1 << 16
FILE_BYTES_MAX = 1 << 30
TOKEN_BYTES_MAX = 1 << 20
"""Bytes that may follow each other without ending a tag, a comment or a run of text."""
TEXT_LENGTH_MAX = 10_000
VALUES_MAX = 2_000
RECORD_LENGTH_MAX = 250_000
"""Letters of all values of one part; several parts of a batch are held at once."""
DEPTH_MAX = 40
NAMES_MAX = 2_000

_ROOT = re.compile(
    r"urn:iso:std:iso:20022:tech:xsd:camt\.053\.001\.(?:0[2-9]|[1-9][0-9])\|Document"
)
_STATEMENT = "/BkToCstmrStmt/Stmt"
_ENTRY = f"{_STATEMENT}/Ntry"

_SIDES = ("Dbtr", "Cdtr")

_WANTED = {
    f"{_STATEMENT}/Acct": frozenset({"Id/IBAN", "Id/Othr/Id"}),
    _ENTRY: frozenset(
        {
            "NtryRef", "Amt", "CdtDbtInd", "RvslInd", "Sts", "Sts/Cd", "BookgDt/Dt", "BookgDt/DtTm",
            "ValDt/Dt", "ValDt/DtTm", "AcctSvcrRef", "AddtlNtryInf", "BkTxCd/Domn/Fmly/SubFmlyCd",
        }
    ),
    f"{_ENTRY}/NtryDtls/TxDtls": frozenset(
        {
            "Amt", "CdtDbtInd", "AmtDtls/TxAmt/Amt", "AmtDtls/InstdAmt/Amt",
            "AmtDtls/CntrValAmt/Amt", "Refs/AcctSvcrRef", "Refs/UETR", "Refs/TxId",
            "Refs/EndToEndId", "Refs/InstrId",
            "RmtInf/Ustrd", "RmtInf/Strd/CdtrRefInf/Ref", "RmtInf/Strd/RfrdDocInf/Nb",
            "RmtInf/Strd/AddtlRmtInf", "AddtlTxInf", "BkTxCd/Domn/Fmly/SubFmlyCd",
            "RtrInf", "RtrInf/Rsn/Cd", "RtrInf/Rsn/Prtry",
            *(f"RltdPties/{side}/Nm" for side in _SIDES),
            *(f"RltdPties/{side}/Pty/Nm" for side in _SIDES),
            *(f"RltdPties/{side}Acct/Id/IBAN" for side in _SIDES),
            *(f"RltdPties/{side}Acct/Id/Othr/Id" for side in _SIDES),
            *(f"RltdAgts/{side}Agt/FinInstnId/Othr/Id" for side in _SIDES),
            *(f"RltdAgts/{side}Agt/FinInstnId/ClrSysMmbId/MmbId" for side in _SIDES),
        }
    ),
}  # fmt: skip


class PieceKind(StrEnum):
    """Name what has ended, or for a statement begun."""

    STATEMENT = "statement"
    ACCOUNT = "account"
    ENTRY = "entry"
    DETAIL = "detail"


_KINDS = dict(zip(_WANTED, (PieceKind.ACCOUNT, PieceKind.ENTRY, PieceKind.DETAIL), strict=True))


@dataclass(slots=True)
class Record:
    """Hold the values of one part by their path in it, each with its Ccy attribute or ''."""

    values: dict[str, list[tuple[str, str]]] = field(default_factory=dict)
    count: int = 0
    length: int = 0

    def has(self, path: str) -> bool:
        """Tell whether there is such an element, even an empty one."""
        return path in self.values

    def first(self, *paths: str) -> str | None:
        """Read the first value that is not empty."""
        return next((text for path in paths for text in self.all(path)), None)

    def all(self, path: str) -> list[str]:
        """Read all values of a path that are not empty."""
        return [text for text, _ in self.values.get(path, ()) if text]

    def amounts(self, *paths: str) -> list[tuple[str, str]]:
        """Read amounts as text and currency, in the order of the paths."""
        return [amount for path in paths for amount in self.values.get(path, ()) if amount[0]]


@dataclass(frozen=True, slots=True)
class Piece:
    """Hold a part that was read; a detail comes with what its entry has told so far."""

    kind: PieceKind
    record: Record
    entry: Record
    line: int


def pieces(stream: BinaryIO) -> Iterator[Piece]:
    """Walk a document's parts; nothing that came before is kept.

    There are no entities, no DTD and no look at anything but the stream.

    Raises:
        StatementError: XML, KIND, DOCTYPE, DEPTH, SIZE.
    """
    walk = _Walk()
    fed = 0
    while chunk := stream.read(READ_BYTES):
        fed += len(chunk)
        walk.feed(chunk, fed)
        while walk.ready:
            yield walk.ready.popleft()
    walk.close()
    yield from walk.ready


class _Walk:
    """Follow expat's events."""

    def __init__(self) -> None:
        self.ready: deque[Piece] = deque()
        self._parser = expat.ParserCreate(namespace_separator="|")
        self._parser.buffer_text = True
        self._parser.StartDoctypeDeclHandler = self._doctype
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.CharacterDataHandler = self._text
        self._namespace = ""
        self._names: dict[str, str] = {}
        self._paths: list[str] = []
        self._open: list[tuple[str, Record]] = []
        self._texts: list[str] = []
        self._length = 0
        self._currency = ""

    def feed(self, chunk: bytes, fed: int) -> None:
        """Read on; `fed` counts all bytes up to the chunk's end."""
        self._parse(chunk, False)
        if fed > FILE_BYTES_MAX or fed - self._parser.CurrentByteIndex > TOKEN_BYTES_MAX:
            raise self._fault(StatementFault.SIZE)

    def close(self) -> None:
        """Read the end, which must be the document's."""
        self._parse(b"", True)

    def _parse(self, chunk: bytes, final: bool) -> None:
        try:
            self._parser.Parse(chunk, final)
        except (expat.ExpatError, LookupError, ValueError):
            # The last two for encodings there are none of, or which no XML can have.
            raise self._fault(StatementFault.XML) from None

    def _fault(self, fault: StatementFault) -> StatementError:
        return StatementError(fault, self._parser.CurrentLineNumber)

    def _doctype(self, _name: str, _system: str | None, _public: str | None, _own: bool) -> None:
        raise self._fault(StatementFault.DOCTYPE)

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        if not self._paths:
            if _ROOT.fullmatch(name) is None:
                raise self._fault(StatementFault.KIND)
            self._namespace = name.removesuffix("Document")
            self._paths.append("")
            return
        if len(self._paths) >= DEPTH_MAX:
            raise self._fault(StatementFault.DEPTH)
        path = f"{self._paths[-1]}/{self._names.get(name) or self._name(name)}"
        self._paths.append(path)
        self._texts.clear()
        self._length = 0
        self._currency = attributes.get("Ccy", "")
        if path in _WANTED:
            self._open.append((path, Record()))
        elif path == _STATEMENT:
            self.ready.append(self._piece(PieceKind.STATEMENT, Record(), Record()))

    def _end(self, _name: str) -> None:
        path = self._paths.pop()
        if not self._open:
            return
        part, record = self._open[-1]
        if path == part:
            self._open.pop()
            entry = self._open[-1][1] if self._open else record
            self.ready.append(self._piece(_KINDS[part], record, entry))
        else:
            self._keep(path[len(part) + 1 :], part, record)
        self._texts.clear()
        self._length = 0

    def _keep(self, path: str, part: str, record: Record) -> None:
        if path not in _WANTED[part]:
            return
        record.count += 1
        text = " ".join("".join(self._texts).split())
        record.length += len(text)
        if record.count > VALUES_MAX or record.length > RECORD_LENGTH_MAX:
            raise self._fault(StatementFault.SIZE)
        record.values.setdefault(path, []).append((text, self._currency))

    def _text(self, data: str) -> None:
        if self._open:
            self._length += len(data)
            if self._length > TEXT_LENGTH_MAX:
                raise self._fault(StatementFault.SIZE)
            self._texts.append(data)

    def _name(self, name: str) -> str:
        if len(self._names) >= NAMES_MAX:
            raise self._fault(StatementFault.SIZE)
        # What is in another namespace stands in no path we know.
        ours = name.startswith(self._namespace)
        local = name.removeprefix(self._namespace) if ours else f"|{name}"
        self._names[name] = local
        return local

    def _piece(self, kind: PieceKind, record: Record, entry: Record) -> Piece:
        return Piece(kind, record, entry, self._parser.CurrentLineNumber)
