"""Decide where an embedded server lives: its account, home, socket folder and copied binaries."""

import contextlib
import os
import pwd
import shutil
import stat
import tempfile
from dataclasses import dataclass
from pathlib import Path

from cambist.adapters.db.embedded_binaries import Binaries, EmbeddedError

SOCKET_NAME = ".s.PGSQL.5432"
SOCKET_PATH_BYTES = 107
ROOT_ONLY_HOME = Path("/var/lib/cambist")
ACCOUNTS = ("postgres", "nobody")


@dataclass(frozen=True, slots=True)
class Account:
    """Name the user the server runs as when this process is root."""

    uid: int
    gid: int

    def may_enter(self, path: Path) -> bool:
        """Tell whether the permission bits let this account enter a folder or run a file."""
        found = path.stat()
        if found.st_uid == self.uid:
            return bool(found.st_mode & stat.S_IXUSR)
        if found.st_gid == self.gid:
            return bool(found.st_mode & stat.S_IXGRP)
        return bool(found.st_mode & stat.S_IXOTH)

    def reaches(self, path: Path) -> bool:
        """Tell whether every folder above `path` can be passed through."""
        return all(self.may_enter(parent) for parent in path.resolve().parents)


def account_for(data: Path) -> Account | None:
    """Choose the account to drop to: none unless root, else the data's owner or a known user.

    PostgreSQL refuses to run as root, and the user must exist in the password database.

    Raises:
        EmbeddedError: not root and the data belongs to someone else, or no account exists.
    """
    owner = data.stat().st_uid if data.exists() else None
    if os.geteuid() != 0:
        if owner not in (None, os.geteuid()):
            raise EmbeddedError(
                f"{data} belongs to user id {owner}; start as that user (or as root), or choose "
                "another CAMBIST_VAR_DIR"
            )
        return None
    if owner:
        with contextlib.suppress(KeyError):
            return Account(owner, pwd.getpwuid(owner).pw_gid)
    for name in ACCOUNTS:
        with contextlib.suppress(KeyError):
            entry = pwd.getpwnam(name)
            return Account(entry.pw_uid, entry.pw_gid)
    raise EmbeddedError(f"PostgreSQL does not run as root and none of the users {ACCOUNTS} exists")


def home_of(data_dir: Path) -> Path:
    """Follow the record of a home that had to move; else the folder itself."""
    moved = data_dir / "elsewhere"
    return moved.resolve() if moved.is_dir() else data_dir.resolve()


def prepare_home(data_dir: Path) -> Path:
    """Create the folder a cluster lives in and return its real place.

    As root below a private folder (a clone in root's home) the server's account could not reach
    it; then the home is made below ROOT_ONLY_HOME and `elsewhere` links to it.

    Raises:
        EmbeddedError: the folder cannot be made.
    """
    try:
        data_dir.mkdir(parents=True, exist_ok=True, mode=0o711)
        home = home_of(data_dir)
        account = account_for(home / "data")
        if account is None:
            return home
        home.chmod(home.stat().st_mode | 0o111)
        if account.reaches(home / "data"):
            return home
        if (home / "data").exists():
            raise EmbeddedError(
                f"user id {account.uid}, which PostgreSQL must run as, cannot reach the data in "
                f"{home} any more; open the folders above it for others (chmod o+x)"
            )
        ROOT_ONLY_HOME.mkdir(mode=0o711, exist_ok=True)
        home = Path(tempfile.mkdtemp(prefix="postgres-", dir=ROOT_ONLY_HOME))
        home.chmod(0o711)
        (data_dir / "elsewhere").unlink(missing_ok=True)
        (data_dir / "elsewhere").symlink_to(home)
    except OSError as error:
        raise EmbeddedError(f"cannot prepare {data_dir} for PostgreSQL: {error}") from error
    return home


def private_folder(folder: Path, account: Account | None) -> Path:
    """Create a folder only the server's account may enter; take over what root left behind."""
    folder.mkdir(mode=0o700, exist_ok=True)
    folder.chmod(0o700)
    if account is not None and folder.stat().st_uid != account.uid:
        for top, folders, files in os.walk(folder):
            for name in [".", *folders, *files]:
                os.chown(Path(top, name), account.uid, account.gid, follow_symlinks=False)
    return folder


def socket_folder(home: Path) -> Path:
    """Tell where the socket is: `socket` in the home, or the short folder it links to."""
    folder = home / "socket"
    return Path(os.readlink(folder)) if folder.is_symlink() else folder


def prepare_socket_folder(home: Path, account: Account | None) -> Path:
    """Create the socket's folder; a path too long for a socket address gets a short one.

    The short folder notes its home, so that a copied home does not share it. The caller holds the
    home's lock and no server runs, so what is in the way is stale.
    """
    recorded, short = home / "socket", socket_folder(home)
    if len(os.fsencode(recorded / SOCKET_NAME)) <= SOCKET_PATH_BYTES:
        if recorded.is_symlink():
            recorded.unlink()
        return private_folder(recorded, account)
    owner = os.geteuid() if account is None else account.uid
    if recorded.is_symlink():
        if _is_private(short, owner) and _noted_home(short) == str(home):
            return short
        recorded.unlink()
    elif recorded.exists():
        shutil.rmtree(recorded)
    place = Path(tempfile.gettempdir())
    if account is not None and not account.reaches(place / SOCKET_NAME):
        place = Path("/tmp")  # noqa: S108 - the one folder every account can reach
    short = Path(tempfile.mkdtemp(prefix="cambist-", dir=place))
    (short / "home").write_text(str(home))
    recorded.symlink_to(private_folder(short, account))
    return short


def reachable_binaries(found: Binaries, home: Path, account: Account | None) -> Binaries:
    """Return binaries the account can run, copied into the home when they lie out of its reach.

    Only a wheel is copied (it is self-contained); anything else is explained.

    Raises:
        EmbeddedError: the binaries are out of reach and cannot be copied.
    """
    server = found.folder / "postgres"
    if account is None or (account.reaches(server) and account.may_enter(server)):
        return found
    if found.source != "wheel":
        raise EmbeddedError(
            f"user id {account.uid}, which PostgreSQL must run as, cannot reach {found.folder}; "
            "open the folders above it for others (chmod o+x) or use another installation"
        )
    install = found.folder.parent
    target = private_folder(home / "binaries", account) / install.name
    if not target.is_dir():
        partial = target.with_suffix(".partial")
        shutil.rmtree(partial, ignore_errors=True)
        shutil.copytree(install, partial / "package" / install.name, symlinks=True)
        libraries = install.parent.with_name(install.parent.name + ".libs")
        if libraries.is_dir():
            shutil.copytree(libraries, partial / libraries.name, symlinks=True)
        private_folder(partial, account)
        partial.rename(target)
    return Binaries(target / "package" / install.name / "bin", found.major, found.source)


def _is_private(folder: Path, owner: int) -> bool:
    try:
        found = folder.lstat()
    except FileNotFoundError:
        return False
    return stat.S_ISDIR(found.st_mode) and found.st_uid == owner and not found.st_mode & 0o077


def _noted_home(short: Path) -> str | None:
    note = short / "home"
    return note.read_text() if note.is_file() else None
