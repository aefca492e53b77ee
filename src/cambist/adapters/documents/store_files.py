"""Decide how documents lie on disk: sealed one by one, written whole or not at all."""

import asyncio
import os
import secrets
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
        try:
            await asyncio.to_thread(self._remove, document)
        except OSError as broken:
            raise DocumentStoreUnavailableError("cannot be removed") from broken

    def _path(self, document: UUID) -> Path:
        digits = document.hex
        return self._folder / digits[-2:] / digits[-4:-2] / str(document)

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
