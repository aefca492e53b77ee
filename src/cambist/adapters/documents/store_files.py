"""Decide how documents lie on disk: sealed one by one, written whole or not at all."""

import asyncio
import itertools
import math
import os
import re
import secrets
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from cambist.ports.documents import (
    DocumentMissingError,
    DocumentSealBrokenError,
    DocumentStoreUnavailableError,
)

FORM = b"cambist-document-1\n"
PURPOSE = b"cambist document "
KEY_BYTES = 32
NONCE_BYTES = 12
TAG_BYTES = 16
CONTENT_BYTES_MAX = 16 * 1024**2
FREE_BYTES_MIN = 256 * 1024**2
PART = ".part"
NOTES = "announced"
UNSETTLED_S = 3_600
"""How old a note must be to be a dead process's; an upload takes seconds."""
NOTES_SEEN_MAX = 10_000

_NOTE = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.ASCII)


class FileDocumentStore:
    """Keep documents under `folder/ab/cd/<id>`, mode 0600, in folders of mode 0700.

    The folders are the id's last digits: the first ones of a version 7 UUID are its time. Each
    document has its own key, derived (HKDF-SHA256) from the key given and its id, and is bound to
    its id (AES-256-GCM), so files cannot be exchanged for one another.
    """

    def __init__(self, folder: Path, free_bytes_min: int = FREE_BYTES_MIN) -> None:
        """Take a folder that is made when needed; `free_bytes_min` must stay free beside it."""
        self._folder = folder
        self._free_bytes_min = free_bytes_min

    async def announce(self, document: UUID) -> None:
        """Note that a document is put nobody may come to know of.

        Raises:
            DocumentStoreUnavailableError: cannot be written.
        """
        await _done(self._announce, document, "cannot be written")

    async def settle(self, document: UUID) -> None:
        """Drop the note: the document is known elsewhere, or deleted.

        Raises:
            DocumentStoreUnavailableError: cannot be removed.
        """
        await _done(self._settle, document, "cannot be removed")

    async def unsettled(self, limit: int) -> Sequence[UUID]:
        """List documents announced more than UNSETTLED_S ago, of NOTES_SEEN_MAX notes.

        Raises:
            DocumentStoreUnavailableError: cannot be read.
        """
        try:
            return await asyncio.to_thread(self._unsettled, limit)
        except OSError as broken:
            raise DocumentStoreUnavailableError("cannot be read") from broken

    async def put(self, document: UUID, content: bytes, key: bytes) -> None:
        """Write a document so that it survives a crash once this returns; twice is once.

        Raises:
            DocumentStoreUnavailableError: cannot be written, or too little room is left.
        """
        if len(content) > CONTENT_BYTES_MAX:
            raise ValueError(f"a document has at most {CONTENT_BYTES_MAX} bytes")
        nonce = os.urandom(NONCE_BYTES)
        cipher = _cipher(key, document)
        sealed = FORM + nonce + cipher.encrypt(nonce, content, document.bytes)
        try:
            await asyncio.to_thread(self._write, document, sealed)
        except OSError as broken:
            raise DocumentStoreUnavailableError("cannot be written") from broken

    async def get(self, document: UUID, key: bytes) -> bytes:
        """Read a document.

        Raises:
            DocumentMissingError: there is none.
            DocumentSealBrokenError: altered, or sealed under another key.
            DocumentStoreUnavailableError: cannot be read.
        """
        cipher = _cipher(key, document)
        try:
            sealed = await asyncio.to_thread(self._read, document)
        except FileNotFoundError:
            raise DocumentMissingError("no such document") from None
        except OSError as broken:
            raise DocumentStoreUnavailableError("cannot be read") from broken
        start = len(FORM)
        if not sealed.startswith(FORM) or len(sealed) < start + NONCE_BYTES + TAG_BYTES:
            raise DocumentSealBrokenError("not a sealed document")
        nonce, rest = sealed[start : start + NONCE_BYTES], sealed[start + NONCE_BYTES :]
        try:
            return cipher.decrypt(nonce, rest, document.bytes)
        except InvalidTag:
            raise DocumentSealBrokenError("altered, or another key's") from None

    async def delete(self, document: UUID) -> None:
        """Remove a document and what broken writes left of it.

        Raises:
            DocumentStoreUnavailableError: cannot be removed.
        """
        await _done(self._remove, document, "cannot be removed")

    def _path(self, document: UUID) -> Path:
        digits = document.hex
        return self._folder / digits[-2:] / digits[-4:-2] / str(document)

    def _note(self, document: UUID) -> Path:
        return self._folder / NOTES / str(document)

    def _announce(self, document: UUID) -> None:
        note = self._note(document)
        self._make_folders(note.parent)
        with open(note, "wb", opener=_private):
            _sync_folder(note.parent)

    def _settle(self, document: UUID) -> None:
        # A note that a crash brings back is settled once more.
        self._note(document).unlink(missing_ok=True)

    def _unsettled(self, limit: int) -> list[UUID]:
        before = time.time() - UNSETTLED_S
        notes = self._folder / NOTES
        if not notes.is_dir():
            return []
        with os.scandir(notes) as found:
            seen = itertools.islice(found, NOTES_SEEN_MAX)
            old = (entry.name for entry in seen if _written_at(entry) < before)
            return [UUID(name) for name in itertools.islice(filter(_NOTE.fullmatch, old), limit)]

    def _write(self, document: UUID, sealed: bytes) -> None:
        path = self._path(document)
        self._make_folders(path.parent)
        room = os.statvfs(path.parent)
        if room.f_bavail * room.f_frsize < self._free_bytes_min + len(sealed):
            raise OSError("too little room is left")
        part = path.with_name(f"{path.name}.{secrets.token_hex(8)}{PART}")
        try:
            with open(part, "xb", opener=_private) as file:
                file.write(sealed)
                file.flush()
                os.fsync(file.fileno())
            part.replace(path)
        except BaseException:
            with suppress(FileNotFoundError):
                part.unlink()
            raise
        _sync_folder(path.parent)

    def _read(self, document: UUID) -> bytes:
        with self._path(document).open("rb") as file:
            return file.read(len(FORM) + NONCE_BYTES + CONTENT_BYTES_MAX + TAG_BYTES)

    def _remove(self, document: UUID) -> None:
        path = self._path(document)
        gone = [path, *path.parent.glob(f"{path.name}.*{PART}")]
        for file in gone:
            file.unlink(missing_ok=True)
        if path.parent.is_dir():
            _sync_folder(path.parent)

    def _make_folders(self, folder: Path) -> None:
        """Make missing folders and let their names survive a crash too."""
        missing = [one for one in (folder, *folder.parents) if not one.exists()]
        for one in reversed(missing):
            one.mkdir(mode=0o700, exist_ok=True)
            _sync_folder(one.parent)


async def _done(step: Callable[[UUID], None], document: UUID, trouble: str) -> None:
    try:
        await asyncio.to_thread(step, document)
    except OSError as broken:
        raise DocumentStoreUnavailableError(trouble) from broken


def _written_at(entry: "os.DirEntry[str]") -> float:
    """Tell when a note was written; one that is gone meanwhile is as good as new."""
    try:
        return entry.stat(follow_symlinks=False).st_mtime
    except FileNotFoundError:
        return math.inf


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def _sync_folder(folder: Path) -> None:
    opened = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)


def _cipher(key: bytes, document: UUID) -> AESGCM:
    if len(key) != KEY_BYTES:
        raise ValueError(f"a document's key has {KEY_BYTES} bytes")
    derived = HKDF(SHA256(), KEY_BYTES, salt=None, info=PURPOSE + document.bytes).derive(key)
    return AESGCM(derived)
