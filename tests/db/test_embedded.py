"""Prove that the embedded server keeps its data through every way its owner can end."""

import asyncio
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import asyncpg
import pytest

from cambist.adapters.db import embedded_binaries, embedded_places, embedded_processes
from cambist.adapters.db.embedded import EmbeddedError, EmbeddedPostgres, running_url
from cambist.adapters.db.embedded_binaries import discover, find_binaries, wheel_folders
from cambist.adapters.db.embedded_places import Account

QUICK = {"fsync": "off", "shared_buffers": "16MB"}
OWNER = """
import sys, time
from pathlib import Path
from cambist.adapters.db.embedded import EmbeddedPostgres
server = EmbeddedPostgres(Path(sys.argv[1]), settings={"fsync": "off", "shared_buffers": "16MB"})
print(server.start(), server.pid, sep="\\n", flush=True)
sys.stdin.readline()
server.stop()
"""


def owner_accounts() -> list[int | None]:
    """List the users an owner is tried as: ourselves and, when that is possible, nobody."""
    nobody = pwd.getpwnam("nobody")
    account = Account(nobody.pw_uid, nobody.pw_gid)
    needed = (Path(sys.prefix) / "pyvenv.cfg", Path(embedded_places.__file__))
    if os.geteuid() == 0 and all(account.reaches(path) for path in needed):
        return [None, nobody.pw_uid]
    return [None]


@pytest.fixture
def home() -> Iterator[Path]:
    """Give a folder that every user can reach (pytest's own is private) and may write."""
    folder = Path(tempfile.mkdtemp(prefix="cambist-test-"))
    folder.chmod(0o777)
    yield folder
    shutil.rmtree(folder)


Serve = Callable[..., EmbeddedPostgres]


@pytest.fixture(scope="module")
def initialised() -> Iterator[Path]:
    """Make a cluster once that the tests copy, because making one takes most of their time."""
    folder = Path(tempfile.mkdtemp(prefix="cambist-test-"))
    folder.chmod(0o755)
    with EmbeddedPostgres(folder / "pg", settings=QUICK):
        pass
    yield folder / "pg"
    shutil.rmtree(folder)


@pytest.fixture
def serve(home: Path, initialised: Path) -> Iterator[Serve]:
    """Make servers in the test's folder and stop them all at the end."""
    made: list[EmbeddedPostgres] = []

    def make(name: str = "pg", bin_dir: Path | None = None) -> EmbeddedPostgres:
        if bin_dir is None and not (home / name).exists():
            shutil.copytree(initialised, home / name)
        made.append(EmbeddedPostgres(home / name, bin_dir, QUICK))
        return made[-1]

    yield make
    for server in made:
        server.stop()


def ask(url: str, query: str) -> object:
    """Run one statement on a connection of its own and return its first value."""

    async def run() -> object:
        connection = await asyncpg.connect(url)
        try:
            value: object = await connection.fetchval(query)
        finally:
            await connection.close()
        return value

    return asyncio.run(run())


def keep_a_row(url: str) -> None:
    """Commit one row that must be found again."""
    ask(url, "create table kept (n int)")
    ask(url, "insert into kept values (42)")


def owner(home: Path, uid: int | None) -> subprocess.Popen[str]:
    """Run a server in a process of its own, which ends when a line is written to it."""
    return subprocess.Popen(
        [sys.executable, "-B", "-c", OWNER, str(home / "pg")],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=home,
        user=uid,
        extra_groups=None if uid is None else [],
    )


def line_of(process: subprocess.Popen[str]) -> str:
    """Read the next line an owner printed."""
    assert process.stdout is not None
    return process.stdout.readline().strip()


def test_data_survives_a_stop(serve: Serve) -> None:
    server = serve()
    keep_a_row(server.start())
    server.stop()
    assert not server.running
    assert ask(server.start(), "select n from kept") == 42


def test_a_killed_server_starts_again_with_all_committed_rows(serve: Serve) -> None:
    server = serve()
    keep_a_row(server.start())
    first = server.pid
    assert first is not None
    os.kill(first, signal.SIGKILL)
    assert ask(server.start(), "select n from kept") == 42
    assert server.pid != first


def test_backends_of_a_killed_server_are_ended_before_the_next_start(
    serve: Serve, home: Path
) -> None:
    async def kill_under_a_busy_backend(server: EmbeddedPostgres, url: str) -> int:
        connection = await asyncpg.connect(url)
        backend = connection.get_server_pid()
        spin = "do $$ begin loop perform 1; end loop; end $$"
        busy = asyncio.create_task(connection.execute(spin))
        await asyncio.sleep(0.1)
        assert server.pid is not None
        os.kill(server.pid, signal.SIGKILL)
        await asyncio.to_thread(server.start)
        with pytest.raises((OSError, asyncpg.PostgresError, asyncpg.InterfaceError)):
            await busy
        return backend

    server = serve()
    backend = asyncio.run(kill_under_a_busy_backend(server, server.start()))
    assert backend not in embedded_processes.processes_of(home / "pg" / "data")


@pytest.mark.parametrize("uid", owner_accounts())
def test_a_server_whose_owner_was_killed_is_taken_over(home: Path, uid: int | None) -> None:
    first = owner(home, uid)
    keep_a_row(line_of(first))
    orphan = int(line_of(first))
    first.kill()
    first.communicate()
    assert embedded_processes.processes_of(home / "pg" / "data")[0] == orphan
    second = owner(home, uid)
    assert ask(line_of(second), "select n from kept") == 42
    assert int(line_of(second)) != orphan
    assert orphan not in embedded_processes.processes_of(home / "pg" / "data")
    second.communicate("stop\n")
    assert second.returncode == 0
    assert embedded_processes.processes_of(home / "pg" / "data") == []


def test_two_servers_run_side_by_side(serve: Serve) -> None:
    one, two = serve("one"), serve("two")
    keep_a_row(one.start())
    assert ask(two.start(), "select to_regclass('kept')::text") is None
    one.stop()
    assert ask(two.start(), "select 1") == 1


def test_a_second_owner_of_one_folder_is_refused(serve: Serve) -> None:
    server = serve()
    url = server.start()
    with pytest.raises(EmbeddedError, match=f"in use by process {os.getpid()}"):
        serve().start()
    assert ask(url, "select 1") == 1


def test_another_process_finds_the_running_server(serve: Serve, home: Path) -> None:
    assert running_url(home / "pg") is None
    server = serve()
    assert running_url(home / "pg") is None
    url = server.start()
    assert running_url(home / "pg") == url
    server.stop()
    assert running_url(home / "pg") is None


def test_only_the_socket_and_the_password_open_the_server(serve: Serve) -> None:
    url = serve().start()
    assert ask(url, "show listen_addresses") == ""
    name, _, rest = url.partition("@")
    with pytest.raises(asyncpg.InvalidPasswordError):
        ask(f"{name}x@{rest}", "select 1")


@pytest.mark.parametrize("folder", wheel_folders(), ids=lambda folder: folder.parent.name)
def test_binaries_of_the_wheel_run(serve: Serve, folder: Path) -> None:
    server = serve(bin_dir=folder)
    keep_a_row(server.start())
    server.stop()
    assert ask(server.start(), "select upper('ř')") == "Ř"


def test_data_of_another_major_version_is_refused(serve: Serve) -> None:
    old, new = wheel_folders()
    server = serve(bin_dir=old)
    server.start()
    server.stop()
    with pytest.raises(EmbeddedError, match="made by PostgreSQL 16"):
        serve(bin_dir=new).start()


def test_binaries_of_the_data_are_preferred_to_newer_ones() -> None:
    for found in discover():
        assert find_binaries(None, found.major).major == found.major


def test_system_binaries_come_before_those_of_the_wheel(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    fake_server(tmp_path / "15" / "bin", 15)
    fake_server(tmp_path / "17" / "bin", 17)
    monkeypatch.setattr(embedded_binaries, "SYSTEM_ROOT", tmp_path)
    assert find_binaries(None, None).folder == tmp_path / "17" / "bin"
    monkeypatch.setattr(embedded_binaries, "SYSTEM_ROOT", tmp_path / "none")
    monkeypatch.setenv("PATH", "")
    assert find_binaries(None, None).source == "wheel"
    monkeypatch.setattr(embedded_binaries, "WHEEL_PACKAGE", "no_such_package")
    with pytest.raises(EmbeddedError, match="no PostgreSQL of version 15 or later"):
        find_binaries(None, None)


def test_a_server_that_is_too_old_or_absent_is_refused(tmp_path: Path) -> None:
    with pytest.raises(EmbeddedError, match="holds no"):
        find_binaries(tmp_path, None)
    fake_server(tmp_path, 14)
    with pytest.raises(EmbeddedError, match="version 15 or later"):
        find_binaries(tmp_path, None)


def fake_server(folder: Path, major: int) -> None:
    """Write programs that only tell a version."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in ("postgres", "initdb"):
        (folder / name).write_text(f"#!/bin/sh\necho '{name} (PostgreSQL) {major}.1'\n")
        (folder / name).chmod(0o755)


def test_a_recycled_process_id_in_a_stale_lock_file_does_not_block(
    serve: Serve, home: Path
) -> None:
    server = serve()
    server.start()
    server.stop()
    with subprocess.Popen(["sleep", "3600"]) as stranger:
        (home / "pg" / "data" / "postmaster.pid").write_text(f"{stranger.pid}\n{home}\n1\n")
        assert ask(server.start(), "select 1") == 1
        assert stranger.poll() is None
        stranger.kill()


def test_a_zombie_in_a_stale_lock_file_does_not_block(serve: Serve, home: Path) -> None:
    server = serve()
    server.start()
    server.stop()
    with subprocess.Popen(["true"], stdout=subprocess.PIPE) as zombie:
        assert zombie.stdout is not None
        zombie.stdout.read()
        (home / "pg" / "data" / "postmaster.pid").write_text(f"{zombie.pid}\n{home}\n1\n")
        assert ask(server.start(), "select 1") == 1


def test_an_initdb_that_was_killed_half_way_is_done_again(home: Path) -> None:
    (home / "pg" / "data.partial").mkdir(parents=True)
    (home / "pg" / "data.partial" / "PG_VERSION").write_text("15\n")
    with EmbeddedPostgres(home / "pg", settings=QUICK) as server:
        assert ask(server.start(), "select 1") == 1


def test_a_folder_that_is_no_cluster_is_left_alone(serve: Serve, home: Path) -> None:
    (home / "pg" / "data").mkdir(parents=True)
    (home / "pg" / "data" / "letter.txt").write_text("mine")
    with pytest.raises(EmbeddedError, match="not a PostgreSQL data folder"):
        serve().start()
    assert (home / "pg" / "data" / "letter.txt").read_text() == "mine"


def test_a_path_too_long_for_a_socket_gets_a_short_one(serve: Serve, home: Path) -> None:
    name = "long" * 30
    server = serve(name)
    keep_a_row(server.start())
    short = embedded_places.socket_folder(home / name)
    server.stop()
    assert ask(server.start(), "select n from kept") == 42
    assert embedded_places.socket_folder(home / name) == short
    server.stop()
    shutil.rmtree(short)
    assert ask(server.start(), "select n from kept") == 42
    server.stop()
    shutil.rmtree(embedded_places.socket_folder(home / name))
    (home / name).rename(home / "pg")
    assert ask(serve().start(), "select n from kept") == 42


def test_a_copied_home_gets_a_socket_of_its_own(serve: Serve, home: Path) -> None:
    one, two = serve("long" * 30), serve("copy" * 30)
    shutil.rmtree(two.data_dir)
    keep_a_row(one.start())
    one.stop()
    shutil.copytree(one.data_dir, two.data_dir, symlinks=True)
    one.start()
    assert ask(two.start(), "select n from kept") == 42
    for name in (one.data_dir, two.data_dir):
        shutil.rmtree(embedded_places.socket_folder(home / name))


def test_a_server_that_cannot_start_says_why(home: Path) -> None:
    server = EmbeddedPostgres(home / "pg", settings={**QUICK, "shared_buffers": "much"})
    with pytest.raises(EmbeddedError, match='invalid value for parameter "shared_buffers"'):
        server.start()
    with EmbeddedPostgres(home / "pg", settings=QUICK) as repaired:
        assert repaired.running


if os.geteuid() == 0:

    def test_root_drops_to_another_user(serve: Serve) -> None:
        server = serve()
        server.start()
        status = Path("/proc", str(server.pid), "status").read_text()
        ids = [line.split()[1:] for line in status.splitlines() if line.startswith("Uid:")]
        assert "0" not in ids[0]

    def test_root_moves_the_data_out_of_a_private_folder(
        home: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(embedded_places, "ROOT_ONLY_HOME", home / "open")
        private = home / "private"
        private.mkdir(mode=0o700)
        with EmbeddedPostgres(private / "pg", settings=QUICK) as server:
            keep_a_row(server.start())
        with EmbeddedPostgres(private / "pg", settings=QUICK) as server:
            assert ask(server.start(), "select n from kept") == 42
            assert running_url(private / "pg") == server.start()
        assert private.stat().st_mode & 0o777 == 0o700

    def test_root_copies_a_wheel_out_of_a_private_folder(
        home: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        package = wheel_folders()[-1].parent.parent
        private = home / "private"
        private.mkdir(mode=0o700)
        for source in (package, package.with_name(package.name + ".libs")):
            shutil.copytree(source, private / source.name, symlinks=True)
        folders = [private / package.name / "pginstall18" / "bin"]
        monkeypatch.setattr(embedded_binaries, "wheel_folders", lambda: folders)
        monkeypatch.setattr(embedded_binaries, "SYSTEM_ROOT", home / "none")
        monkeypatch.setenv("PATH", "")
        for _ in range(2):
            with EmbeddedPostgres(home / "pg", settings=QUICK) as server:
                assert server.binaries is not None
                assert server.binaries.folder.is_relative_to(home / "pg")

    def test_root_is_told_when_an_installation_is_out_of_reach(home: Path) -> None:
        private = home / "private"
        private.mkdir(mode=0o700)
        fake_server(private / "bin", 15)
        with pytest.raises(EmbeddedError, match="cannot reach"):
            EmbeddedPostgres(home / "pg", private / "bin", QUICK).start()


def test_data_of_another_user_is_explained(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stranger = os.geteuid() + 12345
    monkeypatch.setattr(os, "geteuid", lambda: stranger)
    with pytest.raises(EmbeddedError, match="choose another CAMBIST_VAR_DIR"):
        embedded_places.account_for(home)
