"""Decide how a PostgreSQL of our own starts, survives crashes and stops, for sandbox and tests."""

import asyncio
import contextlib
import fcntl
import os
import secrets
import shutil
import signal
import subprocess
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Self
from urllib.parse import quote

import asyncpg

from cambist.adapters.db.embedded_binaries import Binaries, EmbeddedError, find_binaries
from cambist.adapters.db.embedded_places import (
    Account,
    account_for,
    home_of,
    prepare_home,
    prepare_socket_folder,
    private_folder,
    reachable_binaries,
    socket_folder,
)
from cambist.adapters.db.embedded_processes import clear_leftovers

__all__ = ["EmbeddedError", "EmbeddedPostgres", "running_url"]

USER = "cambist"
DATABASE = "cambist"
START_TIMEOUT_S = 120
ANSWER_TIMEOUT_S = 10
CONNECT_TIMEOUT_S = 5
FAST_STOP_S = 30
ABRUPT_STOP_S = 10
POLL_S = 0.02
LOG_BYTES_KEPT = 1_000_000
LOG_LINES_SHOWN = 12

UNREACHABLE = (
    OSError,
    TimeoutError,
    asyncpg.CannotConnectNowError,
    asyncpg.PostgresConnectionError,
)

# log_min_messages=log leaves out errors of single statements: their text carries personal data.
SETTINGS: Mapping[str, str] = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "shared_buffers": "128MB",
    "max_connections": "60",
    "wal_compression": "on",
    "effective_cache_size": "1GB",
    "random_page_cost": "1.1",
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_min_messages": "log",
    "log_checkpoints": "off",
    "password_encryption": "scram-sha-256",
}


class EmbeddedPostgres:
    """Own one PostgreSQL server as a direct child, reachable over a private unix socket only.

    Everything lives in `data_dir` (cluster, socket, password, log, lock). One owner at a time
    holds its lock; what a killed owner left running is stopped before a new start. Blocking:
    from a coroutine call it through `asyncio.to_thread`. `settings` override server parameters
    (`fsync`: `off` also spares syncing at initdb).
    """

    def __init__(
        self,
        data_dir: Path,
        bin_dir: Path | None = None,
        settings: Mapping[str, str] | None = None,
    ) -> None:
        self.data_dir = data_dir
        self.binaries: Binaries | None = None
        self._bin_dir = bin_dir
        self._settings = {**SETTINGS, **(settings or {})}
        self._process: subprocess.Popen[bytes] | None = None
        self._lock: IO[str] | None = None

    @property
    def running(self) -> bool:
        """Tell whether the server process of this object lives."""
        return self._process is not None and self._process.poll() is None

    @property
    def pid(self) -> int | None:
        """Tell the postmaster's process id; None when it does not run."""
        return self._process.pid if self._process is not None and self.running else None

    def start(self) -> str:
        """Start the server, or start it again after a crash, and return its asyncpg URL.

        Raises:
            EmbeddedError: no fitting binaries, another owner is alive, the data is of another
                major version or another user's, or the server does not come up.
        """
        home = prepare_home(self.data_dir)
        if not self._serves(home):
            self._take_lock(home)
            try:
                self._launch(home)
            except BaseException:
                self.stop()
                raise
        return _url(home)

    def stop(self) -> None:
        """Stop the server fast (open transactions roll back) and give the folder free."""
        self._end_process()
        if self._lock is not None:
            self._lock.close()
            self._lock = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def _end_process(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        for number, patience_s in (
            (signal.SIGINT, FAST_STOP_S),
            (signal.SIGQUIT, ABRUPT_STOP_S),
        ):
            if process.poll() is None:
                process.send_signal(number)
                _wait(process, patience_s)
        if process.poll() is None:
            process.kill()
            process.wait()

    def _serves(self, home: Path) -> bool:
        """Tell whether our server answers; one just killed lives on for a moment, and ends here."""
        deadline = time.monotonic() + ANSWER_TIMEOUT_S
        while self.running and time.monotonic() < deadline:
            if _answers(home):
                return True
            time.sleep(POLL_S)
        self._end_process()
        return False

    def _take_lock(self, home: Path) -> None:
        if self._lock is not None:
            return
        try:
            lock = (home / "lock").open("a+", encoding="ascii")
        except PermissionError as error:
            raise EmbeddedError(f"{home} is not ours to write; choose another folder") from error
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            lock.seek(0)
            holder = lock.read().strip() or "unknown"
            lock.close()
            raise EmbeddedError(
                f"{self.data_dir} is in use by process {holder}; stop it, or give this one "
                "another CAMBIST_VAR_DIR"
            ) from error
        lock.truncate(0)
        lock.write(str(os.getpid()))
        lock.flush()
        self._lock = lock

    def _launch(self, home: Path) -> None:
        data = home / "data"
        account = account_for(data)
        found = find_binaries(self._bin_dir, _major_of(data))
        self.binaries = reachable_binaries(found, home, account)
        if not data.is_dir():
            self._initialise(home, self.binaries, account)
        elif not (home / "password").is_file():
            raise EmbeddedError(f"{home / 'password'} is gone, so nobody can log in to {data}")
        private_folder(data, account)
        clear_leftovers(data)
        socket = prepare_socket_folder(home, account)
        self._spawn(home, self.binaries, account, socket)
        self._wait_until_ready(home)

    def _initialise(self, home: Path, binaries: Binaries, account: Account | None) -> None:
        partial = home / "data.partial"
        shutil.rmtree(partial, ignore_errors=True)
        private_folder(partial, account)
        password = secrets.token_hex(24)
        _write_private(home / "password", password)
        given = home / "password.initdb"
        _write_private(given, password)
        if account is not None:
            os.chown(given, account.uid, account.gid)
        command = [
            str(binaries.folder / "initdb"),
            f"--pgdata={partial}",
            f"--username={USER}",
            f"--pwfile={given}",
            "--auth=scram-sha-256",
            "--encoding=UTF8",
            "--locale=C.UTF-8",
            "--lc-collate=C",
            "--data-checksums",
        ]
        if self._settings.get("fsync") == "off":
            command.append("--no-sync")
        try:
            done = subprocess.run(
                command,
                capture_output=True,
                text=True,
                timeout=START_TIMEOUT_S,
                check=False,
                **_child_of(home, account),
            )
        finally:
            given.unlink()
        if done.returncode != 0:
            raise EmbeddedError(f"initdb failed: {(done.stderr or done.stdout).strip()}")
        partial.rename(home / "data")

    def _spawn(self, home: Path, binaries: Binaries, account: Account | None, socket: Path) -> None:
        command = [str(binaries.folder / "postgres"), "-D", str(home / "data")]
        for name, value in {**self._settings, "unix_socket_directories": str(socket)}.items():
            command += ["-c", f"{name}={value}"]
        log = home / "server.log"
        if log.exists() and log.stat().st_size > LOG_BYTES_KEPT:
            log.replace(home / "server.log.1")
        with log.open("ab") as target:
            self._process = subprocess.Popen(
                command,
                stdout=target,
                stderr=target,
                start_new_session=True,  # a Ctrl-C in the terminal is for us, not for the server
                **_child_of(home, account),
            )

    def _wait_until_ready(self, home: Path) -> None:
        deadline = time.monotonic() + START_TIMEOUT_S
        while time.monotonic() < deadline:
            if not self.running:
                raise EmbeddedError(f"the server ended while starting: {_log_tail(home)}")
            if _answers(home):
                return
            time.sleep(POLL_S)
        raise EmbeddedError(f"no answer within {START_TIMEOUT_S} s: {_log_tail(home)}")


def running_url(data_dir: Path) -> str | None:
    """Return the URL of a server some other process runs on `data_dir`; None when none answers."""
    home = home_of(data_dir)
    return _url(home) if (home / "password").is_file() and _answers(home) else None


def _url(home: Path, database: str = DATABASE) -> str:
    password = (home / "password").read_text(encoding="ascii")
    socket = quote(str(socket_folder(home)), safe="/")
    return f"postgresql://{USER}:{password}@/{database}?host={socket}"


def _answers(home: Path) -> bool:
    """Connect for real, in a thread of its own because the caller may run an event loop."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(lambda: asyncio.run(_prepare_database(home))).result()


async def _prepare_database(home: Path) -> bool:
    url = _url(home, database="postgres")
    try:
        connection = await asyncpg.connect(url, timeout=CONNECT_TIMEOUT_S)
    except UNREACHABLE:
        return False
    try:
        query = "select exists (select from pg_database where datname = $1)"
        if not await connection.fetchval(query, DATABASE):
            await connection.execute(f"create database {DATABASE}")
    finally:
        await connection.close()
    return True


def _major_of(data: Path) -> int | None:
    """Read the major version a data folder was made by; None when there is none yet."""
    if not data.is_dir():
        return None
    try:
        return int((data / "PG_VERSION").read_text(encoding="ascii"))
    except (FileNotFoundError, ValueError) as error:
        raise EmbeddedError(f"{data} is not a PostgreSQL data folder; move it away") from error


def _child_of(home: Path, account: Account | None) -> dict[str, Any]:
    """Give a child the least it needs: no settings or secrets of ours, the dropped account."""
    options: dict[str, Any] = {
        "cwd": home,
        "env": {"PATH": os.defpath, "LC_ALL": "C.UTF-8", "TZ": "UTC"},
        "stdin": subprocess.DEVNULL,
        "umask": 0o077,
    }
    if account is not None:
        options |= {"user": account.uid, "group": account.gid, "extra_groups": []}
    return options


def _write_private(path: Path, text: str) -> None:
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as target:
        target.write(text)


def _wait(process: subprocess.Popen[bytes], patience_s: float) -> None:
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(patience_s)


def _log_tail(home: Path) -> str:
    lines = (home / "server.log").read_text(encoding="utf-8", errors="replace").splitlines()
    return " | ".join(lines[-LOG_LINES_SHOWN:])
