"""Decide wrong readers of statements, which the tests must catch."""

from collections.abc import Iterator
from dataclasses import replace
from typing import BinaryIO

from cambist.adapters.bank_files.camt053 import read_statement
from cambist.ports.statements import StatementLine


def by_amount_and_day(stream: BinaryIO) -> Iterator[StatementLine]:
    """Name a line by amount and day alone: the second of two equal payments is lost."""
    for line in read_statement(stream):
        yield replace(line, identity=f"{line.units}/{line.booked_on.isoformat()}")


def by_place(stream: BinaryIO) -> Iterator[StatementLine]:
    """Name a line by its place in the file: another file with the same line books it twice."""
    for number, line in enumerate(read_statement(stream)):
        yield replace(line, identity=str(number))


def all_at_once(stream: BinaryIO) -> Iterator[StatementLine]:
    """Hold every line before telling the first: memory grows with the file."""
    yield from list(read_statement(stream))
