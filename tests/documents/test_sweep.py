"""Documents of uploads that died are deleted, those that are described stay, all within bounds."""

import os
import time
from collections.abc import Sequence
from pathlib import Path
from uuid import UUID, uuid4

import asyncpg
import pytest

from cambist.adapters.db.people import PostgresPeople
from cambist.adapters.db.pool import close_pool, open_pool
from cambist.adapters.documents.store_files import NOTES, UNSETTLED_S, FileDocumentStore
from cambist.adapters.vault.privacy import VaultPrivacy
from cambist.adapters.vault.sealing import AesGcmVault
from cambist.ports.documents import DocumentMissingError, DocumentStoreUnavailableError
from cambist.workers.documents import SWEPT_MAX, DocumentSweep

KEY = b"k" * 32
CONTENT = b"a clean picture"
A_WHILE_S = 60


class Described:
    """Know some documents as described."""

    def __init__(self, *documents: UUID) -> None:
        self.documents = set(documents)

    async def attached(self, documents: Sequence[UUID]) -> set[UUID]:
        """Pick those described."""
        return self.documents & set(documents)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "documents"


@pytest.fixture
def store(folder: Path) -> FileDocumentStore:
    return FileDocumentStore(folder, free_bytes_min=0)


def age(folder: Path, document: UUID, seconds: float = UNSETTLED_S + A_WHILE_S) -> None:
    """Let a note have been written so long ago."""
    moment = time.time() - seconds
    os.utime(folder / NOTES / str(document), (moment, moment))


async def uploaded(store: FileDocumentStore, folder: Path) -> UUID:
    """Upload a document and die long ago, before anybody came to know of it."""
    document = uuid4()
    await store.announce(document)
    await store.put(document, CONTENT, KEY)
    age(folder, document)
    return document


async def test_what_nobody_knows_of_is_deleted(store: FileDocumentStore, folder: Path) -> None:
    document = await uploaded(store, folder)
    assert await DocumentSweep(store, Described()).run_once() == 1
    with pytest.raises(DocumentMissingError):
        await store.get(document, KEY)
    assert [path for path in folder.rglob("*") if path.is_file()] == []
    assert await DocumentSweep(store, Described()).run_once() == 0


async def test_what_is_described_stays(store: FileDocumentStore, folder: Path) -> None:
    document = await uploaded(store, folder)
    assert await DocumentSweep(store, Described(document)).run_once() == 1
    assert await store.get(document, KEY) == CONTENT
    assert await store.unsettled(SWEPT_MAX) == []


async def test_an_upload_under_way_is_left_alone(store: FileDocumentStore, folder: Path) -> None:
    document = await uploaded(store, folder)
    age(folder, document, UNSETTLED_S - A_WHILE_S)
    assert await DocumentSweep(store, Described()).run_once() == 0
    assert await store.get(document, KEY) == CONTENT


async def test_a_settled_document_is_nobodys_business(
    store: FileDocumentStore, folder: Path
) -> None:
    document = await uploaded(store, folder)
    await store.settle(document)
    await store.settle(document)
    assert await DocumentSweep(store, Described()).run_once() == 0
    assert await store.get(document, KEY) == CONTENT


async def test_an_upload_that_died_while_it_wrote_leaves_nothing(
    store: FileDocumentStore, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    document = uuid4()
    await store.announce(document)
    with monkeypatch.context() as dying:
        dying.setattr(Path, "unlink", lambda *_, **__: None)
        dying.setattr(Path, "replace", _dies)
        with pytest.raises(DocumentStoreUnavailableError):
            await store.put(document, CONTENT, KEY)
    age(folder, document)
    await DocumentSweep(store, Described()).run_once()
    assert [path for path in folder.rglob("*") if path.is_file()] == []


def _dies(*_: object) -> None:
    raise OSError("gone")


async def test_no_round_is_endless(store: FileDocumentStore, folder: Path) -> None:
    for _ in range(3):
        await uploaded(store, folder)
    assert len(await store.unsettled(2)) == 2
    (folder / NOTES / "stray").write_text("no note of ours")
    os.utime(folder / NOTES / "stray", (0, 0))
    assert len(await store.unsettled(SWEPT_MAX)) == 3


async def test_a_store_nobody_used_has_nothing_to_settle(store: FileDocumentStore) -> None:
    assert await DocumentSweep(store, Described()).run_once() == 0


async def test_the_database_knows_what_is_described(fresh_database_url: str) -> None:
    pool: asyncpg.Pool = await open_pool(fresh_database_url)
    known, unknown = uuid4(), uuid4()
    await pool.execute(
        "insert into documents (id, customer_id, order_id, kind, media_type, size, sha256,"
        " created_at) values ($1, $1, $1, 'selfie', 'image/png', 1, '', now())",
        known,
    )
    privacy = VaultPrivacy(AesGcmVault({"a": KEY}, "a"), KEY)
    assert await PostgresPeople(pool, privacy).attached([known, unknown]) == {known}
    await close_pool(pool)
