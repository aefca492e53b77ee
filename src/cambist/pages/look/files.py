"""Decide which static files pages serve: read once, named by content, nothing else reachable."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

MEDIA_TYPES = {
    ".css": "text/css",
    ".js": "text/javascript",
    ".svg": "image/svg+xml",
}
LOOK_STATIC = Path(__file__).parent / "static"
LOOK_TEMPLATES = Path(__file__).parent / "templates"


@dataclass(frozen=True, slots=True)
class StaticFile:
    """Hold one file as it is sent; `version` changes with its content."""

    content: bytes
    media_type: str
    version: str


def static_files(*folders: Path) -> dict[str, StaticFile]:
    """Read the files of the folders by name, those of known media types only."""
    files: dict[str, StaticFile] = {}
    for folder in folders:
        for path in sorted(folder.iterdir()):
            media_type = MEDIA_TYPES.get(path.suffix)
            if media_type is not None:
                content = path.read_bytes()
                version = hashlib.sha256(content).hexdigest()[:12]
                files[path.name] = StaticFile(content, media_type, version)
    return files
