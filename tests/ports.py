"""Decide which TCP ports tests take: one nobody answers at, one nobody else is given."""

import itertools
import socket
from collections.abc import Iterator
from contextlib import contextmanager

LOWEST, HIGHEST = 20_000, 30_000
"""Below what the system gives to connections that go out, which could take a port unasked."""

_taken: list[socket.socket] = []
_numbers = itertools.count(LOWEST)


@contextmanager
def closed_port() -> Iterator[int]:
    """Give a port of 127.0.0.1 that refuses; bound, so that nobody else, nor a caller, has it."""
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        yield int(bound.getsockname()[1])


def own_port() -> int:
    """Give a port of 127.0.0.1 to listen on later; no other test of the machine is given it.

    A name of the system that dies with the process tells the others that it is taken.
    """
    for port in itertools.takewhile(lambda number: number < HIGHEST, _numbers):
        name = socket.socket(socket.AF_UNIX)
        try:
            name.bind(f"\0cambist-tests-port-{port}")
            with socket.socket() as probe:
                probe.bind(("127.0.0.1", port))
        except OSError:
            name.close()
            continue
        _taken.append(name)
        return port
    raise RuntimeError("no port is left")
