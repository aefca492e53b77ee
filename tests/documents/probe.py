"""Try what the decoder's process must not be able to do, and print what worked."""

import json
import os
import socket
import sys
from collections.abc import Callable
from pathlib import Path

from cambist.adapters.documents.child import MEMORY_MAX_BYTES, lock_down


def attempts(folder: str) -> dict[str, Callable[[], object]]:
    """Name what a taken-over decoder would try."""
    return {
        "read a file": lambda: Path(__file__).read_bytes(),
        "write a file": lambda: (Path(folder) / "written").write_bytes(b"x"),
        "open a socket": socket.socket,
        "make a pipe": os.pipe,
        "start a process": _fork,
        "take much memory": lambda: bytearray(MEMORY_MAX_BYTES),
        "write into an open file": lambda: os.write(2, b"x"),
    }


def _fork() -> None:
    if os.fork() == 0:
        os._exit(0)


def main(folder: str) -> None:
    """Lock down, try everything, and print the names of what worked; standard error is a file."""
    found = attempts(folder)
    lock_down()
    worked = []
    for name, attempt in found.items():
        try:
            attempt()
        except (OSError, MemoryError):
            continue
        worked.append(name)
    sys.stdout.write(json.dumps({"worked": worked, "root": os.geteuid() == 0}))


if __name__ == "__main__":
    main(sys.argv[1])
