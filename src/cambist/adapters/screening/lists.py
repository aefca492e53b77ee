"""Decide which lists are in use: read from a folder, exchanged whole when their files change."""

import hashlib
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from cambist.adapters.screening.entries import FILE_BYTES_MAX, Entry, ListMalformedError
from cambist.adapters.screening.eu import EU_FILE, read_eu
from cambist.adapters.screening.index import NameIndex
from cambist.adapters.screening.ofac import ALT_FILE, SDN_FILE, read_ofac
from cambist.adapters.screening.pep import PEP_FILE, read_pep
from cambist.domain.compliance.matching import MATCH_PPM
from cambist.ports.screening import (
    HITS_MAX,
    Hit,
    ListFault,
    ListVersion,
    Refreshed,
    Subject,
)


@dataclass(frozen=True, slots=True)
class Source:
    """Say which files make up a list; it is absent without the first, the others may be missing."""

    name: str
    files: tuple[str, ...]
    read: Callable[[Mapping[str, bytes]], tuple[Entry, ...]]


SOURCES = (
    Source("ofac-sdn", (SDN_FILE, ALT_FILE), read_ofac),
    Source("eu", (EU_FILE,), read_eu),
    Source("pep", (PEP_FILE,), read_pep),
)


@dataclass(frozen=True, slots=True)
class _Loaded:
    version: ListVersion
    files: frozenset[str]
    index: NameIndex


def _absent(name: str) -> _Loaded:
    return _Loaded(ListVersion(name, "", 0, None), frozenset(), NameIndex(name, ()))


class LocalLists:
    """Screen against the lists of a folder; nothing is read before the first `refresh`.

    Screens and refreshes may run in different threads: a list is exchanged in one step.
    """

    def __init__(
        self,
        folder: Path,
        clock: Callable[[], datetime],
        threshold_ppm: int = MATCH_PPM,
        sources: tuple[Source, ...] = SOURCES,
    ) -> None:
        self._folder = folder
        self._clock = clock
        self._threshold_ppm = threshold_ppm
        self._sources = sources
        self._lists = {source.name: _absent(source.name) for source in sources}
        self._refreshing = threading.Lock()

    def screen(self, subject: Subject) -> tuple[Hit, ...]:
        """List possible matches, the best first, at most HITS_MAX and one an entry."""
        hits = [
            hit
            for loaded in self._lists.values()
            for hit in loaded.index.hits(subject, self._threshold_ppm)
        ]
        hits.sort(key=lambda hit: (-hit.score_ppm, hit.key))
        return tuple(hits[:HITS_MAX])

    def versions(self) -> tuple[ListVersion, ...]:
        """Name every list, also those there are no files of."""
        return tuple(loaded.version for loaded in self._lists.values())

    def refresh(self) -> Refreshed:
        """Read lists whose files are new; one that cannot be read stays in use as it was."""
        changed: list[str] = []
        faults: list[ListFault] = []
        with self._refreshing:
            for source in self._sources:
                try:
                    fresh = self._load(source)
                except ListMalformedError as bad:
                    faults.append(ListFault(source.name, bad.file, bad.line, bad.reason))
                    continue
                if fresh is not None:
                    self._lists[source.name] = fresh
                    changed.append(source.name)
        return Refreshed(tuple(changed), tuple(faults))

    def _load(self, source: Source) -> _Loaded | None:
        """Read one list, None when it is the one in use or there has never been one."""
        used = self._lists[source.name]
        files = {
            file: content for file in source.files if (content := self._content(file)) is not None
        }
        if not files and not used.files:
            return None
        for file in source.files:
            if file not in files and (file in used.files or file == source.files[0]):
                raise ListMalformedError(file, 0, "the file is gone")
        digest = _digest(files)
        if digest == used.version.digest:
            return None
        entries = source.read(files)
        version = ListVersion(source.name, digest, len(entries), self._clock())
        return _Loaded(version, frozenset(files), NameIndex(source.name, entries))

    def _content(self, file: str) -> bytes | None:
        try:
            with (self._folder / file).open("rb") as opened:
                content = opened.read(FILE_BYTES_MAX + 1)
        except FileNotFoundError:
            return None
        except OSError:
            raise ListMalformedError(file, 0, "the file cannot be read") from None
        if len(content) > FILE_BYTES_MAX:
            raise ListMalformedError(file, 0, "the file is too large")
        return content


def _digest(files: Mapping[str, bytes]) -> str:
    digest = hashlib.sha256()
    for file, content in files.items():
        digest.update(f"{file} {len(content)}\n".encode())
        digest.update(content)
    return digest.hexdigest()
