"""Decide what was signed: an append-only log, synced before any answer, one intent an id."""

import fcntl
import hashlib
import json
import os
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from cambist.ports.signer import SignedTransfer


@dataclass(frozen=True, slots=True)
class LogEntry:
    """Hold what was signed for an id."""

    fingerprint: str
    signed: SignedTransfer


class SignerLogCorruptError(Exception):
    """The log holds a line that no crash can explain; signing on could pay twice."""


class SignerLogFailedError(Exception):
    """The disk refused a line; what it holds is known only after the log is opened again."""


class OnceLog:
    """Remember, across kill -9, which bytes were signed for which id; one owner at a time."""

    def __init__(self, path: Path) -> None:
        """Open or create the log.

        A last line torn by a crash is cut off: its answer was never given.

        Raises:
            SignerLogCorruptError: any other line is damaged, or an id stands twice.
            BlockingIOError: another signer owns the log.
        """
        self._entries: dict[UUID, LogEntry] = {}
        self._descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
        try:
            fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            self._replay(path.read_bytes())
            _sync_directory(path.parent)
        except BaseException:
            os.close(self._descriptor)
            raise
        self._usable = True

    def find(self, intent_id: UUID) -> LogEntry | None:
        """Find what was signed for an id."""
        return self._entries.get(intent_id)

    def append(self, intent_id: UUID, entry: LogEntry) -> None:
        """Store what was signed for a new id and wait until the disk has it.

        Raises:
            SignerLogFailedError: now, and at every later call until the log is opened again.
        """
        if not self._usable:
            raise SignerLogFailedError("the log must be opened again after a failed write")
        if intent_id in self._entries:
            raise ValueError("an id is logged once")
        line = _line(intent_id, entry)
        self._usable = False
        try:
            written = 0
            while written < len(line):
                written += os.write(self._descriptor, line[written:])
            os.fsync(self._descriptor)
        except OSError as error:
            raise SignerLogFailedError("the log could not be written") from error
        self._usable = True
        self._entries[intent_id] = entry

    def close(self) -> None:
        """Release the log to another owner."""
        os.close(self._descriptor)

    def __len__(self) -> int:
        return len(self._entries)

    def _replay(self, content: bytes) -> None:
        """Read every line and cut a torn last one off."""
        size = 0
        lines = content.split(b"\n")
        for number, line in enumerate(lines[:-1], start=1):
            try:
                intent_id, entry = _entry(line)
            except (ValueError, KeyError, TypeError) as error:
                raise SignerLogCorruptError(f"line {number} is damaged") from error
            if intent_id in self._entries:
                raise SignerLogCorruptError(f"line {number} repeats an id")
            self._entries[intent_id] = entry
            size += len(line) + 1
        if lines[-1]:
            os.ftruncate(self._descriptor, size)
            os.fsync(self._descriptor)


def _line(intent_id: UUID, entry: LogEntry) -> bytes:
    fields = {
        "id": str(intent_id),
        "intent": entry.fingerprint,
        "raw": entry.signed.raw.hex(),
        "txid": entry.signed.txid,
    }
    body = json.dumps(fields, sort_keys=True, separators=(",", ":"))
    return f"{hashlib.sha256(body.encode()).hexdigest()} {body}\n".encode()


def _entry(line: bytes) -> tuple[UUID, LogEntry]:
    seal, _, body = line.partition(b" ")
    if hashlib.sha256(body).hexdigest().encode() != seal:
        raise ValueError("checksum does not match")
    fields = json.loads(body)
    signed = SignedTransfer(bytes.fromhex(fields["raw"]), fields["txid"])
    return UUID(fields["id"]), LogEntry(fields["intent"], signed)


def _sync_directory(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
