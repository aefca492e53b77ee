"""Decide which server processes a dead owner left on a data folder, and end them safely."""

import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path

from cambist.adapters.db.embedded_binaries import EmbeddedError

PROC = Path("/proc")
POLL_S = 0.02
FAST_STOP_S = 20
ABRUPT_STOP_S = 5


def processes_of(data: Path) -> list[int]:
    """List the live server processes working in `data`, the postmaster first.

    Every PostgreSQL process has the data folder as its working directory; a zombie has none, and
    a process that merely got a recycled id works elsewhere.
    """
    if not data.is_dir() or not PROC.is_dir():
        return []
    place = data.stat()
    wanted = (place.st_dev, place.st_ino)
    found = [pid for pid in _process_ids() if _works_in(pid, wanted)]
    return sorted(found, key=lambda pid: (pid != recorded_pid(data), pid))


def recorded_pid(data: Path) -> int | None:
    """Read the process id a postmaster noted in its lock file."""
    try:
        return int((data / "postmaster.pid").read_text().split("\n", 1)[0])
    except (FileNotFoundError, ValueError):
        return None


def clear_leftovers(data: Path) -> None:
    """End what still runs on `data` and remove a stale lock file.

    The caller holds the home's lock, so the processes belong to an owner that is dead. The
    postmaster is asked for a fast stop first; its file is removed only when nothing is left,
    because two servers on one folder would destroy it.

    Raises:
        EmbeddedError: a process does not end or may not be ended.
    """
    for number, patience_s in (
        (signal.SIGINT, FAST_STOP_S),
        (signal.SIGQUIT, ABRUPT_STOP_S),
        (signal.SIGKILL, ABRUPT_STOP_S),
    ):
        left = processes_of(data)
        if not left:
            break
        _signal(left, number)
        _wait_until_gone(data, patience_s)
    left = processes_of(data)
    if left:
        raise EmbeddedError(f"server processes {left} still hold {data} and do not end")
    (data / "postmaster.pid").unlink(missing_ok=True)


def _process_ids() -> Iterator[int]:
    return (int(entry.name) for entry in PROC.iterdir() if entry.name.isdigit())


def _works_in(pid: int, wanted: tuple[int, int]) -> bool:
    folder = PROC / str(pid)
    try:
        place = (folder / "cwd").stat()
        return (place.st_dev, place.st_ino) == wanted and (
            (folder / "comm").read_text().strip() == "postgres"
        )
    except OSError:
        return False


def _signal(pids: list[int], number: signal.Signals) -> None:
    for pid in pids:
        try:
            os.kill(pid, number)
        except ProcessLookupError:
            continue
        except PermissionError as error:
            raise EmbeddedError(f"process {pid} holds the data and is not ours to end") from error


def _wait_until_gone(data: Path, patience_s: float) -> None:
    deadline = time.monotonic() + patience_s
    while processes_of(data) and time.monotonic() < deadline:
        time.sleep(POLL_S)
