"""Prove that the signer's log survives any death and signs no id twice."""

import os
import signal
import subprocess
import sys
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from cambist.adapters.signing.once_log import (
    LogEntry,
    OnceLog,
    SignerLogCorruptError,
    SignerLogFailedError,
)
from cambist.ports.signer import SignedTransfer

WRITER = """
import os, signal, sys
from pathlib import Path
from uuid import UUID
from cambist.adapters.signing import once_log
from cambist.ports.signer import SignedTransfer
log = once_log.OnceLog(Path(sys.argv[1]))
real = os.write
def torn(descriptor, data):
    if len(log) == 3:
        real(descriptor, data[: int(sys.argv[2])])
        os.kill(os.getpid(), signal.SIGKILL)
    return real(descriptor, data)
once_log.os.write = torn
for number in range(4):
    entry = once_log.LogEntry("f", SignedTransfer(bytes([number]), f"{number}"))
    log.append(UUID(int=number), entry)
"""


def entry(text: str) -> LogEntry:
    """Make an entry that differs by a text."""
    return LogEntry(text, SignedTransfer(text.encode(), text * 2))


def test_entries_come_back_after_reopening(tmp_path: Path) -> None:
    ids = [uuid4() for _ in range(5)]
    log = OnceLog(tmp_path / "log")
    for number, intent_id in enumerate(ids):
        log.append(intent_id, entry(str(number)))
    log.close()
    log = OnceLog(tmp_path / "log")
    assert [log.find(intent_id) for intent_id in ids] == [entry(str(n)) for n in range(5)]
    assert log.find(uuid4()) is None
    log.close()


@pytest.mark.parametrize("written", [0, 1, 64, 65, 100, 140])
def test_a_line_torn_by_kill_9_is_cut_off_and_the_rest_kept(tmp_path: Path, written: int) -> None:
    path = tmp_path / "log"
    done = subprocess.run([sys.executable, "-c", WRITER, str(path), str(written)], check=False)
    assert done.returncode == -signal.SIGKILL
    log = OnceLog(path)
    assert len(log) == 3
    assert log.find(UUID(int=3)) is None
    log.append(UUID(int=3), entry("again"))
    log.close()
    log = OnceLog(path)
    assert log.find(UUID(int=3)) == entry("again")
    assert len(log) == 4
    log.close()


def test_a_line_written_whole_before_kill_9_is_kept(tmp_path: Path) -> None:
    subprocess.run([sys.executable, "-c", WRITER, str(tmp_path / "log"), "1000"], check=False)
    log = OnceLog(tmp_path / "log")
    assert log.find(UUID(int=3)) is not None
    log.close()


@pytest.mark.parametrize("place", [0, 70, 140])
def test_a_damaged_line_stops_the_signer(tmp_path: Path, place: int) -> None:
    path = tmp_path / "log"
    log = OnceLog(path)
    log.append(uuid4(), entry("a"))
    log.append(uuid4(), entry("b"))
    log.close()
    content = bytearray(path.read_bytes())
    content[place] ^= 1
    path.write_bytes(content)
    with pytest.raises(SignerLogCorruptError):
        OnceLog(path)


def test_a_repeated_id_stops_the_signer(tmp_path: Path) -> None:
    path = tmp_path / "log"
    log = OnceLog(path)
    log.append(uuid4(), entry("a"))
    log.append(UUID(int=1), entry("b"))
    with pytest.raises(ValueError, match="once"):
        log.append(UUID(int=1), entry("c"))
    log.close()
    path.write_bytes(path.read_bytes() * 2)
    with pytest.raises(SignerLogCorruptError):
        OnceLog(path)


def test_two_signers_never_share_a_log(tmp_path: Path) -> None:
    log = OnceLog(tmp_path / "log")
    with pytest.raises(BlockingIOError):
        OnceLog(tmp_path / "log")
    log.close()
    OnceLog(tmp_path / "log").close()


def test_log_is_private(tmp_path: Path) -> None:
    OnceLog(tmp_path / "log").close()
    assert (tmp_path / "log").stat().st_mode & 0o777 == 0o600


def test_after_a_failed_write_nothing_is_signed_until_reopened(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = OnceLog(tmp_path / "log")
    log.append(UUID(int=1), entry("a"))

    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as broken:
        broken.setattr(os, "fsync", full)
        with pytest.raises(SignerLogFailedError):
            log.append(UUID(int=2), entry("b"))
    with pytest.raises(SignerLogFailedError):
        log.append(UUID(int=3), entry("c"))
    assert log.find(UUID(int=2)) is None
    log.close()
    # Whatever reached the disk counts: its bytes are the only ones that id will ever get.
    log = OnceLog(tmp_path / "log")
    assert log.find(UUID(int=2)) == entry("b")
    log.close()
