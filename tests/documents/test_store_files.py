"""Documents on disk are sealed, private, whole or absent, and found by their id and key only."""

import os
import stat
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from cambist.adapters.documents import store_files
from cambist.adapters.documents.store_files import FileDocumentStore
from cambist.ports.documents import (
    DocumentMissingError,
    DocumentSealBrokenError,
    DocumentStoreUnavailableError,
)

KEY, OTHER_KEY = b"k" * 32, b"o" * 32
CONTENT = b"a clean picture " * 100


def files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


@pytest.fixture
def store(tmp_path: Path) -> FileDocumentStore:
    return FileDocumentStore(tmp_path / "documents", free_bytes_min=0)


async def test_what_was_put_is_got(store: FileDocumentStore) -> None:
    document = uuid4()
    await store.put(document, CONTENT, KEY)
    assert await store.get(document, KEY) == CONTENT


async def test_put_twice_is_once(store: FileDocumentStore, tmp_path: Path) -> None:
    document = uuid4()
    await store.put(document, CONTENT, KEY)
    await store.put(document, CONTENT, KEY)
    assert await store.get(document, KEY) == CONTENT
    assert len(files(tmp_path)) == 1


async def test_files_are_sealed_and_private(store: FileDocumentStore, tmp_path: Path) -> None:
    document = UUID("01890000-0000-7000-8000-00000000cdab")
    await store.put(document, CONTENT, KEY)
    (file,) = files(tmp_path)
    assert file == tmp_path / "documents" / "ab" / "cd" / str(document)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700
    assert b"clean picture" not in file.read_bytes()


async def test_another_key_opens_nothing(store: FileDocumentStore) -> None:
    document = uuid4()
    await store.put(document, CONTENT, KEY)
    with pytest.raises(DocumentSealBrokenError):
        await store.get(document, OTHER_KEY)


@pytest.mark.parametrize("at", [0, 20, 40, -1])
async def test_an_altered_file_is_not_believed(
    store: FileDocumentStore, tmp_path: Path, at: int
) -> None:
    document = uuid4()
    await store.put(document, CONTENT, KEY)
    (file,) = files(tmp_path)
    sealed = bytearray(file.read_bytes())
    sealed[at] ^= 1
    file.write_bytes(sealed)
    with pytest.raises(DocumentSealBrokenError):
        await store.get(document, KEY)


async def test_a_cut_file_is_not_believed(store: FileDocumentStore, tmp_path: Path) -> None:
    document = uuid4()
    await store.put(document, CONTENT, KEY)
    (file,) = files(tmp_path)
    file.write_bytes(file.read_bytes()[:20])
    with pytest.raises(DocumentSealBrokenError):
        await store.get(document, KEY)


async def test_a_file_in_the_place_of_another_is_not_believed(
    store: FileDocumentStore, tmp_path: Path
) -> None:
    mine, another = uuid4(), uuid4()
    await store.put(mine, CONTENT, KEY)
    sealed = files(tmp_path)[0].read_bytes()
    await store.put(another, b"x", KEY)
    next(path for path in files(tmp_path) if path.name == str(another)).write_bytes(sealed)
    with pytest.raises(DocumentSealBrokenError):
        await store.get(another, KEY)


async def test_equal_documents_look_different_on_disk(
    store: FileDocumentStore, tmp_path: Path
) -> None:
    await store.put(uuid4(), CONTENT, KEY)
    await store.put(uuid4(), CONTENT, KEY)
    one, other = (path.read_bytes() for path in files(tmp_path))
    assert one[len(store_files.FORM) :] != other[len(store_files.FORM) :]


async def test_a_deleted_document_is_missing_and_may_be_deleted_again(
    store: FileDocumentStore, tmp_path: Path
) -> None:
    document = uuid4()
    await store.put(document, CONTENT, KEY)
    file = files(tmp_path)[0]
    file.with_name(f"{file.name}.0123.part").write_bytes(b"left by a crash")
    await store.delete(document)
    await store.delete(document)
    assert files(tmp_path) == []
    with pytest.raises(DocumentMissingError):
        await store.get(document, KEY)


async def test_a_write_that_breaks_leaves_what_was_there(
    store: FileDocumentStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    document = uuid4()
    await store.put(document, CONTENT, KEY)

    def broken(_fd: int) -> None:
        raise OSError("the disk is gone")

    monkeypatch.setattr(os, "fsync", broken)
    with pytest.raises(DocumentStoreUnavailableError):
        await store.put(document, b"new", KEY)
    assert await store.get(document, KEY) == CONTENT
    assert len(files(tmp_path)) == 1


async def test_nothing_is_written_when_too_little_room_is_left(tmp_path: Path) -> None:
    store = FileDocumentStore(tmp_path, free_bytes_min=2**62)
    with pytest.raises(DocumentStoreUnavailableError):
        await store.put(uuid4(), CONTENT, KEY)
    assert files(tmp_path) == []


async def test_a_store_that_is_no_folder_is_unavailable(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    store = FileDocumentStore(tmp_path / "file", free_bytes_min=0)
    with pytest.raises(DocumentStoreUnavailableError):
        await store.put(uuid4(), CONTENT, KEY)
    with pytest.raises(DocumentStoreUnavailableError):
        await store.get(uuid4(), KEY)


async def test_a_short_key_is_a_mistake_of_the_caller(store: FileDocumentStore) -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        await store.put(uuid4(), CONTENT, b"short")
