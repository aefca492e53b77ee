"""Decide what a read is compared with: Litestar answering the same JSON with nothing behind it.

Run as a process of its own: `python -m bench.bare PORT FILE`, the file holds the JSON.
"""

import gc
import json
import socket
import sys
from pathlib import Path
from typing import Any

import uvicorn
import uvloop
from litestar import Litestar, get

from cambist.bootstrap.processes import GC_THRESHOLD

PATH = "/bare"


def application(content: Any) -> Litestar:
    """Make an application that answers with a content, written anew each time."""

    @get(PATH, sync_to_thread=False)
    def answer() -> Any:
        """Answer."""
        return content

    return Litestar(route_handlers=[answer], logging_config=None, openapi_config=None)


def main() -> None:
    """Serve with the api's own loop, collector and uvicorn settings."""
    bound = socket.socket()
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    bound.bind(("127.0.0.1", int(sys.argv[1])))
    config = uvicorn.Config(
        application(json.loads(Path(sys.argv[2]).read_text(encoding="utf-8"))),
        http="httptools",
        log_config=None,
        access_log=False,
        server_header=False,
        lifespan="on",
    )
    gc.collect()
    gc.freeze()
    gc.set_threshold(GC_THRESHOLD, 20, 50)
    uvloop.run(uvicorn.Server(config).serve(sockets=[bound]))


if __name__ == "__main__":
    main()
