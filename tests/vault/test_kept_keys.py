"""Prove that a sandbox's key is made once, whole, whoever starts beside it or dies meanwhile."""

import os
import stat
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest

from cambist.adapters.keys import INDEX_FILE, VAULT_FILE, open_index_key, open_vault

STARTERS = 8
ROUNDS = 20
KEY_BYTES = 32


def started_at_once(folder: Path) -> set[bytes]:
    """Open one key in many threads at the same moment."""
    barrier = Barrier(STARTERS)

    def start(_: int) -> bytes:
        barrier.wait()
        return open_index_key("", folder)

    with ThreadPoolExecutor(STARTERS) as threads:
        return set(threads.map(start, range(STARTERS)))


def test_processes_that_start_at_once_have_one_key(tmp_path: Path) -> None:
    for number in range(ROUNDS):
        (key,) = started_at_once(tmp_path / str(number))
        assert len(key) == KEY_BYTES
        assert [path.name for path in (tmp_path / str(number)).iterdir()] == [INDEX_FILE]


@pytest.mark.parametrize(("make", "name"), [(open_index_key, INDEX_FILE), (open_vault, VAULT_FILE)])
def test_a_key_that_did_not_reach_the_disk_was_never_there(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    make: Callable[[str, Path], object],
    name: str,
) -> None:
    def full(_: int) -> None:
        raise OSError("no space left on device")

    with monkeypatch.context() as broken:
        broken.setattr(os, "fsync", full)
        with pytest.raises(OSError, match="no space"):
            make("", tmp_path)
    assert [*tmp_path.iterdir()] == []
    make("", tmp_path)
    assert stat.S_IMODE((tmp_path / name).stat().st_mode) == 0o600


def test_a_key_is_kept_for_ever(tmp_path: Path) -> None:
    assert open_index_key("", tmp_path) == open_index_key("", tmp_path)
